"""Closing, reopening, the phone log, and what the house does as time goes by."""

import datetime as dt
import itertools
from dataclasses import astuple

import pytest
from django.http import Http404

from cangke.customers import public as customers
from cangke.customers.events import CustomersMerged
from cangke.desk import handlers
from cangke.desk import public as desk
from cangke.desk.events import IdleHangingFound
from cangke.desk.models import AgentProfile, Conversation, PhoneCall, PresenceInterval
from cangke.desk.rules.closing import ClosingReason
from cangke.desk.rules.stage import Stage
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.events.models import EventRecord
from cangke.foundation.events.public import event_name
from cangke.foundation.notices.models import Notice
from cangke.people.models import Department, Employee

from .factories import (
    AT,
    account_of,
    claim,
    handling_result,
    keep_alive,
    later,
    make_channel,
    make_company,
    make_customer,
    question_type,
)

pytestmark = pytest.mark.django_db


def fresh(conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def answered(company, agent, at=5):
    """A conversation that the agent holds and has answered."""
    conversation = company.writes().conversation
    desk.reply(conversation_id=conversation.pk, body="您好", by=account_of(agent), at=later(at))
    return conversation


def close(conversation, agent, at=60, **values):
    named = {"question_type": question_type(), "handling_result": handling_result()}
    return desk.close(
        conversation_id=conversation.pk, by=account_of(agent), at=later(at), **{**named, **values}
    )


# --- closing (A7, A19, B7)


@pytest.mark.requirement("A19")
@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"question_type": None}, "question_type"),
        ({"handling_result": None}, "handling_result"),
    ],
)
def test_a19_without_type_or_result_it_stays_open(missing, field):
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    before = Conversation.objects.values().get(pk=conversation.pk)
    with pytest.raises(desk.ClosingRefused) as refused:
        close(conversation, agent, **missing)
    assert refused.value.field == field
    assert set(refused.value.by_field) == {field}
    assert Conversation.objects.values().get(pk=conversation.pk) == before


@pytest.mark.requirement("A19")
def test_a19_closed_with_type_and_result_it_counts_once():
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    close(conversation, agent, lost_reason="价格")
    closed = fresh(conversation)
    assert (closed.state, closed.close_reason) == ("closed", "settled")
    assert closed.question_type == question_type()
    assert closed.lost_reason == "价格"
    assert not closed.segments.filter(ended_at__isnull=True).exists()
    with pytest.raises(desk.ClosingRefused):
        close(conversation, agent, at=61)
    assert AuditEntry.objects.filter(action="desk.closed").count() == 1


