"""Mail out, over a real SMTP server: once, under one Message-ID, and never in circles."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.customers.public import find_or_create_by_identity
from cangke.desk import actions
from cangke.desk.channels import duties, handlers
from cangke.desk.channels.mail import fetching, outgoing, threads
from cangke.desk.channels.mail.headers import header_text
from cangke.desk.events import ReplySent
from cangke.desk.models import Conversation, Mailbox, Message, OutgoingMail, RawMail
from cangke.foundation.access.public import grant
from cangke.people.tests.factories import make_employee, make_team
from tests.mailservers import USER, free_port, mail_servers

from .factories import letter, make_mailbox

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def servers():
    with mail_servers() as both:
        yield both


@pytest.fixture
def imap(servers):
    with servers[0].folder() as box:
        box.delete(box.uids())
    return servers[0]


@pytest.fixture
def smtp(servers):
    servers[1].taken.clear()
    servers[1].answer = lambda recipient: None
    return servers[1]


@pytest.fixture(autouse=True)
def _own_machine(settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]


@pytest.fixture
def mailbox(imap, smtp):
    return make_mailbox(imap, smtp)


@pytest.fixture
def agent(mailbox):
    employee = make_employee(team=make_team(mailbox.channel.shop))
    grant(
        account=employee.account,
        role="supervisor",
        scope_kind="all",
        scope_id=None,
        by=None,
        at=AT,
    )
    return employee.account


def asked(mailbox: Mailbox, *, subject: str = "包裹", **more: str) -> Conversation:
    customer = find_or_create_by_identity(
        kind="email", value=more.get("sender", "fish@example.com"), at=AT
    )
    return actions.receive_message(
        channel=mailbox.channel,
        customer=customer,
        body="到哪里了？",
        subject=subject,
        begin_new=True,
        at=AT,
    ).conversation


def answer(conversation: Conversation, agent, body: str = "今天发出。") -> Message:
    return actions.reply(conversation_id=conversation.pk, body=body, by=agent, at=timezone.now())


def send_all() -> None:
    duties.send_waiting_mail(timezone.now())


@pytest.mark.requirement("A1")
def test_a_reply_goes_out_by_the_mailboxs_own_server(mailbox, agent, smtp):
    message = answer(asked(mailbox), agent)
    send_all()
    (mail,) = smtp.taken
    assert mail.recipients == ["fish@example.com"]
    assert mail.sender == USER
    assert mail.text.strip() == "今天发出。"
    row = OutgoingMail.objects.get()
    assert mail.message["Message-ID"] == f"<{row.mail_id}>"
    assert threads.read_message_id(row.mail_id) == (message.conversation_id, message.pk)
    assert mail.message["Auto-Submitted"] is None
    message.refresh_from_db()
    assert message.delivery == "sent"


def test_a_whole_exchange_stays_in_one_conversation(mailbox, agent, imap, smtp):
    imap.put(letter("第一封", subject="包裹"))
    fetching.visit(mailbox.pk, at=timezone.now())
    conversation = Conversation.objects.get()
    answer(conversation, agent)
    send_all()
    (mail,) = smtp.taken
    first = RawMail.objects.get()
    assert mail.message["In-Reply-To"] == f"<{first.mail_id}>"
    subject = header_text(mail.message["Subject"])
    assert subject == f"Re: 包裹 [#{conversation.number}]"
    imap.put(
        letter(
            "第二封",
            sender="Fish Elsewhere <other@example.com>",
            subject="something else",
            In_Reply_To=mail.message["Message-ID"],
        )
    )
    fetching.visit(mailbox.pk, at=timezone.now())
    assert list(
        conversation.messages.filter(direction__in=["in", "out"]).values_list("body", flat=True)
    ) == ["第一封", "今天发出。", "第二封"]


def test_the_event_of_a_reply_puts_it_on_its_way_at_once(mailbox, agent, smtp):
    message = answer(asked(mailbox), agent)
    event = ReplySent(
        conversation_id=message.conversation_id,
        message_id=message.pk,
        channel_id=message.channel_id,
        employee_id=None,
        human=True,
        at=message.at,
    )
    handlers.send_reply(event)
    handlers.send_reply(event)
    assert len(smtp.taken) == 1


def test_sending_twice_is_refused_by_the_lease(mailbox, agent, smtp, monkeypatch):
    """Design security 68: a worker killed between sending and marking."""
    with monkeypatch.context() as busy:
        busy.setattr(outgoing, "send", lambda *args, **kwargs: False)
        message = answer(asked(mailbox), agent)
    at = timezone.now()
    row = OutgoingMail.objects.get(message=message)
    OutgoingMail.objects.filter(pk=row.pk).update(lease_until=at + outgoing.LEASE)
    assert outgoing.send(row.pk, at=at) is False
    assert not smtp.taken
    # The worker that held it died: after its lease somebody else sends it.
    assert outgoing.send(row.pk, at=at + outgoing.LEASE) is True
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("reply", ["421 come back later", "450 greylisted", "451 try again"])
def test_a_busy_server_is_tried_again_under_the_same_message_id(mailbox, agent, smtp, reply):
    """Design security 50: 421, and the line dropped."""
    smtp.answer = lambda recipient: reply
    message = answer(asked(mailbox), agent)
    send_all()
    row = OutgoingMail.objects.get()
    message.refresh_from_db()
    assert (row.state, row.tries, message.delivery) == ("queued", 1, "queued")
    assert reply[:3] in message.delivery_note
    assert row.next_try_at > timezone.now()
    smtp.answer = lambda recipient: None
    assert outgoing.send(row.pk, at=row.next_try_at) is True
    assert [mail.message["Message-ID"] for mail in smtp.taken] == [f"<{row.mail_id}>"]


def test_a_refusal_for_good_is_shown_and_may_be_sent_again(mailbox, agent, smtp):
    """Design security 50: 550."""
    smtp.answer = lambda recipient: "550 no such user"
    message = answer(asked(mailbox), agent)
    send_all()
    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "no such user" in message.delivery_note
    first = OutgoingMail.objects.get().mail_id
    smtp.answer = lambda recipient: None
    actions.resend(message_id=message.pk, by=agent, at=timezone.now())
    send_all()
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert [mail.message["Message-ID"] for mail in smtp.taken] == [f"<{first}>"]


def test_what_was_not_refused_is_not_sent_again(mailbox, agent, smtp):
    message = answer(asked(mailbox), agent)
    send_all()
    with pytest.raises(actions.NotFailed):
        actions.resend(message_id=message.pk, by=agent, at=timezone.now())
    send_all()
    assert len(smtp.taken) == 1


def test_a_dead_server_is_given_up_after_hours_not_at_once(mailbox, agent):
    Mailbox.objects.update(smtp_port=free_port())
    message = answer(asked(mailbox), agent)
    send_all()
    row = OutgoingMail.objects.get()
    for _time in range(20):
        row.refresh_from_db()
        if row.state != "queued":
            break
        outgoing.send(row.pk, at=row.next_try_at)
    message.refresh_from_db()
    assert (row.state, message.delivery) == ("failed", "failed")
    assert row.tries > 5


def test_a_recalled_reply_does_not_go_out(mailbox, agent, smtp):
    Mailbox.objects.update(smtp_port=free_port())
    message = answer(asked(mailbox), agent)
    actions.recall_message(message_id=message.pk, by=agent, at=timezone.now())
    Mailbox.objects.update(smtp_port=smtp.port)
    send_all()
    for row in OutgoingMail.objects.all():
        outgoing.send(row.pk, at=row.next_try_at)
    assert not smtp.taken


def test_line_breaks_in_a_subject_make_no_header(mailbox, agent, smtp):
    """Design security 48: line breaks in a subject."""
    conversation = asked(mailbox, subject="hi\r\nBcc: everybody@x.example\r\n\r\nspam")
    answer(conversation, agent)
    send_all()
    (mail,) = smtp.taken
    assert mail.message["Bcc"] is None
    assert mail.recipients == ["fish@example.com"]
    assert "spam" not in mail.text


def test_line_breaks_in_a_senders_name_make_no_header(mailbox, agent, smtp):
    """Design security 48: line breaks in a name."""
    Mailbox.objects.update(sender_name="小店\r\nBcc: everybody@x.example")
    answer(asked(mailbox), agent)
    send_all()
    (mail,) = smtp.taken
    assert mail.message["Bcc"] is None


def test_a_mail_to_ourselves_is_not_sent(mailbox, agent, smtp):
    message = answer(asked(mailbox, sender=USER), agent)
    send_all()
    message.refresh_from_db()
    assert message.delivery == "failed"
    assert not smtp.taken


# --- machines


@pytest.mark.requirement("A5")
def test_an_automatic_mail_says_so_and_tells_nothing_a_stranger_wrote(mailbox, smtp):
    """Design security 51: nothing of a stranger's is sent on."""
    conversation = asked(mailbox, subject="BUY PILLS http://evil.example")
    outgoing.answer_automatically(conversation, "已收到您的来信。", at=timezone.now())
    send_all()
    (mail,) = smtp.taken
    assert mail.message["Auto-Submitted"] == "auto-replied"
    assert b"evil" not in mail.raw
    assert "PILLS" not in str(mail.message["Subject"])


