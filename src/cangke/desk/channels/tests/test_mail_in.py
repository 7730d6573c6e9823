"""Mail in, over a real IMAP server: kept first, read once, and nothing stops the queue."""

import datetime as dt
import email.mime.multipart
import email.mime.text
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import connection as database
from django.utils import timezone

from cangke.customers.models import Customer
from cangke.customers.public import find_or_create_by_identity
from cangke.desk.actions import receive_message
from cangke.desk.channels import duties
from cangke.desk.channels.mail import connection, fetching, intake, outgoing, threads
from cangke.desk.models import Conversation, Mailbox, Message, OutgoingMail, RawMail, Turn
from tests.mailservers import PASSWORD, USER, ImapServer, free_port

from .factories import letter, make_mailbox

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def server():
    server = ImapServer().start()
    yield server
    server.stop()


@pytest.fixture
def imap(server):
    with server.folder() as box:
        box.delete(box.uids())
    return server


@pytest.fixture(autouse=True)
def _own_machine(settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32", "::1/128"]


@pytest.fixture
def mailbox(imap):
    return make_mailbox(imap)


def fetch(mailbox: Mailbox) -> int:
    return fetching.visit(mailbox.pk, at=timezone.now())


@pytest.mark.requirement("A1")
def test_a_mail_becomes_a_message_of_its_senders_file(imap, mailbox):
    imap.put(letter("请问到哪里了？"))
    assert fetch(mailbox) == 1
    message = Message.objects.get(direction="in")
    assert message.body == "请问到哪里了？"
    assert message.conversation.channel == mailbox.channel
    assert message.conversation.subject == "包裹"
    assert message.conversation.waiting_since is not None
    assert message.conversation.customer.display_name == "小鱼妈妈"
    raw = RawMail.objects.get()
    assert (raw.state, raw.message, raw.sender) == ("parsed", message, "fish@example.com")
    assert raw.eml.content.open("rb").read().startswith(b"From:")
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.last_error) == ("ok", "")
    with imap.folder() as box:
        assert ["\\Seen" in mail.flags for mail in box.fetch(mark_seen=False)] == [True]


@pytest.mark.requirement("A1", "G1")
def test_a_known_address_lands_on_the_file_of_its_web_chat(imap, mailbox):
    customer = find_or_create_by_identity(
        kind="email", value="Fish@Example.com", display_name="小鱼", at=AT
    )
    imap.put(letter())
    fetch(mailbox)
    assert Message.objects.get(direction="in").conversation.customer == customer
    assert Customer.objects.count() == 1


def test_fetching_again_brings_nothing_twice(imap, mailbox):
    imap.put(letter("a"), letter("b"))
    assert fetch(mailbox) == 2
    assert fetch(mailbox) == 0
    assert Message.objects.filter(direction="in").count() == 2
    assert RawMail.objects.count() == 2