@pytest.mark.requirement("A7")
def test_a7_an_after_sales_agent_cannot_close_a_pre_sales_question_unanswered():
    company = make_company()
    agent = company.agent("after-sales", online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes("这个有货吗").conversation
    assert conversation.stage == Stage.PRESALE
    desk.assign(
        conversation_id=conversation.pk,
        to=agent,
        reason="先看一下",
        by=account_of(leader),
        at=later(5),
    )
    with pytest.raises(desk.ClosingRefused, match="先回复或转接"):
        close(conversation, agent)
    with pytest.raises(desk.ClosingRefused):
        close(conversation, agent, reason=ClosingReason.SPAM)
    assert fresh(conversation).state == "active"
    desk.request_transfer(
        conversation_id=conversation.pk,
        reason="售前问题",
        by=account_of(agent),
        at=later(70),
        to_group=company.presale,
    )
    assert fresh(conversation).state == "queued"


@pytest.mark.requirement("B7")
def test_b7_a_major_complaint_is_closed_by_a_supervisor_only():
    company = make_company()
    agent = company.agent(online=False)
    supervisor = company.agent("cs-supervisor", online=False)
    conversation = answered(company, agent)
    desk.set_major(
        conversation_id=conversation.pk,
        major=True,
        reason="要求赔偿",
        by=account_of(agent),
        at=later(30),
    )
    with pytest.raises(desk.ClosingRefused, match="主管"):
        close(conversation, agent)
    close(conversation, supervisor)
    assert fresh(conversation).state == "closed"


def test_a_leader_declares_spam_and_no_answer_is_owed():
    company = make_company()
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes("加我微信").conversation
    close(
        conversation,
        leader,
        reason=ClosingReason.SPAM,
        question_type=None,
        handling_result=None,
    )
    assert conversation.turns.get().excluded_reason == "spam"


def test_a_message_within_72_hours_goes_on_under_the_same_number():
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    close(conversation, agent, at=60)
    edge = later(60) + dt.timedelta(hours=72)
    again = company.writes("还有问题", edge, customer=conversation.customer)
    assert (again.conversation.pk, again.opened) == (conversation.pk, False)
    assert fresh(conversation).reopen_count == 1
    assert fresh(conversation).question_type is None
    assert conversation.turns.count() == 2


def test_what_goes_on_is_measured_from_its_new_question():
    """Fault elsewhere: a reopened conversation's first response counts from its creation."""
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    close(conversation, agent, at=60)
    company.writes("还有问题", later(7200), customer=conversation.customer)
    key = {"conversation_id": conversation.pk, "by": account_of(agent)}
    desk.claim(**key, at=later(7230))
    desk.reply(**key, body="请说", at=later(7260))
    newest = conversation.turns.order_by("number").last()
    assert (newest.customer_ms, newest.agent_ms) == (60_000, 30_000)


def test_a_message_later_opens_a_new_one_that_points_back():
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    close(conversation, agent, at=60)
    late = later(61) + dt.timedelta(hours=72)
    again = company.writes("还有问题", late, customer=conversation.customer)
    assert again.opened
    assert again.conversation.previous_id == conversation.pk


def test_reopening_by_hand_is_for_a_while_only():
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    close(conversation, agent)
    by = account_of(agent)
    with pytest.raises(desk.NotReopenable):
        desk.reopen(conversation_id=conversation.pk, by=by, at=later(61 + 73 * 3600))
    desk.reopen(conversation_id=conversation.pk, by=by, at=later(120))
    assert fresh(conversation).assignee_id == agent.pk
    with pytest.raises(desk.NotReopenable):
        desk.reopen(conversation_id=conversation.pk, by=by, at=later(121))


def test_a_customer_who_leaves_the_queue_has_abandoned_it():
    company = make_company()
    conversation = company.writes().conversation
    desk.customer_left(conversation_id=conversation.pk, at=later(40))
    assert fresh(conversation).close_reason == "left"
    assert conversation.turns.get().state == "abandoned"


def test_a_customer_who_leaves_an_agent_is_still_owed_an_answer():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    claim(conversation, agent, later(5))
    desk.customer_left(conversation_id=conversation.pk, at=later(40))
    assert fresh(conversation).state == "active"


# --- the phone log (A2, A10)


def log(company, agent, **values):
    complete = {
        "channel": make_channel(company.shop, kind="phone"),
        "customer": make_customer(),
        "question": "包裹到哪了",
        "result": "已查询，明天送达",
        "by": account_of(agent),
        "at": AT,
    }
    return desk.log_call(**{**complete, **values})


@pytest.mark.requirement("A2")
@pytest.mark.parametrize("field", ["question", "result"])
def test_a2_a_call_without_question_or_result_is_not_saved(field):
    company = make_company()
    agent = company.agent(online=False)
    with pytest.raises(desk.CallIncomplete) as refused:
        log(company, agent, **{field: " "})
    assert refused.value.field == field
    assert not PhoneCall.objects.exists()
    assert not Conversation.objects.exists()


@pytest.mark.requirement("A2", "A5")
def test_a2_a_call_is_a_conversation_that_moves_no_figure():
    company = make_company()
    agent = company.agent(online=False)
    call = log(company, agent, called_at=later(-600), answer="请稍等，我查一下")
    conversation = call.conversation
    assert conversation.opened_at == later(-600)
    assert not conversation.turns.exists()
    assert fresh(conversation).human_replies == 0
    assert fresh(conversation).state == "waiting_customer"
    assert conversation.messages.filter(backdated=True).count() == 2


@pytest.mark.requirement("A2")
def test_a2_a_call_back_is_done_once():
    company = make_company()
    agent, other = company.agent(online=False), make_company().agent(online=False)
    call = log(company, agent, call_back_due_at=later(5 * 3600))
    with pytest.raises(Http404):
        desk.finish_call_back(call_id=call.pk, by=account_of(other), at=later(60))
    desk.finish_call_back(call_id=call.pk, by=account_of(agent), at=later(60))
    desk.finish_call_back(call_id=call.pk, by=account_of(agent), at=later(90))
    call.refresh_from_db()
    assert call.call_back_done_at == later(60)
    with pytest.raises(desk.CallIncomplete):
        log(company, agent, call_back_due_at=later(-1))


def test_a_call_with_type_and_result_is_closed():
    company = make_company()
    agent = company.agent(online=False)
    call = log(company, agent, question_type=question_type(), handling_result=handling_result())
    assert fresh(call.conversation).close_reason == "settled"


@pytest.mark.requirement("A10")
def test_a10_a_call_from_a_chat_points_both_ways():
    company = make_company()
    agent = company.agent(online=False)
    chat = answered(company, agent)
    call = log(company, agent, started_from=chat, customer=chat.customer, direction="out")
    assert call.started_from_id == chat.pk
    assert chat.messages.get(event="called").data["call"] == call.pk


# --- as time goes by


@pytest.mark.requirement("A6")
@pytest.mark.django_db(transaction=True)
def test_a6_online_with_a_waiting_customer_and_no_act_for_ten_minutes_is_away():
    company = make_company()
    agent = company.agent()
    leader = company.agent("cs-leader", online=False)
    company.team.leader = leader
    company.team.save()
    conversation = company.writes(at=later(1)).conversation
    assert fresh(conversation).assignee_id == agent.pk
    # The page stays open and nobody touches anything; the customer is taken back on the way.
    keep_alive(agent, at=later(200))
    assert desk.sweep(at=later(200)).requeued == 1
    keep_alive(agent, at=later(600))
    assert desk.sweep(at=later(600)).idle == 0
    keep_alive(agent, at=later(601))
    assert desk.sweep(at=later(601)).idle == 1
    assert AgentProfile.objects.get(employee=agent).presence == "away"
    interval = PresenceInterval.objects.get(state="away")
    assert (interval.source, interval.from_at) == ("idle_guard", later(601))
    proof = AuditEntry.objects.get(action="desk.idle_hanging").changes
    assert proof["conversation"] == conversation.pk
    assert EventRecord.objects.filter(name=event_name(IdleHangingFound)).count() == 1
    told = Notice.objects.get(kind="desk.idle")
    assert told.account_id == account_of(leader).pk


def test_an_agent_who_works_on_something_else_is_not_idle():
    company = make_company()
    agent = company.agent()
    waiting, other = company.writes().conversation, company.writes().conversation
    for each in (waiting, other):
        claim(each, agent, later(1))
    desk.reply(conversation_id=other.pk, body="在", by=account_of(agent), at=later(590))
    assert desk.sweep(at=later(605)).idle == 0


@pytest.mark.django_db(transaction=True)
def test_unanswered_for_two_minutes_it_goes_to_somebody_else():
    company = make_company()
    first, second = company.agent(), company.agent(online=False)
    conversation = company.writes().conversation
    assert fresh(conversation).assignee_id == first.pk
    keep_alive(first, at=later(119))
    assert desk.sweep(at=later(119)).requeued == 0
    AgentProfile.objects.filter(employee=second).update(presence="online")
    keep_alive(first, second, at=later(120))
    assert desk.sweep(at=later(120)).requeued == 1
    now = fresh(conversation)
    assert (now.assignee_id, now.lapses) == (second.pk, 1)
    turns = list(conversation.turns.order_by("number").values_list("agent_id", "state"))
    assert turns == [(first.pk, "transferred_unreplied"), (second.pk, "open")]
    assert desk.rebuild_turns(conversation_id=conversation.pk, at=later(130)) == []


@pytest.mark.requirement("B6")
@pytest.mark.django_db(transaction=True)
def test_b6_twice_the_target_leader_four_times_supervisor():
    company = make_company()
    leader = company.agent("cs-leader", online=False)
    company.team.leader = leader
    company.team.save()
    conversation = company.writes().conversation
    assert desk.sweep(at=later(120)).escalated == 0
    assert desk.sweep(at=later(121)).escalated == 1
    assert desk.sweep(at=later(122)).escalated == 0
    assert fresh(conversation).escalated == "leader"
    assert desk.sweep(at=later(241)).escalated == 1
    assert fresh(conversation).escalated == "supervisor"
    assert Notice.objects.filter(kind="desk.escalated", account=account_of(leader)).exists()


@pytest.mark.requirement("B6", "B8")
@pytest.mark.django_db(transaction=True)
def test_b6_the_ladder_begins_with_the_leader_of_the_shift_and_ends_with_the_head():
    company = make_company()
    leads_team, leads_shift = (company.agent("cs-leader", online=False) for _n in range(2))
    deputy, boss, head = (company.agent("cs-supervisor", online=False) for _n in range(3))
    company.team.leader = leads_team
    company.team.save()
    above = [leads_team, deputy, boss, head]
    for who, superior in itertools.pairwise(above):
        Employee.objects.filter(pk=who.pk).update(superior=superior)
    Department.objects.filter(pk=company.team.department_id).update(head=head)
    company.writes()

    def told():
        found = Notice.objects.filter(kind="desk.escalated").values_list("account_id", flat=True)
        return set(found)

    desk.shift_leaders.plug(
        lambda *, team_id, at: [leads_shift.pk] if team_id == company.team.pk else []
    )
    try:
        desk.sweep(at=later(121))
    finally:
        desk.shift_leaders.unplug()
    assert told() == {leads_shift.account_id}
    desk.sweep(at=later(241))
    assert told() == {each.account_id for each in (leads_shift, deputy, boss)}
    assert desk.sweep(at=later(481)).escalated == 1
    assert told() == {each.account_id for each in (leads_shift, deputy, boss, head)}
    assert desk.sweep(at=later(4810)).escalated == 0


def test_silence_for_two_days_closes_without_calling_it_solved():
    """Fault elsewhere: what closed by itself counts as solved."""
    company = make_company()
    agent = company.agent(online=False)
    conversation = answered(company, agent)
    edge = later(5) + dt.timedelta(hours=48)
    assert desk.sweep(at=edge - dt.timedelta(seconds=1)).closed == 0
    assert desk.sweep(at=edge).closed == 1
    closed = fresh(conversation)
    assert (closed.close_reason, closed.handling_result_id) == ("auto_idle", None)


def test_a_chat_nobody_answered_that_day_expires_a_mail_does_not():
    company = make_company()
    chat = company.writes().conversation
    mail = company.writes(channel=make_channel(company.shop, kind="email")).conversation
    midnight = dt.datetime(2026, 11, 23, 16, 0, tzinfo=dt.UTC)
    assert desk.sweep(at=midnight - dt.timedelta(seconds=1)).expired == 0
    assert desk.sweep(at=midnight).expired == 1
    assert chat.turns.get().state == "expired"
    assert fresh(chat).waiting_since == AT, "the customer goes on waiting"
    assert mail.turns.get().state == "open"


def test_whose_page_is_gone_is_set_offline():
    company = make_company()
    agent = company.agent()
    assert desk.sweep(at=later(90)).gone == 0
    assert desk.sweep(at=later(91)).gone == 1
    assert AgentProfile.objects.get(employee=agent).presence == "offline"


def test_a_quiet_sweep_asks_little(django_assert_max_num_queries):
    company = make_company()
    agent = company.agent()
    for _ in range(5):
        answered(company, agent)
    with django_assert_max_num_queries(16):
        assert not any(astuple(desk.sweep(at=later(30))))


def test_the_conversations_of_merged_customers_come_together():
    company = make_company()
    kept, merged = make_customer(), make_customer()
    conversation = company.writes(customer=merged).conversation
    customers.merge_customers(
        kept_id=kept.pk, merged_id=merged.pk, reason="同一人", by=None, at=later(60)
    )
    handlers.follow_merge(CustomersMerged(kept_id=kept.pk, merged_id=merged.pk))
    assert fresh(conversation).customer_id == kept.pk
