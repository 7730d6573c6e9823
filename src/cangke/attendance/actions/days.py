"""Writing down what each shift came to, again whenever a fact has changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy, gettext_noop

from cangke.foundation.notices.public import notify_each
from cangke.people.public import Employee
from cangke.rulebook.public import Decision, Fact, Sentence, explain_many

from .. import queries, rules, wording
from ..models import DayRecord, RedPacket, ShiftAssignment
from ..queries.force import policies_for, units_of
from ..queries.judged import JudgedDay, JudgedMonth
from ..queries.rosters import month_of, month_span
from .late import note_late

BATCH = 200
ONE_DAY = dt.timedelta(days=1)
FRESH = 7 * ONE_DAY  # what is older is told in the weekly publication, not by a notice
LOOK_BACK = 4 * ONE_DAY
NONE = Decimal(0)
FIGURES = {rules.Side.IN: "day_in", rules.Side.OUT: "day_out", rules.Side.DAY: "day_whole"}


def recompute(
    *,
    employee_ids: Collection[int],
    months: Iterable[dt.date],
    at: dt.datetime,
    judged: Sequence[JudgedMonth] = (),
) -> int:
    """
    Judge the months of people anew and write what differs; return how many days changed.

    The same facts change nothing. Safe to repeat and to run twice at once. The days of a closed
    month stay as they are; what would differ is noted as a late fact. ``judged`` are those of the
    one month that were judged already, while the people were held.
    """
    ready = {each.employee.pk: each for each in judged}
    changed = 0
    ids = sorted(set(employee_ids))
    for month in sorted({month_of(each) for each in months}):
        for start in range(0, len(ids), BATCH):
            changed += _recompute(ids[start : start + BATCH], month, at, ready)
    return changed


def held_people(employee_ids: Collection[int]) -> list[Employee]:
    """People under their lock: whoever judges them holds it, so two never write the same day."""
    return list(
        Employee.objects.select_for_update(of=("self",))
        .filter(pk__in=employee_ids)
        .select_related("site", "team", "department", "account")
        .order_by("pk")
    )


@transaction.atomic
def _recompute(
    employee_ids: Sequence[int], month: dt.date, at: dt.datetime, ready: dict[int, JudgedMonth]
) -> int:
    people = held_people(employee_ids)
    unread = [each for each in people if each.pk not in ready]
    judged = [ready[each.pk] for each in people if each.pk in ready]
    judged += queries.judge_months(unread, month, at=at) if unread else []
    first, last = month_span(month)
    # What they came to is written anew or left alone: only the fingerprint is read.
    rows = DayRecord.objects.filter(employee__in=people, date__gte=first, date__lte=last)
    known = {
        (who, day): (pk, state, digest)
        for who, day, pk, state, digest in rows.order_by().values_list(
            "employee_id", "date", "pk", "state", "input_hash"
        )
    }
    closed = {who for who, _month in queries.closed_among(employee_ids, [month])}
    noted = queries.late_digests(closed, month) if closed else {}
    fresh: list[DayRecord] = []
    stale: list[DayRecord] = []
    seen: set[tuple[int, dt.date]] = set()
    explained: dict[tuple[str, int, str | None], list[Any]] = defaultdict(list)
    of_version: dict[tuple[str, int, str | None], dt.date] = {}
    told: list[tuple[Employee, DayRecord]] = []
    written: list[tuple[DayRecord, JudgedDay, Employee]] = []
    for each in judged:
        for day in each.days:
            key = each.employee.pk, day.row.date
            seen.add(key)
            pk, was, digest = known.get(key, (None, "", ""))
            if each.employee.pk in closed:
                if noted.get(key, digest) != day.fingerprint:
                    note_late(
                        employee_id=each.employee.pk,
                        date=day.row.date,
                        source="day",
                        digest=day.fingerprint,
                        at=at,
                    )
                continue
            if digest == day.fingerprint:
                continue
            row = DayRecord(
                pk=pk,
                employee=each.employee,
                date=day.row.date,
                shift_type_id=day.row.shift_type_id,
                input_hash=day.fingerprint,
                computed_at=at,
                **day.values,
            )
            (fresh if pk is None else stale).append(row)
            written.append((row, day, each.employee))
            if row.state in ("marked", "open") and was != row.state:
                told.append((each.employee, row))
    DayRecord.objects.bulk_create(fresh)
    DayRecord.objects.bulk_update(stale, [*_FIELDS, "computed_at"])
    gone = [pk for key, (pk, *_rest) in known.items() if key not in seen and key[0] not in closed]
    DayRecord.objects.filter(pk__in=gone).delete()
    for row, day, employee in written:
        units = units_of(employee)
        version = row.rule_set, row.rule_version, queries.set_of(units, row.date)
        of_version.setdefault(version, row.date)
        explained[version] += [
            (row, FIGURES[verdict.side], _decision(verdict, day))
            for verdict in day.verdicts
            if verdict.clause in wording.CLAUSES and not verdict.objected
        ]
    for version, decisions in explained.items():
        if decisions:
            explain_many(decisions, at=at, on=of_version[version], group=version[2])
    _packets(judged, month, at)
    _tell(told, at)
    return len(written) + len(gone)


_FIELDS = (
    "shift_type",
    "starts_at",
    "ends_at",
    "in_at",
    "out_at",
    "minutes_late",
    "minutes_early",
    "extension_minutes",
    "absent_days",
    "leave_days",
    "missed_in",
    "missed_out",
    "state",
    "verdicts",
    "rule_set",
    "rule_version",
    "input_hash",
)


def _decision(verdict: rules.Verdict, day: JudgedDay) -> Decision[str]:
    """The verdict with what it rests on, for whoever asks why."""
    shift = day.shift
    facts = [
        Fact(gettext_noop("班次"), f"{shift.clock(shift.start)}–{shift.clock(shift.end)}"),
        Fact(gettext_noop("上班打卡"), shift.clock(day.in_at) if day.in_at else "—"),
        Fact(gettext_noop("下班打卡"), shift.clock(day.out_at) if day.out_at else "—"),
    ]
    if verdict.packet is not None:
        facts.append(Fact(gettext_noop("红包"), f"{verdict.packet} / {verdict.parts}"))
    return Decision(
        wording.verdict_result(verdict),
        wording.CLAUSES[verdict.clause],
        tuple(facts),
        Sentence(verdict.explain),
    )


def _packets(judged: Sequence[JudgedMonth], month: dt.date, at: dt.datetime) -> None:
    """Make the ledger of packets say what the verdicts say; what was settled stays so."""
    first, last = month_span(month)
    people = [each.employee for each in judged]
    known = {
        (row.employee_id, row.date, row.side): row
        for row in RedPacket.objects.filter(employee__in=people, date__gte=first, date__lte=last)
    }
    fresh, stale = [], []
    wanted: set[tuple[int, dt.date, str]] = set()
    for each in judged:
        employee = each.employee
        zone = ZoneInfo(employee.site.zone)
        minutes = {(verdict.date, verdict.side): verdict for verdict in each.verdict.verdicts}
        for packet in each.verdict.packets:
            key = employee.pk, packet.date, str(packet.side)
            wanted.add(key)
            policies = policies_for(units_of(employee), on=packet.date)
            verdict = minutes[packet.date, packet.side]
            row = known.get(key)
            if row is None:
                # What becomes known after its week was published is due by the next publication.
                known_on = at.astimezone(zone).date()
                due = max(
                    rules.publication_after(packet.date, policies.publication, zone),
                    _next_publication(known_on, at, policies.publication, zone),
                )
                row = RedPacket(
                    employee=employee,
                    date=packet.date,
                    side=str(packet.side),
                    since=packet.since,
                    due_at=due,
                    currency=employee.site.currency,
                )
                fresh.append(row)
            elif row.state in ("sent", "paid", "waived"):
                continue
            if row.pk and row.state == "void":
                # What comes back, after an objection or otherwise, is due anew.
                today = at.astimezone(zone).date()
                row.due_at = _next_publication(today, at, policies.publication, zone)
            before = row.state, row.amount, row.owed, row.parts, row.reason
            settled = rules.settle(
                packet, (), as_of=at, published_at=row.due_at, policy=policies.redpacket
            )
            row.amount, row.parts, row.reason = packet.amount, packet.parts, packet.reason
            row.owed, row.state = settled.owed, str(settled.state)
            row.clause, row.explain = packet.clause, verdict.explain
            row.minutes = verdict.minutes_late or verdict.minutes_early
            if row.pk and before != (row.state, row.amount, row.owed, row.parts, row.reason):
                stale.append(row)
    for key, row in known.items():
        if key not in wanted and row.state in ("due", "overdue", "pay"):
            row.state, row.owed = "void", NONE
            stale.append(row)
    RedPacket.objects.bulk_create(fresh)
    RedPacket.objects.bulk_update(
        stale,
        ["amount", "parts", "reason", "owed", "state", "clause", "explain", "minutes", "due_at"],
    )


def _next_publication(
    day: dt.date, at: dt.datetime, policy: rules.PublicationPolicy, zone: ZoneInfo
) -> dt.datetime:
    """The first publication that is still to come."""
    monday = day - dt.timedelta(days=day.weekday())
    for week in (monday - 7 * ONE_DAY, monday, monday + 7 * ONE_DAY):
        moment = rules.publication_after(week, policy, zone)
        if moment > at:
            return moment
    return rules.publication_after(monday + 7 * ONE_DAY, policy, zone)


def _day_words(row: DayRecord) -> str:
    texts = (wording.verdict_text(each) for each in row.verdicts)
    return f"{row.date:%m-%d} {'；'.join(text for text in texts if text)}".strip()


_told_words = lazy(_day_words, str)  # each reads it in the own language


def _tell(told: Sequence[tuple[Employee, DayRecord]], at: dt.datetime) -> None:
    """Tell each of their own days, in a fixed number of queries."""
    mine = reverse("attendance:mine")
    for state, title in (
        ("open", gettext_lazy("有漏卡要补")),
        ("marked", gettext_lazy("考勤有违规")),
    ):
        rows = [
            (employee.account, _told_words(row), f"{mine}?month={row.date:%Y-%m}")
            for employee, row in told
            if row.state == state and employee.account is not None and row.ends_at >= at - FRESH
        ]
        if rows:
            notify_each(rows, kind="attendance.day", title=title, at=at)


def settle_days(*, at: dt.datetime) -> int:
    """Judge the shifts that have ended lately and are not decided yet; return how many changed."""
    ended = ShiftAssignment.objects.published().filter(ends_at__lte=at, ends_at__gt=at - LOOK_BACK)
    decided = set(
        DayRecord.objects.filter(ends_at__gt=at - LOOK_BACK - ONE_DAY)
        .exclude(state="waiting")
        .values_list("employee_id", "date")
    )
    due: dict[dt.date, set[int]] = defaultdict(set)
    for employee_id, date in ended.values_list("employee_id", "date"):
        if (employee_id, date) not in decided:
            due[month_of(date)].add(employee_id)
    return sum(
        recompute(employee_ids=ids, months=[month], at=at) for month, ids in sorted(due.items())
    )


def double_packets(*, at: dt.datetime) -> int:
    """Let the packets that a publication has passed by become double, once (K9)."""
    due: dict[dt.date, set[int]] = defaultdict(set)
    rows = RedPacket.objects.filter(state="due", due_at__lte=at)
    for employee_id, date in rows.values_list("employee_id", "date"):
        due[month_of(date)].add(employee_id)
    return sum(
        recompute(employee_ids=ids, months=[month], at=at) for month, ids in sorted(due.items())
    )
