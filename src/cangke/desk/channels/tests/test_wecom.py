"""WeCom customer service on its way in, against a small WeCom that speaks HTTP."""

import datetime as dt
import time

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cangke.desk.channels.wecom import intake
from cangke.desk.models import Channel, Conversation, Message, WecomAccount, WecomRow
from cangke.desk.tests.factories import account_of
from cangke.foundation.audit.models import AuditEntry
from tests.factories import client_for

from .factories import make_channel
from .test_wecom_sealed import CALL, ECHO
from .wecom_house import FISH, SEA, address, picture, pull, ring, said
from .wecom_server import CORP, KFID, SECRET, news, seal, signed

pytestmark = pytest.mark.django_db


# --- being called


@pytest.mark.requirement("X11")
def test_the_published_example_proves_the_address(account):
    query = {
        "msg_signature": ECHO["signature"],
        "timestamp": ECHO["timestamp"],
        "nonce": ECHO["nonce"],
        "echostr": ECHO["sealed"],
    }
    with time_machine.travel(int(ECHO["timestamp"]) + 10, tick=False):
        answer = Client().get(address(account), query)
        wrong = Client().get(address(account), {**query, "nonce": "1"})
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert wrong.status_code == 403
    assert Client().get(address(account), query).status_code == 403  # years later


def test_the_published_call_is_opened_and_is_no_news(account):
    body = f"<xml><Encrypt><![CDATA[{CALL['sealed']}]]></Encrypt></xml>"
    query = (
        f"?msg_signature={CALL['signature']}&timestamp={CALL['timestamp']}&nonce={CALL['nonce']}"
    )
    with time_machine.travel(int(CALL["timestamp"]) + 10, tick=False):
        answer = Client().post(address(account) + query, body, content_type="text/xml")
    assert (answer.status_code, answer.content) == (200, b"success")
    account.refresh_from_db()
    assert account.calls == 0


@pytest.mark.parametrize(
    "values",
    [
        {"stamp": 1},
        {"stamp": 9_999_999_999},
        {"stamp": "soon"},
        {"receiver": "wx0000000000000000"},
        {"key": "A" * 43},
        {"text": "no xml"},
        {"text": '<!DOCTYPE a [<!ENTITY b "c">]><xml><Event>&b;</Event></xml>'},
    ],
)
def test_what_is_not_sealed_for_this_channel_changes_nothing(account, wecom, values):
    assert ring(account, **values).status_code == 403
    account.refresh_from_db()
    assert (account.calls, wecom.calls) == (0, [])


def test_bodies_that_are_no_call_are_refused(account):
    for body in ("", "<xml>", "<xml/>", "{}", "x" * 70_000):
        query = signed("", stamp=int(time.time()))
        answer = Client().post(f"{address(account)}?{query}", body, content_type="text/xml")
        assert answer.status_code in (403, 413)
    assert Client().put(address(account)).status_code == 405
    account.refresh_from_db()
    assert account.calls == 0


def test_an_unknown_or_closed_channel_is_not_found(account):
    Channel.objects.filter(pk=account.channel_id).update(is_active=False)
    assert ring(account).status_code == 404
    account.channel.public_key = "nobody"
    assert ring(account).status_code == 404


def test_the_same_call_again_asks_for_nothing_more(account):
    stamp = int(time.time())
    text = seal(news())
    body = f"<xml><Encrypt>{text}</Encrypt></xml>"
    for _again in range(3):
        answer = Client().post(
            f"{address(account)}?{signed(text, stamp=stamp)}", body, content_type="text/xml"
        )
        assert answer.content == b"success"
    account.refresh_from_db()
    assert account.calls == 1


def test_calls_for_an_account_that_is_not_ours_or_another_event_are_confirmed(account):
    assert ring(account, text=news(kfid="wkOther")).content == b"success"
    assert ring(account, text=news(event="kf_account_auth_change")).content == b"success"
    account.refresh_from_db()
    assert account.calls == 0


def test_one_address_serves_every_account_of_the_application(account, company):
    other = WecomAccount.objects.create(
        channel=make_channel("wecom", company.shop),
        corp_id=CORP,
        open_kfid="wkSecond",
        kf_secret=SECRET,
        token="other",
        aes_key="B" * 43,
        since_at=timezone.now(),
    )
    ring(account, text=news(kfid="wkSecond", token="T2"))
    other.refresh_from_db()
    account.refresh_from_db()
    assert (other.calls, other.pull_token, account.calls) == (1, "T2", 0)


# --- fetching


