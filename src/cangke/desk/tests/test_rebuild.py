"""Random histories through the real actions: the turns kept on the way equal a rebuild."""

import datetime as dt
from contextlib import suppress

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cangke.desk import actions
from cangke.desk import public as desk
from cangke.desk.models import AgentProfile, Conversation, Message, Segment, Transfer, Turn
from cangke.desk.rules.facts import Origin
from cangke.desk.rules.stage import Stage
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.live.models import LiveEvent
from cangke.foundation.refusal import Refusal
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_order

from .factories import (
    AT,
    account_of,
    handling_result,
    keep_alive,
    make_company,
    make_customer,
    question_type,
)

pytestmark = pytest.mark.django_db
ACTS = [
    "write",
    "write",
    "write",
    "reply",
    "reply",
    "reply",
    "wait",
    "auto",
    "note",
    "recall",
    "claim",
    "route",
    "offer",
    "accept",
    "decline",
    "to_queue",
    "assign",
    "release",
    "close",
    "reopen",
    "left",
    "sweep",
    "ship",
    "stage",
]
KEPT = [
    "state",
    "assignee_id",
    "waiting_seq",
    "waiting_since",
    "due_at",
    "requeue_at",
    "round_number",
    "turn_count",
    "human_replies",
    "customer_messages",
    "first_human_reply_at",
    "last_out_at",
]


class Day:
    """One conversation and the people around it; each act moves the clock on."""

    def __init__(self, company, agents, leader) -> None:
        self.company, self.agents, self.leader = company, agents, leader
        self.customer = make_customer()
        self.order = make_order(company.shop, customer_id=self.customer.pk)
        self.now = AT
        self.conversation = company.writes(at=AT, customer=self.customer).conversation

    def do(self, act: str, who: int, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)
        keep_alive(*self.agents, at=self.now)
        agent = self.agents[who]
        with suppress(Refusal, Http404):
            getattr(self, act)(agent, account_of(agent))

    @property
    def key(self):
        return {"conversation_id": self.conversation.pk, "at": self.now}

    def write(self, agent, by):
        self.company.writes(at=self.now, customer=self.customer)

    def reply(self, agent, by):
        desk.reply(**self.key, body="您好", by=by)

    def wait(self, agent, by):
        desk.reply(**self.key, body="稍等", by=by)

    def auto(self, agent, by):
        desk.send_automatic(**self.key, body="自动", origin=Origin.AUTO_KEYWORD)

    def note(self, agent, by):
        desk.write_note(**self.key, body="备注", by=by)

    def recall(self, agent, by):
        sent = self.conversation.messages.filter(agent=agent, direction="out").last()
        if sent is not None:
            desk.recall_message(message_id=sent.pk, by=by, at=self.now)

    def claim(self, agent, by):
        desk.claim(**self.key, by=by)

    def route(self, agent, by):
        desk.route_waiting(at=self.now)

    def offer(self, agent, by):
        others = [each for each in self.agents if each != agent]
        desk.request_transfer(**self.key, reason="x", by=by, to_agent=others[0])

    def accept(self, agent, by):
        for transfer in Transfer.objects.filter(conversation=self.conversation, state="pending"):
            receiver = account_of(transfer.to_agent)
            desk.accept_transfer(transfer_id=transfer.pk, by=receiver, at=self.now)

    def decline(self, agent, by):
        for transfer in Transfer.objects.filter(conversation=self.conversation, state="pending"):
            receiver = account_of(transfer.to_agent)
            desk.decline_transfer(transfer_id=transfer.pk, answer="忙", by=receiver, at=self.now)

    def to_queue(self, agent, by):
        desk.request_transfer(**self.key, reason="x", by=by, to_group=self.company.presale)

    def assign(self, agent, by):
        desk.assign(**self.key, to=agent, reason="x", by=account_of(self.leader))

    def release(self, agent, by):
        desk.release(**self.key, reason="x", by=by)

    def close(self, agent, by):
        named = {"question_type": question_type(), "handling_result": handling_result()}
        desk.close(**self.key, by=by, **named)

    def reopen(self, agent, by):
        desk.reopen(**self.key, by=by)

    def left(self, agent, by):
        desk.customer_left(**self.key)

    def ship(self, agent, by):
        Order.objects.filter(pk=self.order.pk).update(state="shipped", shipped_at=self.now)
        desk.mark_hand_over(order_id=self.order.pk, at=self.now)

    def stage(self, agent, by):
        desk.set_stage(**self.key, stage=Stage.AFTERSALE, reason="x", by=by)

    def sweep(self, agent, by):
        desk.sweep(at=self.now)


