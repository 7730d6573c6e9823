"""WeCom customer service, the whole way, against a small WeCom that speaks HTTP."""

import datetime as dt
import io
import time

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cangke.desk import public as desk
from cangke.desk.channels import duties
from cangke.desk.channels.wecom import intake, outgoing
from cangke.desk.channels.wecom.line import Line
from cangke.desk.models import Channel, Conversation, Message, WecomAccount, WecomRow, WecomSend
from cangke.desk.tests.factories import account_of, go_online, make_company
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.files.public import store
from tests.factories import client_for

from .factories import make_channel
from .test_wecom_sealed import CALL, ECHO
from .wecom_server import AES_KEY, CORP, KFID, SECRET, TOKEN, news, seal, serve, signed

pytestmark = pytest.mark.django_db
FISH, SEA = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw", "wmAJ2GCAAASea"


@pytest.fixture
def wecom(settings):
    with serve() as running:
        settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
        settings.CANGKE_WECOM_URL = running.url
        yield running


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def account(company, wecom):
    return WecomAccount.objects.create(
        channel=make_channel("wecom", company.shop),
        corp_id=CORP,
        open_kfid=KFID,
        kf_secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        since_at=timezone.now() - dt.timedelta(minutes=1),
    )


def address(account):
    return f"/desk/connect/wecom/{account.channel.public_key}/"


def ring(account, *, text=None, stamp=None, **values):
    """WeCom calls our address."""
    text = seal(news() if text is None else text, **values)
    body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>"
    query = signed(text, stamp=int(time.time()) if stamp is None else stamp)
    return Client().post(f"{address(account)}?{query}", body, content_type="text/xml")


def pull(account, at=None):
    return intake.visit(account.pk, at=at or timezone.now())


def said():
    return list(
        Message.objects.filter(direction="in").order_by("pk").values_list("body", flat=True)
    )


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


def picture():
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(kept, "JPEG")
    return kept.getvalue()


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


# --- sending


@pytest.fixture
def agent(company):
    employee = company.agent()
    go_online(employee)
    return account_of(employee)


@pytest.fixture
def talk(account, wecom):
    wecom.says(FISH)
    pull(account)
    return Conversation.objects.get()


def reply(talk, agent, body="在的，您好", **values):
    return desk.reply(conversation_id=talk.pk, body=body, by=agent, at=timezone.now(), **values)


def send_all(at=None):
    at = at or timezone.now()
    for pk in outgoing.due(at=at):
        outgoing.send(pk, at=at)


@pytest.mark.requirement("X11")
def test_a_reply_goes_out_once_to_whoever_wrote(wecom, talk, agent):
    message = reply(talk, agent)
    duties.send_waiting_wecom(timezone.now())
    duties.send_waiting_wecom(timezone.now())
    [sent] = wecom.sent
    assert (sent["touser"], sent["open_kfid"], sent["msgtype"]) == (FISH, KFID, "text")
    assert sent["text"] == {"content": "在的，您好"}
    message.refresh_from_db()
    assert (message.delivery, message.external_id) == ("sent", sent["msgid"])
    talk.refresh_from_db()
    assert talk.waiting_since is None


@pytest.mark.django_db(transaction=True)
def test_the_event_of_a_reply_sends_it_at_once(wecom, account, company):
    wecom.says(FISH)
    pull(account)
    employee = company.agent()
    go_online(employee)
    reply(Conversation.objects.get(), account_of(employee))
    assert len(wecom.sent) == 1


def test_pictures_and_files_go_as_what_they_are(wecom, talk, agent):
    at = timezone.now()
    files = [
        store(ContentFile(data, name=name), purpose="desk.message", by=agent, at=at)
        for name, data in (("a.jpg", picture()), ('报价 "1".txt', b"one two three"))
    ]
    reply(talk, agent, files=files)
    send_all()
    assert [each["msgtype"] for each in wecom.sent] == ["text", "image", "file"]
    kinds = {wecom.sent[n]["msgtype"]: wecom.uploads[f"media{n}"] for n in (1, 2)}
    assert kinds["image"][0] == "image"
    assert kinds["file"][2] == b"one two three"
    assert wecom.sent[1]["image"] == {"media_id": "media1"}


