import datetime as dt
import json
import smtplib
import socket
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import transaction
from django.utils.translation import gettext_lazy

from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.live.public import LiveEvent
from cangke.foundation.notices import actions, carrier, outbound, registry, rules
from cangke.foundation.notices.models import (
    MailMode,
    Notice,
    NoticeChoice,
    NoticeSetting,
    OutboxItem,
    OutboxState,
    Webhook,
)
from cangke.foundation.refusal import Refusal
from tests.factories import make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2025, 11, 23, 3, tzinfo=dt.UTC)
NIGHT = dt.datetime(2025, 11, 23, 15, tzinfo=dt.UTC)  # 23:00 in Shanghai
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _kinds(settings):
    settings.CANGKE_OUTBOUND_ALLOW = []
    registry.notice_kind("test.mail", "邮件类", mail=True)
    registry.notice_kind("test.urgent", "紧急类", mail=True, urgent=True)
    yield
    del registry.KINDS["test.mail"], registry.KINDS["test.urgent"]


def tell(account, kind="test.mail", title="转接给您", at=AT, **options):
    return actions.notify(account, kind=kind, title=title, at=at, **options)


def make_robot(**fields):
    values = {
        "name": "客服群",
        "url": "https://robot.example/hook",
        "shape": "generic",
        "kinds": [],
        "is_active": True,
    }
    return actions.save_webhook(webhook=None, by=make_account(), at=AT, **{**values, **fields})


@pytest.fixture
def called(monkeypatch):
    """What would have been called, answered with 200."""
    calls = []

    def call(method, url, *, headers, body):
        calls.append((url, headers, body))
        return outbound.Answer(200, {}, b"")

    monkeypatch.setattr(outbound, "call", call)
    return calls