@pytest.mark.requirement("A1")
@pytest.mark.django_db(transaction=True)
def test_a_call_brings_what_customers_said_into_the_inbox(account, wecom):
    wecom.names[FISH] = "小鱼妈妈"
    wecom.says(FISH, content="包裹到哪了")
    assert ring(account).content == b"success"
    talk = Conversation.objects.get()
    assert talk.channel == account.channel
    assert talk.customer.display_name == "小鱼妈妈"
    assert talk.waiting_since is not None
    assert said() == ["包裹到哪了"]
    account.refresh_from_db()
    assert (account.state, account.cursor) == ("ok", "1")
    assert account.next_pull_at > timezone.now() + dt.timedelta(minutes=10)
    first = next(what for path, what in wecom.asked if path == "kf/sync_msg")
    assert (first["token"], first["open_kfid"], first["cursor"]) == ("PULL", KFID, "")


def test_pages_are_fetched_to_the_end_in_order_and_once(account, wecom):
    for n in range(7):
        wecom.says(FISH if n % 2 else SEA, content=f"第{n}句")
    assert pull(account) == 7
    assert sorted(said()) == [f"第{n}句" for n in range(7)]
    mine = Message.objects.filter(direction="in", conversation__customer__identities__value=SEA)
    assert [each.body for each in mine.order_by("seq")] == ["第0句", "第2句", "第4句", "第6句"]
    account.refresh_from_db()
    assert account.cursor == "7"
    assert pull(account) == 0
    wecom.says(FISH, content="还有")
    assert pull(account) == 1
    assert len(said()) == 8


def test_a_visit_that_breaks_off_loses_nothing_and_doubles_nothing(account, wecom):
    for n in range(5):
        wecom.says(FISH, content=f"第{n}句")
    # The third page's answer gets lost, then WeCom forgets where we were and tells all again.
    real = wecom._kf_sync_msg

    def breaking(what):
        if what["cursor"] == "4":
            wecom.lost.add("kf/sync_msg")
        return real(what)

    wecom._kf_sync_msg = breaking
    pull(account)
    account.refresh_from_db()
    assert (account.state, account.cursor, account.failures) == ("failing", "4", 1)
    assert WecomRow.objects.count() == 4
    assert said() == []  # kept, not read yet
    wecom._kf_sync_msg = real
    pull(account)
    assert said() == [f"第{n}句" for n in range(5)]
    WecomAccount.objects.update(cursor="")
    assert pull(account) == 0
    assert len(said()) == 5
    account.refresh_from_db()
    assert (account.state, account.failures) == ("ok", 0)
    acts = AuditEntry.objects.filter(action__startswith="desk.wecom_")
    assert [each.action for each in acts.order_by("pk")] == [
        "desk.wecom_lost",
        "desk.wecom_reached",
    ]


def test_a_page_is_kept_with_its_cursor_or_not_at_all(account, wecom, monkeypatch):
    wecom.says(FISH)
    monkeypatch.setattr(
        WecomRow.objects, "bulk_create", lambda rows: (_ for _ in ()).throw(RuntimeError("power"))
    )
    with pytest.raises(RuntimeError):
        pull(account)
    monkeypatch.undo()
    account.refresh_from_db()
    assert (account.cursor, account.lease_until) == ("", None)
    assert pull(account) == 1


def test_a_stop_between_keeping_and_reading_is_made_good(account, wecom, monkeypatch):
    wecom.says(FISH)
    monkeypatch.setattr(intake, "read_waiting", lambda *_given, **_more: None)
    pull(account)
    assert said() == []
    monkeypatch.undo()
    pull(account)
    pull(account)
    assert said() == ["在吗"]


def test_two_visits_do_not_overlap(account, wecom):
    now = timezone.now()
    assert intake.claim(account.pk, at=now) is not None
    wecom.says(FISH)
    assert pull(account, at=now) == 0
    assert wecom.calls == []
    assert pull(account, at=now + intake.LEASE) == 1


def test_a_visit_holds_on_only_as_long_as_it_goes_on(account, wecom):
    """A crash leaves the account silent for two minutes, not for the longest of visits."""
    started = timezone.now()
    assert intake.claim(account.pk, at=started)
    account.refresh_from_db()
    assert account.lease_until == started + intake.LEASE
    with time_machine.travel(started + dt.timedelta(minutes=1), tick=False):
        intake.hold_on(account)
    assert intake.claim(account.pk, at=started + intake.LEASE) is None
    assert intake.claim(account.pk, at=started + intake.LEASE + dt.timedelta(minutes=1))