def test_one_automatic_mail_a_thread_and_hour(mailbox, smtp):
    """Design security 43: the breaker."""
    conversation = asked(mailbox)
    for _time in range(5):
        outgoing.answer_automatically(conversation, "已收到。", at=timezone.now())
    send_all()
    assert len(smtp.taken) == 1
    held = Message.objects.filter(direction="out", delivery="failed")
    assert held.count() == 4
    assert all("自动" in each.delivery_note for each in held)


def test_a_stranger_cannot_have_an_address_mailed_a_thousand_times(mailbox, smtp):
    """Design security 51: the form as a mail bomb."""
    for number in range(10):
        conversation = asked(mailbox, subject=f"nr {number}")
        outgoing.answer_automatically(conversation, "已收到。", at=timezone.now())
    send_all()
    assert len(smtp.taken) == outgoing.AUTOMATIC_AN_ADDRESS


def test_two_desks_facing_each_other_fall_silent(mailbox, imap, smtp):
    """Design security 43: another desk answers each mail of ours; both stop after one round."""
    mailbox.channel.greetings = {"zh-hans": "已收到。"}
    mailbox.channel.save()
    imap.put(letter("hello", sender="desk@other.example"))
    for number in range(6):
        fetching.visit(mailbox.pk, at=timezone.now())
        send_all()
        if len(smtp.taken) > number:
            last = smtp.taken[-1].message
            imap.put(
                letter(
                    f"we have received your mail {number}",
                    sender="desk@other.example",
                    subject=f"ticket {number}",
                    In_Reply_To=last["Message-ID"],
                )
            )
    assert len(smtp.taken) == 1