def test_a_file_wecom_would_not_take_is_said_before_anything_is_sent(wecom, talk, agent):
    tiny = store(
        ContentFile(b"abc", name="a.txt"), purpose="desk.message", by=agent, at=timezone.now()
    )
    message = reply(talk, agent, files=[tiny])
    send_all()
    message.refresh_from_db()
    assert (message.delivery, wecom.sent) == ("failed", [])
    assert "a.txt" in message.delivery_note


@pytest.mark.parametrize(
    ("code", "word"), [(95001, "5 条"), (95002, "48 小时"), (95013, "结束"), (95018, "接待")]
)
def test_wecoms_limits_are_clear_and_sent_again_by_hand(wecom, talk, agent, code, word):
    message = reply(talk, agent)
    wecom.faults["kf/send_msg"] = [{"errcode": code, "errmsg": "no"}]
    send_all()
    message.refresh_from_db()
    assert message.delivery == "failed"
    assert word in message.delivery_note
    page = client_for(agent).get(reverse("desk:conversation", args=[talk.pk])).content.decode()
    assert word in page
    send_all(timezone.now() + dt.timedelta(hours=1))
    assert wecom.sent == []
    client_for(agent).post(f"/desk/message/{message.pk}/resend/")
    send_all()
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert len(wecom.sent) == 1


def test_an_answer_that_got_lost_is_not_said_twice(wecom, talk, agent):
    message = reply(talk, agent, body="仓" * 1000)  # two parts
    wecom.lost.add("kf/send_msg")
    now = timezone.now()
    send_all(now)
    message.refresh_from_db()
    assert message.delivery == "queued"
    assert "502" in message.delivery_note
    send_all(now + outgoing.BACKOFF[0])
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert "".join(each["text"]["content"] for each in wecom.sent) == "仓" * 1000
    assert len({each["msgid"] for each in wecom.sent}) == len(wecom.sent) == 2


def test_a_customers_messages_go_in_their_order(wecom, talk, agent):
    first, second = reply(talk, agent, body="一"), reply(talk, agent, body="二")
    wecom.faults["kf/send_msg"] = [{"errcode": -1, "errmsg": "busy"}]
    now = timezone.now()
    send_all(now)
    assert wecom.sent == []
    for wait in (5, 10, 15):
        send_all(now + dt.timedelta(seconds=wait))
    assert [each["text"]["content"] for each in wecom.sent] == ["一", "二"]
    assert first.pk < second.pk


def test_one_that_never_answers_fails_at_last(wecom, talk, agent):
    message = reply(talk, agent)
    wecom.faults["kf/send_msg"] = [(503, {}, b"")] * 9
    at = timezone.now()
    for wait in (*outgoing.BACKOFF, outgoing.BACKOFF[-1]):
        send_all(at)
        at += wait
    message.refresh_from_db()
    assert (message.delivery, wecom.sent) == ("failed", [])


def test_what_wecom_took_and_could_not_deliver_is_told(wecom, talk, agent, account):
    message = reply(talk, agent)
    send_all()
    wecom.happens("msg_send_fail", FISH, fail_msgid=wecom.sent[0]["msgid"], fail_type=10)
    wecom.happens("msg_send_fail", FISH, fail_msgid="ck000000-1-1-0", fail_type=10)
    wecom.happens("msg_send_fail", FISH, fail_msgid="somebody-elses", fail_type=4)
    pull(account)
    message.refresh_from_db()
    assert (message.delivery, message.delivery_note) == ("failed", "客户拒收了消息")
    client_for(agent).post(f"/desk/message/{message.pk}/resend/")
    send_all()
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert len({each["msgid"] for each in wecom.sent}) == 2