def test_a_call_during_a_visit_is_followed_by_another_visit(account):
    seen = intake.claim(account.pk, at=timezone.now())
    intake.note_call(CORP, KFID, pull_token="P", at=timezone.now())
    intake._note_success(seen, at=timezone.now())
    account.refresh_from_db()
    assert account.is_due(timezone.now())


def test_without_a_call_we_look_by_ourselves_and_without_an_old_token(account, wecom):
    wecom.says(FISH)
    intake.note_call(CORP, KFID, pull_token="OLD", at=timezone.now())
    later = timezone.now() + intake.UNASKED
    pull(account, at=later)
    assert "token" not in wecom.asked[0][1]
    assert said() == ["在吗"]


def test_what_was_said_before_the_channel_was_made_stays_out(account, wecom):
    wecom.says(FISH)
    wecom.rows[0]["send_time"] = int(account.since_at.timestamp()) - 1
    assert pull(account) == 1
    assert said() == []
    assert WecomRow.objects.get().state == "before"


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_is_over_is_replaced_once(account, wecom, code):
    pull(account)
    pull(account)
    assert wecom.calls.count("gettoken") == 1
    wecom.faults["kf/sync_msg"] = [{"errcode": code, "errmsg": "over"}]
    wecom.says(FISH)
    pull(account)
    assert wecom.calls.count("gettoken") == 2
    assert said() == ["在吗"]


def test_a_token_near_its_end_is_replaced_before_it_is_over(account, wecom):
    pull(account)
    pull(account, at=timezone.now() + dt.timedelta(seconds=7200))
    assert wecom.calls.count("gettoken") == 2


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ((500, {}, b"oops"), "HTTP 500"),
        ((200, {}, b"<html>"), "读不懂"),
        ((200, {}, b"[1]"), "读不懂"),
        ((200, {}, b"[" * 100_000), "读不懂"),
        ({"errcode": "x"}, "读不懂"),
        ({"errcode": 45009, "errmsg": "freq"}, "45009"),
        ({"errcode": 60020, "errmsg": "ip"}, "可信 IP"),
        ({"errcode": 99999, "errmsg": "never heard"}, "never heard"),
    ],
)
def test_trouble_on_the_line_is_said_and_tried_later_and_later(account, wecom, fault, word):
    wecom.says(FISH)
    wecom.faults["kf/sync_msg"] = [fault, fault]
    now = timezone.now()
    pull(account, at=now)
    account.refresh_from_db()
    assert account.state == "failing"
    assert word in account.last_error
    assert account.next_pull_at == now + dt.timedelta(seconds=10)
    pull(account, at=now)
    account.refresh_from_db()
    assert account.next_pull_at == now + dt.timedelta(seconds=20)
    pull(account, at=now)
    assert said() == ["在吗"]


def test_wecom_out_of_reach_is_no_disaster(account, settings):
    settings.CANGKE_WECOM_URL = "http://127.0.0.1:9"
    pull(account)
    account.refresh_from_db()
    assert account.state == "failing"
    assert SECRET not in account.last_error


def test_a_page_full_of_rubbish_is_kept_and_read_as_far_as_it_goes(account, wecom):
    wecom.page = 100
    wecom.says(FISH, content="a\x00b\ud83d")
    wecom.rows += [
        "rubbish",
        {"msgid": ""},
        {"msgid": "r1"},
        {"msgid": "r2", "origin": "x", "msgtype": "event", "event": "no"},
        {"msgid": "r3", "origin": 3, "msgtype": "text", "text": None, "external_userid": SEA},
        {"msgid": "r4", "origin": 10**30, "send_time": "yesterday"},
        {"msgid": "r5", "origin": 3, "external_userid": {"a": 1}, "msgtype": ["x"]},
    ]
    wecom.says(FISH, content="后面的")
    pull(account)
    assert {"ab?", "后面的", "…"} <= set(said())
    account.refresh_from_db()
    assert account.state == "ok"
    pull(account)
    assert WecomRow.objects.filter(state="received").count() == 0


# --- what is said


def test_files_come_along_under_their_names(account, wecom):
    wecom.media = {
        "m1": ("照片.jpg", "image/jpeg", picture()),
        "m2": ("voice.amr", "audio/amr", b"#!AMR\n" + b"0" * 40),
        "m3": ("账单.json", "application/json", b'{"errcode": 40007}'),
    }
    wecom.says(FISH, "image", media_id="m1")
    wecom.says(FISH, "voice", media_id="m2")
    wecom.says(FISH, "file", media_id="m3", file_name="账单.json")
    pull(account)
    files = [
        each.attachments.get().file
        for each in Message.objects.filter(direction="in").order_by("pk")
    ]
    assert [(each.name, each.content_type) for each in files] == [
        ("照片.jpg", "image/jpeg"),
        ("voice.amr", "audio/amr"),
        ("账单.json", "text/plain"),
    ]
    assert said()[0] == "[图片]"


