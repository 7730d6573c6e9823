"""What customers write and what agents answer, through the real actions."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import Http404

from cangke.desk import ports
from cangke.desk import public as desk
from cangke.desk.events import MessageReceived, ReplySent
from cangke.desk.models import Conversation, Draft, Mention, Message, Turn
from cangke.desk.rules.facts import Origin
from cangke.desk.rules.replies import GreetingPolicy
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.calendar.models import OpeningTable
from cangke.foundation.calendar.public import Opening, OpeningHours
from cangke.foundation.events.models import EventRecord
from cangke.foundation.events.public import event_name
from cangke.foundation.live.models import LiveEvent
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    claim,
    go_online,
    handling_result,
    later,
    make_channel,
    make_company,
    make_customer,
    question_type,
)

pytestmark = pytest.mark.django_db


def answer(conversation, agent, body="您好", at=None, **more):
    return desk.reply(
        conversation_id=conversation.pk, body=body, by=account_of(agent), at=at or later(60), **more
    )


def seqs(conversation):
    return list(conversation.messages.order_by("seq").values_list("seq", flat=True))


@pytest.mark.requirement("A4", "A5")
def test_a5_ten_oclock_auto_reply_a_second_later_agent_at_two_and_a_half_minutes():
    company = make_company()
    agent = company.agent()
    received = company.writes("请问有货吗", AT)
    conversation = received.conversation
    greeting = conversation.messages.get(origin=Origin.AUTO_WELCOME)
    assert greeting.body == GreetingPolicy().web_chat
    desk.send_automatic(
        conversation_id=conversation.pk, body="稍后回复您", origin=Origin.AUTO_KEYWORD, at=later(1)
    )
    conversation.refresh_from_db()
    assert conversation.waiting_since == AT, "unanswered until a person replies"
    assert conversation.first_human_reply_at is None
    answer(conversation, agent, at=later(150))
    conversation.refresh_from_db()
    assert conversation.first_human_reply_at == later(150)
    assert conversation.waiting_since is None
    turn = conversation.turns.get()
    assert (turn.customer_ms, turn.open_ms, turn.state) == (150_000, 150_000, "answered")
    assert turn.credited_id == agent.pk


@pytest.mark.requirement("A4")
def test_a4_a_channels_own_greeting_in_the_customers_language_goes_first():
    company = make_company(greetings={"en": "Welcome to our shop"})
    received = company.writes("hello", language="en")
    assert received.conversation.messages.get(origin=Origin.AUTO_WELCOME).body == (
        "Welcome to our shop"
    )


def test_a_message_is_kept_with_its_audit_row_its_event_and_a_live_signal():
    company = make_company()
    received = company.writes("在吗")
    conversation = received.conversation
    assert received.opened
    assert conversation.number.startswith("CV20261123-")
    assert seqs(conversation) == [1, 2, 3]
    [entry] = AuditEntry.objects.filter(action="desk.message_received")
    assert entry.changes == {"message": received.message.pk, "seq": received.message.seq}
    assert EventRecord.objects.filter(name=event_name(MessageReceived)).count() == 1
    topics = set(LiveEvent.objects.values_list("topic", flat=True))
    assert {f"conversation:{conversation.pk}", f"queue:{company.presale.pk}", "board"} <= topics


def test_further_messages_go_on_with_the_open_conversation():
    company = make_company()
    first = company.writes("在吗")
    second = company.writes("?", later(5), customer=first.conversation.customer)
    assert not second.opened
    assert second.conversation.pk == first.conversation.pk
    assert Conversation.objects.get().turns.count() == 1


@pytest.mark.parametrize("known_by", [{"external_id": "m-1"}, {"client_token": "t-1"}])
def test_the_same_message_twice_is_kept_once(known_by):
    company = make_company()
    customer = make_customer()
    first = company.writes("在吗", customer=customer, **known_by)
    again = company.writes("在吗", later(1), customer=customer, **known_by)
    assert (again.duplicate, again.message.pk) == (True, first.message.pk)
    assert Message.objects.filter(direction="in").count() == 1
    assert AuditEntry.objects.filter(action="desk.message_received").count() == 1


def test_nothing_to_take_in_is_refused():
    company = make_company()
    with pytest.raises(desk.EmptyMessage):
        company.writes("  \n")
    assert not Conversation.objects.exists()


def test_a_mail_of_its_own_opens_another_conversation():
    company = make_company()
    first = company.writes("在吗")
    second = company.writes(
        "另一件事", later(9), customer=first.conversation.customer, begin_new=True
    )
    assert second.conversation.pk != first.conversation.pk


def test_somebody_elses_conversation_cannot_be_named():
    """Design security 10: a foreign conversation in the body."""
    company = make_company()
    theirs = company.writes("在吗").conversation
    with pytest.raises(Http404):
        company.writes("偷看", conversation_id=theirs.pk, customer=make_customer())
    assert theirs.messages.filter(direction="in").count() == 1


@pytest.mark.requirement("A12", "AMB-34")
def test_a_muted_customer_is_kept_apart_from_queue_and_figures():
    company = make_company()
    customer = make_customer()
    customer.muted_until, customer.mute_reason = later(3600), "刷屏"
    customer.save()
    conversation = company.writes("广告", customer=customer).conversation
    assert (conversation.state, conversation.close_reason) == ("closed", "spam")
    assert conversation.turns.get().excluded_reason == "spam"


@pytest.mark.requirement("A25")
def test_a25_at_night_the_customer_is_told_and_waits_from_opening_time():
    hours = OpeningHours("Asia/Shanghai", tuple(Opening(day, 8 * 60, 9 * 60) for day in range(7)))
    table = OpeningTable.objects.create(name="day", hours=hours.as_data())
    company = make_company(opening=table)
    agent = company.agent(online=False)
    night = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)  # 02:00 in Shanghai
    conversation = company.writes("在吗", night).conversation
    told = conversation.messages.get(origin=Origin.AUTO_AWAY)
    opening = dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC)
    assert dt.datetime.fromisoformat(told.data["opens_at"]) == opening
    assert conversation.due_at == opening + dt.timedelta(seconds=60)
    answer(conversation, agent, at=opening + dt.timedelta(seconds=90))
    turn = conversation.turns.get()
    assert turn.open_ms == 90_000
    assert turn.customer_ms == 6 * 3600 * 1000 + 90_000


@pytest.mark.requirement("A25")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "我们 11月23日 08:00 开始服务"),
        ("en", "We are here from November 23 08:00"),
    ],
)
def test_a25_the_notice_itself_says_when_in_the_customers_language(language, words):
    """WeCom shows the customer nothing but the words."""
    hours = OpeningHours("Asia/Shanghai", tuple(Opening(day, 8 * 60, 9 * 60) for day in range(7)))
    table = OpeningTable.objects.create(name="day", hours=hours.as_data())
    company = make_company(opening=table)
    night = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
    conversation = company.writes("在吗", night, language=language).conversation
    assert words in conversation.messages.get(origin=Origin.AUTO_AWAY).body


@pytest.mark.requirement("A25")
@pytest.mark.parametrize("on", [True, False])
def test_a25_with_nobody_rostered_the_customer_is_told_and_waits_all_the_same(on, request):
    company = make_company()
    agent = company.agent(online=False)

    def rostered(*, employee_ids, at):
        assert agent.pk in employee_ids
        return frozenset(employee_ids) if on else frozenset()

    ports.on_shift.plug(rostered)
    request.addfinalizer(ports.on_shift.unplug)
    conversation = company.writes("在吗").conversation
    told = conversation.messages.filter(origin=Origin.AUTO_AWAY)
    assert [each.body for each in told] == (
        [] if on else ["现在没有客服当班，您的留言我们已收到，有人当班后第一时间回复您。"]
    )
    assert conversation.due_at == later(60), "a gap in the roster improves no figure"
    go_online(agent)
    other = company.writes("在吗").conversation
    assert not other.messages.filter(origin=Origin.AUTO_AWAY).exists(), "somebody is there"


@pytest.mark.requirement("AMB-42", "A20")
def test_targets_by_channel_kind_and_the_channels_own():
    company = make_company()
    chat = company.writes("在吗").conversation
    assert chat.due_at == later(60)
    mail = company.writes("您好", channel=make_channel(company.shop, kind="email")).conversation
    assert mail.due_at == later(4 * 3600)
    own = make_channel(company.shop, target_seconds=20)
    assert company.writes("在吗", channel=own).conversation.due_at == later(20)


# --- replies


def test_a_reply_to_the_queue_takes_the_conversation():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    message = answer(conversation, agent)
    conversation.refresh_from_db()
    assert conversation.assignee_id == agent.pk
    assert conversation.state == "waiting_customer"
    assert (message.delivery, message.counts_as_reply) == ("queued", True)
    record = EventRecord.objects.get(name=event_name(ReplySent))
    assert record.payload["human"] is True
    assert seqs(conversation) == list(range(1, conversation.last_seq + 1))


def test_pressing_send_twice_sends_once():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    first = answer(conversation, agent, client_token="abc")
    again = answer(conversation, agent, client_token="abc", at=later(61))
    assert first.pk == again.pk
    assert conversation.messages.filter(direction="out", agent=agent).count() == 1


def test_an_empty_reply_is_refused_and_changes_nothing():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    before = Conversation.objects.values().get(pk=conversation.pk)
    with pytest.raises(desk.EmptyReply):
        answer(conversation, agent, body=" ")
    assert Conversation.objects.values().get(pk=conversation.pk) == before


def test_please_wait_is_marked_and_does_not_help_the_figure():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    answer(conversation, agent, body="稍等", at=later(5))
    turn = conversation.turns.get()
    assert (turn.placeholder, turn.agent_ms, turn.open_effective_ms) == (True, 0, None)
    answer(conversation, agent, body="您的包裹已到海关", at=later(95))
    turn.refresh_from_db()
    assert turn.open_effective_ms == 95_000
    assert not turn.live


def test_a_reply_to_a_closed_conversation_is_refused():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    answer(conversation, agent)
    desk.close(
        conversation_id=conversation.pk,
        by=account_of(agent),
        at=later(90),
        question_type=question_type(),
        handling_result=handling_result(),
    )
    last = Conversation.objects.get(pk=conversation.pk).last_seq
    with pytest.raises(desk.ConversationEnded):
        answer(conversation, agent, at=later(99))
    assert Conversation.objects.get(pk=conversation.pk).last_seq == last


@pytest.mark.requirement("A9")
def test_a9_a_note_calls_a_colleague_and_no_visitor_hears_of_it():
    company = make_company()
    agent, helper = company.agent(), company.agent()
    conversation = company.writes(visitor_key="v1").conversation
    answer(conversation, agent)
    LiveEvent.objects.all().delete()
    note = desk.write_note(
        conversation_id=conversation.pk,
        body="这个怎么处理",
        by=account_of(agent),
        at=later(70),
        mentioned=[helper],
    )
    topics = set(LiveEvent.objects.values_list("topic", flat=True))
    assert f"agent:{helper.pk}" in topics
    assert not [topic for topic in topics if topic.startswith("visitor:")]
    assert Mention.objects.get().employee_id == helper.pk
    assert conversation.turns.count() == 1
    assert note.direction == "note"
    # and the colleague may now read and help
    desk.reply(conversation_id=conversation.pk, body="这样", by=account_of(helper), at=later(80))


@pytest.mark.requirement("B10")
def test_b10_who_helps_is_credited_and_the_owner_stays():
    company = make_company()
    agent = company.agent()
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    answer(conversation, agent, at=later(10))
    company.writes("还有", later(20), customer=conversation.customer)
    answer(conversation, leader, at=later(50))
    conversation.refresh_from_db()
    assert conversation.assignee_id == agent.pk
    turn = conversation.turns.get(number=2)
    assert (turn.agent_id, turn.credited_id) == (agent.pk, leader.pk)


@pytest.mark.requirement("B10")
def test_b10_a_colleague_helps_on_the_page_and_the_help_is_counted():
    company = make_company()
    agent = company.agent()
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    claim(conversation, agent, later(10))
    page = client_for(account_of(leader))
    url = f"/desk/c/{conversation.pk}/"
    assert "协助回复" in page.get(url).content.decode()
    assert "你的回复算作协助" in page.get(f"{url}?assist=1").content.decode()
    answer(conversation, leader, at=later(50))
    report = desk.service_report(
        account_of(leader),
        desk.ReportFilter(
            dt.date(2026, 11, 23), dt.date(2026, 11, 23), since=AT, until=later(3600)
        ),
    )
    assert {line.employee: line.assists for line in report.agents} == {leader: 1}
    conversation.refresh_from_db()
    assert conversation.assignee_id == agent.pk


@pytest.mark.requirement("A22")
def test_a22_a_recalled_reply_keeps_its_words_and_answers_nobody():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    message = answer(conversation, agent, body="发错了", at=later(30))
    desk.recall_message(message_id=message.pk, by=account_of(agent), at=later(40))
    conversation.refresh_from_db()
    message.refresh_from_db()
    assert (message.body, message.recalled_at) == ("发错了", later(40))
    assert conversation.waiting_since == AT
    assert conversation.state == "active"
    assert conversation.first_human_reply_at is None
    answer(conversation, agent, at=later(100))
    assert conversation.turns.get(state="answered").customer_ms == 100_000
    with pytest.raises(desk.NotRecallable):
        desk.recall_message(message_id=message.pk, by=account_of(agent), at=later(101))


def test_a_draft_survives_until_it_is_sent():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    by = account_of(agent)
    desk.save_draft(conversation_id=conversation.pk, body="写到一半", by=by, at=later(5))
    desk.save_draft(conversation_id=conversation.pk, body="写到一半了", by=by, at=later(9))
    assert Draft.objects.get().body == "写到一半了"
    answer(conversation, agent)
    assert not Draft.objects.exists()


def test_delivery_goes_forward_only():
    company = make_company()
    agent = company.agent(online=False)
    message = answer(company.writes().conversation, agent)
    desk.note_delivery(message_id=message.pk, state="delivered", at=later(62))
    desk.note_delivery(message_id=message.pk, state="sent", at=later(63))
    message.refresh_from_db()
    assert message.delivery == "delivered"


def test_a_failed_delivery_is_recorded_with_its_reason():
    company = make_company()
    agent = company.agent(online=False)
    message = answer(company.writes().conversation, agent)
    desk.note_delivery(message_id=message.pk, state="failed", at=later(62), note="邮箱不存在")
    message.refresh_from_db()
    assert (message.delivery, message.delivery_note) == ("failed", "邮箱不存在")
    assert AuditEntry.objects.filter(action="desk.delivery_failed").count() == 1


def test_a_visitor_hears_of_messages_by_their_own_key_only():
    """Fault elsewhere: internal notes travel to the customer's page."""
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes(visitor_key="secret-key").conversation
    answer(conversation, agent)
    payloads = LiveEvent.objects.filter(topic="visitor:secret-key").values_list(
        "payload", flat=True
    )
    assert payloads
    assert all(set(payload) == {"message"} for payload in payloads)


