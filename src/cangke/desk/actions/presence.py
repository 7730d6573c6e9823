"""Who is there: presence, heartbeat, and those who only seem to be (A6)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.live.public import signal_all
from cangke.foundation.refusal import Refusal
from cangke.knowledge.public import unread_that_block
from cangke.people.public import Employee
from cangke.rulebook import public as rulebook
from cangke.rulebook.public import policy

from ..events import IdleHangingFound, PresenceChanged
from ..models import AgentProfile, PresenceInterval, Segment, Turn
from ..rules.clocks import ResponsePolicy
from ..rules.facts import SegmentEnd
from ..rules.routing import Presence
from ..rules.turns import TurnState
from .attending import ensure_profile
from .thread import acting_employee

# What a person may choose; being away is what the house finds.
CHOOSABLE = frozenset(Presence) - {Presence.AWAY}
# How long before the idleness a conversation may have been taken that was then let wait.
LONGEST_HOLD = dt.timedelta(days=1)


class NotChoosable(Refusal):
    """There is no such presence to choose."""


class NotReady(Refusal):
    """Something has to be done before one may serve customers."""


@transaction.atomic
def set_presence(*, state: Presence, by: Account, at: dt.datetime) -> AgentProfile:
    """
    Say where one is: online, busy, on a break, in a meeting, in training, offline.

    :raises NotChoosable: for a state that nobody chooses
    :raises NotReady: if a change of the business has to be read before going online
    """
    if state not in CHOOSABLE:
        raise NotChoosable(_("不能选择这个状态。"), field="state")
    employee = acting_employee(by)
    if state is Presence.ONLINE:
        _require_read(by, at=at)
    profile = _lock(employee)
    profile.acted_at = profile.heartbeat_at = at
    return _change(profile, employee, state, source="self", by=by, at=at)


def _require_read(by: Account, *, at: dt.datetime) -> None:
    """
    Nobody serves customers without having read what has changed (J2) and what holds here (S4).

    :raises NotReady: with the title of what is to be read first
    """
    version = rulebook.unread_that_blocks(by, on=timezone.localtime(at).date())
    if version is not None:
        said = _("上线前请先阅读并确认“%(title)s”（制度 → 阅读并确认）。")
        raise NotReady(said % {"title": str(version)}, field="state")
    unread = unread_that_block(by)
    if unread:
        said = _("上线前请先阅读并确认业务变化“%(title)s”（知识 → 业务变化通知）。")
        raise NotReady(said % {"title": unread[0].title_in(get_language() or "")}, field="state")


@transaction.atomic
def force_presence(
    *, employee: Employee, state: Presence, reason: str, by: Account, at: dt.datetime
) -> AgentProfile:
    """
    Set a colleague's presence: offline or on a break (a leader's right).

    :raises NotChoosable: without a reason
    """
    if not reason.strip():
        raise NotChoosable(_("请写明原因。"), field="reason")
    profile = _lock(employee)
    return _change(profile, employee, state, source="supervisor", by=by, at=at, reason=reason)


@transaction.atomic
def drop_presence(*, employee_id: int, source: str, at: dt.datetime) -> bool:
    """Set somebody offline whose line is gone or who has left the house."""
    profile = (
        AgentProfile.objects.select_for_update(of=("self",))
        .select_related("employee")
        .filter(employee_id=employee_id)
        .first()
    )
    if profile is None or profile.presence == Presence.OFFLINE:
        return False
    _change(profile, profile.employee, Presence.OFFLINE, source=source, by=None, at=at)
    return True


def heartbeat(*, by: Account, at: dt.datetime) -> None:
    """Note that the person's page is open; the next conversation may go to them."""
    employee = acting_employee(by)
    AgentProfile.objects.filter(employee=employee).update(heartbeat_at=at)


def _lock(employee: Employee) -> AgentProfile:
    ensure_profile(employee)
    return AgentProfile.objects.select_for_update().get(employee=employee)


def _change(
    profile: AgentProfile,
    employee: Employee,
    state: Presence,
    *,
    source: str,
    by: Account | None,
    at: dt.datetime,
    reason: str = "",
) -> AgentProfile:
    before = profile.presence
    if before != state:
        for interval in PresenceInterval.objects.filter(agent=employee, to_at__isnull=True):
            interval.to_at = max(at, interval.from_at)
            interval.save(update_fields=["to_at"])
        PresenceInterval.objects.create(
            agent=employee, state=state, from_at=at, source=source, by=by
        )
        profile.presence, profile.presence_since = state, at
        profile.draining = False
    profile.save(
        update_fields=["presence", "presence_since", "acted_at", "heartbeat_at", "draining"]
    )
    if before == state:
        return profile
    record(
        "desk.presence_changed",
        obj=profile,
        by=by,
        at=at,
        changes={"presence": [before, state.value], "source": source},
        reason=reason,
    )
    publish(PresenceChanged(employee_id=employee.pk, state=state.value, source=source, at=at))
    signal_all(
        ["board", f"agent:{employee.pk}"],
        "presence",
        {"employee": employee.pk, "state": state.value},
    )
    return profile


@transaction.atomic
def check_idle(*, employee_id: int, at: dt.datetime) -> bool:
    """
    Set an agent to away who is shown online, let a customer wait and does nothing (A6).

    Both have to last: so long ago the customer became the agent's, and so long the agent has not
    done anything at the desk. The proof goes into the event.
    """
    profile = (
        AgentProfile.objects.select_for_update(of=("self",))
        .select_related("employee__site")
        .filter(employee_id=employee_id, presence=Presence.ONLINE)
        .first()
    )
    if profile is None:
        return False
    day = at.astimezone(dt.UTC).date()
    limit = at - dt.timedelta(seconds=policy(ResponsePolicy, on=day).idle_seconds)
    idle_since = max(filter(None, [profile.acted_at, profile.presence_since]), default=at)
    if idle_since > limit:
        return False
    turn = _left_waiting(employee_id, idle_since=idle_since, limit=limit)
    if turn is None or turn.agent_from is None:
        return False
    _change(profile, profile.employee, Presence.AWAY, source="idle_guard", by=None, at=at)
    record(
        "desk.idle_hanging",
        obj=profile,
        by=None,
        at=at,
        changes={
            "conversation": turn.conversation_id,
            "turn": turn.number,
            "waiting_since": turn.agent_from,
            "idle_since": idle_since,
        },
    )
    publish(
        IdleHangingFound(
            employee_id=employee_id,
            conversation_id=turn.conversation_id,
            waiting_since=turn.agent_from,
            idle_since=idle_since,
            at=at,
        )
    )
    return True


def _left_waiting(employee_id: int, *, idle_since: dt.datetime, limit: dt.datetime) -> Turn | None:
    """Return the agent's oldest turn that waits, or was taken back while the agent did nothing."""
    waiting = Turn.objects.filter(
        live=True, state=TurnState.OPEN, agent_id=employee_id, agent_from__lte=limit
    )
    taken_back = Segment.objects.filter(
        agent_id=employee_id,
        started_at__gte=idle_since - LONGEST_HOLD,
        end_reason=SegmentEnd.NO_REPLY,
        ended_at__gt=idle_since,
    )
    lapsed = Turn.objects.filter(
        conversation_id__in=taken_back.values("conversation_id"),
        segment_id__in=taken_back.values("pk"),
        agent_from__lte=limit,
    )
    found = [rows.order_by("agent_from", "pk").first() for rows in (waiting, lapsed)]
    return min(filter(None, found), key=lambda turn: turn.agent_from or limit, default=None)
