"""Who is there (A25), and until when somebody went on serving after a shift (K3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from django.db.models import Q

from .. import ports
from ..models import AgentProfile, PresenceInterval, Segment
from ..rules.routing import Presence

Shift = tuple[int, dt.datetime, dt.datetime]
LONGEST = dt.timedelta(hours=12)


class Staffing(StrEnum):
    """Who serves a queue at the moment: somebody who is there, one on the roster, nobody."""

    THERE = "there"
    ROSTERED = "rostered"
    NOBODY = "nobody"


def staffing(group_id: int | None, *, at: dt.datetime) -> Staffing:
    """
    Return whether somebody serves the queue now; where nobody plans shifts, all are rostered.

    A queue without people, or no queue at all, counts as rostered: who does not plan tells nobody
    anything (decision 0091).
    """
    serving = AgentProfile.objects.filter(groups=group_id)
    people = dict(serving.values_list("employee_id", "presence"))
    if Presence.ONLINE in people.values():
        return Staffing.THERE
    if not people or ports.on_shift.ask(employee_ids=list(people), at=at):
        return Staffing.ROSTERED
    return Staffing.NOBODY


def online_spans(
    *, employee_ids: Collection[int], since: dt.datetime, until: dt.datetime
) -> Mapping[int, Sequence[tuple[dt.datetime, dt.datetime]]]:
    """Answer attendance: when people could be given customers; one that runs lasts so far."""
    rows = PresenceInterval.objects.filter(
        Q(to_at__isnull=True) | Q(to_at__gt=since),
        agent_id__in=list(employee_ids),
        state=Presence.ONLINE,
        from_at__lt=until,
    ).order_by("from_at")
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for agent_id, start, end in rows.values_list("agent_id", "from_at", "to_at"):
        found[agent_id].append((max(start, since), min(end or until, until)))
    return found


def serving_until(*, shifts: Sequence[Shift], at: dt.datetime) -> Mapping[Shift, dt.datetime]:
    """
    Answer attendance: for shifts (employee, start, end), until when customers were still served.

    What counts are the conversations somebody was answerable for at the end of the shift, until the
    last of them was closed or taken over by somebody else (AMB-15). Going offline ends it sooner:
    a conversation left open overnight keeps nobody at work. Two queries, however many shifts.
    """
    if not shifts:
        return {}
    employees = {employee_id for employee_id, _start, _end in shifts}
    first = min(end for _employee, _start, end in shifts)
    last = max(end for _employee, _start, end in shifts)
    held: dict[int, list[tuple[dt.datetime, dt.datetime | None]]] = defaultdict(list)
    rows = Segment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=first),
        agent_id__in=employees,
        started_at__lt=last,
        started_at__gte=first - 30 * LONGEST,
    ).order_by()
    for agent_id, started_at, ended_at in rows.values_list("agent_id", "started_at", "ended_at"):
        held[agent_id].append((started_at, ended_at))
    offline: dict[int, list[tuple[dt.datetime, dt.datetime | None]]] = defaultdict(list)
    gone = PresenceInterval.objects.filter(
        Q(to_at__isnull=True) | Q(to_at__gt=first),
        agent_id__in=held,
        state=Presence.OFFLINE,
        from_at__lt=last + LONGEST,
    ).order_by("from_at")
    for agent_id, from_at, to_at in gone.values_list("agent_id", "from_at", "to_at"):
        offline[agent_id].append((from_at, to_at))
    found: dict[Shift, dt.datetime] = {}
    for shift in shifts:
        employee_id, _start, end = shift
        until = [
            min(ended_at or at, at, end + LONGEST)
            for started_at, ended_at in held.get(employee_id, ())
            if started_at < end and (ended_at is None or ended_at > end)
        ]
        if not until:
            continue
        latest = max(until)
        for from_at, to_at in offline.get(employee_id, ()):
            if to_at is None or to_at > end:
                latest = min(latest, max(from_at, end))
                break
        if latest > end:
            found[shift] = latest
    return found