@pytest.mark.requirement("X3")
def test_people_are_told_in_the_app_and_by_mail(django_capture_on_commit_callbacks):
    account = make_account(email="wang@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        assert tell(account, body="请尽快", url="/desk/12") == 1
    [notice] = Notice.objects.all()
    assert (notice.account, notice.title, notice.url) == (account, "转接给您", "/desk/12")
    [letter] = mail.outbox
    assert letter.to == ["wang@example.com"]
    assert letter.subject == "转接给您"
    assert "/desk/12" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert OutboxItem.objects.get().state == OutboxState.SENT
    assert LiveEvent.objects.filter(topic=f"account:{account.pk}", kind="notice").exists()


def test_nothing_leaves_when_the_change_is_rolled_back():
    account = make_account(email="wang@example.com")
    with transaction.atomic():
        tell(account)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not OutboxItem.objects.exists()
    assert mail.outbox == []


def test_everybody_is_told_once_and_leavers_are_not():
    one, two = make_account(), make_account()
    gone = make_account()
    gone.is_active = False
    gone.save()
    assert tell([one, two, one, gone]) == 2
    assert Notice.objects.count() == 2


def test_a_crowd_costs_few_queries(django_assert_max_num_queries):
    people = [make_account(email=f"p{n}@example.com") for n in range(60)]
    with django_assert_max_num_queries(8):
        tell(people)
    assert OutboxItem.objects.count() == 60


def test_each_reads_in_their_own_language(settings):
    from django.utils import translation

    chinese, english = make_account(), make_account(language="en")
    with translation.override("zh-hans"):
        tell([chinese, english], title=gettext_lazy("Yes"))
    titles = dict(Notice.objects.values_list("account_id", "title"))
    assert titles == {chinese.pk: "是", english.pk: "Yes"}


def test_a_notice_never_leads_elsewhere():
    for url in ("https://evil", "//evil", "javascript:x"):
        with pytest.raises(ValueError, match="installation"):
            tell(make_account(), url=url)
    assert not Notice.objects.exists()


def test_subjects_are_one_line_whatever_was_typed(django_capture_on_commit_callbacks):
    account = make_account(email="wang@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        tell(account, title="a\r\nBcc: evil@example.com\x00", body="x\x00y")
    assert mail.outbox[0].subject == "a Bcc: evil@example.com"
    assert mail.outbox[0].recipients() == ["wang@example.com"]


def test_choices_of_a_person_hold():
    account = make_account(email="wang@example.com")
    values = {"mail_mode": MailMode.EACH, "quiet_from": None, "quiet_until": None}
    actions.choose(by=account, values=values, kinds={"test.mail": (True, False)})
    tell(account)
    assert not OutboxItem.objects.exists()
    actions.choose(by=account, values=values, kinds={"test.mail": (False, True)})
    tell(account)
    assert Notice.objects.count() == 1
    assert OutboxItem.objects.count() == 1
    actions.choose(by=account, values=values, kinds={"test.mail": (False, False)})
    tell(account)
    assert Notice.objects.count() == 2
    assert NoticeChoice.objects.count() == 1


def test_half_quiet_hours_are_refused_and_change_nothing():
    account = make_account()
    values = {"mail_mode": "never", "quiet_from": dt.time(22), "quiet_until": None}
    with pytest.raises(Refusal):
        actions.choose(by=account, values=values, kinds={"test.mail": (True, True)})
    assert not NoticeSetting.objects.exists()
    assert not NoticeChoice.objects.exists()


@pytest.mark.requirement("X3")
def test_mail_waits_for_the_end_of_quiet_hours_unless_urgent(django_capture_on_commit_callbacks):
    account = make_account(email="wang@example.com", zone="Asia/Shanghai")
    NoticeSetting.objects.create(account=account, quiet_from=dt.time(22), quiet_until=dt.time(8))
    with django_capture_on_commit_callbacks(execute=True):
        tell(account, at=NIGHT)
    assert mail.outbox == []
    assert Notice.objects.count() == 1
    morning = dt.datetime(2025, 11, 24, 0, tzinfo=dt.UTC)
    assert actions.sweep(at=morning - MINUTE) == 0
    assert OutboxItem.objects.get().next_try_at == morning
    assert actions.deliver(OutboxItem.objects.get().pk, at=morning)
    assert len(mail.outbox) == 1
    with django_capture_on_commit_callbacks(execute=True):
        tell(account, kind="test.urgent", at=NIGHT)
    assert len(mail.outbox) == 2


def test_a_zone_that_is_none_does_not_stop_a_notice():
    account = make_account(email="wang@example.com", zone="Mars/Base")
    NoticeSetting.objects.create(account=account, quiet_from=dt.time(22), quiet_until=dt.time(8))
    assert tell(account, at=NIGHT) == 1


def test_the_daily_mail_comes_once_at_its_hour(django_capture_on_commit_callbacks):
    account = make_account(email="wang@example.com", zone="Asia/Shanghai")
    NoticeSetting.objects.create(account=account, mail_mode=MailMode.DAILY, digest_time="09:00")
    early = dt.datetime(2025, 11, 23, 0, 30, tzinfo=dt.UTC)
    tell(account, title="昨天", at=early - dt.timedelta(hours=20))
    tell(account, title="今早", at=early)
    tell(account, title="只在站内", kind="other", at=early)
    Notice.objects.filter(title="昨天").update(read_at=early)
    assert actions.digest(at=early) == 0
    due = early + dt.timedelta(minutes=31)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.digest(at=due) == 1
        assert actions.digest(at=due + MINUTE) == 0
    [letter] = mail.outbox
    assert "今早" in letter.body
    assert "昨天" not in letter.body
    assert "只在站内" not in letter.body
    assert actions.digest(at=due + dt.timedelta(days=1)) == 0


# --- the outbox


@pytest.fixture
def broken_server(settings, monkeypatch):
    from django.core.mail import EmailMessage

    class Server:
        error = smtplib.SMTPServerDisconnected("gone")
        sent = None

    real = EmailMessage.send

    def send(self, fail_silently=False):
        if Server.error is not None:
            raise Server.error
        Server.sent.append(self.message()["Message-ID"])
        return real(self, fail_silently)

    Server.sent = []
    monkeypatch.setattr(EmailMessage, "send", send)
    return Server


@pytest.fixture
def item():
    tell(make_account(email="wang@example.com"))
    return OutboxItem.objects.get()


def test_a_failure_is_tried_again_later_under_the_same_message_id(item, broken_server):
    assert not actions.deliver(item.pk, at=AT)
    item.refresh_from_db()
    assert (item.state, item.attempts) == (OutboxState.WAITING, 1)
    assert item.next_try_at == AT + MINUTE
    assert "SMTPServerDisconnected" in item.error
    assert not actions.deliver(item.pk, at=AT)
    broken_server.error = None
    assert actions.deliver(item.pk, at=AT + MINUTE)
    first = broken_server.sent[0]
    OutboxItem.objects.update(state=OutboxState.WAITING)
    assert actions.deliver(item.pk, at=AT + MINUTE)
    assert broken_server.sent == [first, first]
    assert item.uid in first


def test_after_many_failures_it_is_given_up_and_can_be_sent_again(item, broken_server):
    at = AT
    for _n in range(len(rules.WAITS_MINUTES) + 1):
        item.refresh_from_db()
        at = max(at, item.next_try_at)
        actions.deliver(item.pk, at=at)
    item.refresh_from_db()
    assert item.state == OutboxState.DEAD
    assert at - AT > dt.timedelta(days=1)
    by = make_account()
    broken_server.error = None
    actions.retry(item_id=item.pk, by=by, at=at)
    assert AuditEntry.objects.filter(action="notices.outbox_retried").exists()
    assert actions.deliver(item.pk, at=at)
    with pytest.raises(Refusal):
        actions.retry(item_id=item.pk, by=by, at=at)
    with pytest.raises(Refusal):
        actions.discard(item_id=item.pk, by=by, at=at)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"wang@example.com": (550, b"no")}), OutboxState.DEAD),
        (smtplib.SMTPRecipientsRefused({"a": (451, b"greylisted")}), OutboxState.WAITING),
        (smtplib.SMTPDataError(554, b"spam"), OutboxState.DEAD),
        (smtplib.SMTPDataError(421, b"later"), OutboxState.WAITING),
        (smtplib.SMTPAuthenticationError(535, b"password"), OutboxState.WAITING),
        (ConnectionRefusedError("dead"), OutboxState.WAITING),
        (TimeoutError("slow"), OutboxState.WAITING),
    ],
)
def test_what_will_never_work_is_not_tried_again(item, broken_server, error, state):
    broken_server.error = error
    actions.deliver(item.pk, at=AT)
    item.refresh_from_db()
    assert item.state == state
    assert "wang@" not in item.error