def test_two_fetchers_at_once_keep_each_mail_once(imap, mailbox):
    """Design security 45: two at once."""
    imap.put(*[letter(f"nr {n}", subject=f"s{n}") for n in range(8)])
    found = []

    def visit() -> None:
        try:
            Mailbox.objects.filter(pk=mailbox.pk).update(lease_until=None)
            found.append(fetch(mailbox))
        finally:
            database.close()

    both = [threading.Thread(target=visit) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sum(found) == 8
    assert Message.objects.filter(direction="in").count() == 8
    assert RawMail.objects.filter(state="parsed").count() == 8


def test_a_mailbox_is_visited_by_one_at_a_time(mailbox):
    at = timezone.now()
    assert fetching.claim(mailbox.pk, at=at) is not None
    assert fetching.claim(mailbox.pk, at=at) is None
    assert fetching.claim(mailbox.pk, at=at + fetching.LEASE) is not None


def test_the_clock_visits_what_is_due_and_once(imap, mailbox):
    imap.put(letter("a"))
    duties.fetch_mail(timezone.now())
    assert Message.objects.filter(direction="in").count() == 1
    polled = Mailbox.objects.get().polled_at
    imap.put(letter("b"))
    duties.visit_mailbox.enqueue(mailbox.pk)
    duties.fetch_mail(timezone.now())
    assert Mailbox.objects.get().polled_at == polled
    duties.fetch_mail(polled + dt.timedelta(seconds=mailbox.poll_seconds + 1))
    Mailbox.objects.update(next_poll_at=None)
    duties.fetch_mail(timezone.now())
    assert Message.objects.filter(direction="in").count() == 2


@pytest.mark.parametrize("step", ["mark_seen", "_move_on", "take_in_waiting", "_hand_over"])
def test_a_crash_between_two_steps_leaves_exactly_one_message(imap, mailbox, monkeypatch, step):
    """Design security 45: a crash after the mail was kept."""
    imap.put(letter())

    class Crash(BaseException):
        pass

    def crash(*args, **kwargs):
        raise Crash

    places = {"mark_seen": connection.Inbox, "_move_on": fetching}
    with monkeypatch.context() as broken:
        broken.setattr(places.get(step, intake), step, crash)
        with pytest.raises(Crash):
            fetch(mailbox)
    Mailbox.objects.update(lease_until=None)
    fetch(mailbox)
    intake.take_in_waiting(at=timezone.now())
    assert Message.objects.filter(direction="in").count() == 1
    assert RawMail.objects.count() == 1


def test_a_renumbered_folder_brings_nothing_twice(mailbox):
    """Design security 45: UIDVALIDITY changes."""
    own = ImapServer().start()
    try:
        Mailbox.objects.filter(pk=mailbox.pk).update(imap_port=own.port)
        mails = [letter("a"), letter("b")]
        own.put(*mails)
        fetch(mailbox)
        own.restart()
        own.put(*mails, letter("c"))
        fetch(mailbox)
    finally:
        own.stop()
    assert sorted(Message.objects.filter(direction="in").values_list("body", flat=True)) == [
        "a",
        "b",
        "c",
    ]
    assert RawMail.objects.filter(state="duplicate").count() == 2


def test_mails_without_or_with_the_same_message_id_are_all_kept(imap, mailbox):
    """Design security 46: no or the same Message-ID."""
    imap.put(
        letter("a", Message_ID="<same@example.com>"),
        letter("b", Message_ID="<same@example.com>"),
        b"From: a@b.example\nSubject: x\n\nno id",
        b"From: a@b.example\nSubject: y\nMessage-ID: \n\nblank id",
        b"From: a@b.example\nSubject: z\nMessage-ID: <" + b"x" * 2000 + b">\n\nlong id",
    )
    fetch(mailbox)
    assert Message.objects.filter(direction="in").count() == 5


def test_poison_is_put_aside_and_the_queue_goes_on(imap, mailbox, monkeypatch):
    """Design security 47: what cannot be read holds nothing up."""
    inner = email.mime.text.MIMEText("deep")
    for _level in range(200):
        outer = email.mime.multipart.MIMEMultipart()
        outer.attach(inner)
        inner = outer
    inner["From"] = "a@b.example"
    imap.put(inner.as_bytes(), b"Subject: nobody\n\nx", b"\xff\xfe\x00garbage", letter("good"))
    fetch(mailbox)
    assert Message.objects.filter(direction="in").values_list("body", flat=True).get() == "good"
    states = dict(RawMail.objects.values_list("error", "state"))
    assert states == {"unsafe": "quarantined", "no_sender": "quarantined", "": "parsed"}
    assert RawMail.objects.get(error="unsafe").eml.size > 10_000


def test_a_fault_of_ours_is_tried_again_and_then_put_aside(imap, mailbox, monkeypatch):
    def fault(*args, **kwargs):
        raise RuntimeError("boom")

    imap.put(letter())
    monkeypatch.setattr(intake, "receive_message", fault)
    fetch(mailbox)
    for _time in range(4):
        intake.take_in_waiting(at=timezone.now())
    raw = RawMail.objects.get()
    assert (raw.state, raw.error, raw.tries) == ("quarantined", "fault", 3)
    assert "boom" in raw.error_detail
    assert not Message.objects.exists()


def test_a_mail_that_is_too_large_leaves_its_head(imap, mailbox, monkeypatch):
    monkeypatch.setattr(connection, "MOST_BYTES", 1000)
    imap.put(letter("x" * 5000), letter("small"))
    fetch(mailbox)
    large = RawMail.objects.get(error="too_large")
    assert large.state == "quarantined"
    assert large.eml.size < 1000
    assert Message.objects.get(direction="in").body == "small"


def test_files_and_pictures_go_with_the_message(imap, mailbox):
    mixed = email.mime.multipart.MIMEMultipart("related")
    mixed["From"] = "a@b.example"
    mixed["Subject"] = "photo"
    mixed.attach(email.mime.text.MIMEText('<p>看</p><img src="cid:p1">', "html", "utf-8"))
    part = email.mime.text.MIMEText("not really a picture", "plain")
    part.add_header("Content-Disposition", "attachment", filename="../../etc/单据.txt")
    part.add_header("Content-ID", "<p1>")
    mixed.attach(part)
    imap.put(mixed.as_bytes())
    fetch(mailbox)
    message = Message.objects.get(direction="in")
    assert message.body == "看"
    attached = message.attachments.get()
    assert attached.file.purpose == "desk.message"
    assert "/" not in attached.file.name
    raw = RawMail.objects.get()
    assert raw.pictures == {"p1": attached.file.get_absolute_url()}


# --- threading


def answered_conversation(mailbox: Mailbox) -> tuple[Conversation, OutgoingMail]:
    """A conversation in which a mail of ours has gone out."""
    customer = find_or_create_by_identity(kind="email", value="fish@example.com", at=AT)
    received = receive_message(
        channel=mailbox.channel, customer=customer, body="one", subject="包裹", at=AT
    )
    outgoing.answer_automatically(received.conversation, "收到", at=AT)
    sent = Message.objects.get(direction="out")
    row = OutgoingMail.objects.filter(message=sent).first() or outgoing.take_on(sent.pk, at=AT)
    assert row is not None
    return received.conversation, row


def test_our_token_leads_an_answer_into_its_conversation(imap, mailbox):
    conversation, row = answered_conversation(mailbox)
    imap.put(
        letter("再问", subject="other", In_Reply_To=f"<{row.mail_id}>"),
        letter("又问", subject="x", References=f"<a@b> <{row.mail_id}> <c@d>"),
    )
    fetch(mailbox)
    bodies = conversation.messages.filter(direction="in").values_list("body", flat=True)
    assert list(bodies) == ["one", "再问", "又问"]


@pytest.mark.parametrize(
    "reference",
    [
        "c.{c}.{m}.00000000000000000000000000000000@shop.example",
        "c.{c}.{m}@shop.example",
        "c.{c}.999999.{sig}@shop.example",
        "c.999.{m}.{sig}@shop.example",
    ],
)
def test_a_forged_reference_leads_nowhere(imap, mailbox, reference):
    """Design security 44: guessed references."""
    conversation, row = answered_conversation(mailbox)
    signature = row.mail_id.partition("@")[0].rpartition(".")[2]
    forged = reference.format(c=conversation.pk, m=row.message_id, sig=signature)
    if forged == row.mail_id:
        pytest.fail("not forged")
    imap.put(letter("evil", sender="evil@x.example", subject="s", References=f"<{forged}>"))
    fetch(mailbox)
    assert not conversation.messages.filter(body="evil").exists()
    assert Message.objects.get(body="evil").conversation != conversation


def test_a_number_in_the_subject_is_believed_from_its_customer_only(imap, mailbox):
    conversation, _row = answered_conversation(mailbox)
    subject = f"Re: other [#{conversation.number}]"
    imap.put(
        letter("evil", sender="evil@x.example", subject=subject),
        letter("mine", sender="fish@example.com", subject=subject),
    )
    fetch(mailbox)
    assert Message.objects.get(body="evil").conversation != conversation
    assert Message.objects.get(body="mine").conversation == conversation


def test_an_agents_address_makes_no_agent(imap, mailbox):
    """Design security 44: whoever writes by mail is a customer, whatever the From says."""
    conversation, row = answered_conversation(mailbox)
    for sender in ("agent@shop.example", USER):
        imap.put(letter("ship it free", sender=sender, In_Reply_To=f"<{row.mail_id}>"))
    fetch(mailbox)
    for message in conversation.messages.filter(body="ship it free"):
        assert (message.direction, message.sender_kind) == ("in", "customer")
        assert not message.counts_as_reply
        assert message.data["mail"]["from"] != "fish@example.com"
    assert not OutgoingMail.objects.filter(message__body="ship it free").exists()


def test_a_second_mail_on_another_subject_is_a_conversation_of_its_own(imap, mailbox):
    imap.put(
        letter("a", subject="包裹"), letter("b", subject="Re: 包裹"), letter("c", subject="发票")
    )
    fetch(mailbox)
    assert Conversation.objects.count() == 2
    assert Customer.objects.count() == 1


# --- mail that no person wrote


@pytest.mark.requirement("A5")
def test_an_out_of_office_note_opens_no_turn_and_gets_no_answer(imap, mailbox):
    """Design security 43: an out-of-office note."""
    mailbox.channel.greetings = {"zh-hans": "已收到您的来信。"}
    mailbox.channel.save()
    imap.put(letter("我在休假", Auto_Submitted="auto-replied"))
    fetch(mailbox)
    message = Message.objects.get(direction="in")
    assert message.origin == "auto_mail"
    assert message.data["mail"]["automatic"] == "auto-submitted"
    assert not Turn.objects.exists()
    assert message.conversation.waiting_since is None
    assert not Message.objects.filter(direction="out").exists()


@pytest.mark.requirement("A4", "A5")
def test_a_person_is_told_that_the_mail_came_and_still_waits(imap, mailbox):
    mailbox.channel.greetings = {"zh-hans": "已收到您的来信。"}
    mailbox.channel.save()
    imap.put(letter())
    fetch(mailbox)
    greeting = Message.objects.get(direction="out")
    assert (greeting.body, greeting.counts_as_reply) == ("已收到您的来信。", False)
    assert greeting.conversation.waiting_since is not None


def test_our_own_mail_coming_back_is_no_message(imap, mailbox):
    _conversation, row = answered_conversation(mailbox)
    before = Message.objects.count()
    imap.put(letter("收到", sender=USER, Message_ID=f"<{row.mail_id}>"))
    fetch(mailbox)
    assert RawMail.objects.get().state == "own"
    assert Message.objects.count() == before


def test_a_bounce_marks_the_mail_that_came_back(imap, mailbox):
    _conversation, row = answered_conversation(mailbox)
    OutgoingMail.objects.update(state="sent")
    Message.objects.filter(pk=row.message_id).update(delivery="sent")
    bounce = (
        "From: mailer-daemon@mx.example\nAuto-Submitted: auto-replied\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nsorry\n"
        "--x\nContent-Type: message/delivery-status\n\n\n"
        "Final-Recipient: rfc822; fish@example.com\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 no such user\n"
        f"--x\nContent-Type: message/rfc822\n\nMessage-ID: <{row.mail_id}>\n\nbody\n--x--\n"
    )
    imap.put(bounce.encode())
    fetch(mailbox)
    message = Message.objects.get(pk=row.message_id)
    assert message.delivery == "failed"
    assert "no such user" in message.delivery_note
    assert RawMail.objects.get().state == "aside"
    assert not Message.objects.filter(body__contains="sorry").exists()


def test_a_report_about_somebody_elses_mail_is_put_aside(imap, mailbox):
    imap.put(
        b"From: mailer-daemon@mx.example\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        b"--x\nContent-Type: message/delivery-status\n\n\nAction: failed\nStatus: 5.0.0\n--x--\n"
    )
    fetch(mailbox)
    assert RawMail.objects.get().state == "aside"
    assert not Conversation.objects.exists()


# --- servers that do not work


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"imap_port": free_port()}, "refused"),
        ({"imap_host": "no-such-host.invalid"}, "name"),
        ({"imap_password": "wrong"}, "login"),
        ({"imap_password": ""}, "secret"),
        ({"imap_folder": "Nowhere"}, "folder"),
        ({"imap_security": "ssl"}, "refused"),
    ],
)
def test_a_server_that_fails_is_named_and_tried_later_and_later(imap, mailbox, change, code):
    """Design security 49: a dead server."""
    for name, value in change.items():
        setattr(mailbox, name, value)
    mailbox.save()
    waits = []
    for _time in range(3):
        at = timezone.now()
        fetching.visit(mailbox.pk, at=at)
        mailbox.refresh_from_db()
        waits.append(mailbox.next_poll_at - at)
    assert (mailbox.state, mailbox.last_error, mailbox.failures) == ("failing", code, 3)
    assert mailbox.failing_since is not None
    assert waits == sorted(waits)
    assert waits[0] < waits[2] <= fetching.LONGEST_BACKOFF
    assert PASSWORD not in mailbox.error_detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"])
