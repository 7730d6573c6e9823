"""What the house does by itself as time goes by; each step is safe to repeat."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.rulebook.public import policy

from ..events import WaitEscalated
from ..models import AgentProfile, Conversation, Transfer, Turn
from ..queries.ledger import open_ms
from ..rules.clocks import Escalation, EscalationPolicy, ResponsePolicy, escalation_of
from ..rules.closing import ClosingPolicy
from ..rules.facts import Closing, SegmentEnd
from ..rules.routing import Presence, RoutingPolicy
from ..rules.states import ConversationState
from ..rules.turns import TurnState
from ..rules.wording import Because
from .closing import close_idle
from .hold import requeue
from .later import send_due
from .leaving import finish_leaving
from .pending import pending_of
from .presence import check_idle, drop_presence
from .route import route_waiting
from .snooze import wake_snoozed
from .thread import Thread
from .transfer import lapse_transfer

MOST_AT_ONCE = 20  # of each thing: what is left is done five seconds later
GONE_SECONDS = 90  # without a heartbeat somebody shown online is set offline


@dataclass(frozen=True)
class Swept:
    """How much a sweep found to do."""

    lapsed: int
    requeued: int
    idle: int
    gone: int
    left: int
    escalated: int
    closed: int
    expired: int
    woken: int
    sent_later: int
    routed: int


def sweep(*, at: dt.datetime) -> Swept:
    """Do everything that is due at the moment, each thing in its own transaction."""
    return Swept(
        lapsed=lapse_transfers(at=at),
        requeued=requeue_unanswered(at=at),
        idle=check_idle_agents(at=at),
        gone=drop_gone_agents(at=at),
        left=finish_leaving(at=at),
        escalated=escalate_waits(at=at),
        closed=close_silent(at=at),
        expired=expire_turns(at=at),
        woken=wake_snoozed(at=at),
        sent_later=send_due(at=at),
        routed=route_waiting(at=at),
    )


def lapse_transfers(*, at: dt.datetime) -> int:
    """End offers that nobody accepted in time (A8)."""
    seconds = policy(ResponsePolicy, on=at.date()).accept_seconds
    due = Transfer.objects.filter(
        state="pending", requested_at__lte=at - dt.timedelta(seconds=seconds)
    ).order_by("requested_at", "pk")[:MOST_AT_ONCE]
    return sum(lapse_transfer(transfer_id=row.pk, at=at) for row in due)


def requeue_unanswered(*, at: dt.datetime) -> int:
    """Take conversations back from agents who have not answered in time."""
    due = Conversation.objects.filter(requeue_at__isnull=False, requeue_at__lte=at).order_by(
        "requeue_at", "pk"
    )
    ids = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_requeue_one(pk, at) for pk in ids)


@transaction.atomic
def _requeue_one(conversation_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    due = conversation.requeue_at
    if due is None or due > at or conversation.assignee_id is None:
        return False
    if pending_of(thread) is not None:
        return False  # somebody has been asked; the offer has its own end
    agent_id = conversation.assignee_id
    requeue(thread, SegmentEnd.NO_REPLY)
    thread.set(lapses=conversation.lapses + 1)
    thread.save()
    record(
        "desk.requeued",
        obj=conversation,
        by=None,
        at=at,
        changes={"assignee": [agent_id, None], "lapses": conversation.lapses},
    )
    return True


def check_idle_agents(*, at: dt.datetime) -> int:
    """Find idle-hanging among those shown online (A6)."""
    seconds = policy(ResponsePolicy, on=at.date()).idle_seconds
    limit = at - dt.timedelta(seconds=seconds)
    idle = AgentProfile.objects.filter(
        presence=Presence.ONLINE, acted_at__lte=limit, presence_since__lte=limit
    ).order_by("pk")
    ids = list(idle.values_list("employee_id", flat=True))
    return sum(check_idle(employee_id=pk, at=at) for pk in ids)


def drop_gone_agents(*, at: dt.datetime) -> int:
    """Set offline whoever is shown online but whose page has been gone for long."""
    heartbeat = policy(RoutingPolicy, on=at.date()).heartbeat_seconds
    limit = at - dt.timedelta(seconds=max(GONE_SECONDS, 3 * heartbeat))
    gone = (
        AgentProfile.objects.exclude(presence=Presence.OFFLINE)
        .filter(heartbeat_at__lt=limit)
        .order_by("pk")
    )
    ids = list(gone.values_list("employee_id", flat=True)[:MOST_AT_ONCE])
    return sum(drop_presence(employee_id=pk, source="heartbeat", at=at) for pk in ids)


def escalate_waits(*, at: dt.datetime) -> int:
    """Tell leader, supervisor and head of waits that are far over their target (B6)."""
    late = (
        Conversation.objects.open()
        .filter(due_at__lt=at, waiting_since__isnull=False)
        .exclude(escalated=Escalation.HEAD)
        .select_related("channel__site", "channel__opening")
        .order_by("due_at", "pk")[:MOST_AT_ONCE]
    )
    due = [row.pk for row in late if _wait(row, at).to not in (Escalation.NONE, row.escalated)]
    return sum(_escalate_one(pk, at) for pk in due)


@dataclass(frozen=True)
class Wait:
    """How long a customer has waited, how long they should, and to whom that goes up."""

    to: Escalation
    because: Because | None
    waited_seconds: int
    target_seconds: int


def _wait(conversation: Conversation, at: dt.datetime) -> Wait:
    """Weigh the wait against its target, both counted in opening hours (A25)."""
    since, due = conversation.waiting_since, conversation.due_at
    if since is None or due is None or not conversation.is_open:
        return Wait(Escalation.NONE, None, 0, 0)
    opening = conversation.channel.opening
    hours = None if opening is None else opening.opening_hours()
    waited_ms = open_ms(hours, since, at) or 0
    target = max(1, (open_ms(hours, since, due) or 0) // 1000)
    rule = policy(EscalationPolicy, on=site_day(at, conversation.channel.site.zone))
    to, because = escalation_of(waited_ms // 1000, target, rule)
    return Wait(to, because, waited_ms // 1000, target)


@transaction.atomic
def _escalate_one(conversation_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    wait = _wait(conversation, at)
    if wait.to in (Escalation.NONE, conversation.escalated):
        return False
    thread.set(escalated=wait.to)
    thread.tell("escalated", because=wait.because, to=wait.to.value)
    thread.save()
    record(
        "desk.escalated",
        obj=conversation,
        by=None,
        at=at,
        changes={
            "to": wait.to.value,
            "waited_seconds": wait.waited_seconds,
            "target_seconds": wait.target_seconds,
        },
    )
    publish(
        WaitEscalated(
            conversation_id=conversation.pk,
            to=wait.to.value,
            waited_seconds=wait.waited_seconds,
            at=at,
        )
    )
    return True


def close_silent(*, at: dt.datetime) -> int:
    """Close what customers have left unanswered for long."""
    hours = policy(ClosingPolicy, on=at.date()).auto_close_hours
    silent = Conversation.objects.filter(
        closed_at__isnull=True,
        state=ConversationState.WAITING_CUSTOMER,
        last_message_at__lte=at - dt.timedelta(hours=hours),
    ).order_by("last_message_at", "pk")
    ids = list(silent.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(close_idle(conversation_id=pk, at=at) for pk in ids)


def expire_turns(*, at: dt.datetime) -> int:
    """
    End chat turns that were open when their day ended: nobody answered that day.

    Mail and letters have targets of hours and days; their turns stay open until answered.
    """
    left = Turn.objects.filter(
        live=True,
        state=TurnState.OPEN,
        channel__kind__in=("web_chat", "marketplace_im", "wecom"),
        began_at__lt=at - dt.timedelta(hours=1),
    ).order_by("began_at", "pk")
    rows = left.select_related("channel__site")[:MOST_AT_ONCE]
    over = [
        row.conversation_id for row in rows if row.duty_date < site_day(at, row.channel.site.zone)
    ]
    return sum(_expire_one(pk, at) for pk in over)


@transaction.atomic
def _expire_one(conversation_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    turn = thread.ledger.open_turn
    if turn is None or site_day(turn.began_at, thread.zone) >= thread.day:
        return False
    thread.tell("day_ended", closing=Closing.DAY_ENDED)
    thread.save()
    record(
        "desk.turn_expired",
        obj=thread.conversation,
        by=None,
        at=at,
        changes={"turn": turn.number},
    )
    return True