def test_a_real_mail_server_gets_it(item, settings):
    """By SMTP to a server that keeps what it is given."""
    received = []

    class Keep:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802  # the server's name
            received.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Keep(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        assert actions.deliver(item.pk, at=AT)
    finally:
        server.stop()
    [(to, letter)] = received
    assert to == ["wang@example.com"]
    assert letter["Message-ID"].startswith(f"<{item.uid}@")
    assert letter["Auto-Submitted"] == "auto-generated"


def test_two_workers_send_one_mail(item):
    assert actions.deliver(item.pk, at=AT)
    assert not actions.deliver(item.pk, at=AT)
    assert len(mail.outbox) == 1


def test_what_a_crash_left_is_sent_when_its_lease_is_over(item):
    """Design security 68: a worker killed between sending and marking."""
    OutboxItem.objects.update(state=OutboxState.SENDING, lease_until=AT + 2 * MINUTE)
    assert not actions.deliver(item.pk, at=AT + MINUTE)
    assert actions.sweep(at=AT + MINUTE) == 0
    assert actions.deliver(item.pk, at=AT + 3 * MINUTE)


def test_the_sweeper_carries_what_is_due(item, monkeypatch):
    carried = []
    monkeypatch.setattr(carrier, "carry", carried.append)
    assert actions.sweep(at=AT) == 1
    assert carried == [item.pk]


def test_who_has_left_gets_no_mail(item):
    item.account.is_active = False
    item.account.save()
    assert not actions.deliver(item.pk, at=AT)
    item.refresh_from_db()
    assert item.state == OutboxState.DROPPED
    assert mail.outbox == []


def test_a_plain_mail_to_the_outside(django_capture_on_commit_callbacks):
    from django.core.exceptions import ValidationError

    with django_capture_on_commit_callbacks(execute=True):
        actions.post_mail(to="buyer@example.com", subject="已发货\r\nX: y", text="…", at=AT)
    assert mail.outbox[0].to == ["buyer@example.com"]
    assert mail.outbox[0].subject == "已发货 X: y"
    for to in ("x", "a@b.c\r\nBcc: d@e.f", "a@b.c, d@e.f"):
        with pytest.raises(ValidationError):
            actions.post_mail(to=to, subject="x", text="x", at=AT)


# --- robots


@pytest.mark.requirement("AMB-33")
def test_a_robot_is_told_what_it_listens_to_and_can_check_the_signature(
    called, django_capture_on_commit_callbacks
):
    robot = make_robot(kinds=["orders.late"])
    make_robot(name="停用", is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.announce(kind="orders.late", title="迟发", url="/orders/1", at=AT) == 1
        assert actions.announce(kind="other", title="别的", at=AT) == 0
    [(url, headers, body)] = called
    assert url == robot.url
    said = json.loads(body)
    assert (said["kind"], said["title"]) == ("orders.late", "迟发")
    assert said["url"].endswith("/orders/1")
    assert rules.is_signed(
        robot.secret,
        timestamp=headers["X-Cangke-Timestamp"],
        body=body,
        signature=headers["X-Cangke-Signature"],
        at=dt.datetime.fromtimestamp(int(headers["X-Cangke-Timestamp"]), dt.UTC),
    )
    assert headers["X-Cangke-Delivery"] == OutboxItem.objects.get().uid


def test_a_group_robot_gets_a_text_message(called, django_capture_on_commit_callbacks):
    make_robot(shape="robot")
    with django_capture_on_commit_callbacks(execute=True):
        actions.announce(kind="x", title="迟发", body="两单", at=AT)
    assert json.loads(called[0][2]) == {"msgtype": "text", "text": {"content": "迟发\n两单"}}


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"errcode": 0}', OutboxState.SENT),
        (200, b'{"errcode": 93000, "errmsg": "invalid"}', OutboxState.DEAD),
        (200, b"not json", OutboxState.SENT),
        (404, b"", OutboxState.DEAD),
        (302, b"", OutboxState.WAITING),
        (429, b"", OutboxState.WAITING),
        (500, b"", OutboxState.WAITING),
    ],
)
def test_answers_of_robots(monkeypatch, status, body, state):
    make_robot(shape="robot")
    actions.announce(kind="x", title="x", at=AT)
    monkeypatch.setattr(outbound, "call", lambda *a, **k: outbound.Answer(status, {}, body))
    item = OutboxItem.objects.get()
    actions.deliver(item.pk, at=AT)
    item.refresh_from_db()
    assert item.state == state