def test_opening_a_conversation_and_going_on_cost_a_fixed_number_of_queries(
    django_assert_max_num_queries,
):
    company = make_company()
    company.agent()
    first = company.writes("在吗")
    for n in range(30):
        company.writes(str(n), later(n + 1), customer=first.conversation.customer)
    with time_machine.travel(AT, tick=False), django_assert_max_num_queries(14):
        company.writes("?", later(99), customer=first.conversation.customer)
    assert Turn.objects.count() == 1


@pytest.mark.requirement("A9")
def test_a9_the_days_hard_questions_are_listed_until_somebody_helped(django_assert_max_num_queries):
    company = make_company()
    agent, helper = company.agent(), company.agent()
    leader = company.agent("cs-leader", online=False)
    stranger = make_company().agent()
    conversation = company.writes().conversation
    answer(conversation, agent)
    desk.write_note(
        conversation_id=conversation.pk,
        body="这个能退吗",
        by=account_of(agent),
        at=later(70),
        mentioned=[helper, leader],
    )
    desk.write_note(
        conversation_id=conversation.pk, body="只是记一下", by=account_of(agent), at=later(75)
    )
    page = client_for(account_of(leader))
    told = page.get("/desk/hard/", {"open": "true"}).content.decode()
    assert "这个能退吗" in told
    assert "只是记一下" not in told
    assert "这个能退吗" not in client_for(account_of(stranger)).get("/desk/hard/").content.decode()
    desk.write_note(
        conversation_id=conversation.pk, body="可以退", by=account_of(helper), at=later(80)
    )
    assert "这个能退吗" not in page.get("/desk/hard/", {"open": "true"}).content.decode()
    day = later(70).astimezone(ZoneInfo("Asia/Shanghai")).date()
    with django_assert_max_num_queries(16):
        told = page.get("/desk/hard/", {"day_after": day, "day_before": day}).content.decode()
    assert "已有回应" in told
    before = day - dt.timedelta(days=1)
    assert "这个能退吗" not in page.get("/desk/hard/", {"day_before": before}).content.decode()