def whole(conversation) -> tuple:
    """Everything that a rebuild could have changed, without primary keys."""
    turns = Turn.objects.filter(conversation=conversation).order_by("number").values()
    return (
        Conversation.objects.values(*KEPT).get(pk=conversation.pk),
        [{name: value for name, value in turn.items() if name != "id"} for turn in turns],
    )


@pytest.fixture
def staff():
    company = make_company()
    agents = [company.agent() for _ in range(3)]
    leader = company.agent("cs-leader", online=False)
    question_type()
    return company, agents, leader


acts = st.tuples(
    st.sampled_from(ACTS), st.integers(0, 2), st.sampled_from([0, 1, 20, 59, 61, 130, 4000])
)


@pytest.mark.requirement("A5", "A8")
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(acts, min_size=3, max_size=14))
def test_turns_kept_on_the_way_equal_a_rebuild_from_messages(staff, history):
    """Fault elsewhere: figures are added up on the way, so a retry counts twice."""
    company, agents, leader = staff
    AgentProfile.objects.filter(employee__in=agents).update(presence="online")
    day = Day(company, agents, leader)
    for act, who, seconds in history:
        day.do(act, who, seconds)
    for conversation in Conversation.objects.filter(customer=day.customer):
        before = whole(conversation)
        assert desk.rebuild_turns(conversation_id=conversation.pk, at=day.now) == []
        assert whole(conversation) == before
        Turn.objects.filter(conversation=conversation).delete()
        desk.rebuild_turns(conversation_id=conversation.pk, at=day.now)
        assert whole(conversation) == before
        seqs = Message.objects.filter(conversation=conversation).values_list("seq", flat=True)
        assert sorted(seqs) == list(range(1, len(seqs) + 1))
        held = Segment.objects.filter(conversation=conversation, ended_at__isnull=True)
        now = Conversation.objects.get(pk=conversation.pk)
        holder = now.assignee_id if now.is_open else None
        assert list(held.values_list("agent_id", flat=True)) == ([holder] if holder else [])


# --- the daily comparison


@pytest.fixture
def answered(company):
    """A conversation whose customer was answered after twenty seconds."""
    agent = company.agent()
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=AT, reason="先接")
    desk.reply(
        conversation_id=conversation.pk,
        body="您好",
        by=account_of(agent),
        at=AT + dt.timedelta(seconds=20),
    )
    return Conversation.objects.get(pk=conversation.pk)


def minutes_of_a_day():
    start = AT + dt.timedelta(minutes=1)
    return [start + dt.timedelta(minutes=n) for n in range(24 * 60)]


def its_minute(conversation):
    [at] = [
        each
        for each in minutes_of_a_day()
        if int(each.timestamp()) // 60 % 1440 == conversation.pk % 1440
    ]
    return at


@pytest.mark.requirement("A5")
def test_a_turn_that_does_not_follow_from_the_messages_is_put_right_in_its_minute(answered):
    Turn.objects.update(customer_ms=1, answered_at=AT)
    at = its_minute(answered)
    assert actions.compare_some_turns(at=at + dt.timedelta(minutes=1)) == 0
    assert actions.compare_some_turns(at=at) == 1
    assert Turn.objects.get().answered_at == AT + dt.timedelta(seconds=20)
    assert AuditEntry.objects.filter(action="desk.turns_rebuilt").count() == 1
    assert actions.compare_some_turns(at=at) == 0


def test_what_is_right_is_only_read(answered):
    events, before = LiveEvent.objects.count(), Conversation.objects.values().get()
    with CaptureQueriesContext(connection) as asked:
        assert actions.compare_some_turns(at=its_minute(answered)) == 0
    assert all(each["sql"].startswith("SELECT") for each in asked)
    assert LiveEvent.objects.count() == events
    assert Conversation.objects.values().get() == before


def test_what_nobody_talked_about_for_a_day_is_left_alone(answered):
    Turn.objects.update(answered_at=AT)
    assert actions.compare_some_turns(at=its_minute(answered) + dt.timedelta(days=1)) == 0