def test_a_recalled_reply_does_not_go_out(wecom, talk, agent):
    message = reply(talk, agent)
    desk.recall_message(message_id=message.pk, by=agent, at=timezone.now())
    send_all()
    assert wecom.sent == []
    assert WecomSend.objects.get().state == "held"


@pytest.mark.requirement("A4", "A5")
def test_the_channels_greeting_goes_out_and_answers_nobody(account, wecom):
    Channel.objects.filter(pk=account.channel_id).update(greetings={"zh-hans": "您好，请讲"})
    wecom.says(FISH)
    pull(account)
    send_all()
    assert wecom.sent[0]["text"]["content"] == "您好，请讲"
    assert Conversation.objects.get().waiting_since is not None


def test_a_channel_without_settings_says_so(company, agent):
    channel = make_channel("wecom", company.shop)
    talk = company.writes(channel=channel).conversation
    message = reply(talk, agent)
    send_all()
    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "没有设置" in message.delivery_note


# --- set-up


def form(company, **values):
    return {
        "name": "微信客服",
        "shop": company.shop.pk,
        "language": "zh-hans",
        "is_active": "on",
        "corp_id": CORP,
        "open_kfid": KFID,
        "kf_secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        **values,
    }


def test_a_supervisor_connects_an_account_and_never_sees_the_secrets_again(company, wecom):
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    for wrong in ({"aes_key": "short"}, {"token": ""}, {"corp_id": "a b"}, {"kf_secret": ""}):
        answer = supervisor.post("/desk/channels/wecom/new/", form(company, **wrong))
        assert answer.status_code == 422
    assert not WecomAccount.objects.exists()
    made = supervisor.post("/desk/channels/wecom/new/", form(company))
    row = WecomAccount.objects.get()
    here = f"/desk/channels/wecom/{row.pk}/"
    assert made.headers["Location"] == here
    page = supervisor.get(here).content.decode()
    assert f"/desk/connect/wecom/{row.channel.public_key}/" in page
    assert not any(secret in page for secret in (SECRET, TOKEN, AES_KEY))
    supervisor.post(here, form(company, name="改名", kf_secret="", token="", aes_key=""))
    row.refresh_from_db()
    assert (row.channel.name, str(row.kf_secret), str(row.token)) == ("改名", SECRET, TOKEN)
    assert "改名" in supervisor.get("/desk/channels/").content.decode()
    audit = str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert not any(secret in audit for secret in (SECRET, TOKEN, AES_KEY))
    again = supervisor.post("/desk/channels/wecom/new/", form(company))
    assert again.status_code == 422
    assert "已经是另一个渠道的" in again.content.decode()
    agent = client_for(account_of(company.agent(online=False)))
    assert agent.get(here).status_code == 403
    assert agent.post(here + "check/").status_code == 403


def test_secrets_are_encrypted_at_rest(account, db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT kf_secret, token, aes_key FROM desk_wecomaccount")
        [row] = cursor.fetchall()
    assert not any(secret in "".join(row) for secret in (SECRET, TOKEN, AES_KEY))


def test_trying_the_connection_says_what_is_wrong(company, account, wecom):
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    here = f"/desk/channels/wecom/{account.pk}/"
    page = supervisor.post(here + "check/", follow=True).content.decode()
    assert "客服账号可用" in page
    WecomAccount.objects.update(open_kfid="wkNobody")
    assert "客服账号不存在" in supervisor.post(here + "check/", follow=True).content.decode()
    WecomAccount.objects.update(kf_secret="wrong")
    assert "Secret 不对" in supervisor.post(here + "check/", follow=True).content.decode()


def test_another_account_begins_anew(company, account, wecom):
    wecom.says(FISH)
    pull(account)
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    supervisor.post(f"/desk/channels/wecom/{account.pk}/", form(company, open_kfid="wkOther"))
    account.refresh_from_db()
    assert (account.cursor, account.access_token) == ("", "")
    assert Line(account, at=timezone.now()).check() != ""
