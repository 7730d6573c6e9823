"""What goes out by WeCom: once, in order, within its limits."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.channels import duties
from cangke.desk.channels.wecom import outgoing
from cangke.desk.models import Channel, Conversation, WecomSend
from cangke.desk.tests.factories import account_of, go_online
from cangke.foundation.files.public import store
from tests.factories import client_for

from .factories import make_channel
from .wecom_house import FISH, picture, pull
from .wecom_server import KFID

pytestmark = pytest.mark.django_db


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
    message.refresh_from_db()
    assert message.delivery_note == "已撤回，没有发出"


def test_notes_on_the_way_out_speak_the_channels_language(wecom, talk, agent, company):
    Channel.objects.filter(pk=talk.channel_id).update(language="en")
    message = reply(talk, agent)
    desk.recall_message(message_id=message.pk, by=agent, at=timezone.now())
    send_all()
    bare = make_channel("wecom", company.shop)
    Channel.objects.filter(pk=bare.pk).update(language="en")
    other = reply(company.writes(channel=bare).conversation, agent)
    send_all()
    for each, word in ((message, "Withdrawn"), (other, "no WeCom")):
        each.refresh_from_db()
        assert word in each.delivery_note, each.delivery_note


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