def test_a_robot_in_the_inner_network_is_refused_at_saving_and_at_calling():
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/x", "ftp://x", "x"):
        with pytest.raises(Refusal):
            make_robot(url=url)
    assert not Webhook.objects.exists()
    robot = make_robot()
    Webhook.objects.filter(pk=robot.pk).update(url="http://2130706433/")
    actions.announce(kind="x", title="x", at=AT)
    item = OutboxItem.objects.get()
    actions.deliver(item.pk, at=AT)
    item.refresh_from_db()
    assert item.state == OutboxState.DEAD


def test_a_key_is_secret_at_rest_and_can_be_renewed():
    from django.db import connection

    robot = make_robot()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM notices_webhook")
        assert robot.secret not in cursor.fetchone()[0]
    before = robot.secret
    values = {
        "name": "客服群",
        "url": robot.url,
        "shape": "generic",
        "kinds": [],
        "is_active": True,
    }
    changed = actions.save_webhook(webhook=robot, by=make_account(), at=AT, new_key=True, **values)
    assert changed.secret != before
    entry = AuditEntry.objects.filter(action="notices.webhook_saved").latest("pk")
    assert changed.secret not in json.dumps(entry.changes)


def test_a_name_is_taken_once():
    make_robot()
    with pytest.raises(Refusal):
        make_robot()
    assert Webhook.objects.count() == 1


def test_old_things_are_forgotten():
    account = make_account(email="wang@example.com")
    tell([account], at=AT - dt.timedelta(days=400))
    Notice.objects.update(read_at=AT - dt.timedelta(days=200))
    OutboxItem.objects.update(state=OutboxState.SENT)
    tell([account], at=AT)
    assert actions.forget_old(at=AT) == 2
    assert Notice.objects.count() == 1
    assert OutboxItem.objects.count() == 1