def test_a_server_of_an_inside_network_needs_the_administrators_word(mailbox, settings, host):
    settings.CANGKE_OUTBOUND_ALLOW = []
    Mailbox.objects.update(imap_host=host, smtp_host=host)
    fetch(mailbox)
    mailbox.refresh_from_db()
    assert mailbox.last_error in {"network", "name"}
    assert {
        each.code for each in connection.try_connection(mailbox).values() if each is not None
    } <= {"network", "name"}


def own_certificate(folder) -> ssl.SSLContext:
    """A certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - dt.timedelta(days=3650))
        .not_valid_after(AT + dt.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_nobody_vouches_for_gets_no_password(mailbox, tmp_path):
    """Design security 49: a certificate of its own."""
    context = own_certificate(tmp_path)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _visit in range(2):
                line, _peer = listener.accept()
                try:
                    with context.wrap_socket(line, server_side=True) as secured:
                        heard.append(secured.recv(1000))
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        for name, value in {
            "imap_host": "localhost",
            "imap_port": port,
            "imap_security": "ssl",
            "smtp_host": "localhost",
            "smtp_port": port,
            "smtp_security": "ssl",
        }.items():
            setattr(mailbox, name, value)
        found = connection.try_connection(mailbox)
        thread.join(5)
    assert {way: failure.code for way, failure in found.items() if failure} == {
        "imap": "certificate",
        "smtp": "certificate",
    }
    assert not any(heard)


def test_a_server_that_drips_is_cut_off(mailbox):
    """Design security 49: a byte a second."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _peer = listener.accept()
            with line:
                for _byte in range(200):
                    try:
                        line.send(b"*")
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        mailbox.imap_port = listener.getsockname()[1]
        started = time.monotonic()
        with (
            pytest.raises(connection.Unreachable) as caught,
            connection.open_inbox(mailbox, deadline_seconds=1),
        ):
            pass
        assert caught.value.code == "timeout"
        assert time.monotonic() - started < 5
        thread.join(5)


def test_a_server_back_again_takes_the_banner_away(imap, mailbox):
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_password="x", imap_port=free_port())
    fetch(mailbox)
    mailbox.imap_port = imap.port
    mailbox.imap_password = PASSWORD
    mailbox.save(update_fields=["imap_port", "imap_password"])
    fetch(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.failures, mailbox.failing_since) == ("ok", 0, None)


def test_the_password_is_not_readable_in_the_database(mailbox):
    with database.cursor() as cursor:
        cursor.execute("SELECT imap_password, smtp_password FROM desk_mailbox")
        assert all(PASSWORD not in str(value) for value in cursor.fetchone())


def test_a_message_id_is_the_same_each_time_and_for_nobody_else():
    one = threads.new_message_id(conversation_id=1, message_id=2, host="shop.example")
    assert one == threads.new_message_id(conversation_id=1, message_id=2, host="shop.example")
    assert threads.read_message_id(one) == (1, 2)
    assert threads.read_message_id(one.replace("c.1.", "c.2.")) is None