def test_a_file_that_is_gone_is_said_so_and_its_message_stays(account, wecom, company):
    wecom.says(FISH, "image", media_id="gone")
    wecom.says(FISH, content="看到了吗")
    pull(account)
    assert said() == ["[图片]", "看到了吗"]
    first = Message.objects.filter(direction="in").earliest("pk")
    assert "40007" in first.data["wecom"]["lost"]
    agent = account_of(company.agent("cs-supervisor"))
    page = (
        client_for(agent)
        .get(reverse("desk:conversation", args=[first.conversation_id]))
        .content.decode()
    )
    assert "没能取到附件" in page


def test_a_file_that_comes_later_holds_back_only_what_its_customer_said_after_it(account, wecom):
    wecom.media["m1"] = ("a.jpg", "image/jpeg", picture())
    wecom.faults["media/get"] = [(503, {}, b"busy")]
    wecom.page = 100
    wecom.says(FISH, "image", media_id="m1")
    wecom.says(FISH, content="第二句")
    wecom.says(SEA, content="别的客户")
    now = timezone.now()
    pull(account, at=now)
    assert said() == ["别的客户"]
    account.refresh_from_db()
    assert account.next_pull_at == now + intake.WAITS[0]
    pull(account, at=now)
    assert said() == ["别的客户"]
    pull(account, at=now + intake.WAITS[0])
    assert said() == ["别的客户", "[图片]", "第二句"]


def test_a_row_that_can_never_be_read_is_put_aside_and_read_again_by_hand(account, wecom, company):
    wecom.media["m1"] = ("a.jpg", "image/jpeg", picture())
    wecom.faults["media/get"] = [(503, {}, b"busy")] * (len(intake.WAITS) + 1)
    wecom.says(FISH, "image", media_id="m1")
    at = timezone.now()
    for wait in (*intake.WAITS, dt.timedelta(0)):
        pull(account, at=at)
        at += wait
    assert WecomRow.objects.get().state == "quarantined"
    wecom.says(FISH, content="后来")
    pull(account, at=at)
    assert said() == ["后来"]
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    page = supervisor.get(f"/desk/channels/wecom/{account.pk}/").content.decode()
    assert "没有读懂的消息" in page
    supervisor.post(f"/desk/channels/wecom/{account.pk}/again/")
    pull(account)
    assert sorted(said()) == ["[图片]", "后来"]


def test_a_customer_who_writes_again_is_known_and_asked_for_once(account, wecom):
    wecom.says(FISH)
    pull(account)
    wecom.says(FISH, content="又来")
    pull(account)
    assert Conversation.objects.count() == 1
    assert wecom.calls.count("kf/customer/batchget") == 1


def test_without_a_name_the_customer_is_known_all_the_same(account, wecom):
    wecom.faults["kf/customer/batchget"] = [{"errcode": 48002, "errmsg": "api forbidden"}]
    wecom.says(FISH)
    pull(account)
    assert Conversation.objects.get().customer.display_name == "微信客户"


def test_events_are_kept_and_open_nothing(account, wecom):
    wecom.happens("enter_session", FISH, welcome_code="WELCOME", scene="123")
    pull(account)
    assert not Conversation.objects.exists()
    row = WecomRow.objects.get()
    assert (row.state, row.kind) == ("event", "enter_session")
    assert row.payload["event"]["welcome_code"] == "WELCOME"


def test_what_a_colleague_says_in_wecom_is_told_and_is_no_reply(account, wecom):
    wecom.says(FISH)
    wecom._row(external_userid=FISH, origin=5, msgtype="text", text={"content": "我来"},
               servicer_userid="lisi")  # fmt: skip
    pull(account)
    talk = Conversation.objects.get()
    assert talk.waiting_since is not None
    event = talk.messages.get(event="answered_outside")
    assert event.data["text"] == "我来"
    assert not talk.messages.filter(direction="out").exists()


def test_a_customer_who_takes_back_a_message_is_told_of(account, wecom):
    number = wecom.says(FISH)
    wecom.happens("user_recall_msg", FISH, recall_msgid=number)
    pull(account)
    told = Message.objects.get(event="recalled_outside")
    assert told.data["recalled"] == Message.objects.get(direction="in").seq
    assert said() == ["在吗"]
