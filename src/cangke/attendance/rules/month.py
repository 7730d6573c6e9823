"""One person's month of attendance: the verdicts, packets and totals it comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from .judging import (
    NONE,
    Side,
    Verdict,
    absent_all_day,
    judge_in,
    judge_out,
    judge_shift,
    missed_out,
)
from .leave import LeaveDay, LeaveTotals, count_leave
from .packets import Packet, packet_of, publication_after, settle
from .policies import Policies
from .shifts import Shift, punches_of

WHOLE = Decimal(1)


@dataclass(frozen=True)
class MakeUp:
    """A make-up punch: which side, when it was really made, and whether it is vouched for."""

    date: dt.date
    side: Side
    actual: dt.datetime
    certified: bool


@dataclass(frozen=True)
class OpenException:
    """A side of a shift that somebody has to decide about before the month is closed."""

    date: dt.date
    side: Side


@dataclass(frozen=True)
class MonthFacts:
    """
    What was recorded of a month; shifts are already prolonged where they were (K3).

    Shifts of the days beside the month draw the punches that are theirs and are not judged: a
    shift belongs to the month it begins in. Verdicts that are objected to count for nothing (S7).
    """

    first: dt.date
    last: dt.date
    shifts: Sequence[Shift]
    punches: Sequence[dt.datetime] = ()
    makeups: Sequence[MakeUp] = ()
    leave: Sequence[LeaveDay] = ()
    sent: Mapping[tuple[dt.date, Side], Sequence[dt.datetime]] = field(default_factory=dict)
    personal_leave_earlier: Decimal = NONE
    objected: Collection[tuple[dt.date, Side]] = ()
    waived: Collection[tuple[dt.date, Side]] = ()


@dataclass(frozen=True)
class MonthVerdict:
    """What the month comes to."""

    verdicts: tuple[Verdict, ...]
    packets: tuple[Packet, ...]
    exceptions: tuple[OpenException, ...]
    absent_days: Decimal
    leave: LeaveTotals

    @property
    def is_clean(self) -> bool:
        """Whether full attendance holds: nothing late, early, absent, no unprotected leave."""
        return (
            all(each.is_clean for each in self.verdicts)
            and self.absent_days == 0
            and self.leave.spoiling == 0
        )


def judge_month(
    facts: MonthFacts, policies: Policies, *, as_of: dt.datetime, zone: ZoneInfo
) -> MonthVerdict:
    """
    Judge a month as it stood at an instant.

    Shifts that had not ended by then are not judged. Make-up punches count by shift date, in
    before out; those not vouched for stay open and do not count among the free ones (AMB-13).
    """
    shifts = sorted(
        (s for s in facts.shifts if s.end <= as_of and facts.first <= s.date <= facts.last),
        key=lambda each: each.start,
    )
    known = [each for each in facts.punches if each <= as_of]
    # Every shift draws its punches, so that one still running keeps its own.
    by_shift = punches_of(sorted(facts.shifts, key=lambda each: each.start), known)
    beyond = _beyond_free(facts.makeups, policies.missed_punch.free_per_month)
    on_leave: dict[dt.date, Decimal] = {}
    for each in facts.leave:
        on_leave[each.date] = on_leave.get(each.date, NONE) + each.days
    verdicts: list[Verdict] = []
    exceptions: list[OpenException] = []
    since: dict[dt.date, dt.datetime] = {}
    for shift in shifts:
        since[shift.date] = shift.start
        if on_leave.get(shift.date, NONE) >= WHOLE:
            continue
        judge = _half_day if on_leave.get(shift.date) else _judge
        found, still_open = judge(
            shift, by_shift[shift.start], _of(facts.makeups, shift.date), beyond, policies
        )
        verdicts += [_heard(each, facts.objected) for each in found]
        exceptions += still_open
    leave = count_leave(facts.leave, policies.leave, personal_earlier=facts.personal_leave_earlier)
    absent = sum((each.absent_days for each in verdicts), NONE) + leave.excess
    packets = []
    for verdict in verdicts:
        packet = packet_of(verdict, since=since[verdict.date])
        if packet is not None:
            packets.append(
                settle(
                    packet,
                    facts.sent.get((packet.date, packet.side), ()),
                    as_of=as_of,
                    published_at=publication_after(packet.date, policies.publication, zone),
                    policy=policies.redpacket,
                    waived=(packet.date, packet.side) in facts.waived,
                )
            )
    shown = [each for each in verdicts if _says_something(each)]
    return MonthVerdict(tuple(shown), tuple(packets), tuple(exceptions), absent, leave)


def _heard(verdict: Verdict, objected: Collection[tuple[dt.date, Side]]) -> Verdict:
    """The verdict, without any effect while it is objected to or after that was upheld."""
    if (verdict.date, verdict.side) not in objected:
        return verdict
    return replace(verdict, packet=None, parts=0, absent_days=NONE, objected=True)


def _says_something(verdict: Verdict) -> bool:
    says = verdict.packet is not None or verdict.extension_minutes or verdict.objected
    return bool(not verdict.is_clean or says)


def _beyond_free(makeups: Sequence[MakeUp], free: int) -> set[tuple[dt.date, Side]]:
    """The vouched-for make-ups beyond the free ones of the month."""
    counted = sorted(
        (each.date, each.side != Side.IN, each.side) for each in makeups if each.certified
    )
    return {(date, side) for date, _out, side in counted[free:]}


def _of(makeups: Sequence[MakeUp], day: dt.date) -> dict[Side, MakeUp]:
    return {each.side: each for each in makeups if each.date == day}


def _judge(
    shift: Shift,
    punches: Sequence[dt.datetime],
    makeups: Mapping[Side, MakeUp],
    beyond: set[tuple[dt.date, Side]],
    policies: Policies,
) -> tuple[list[Verdict], list[OpenException]]:
    if not punches and not makeups:
        missed = absent_all_day(shift, policies.absence, explain="punches = 0")
        return [missed], []
    arrived, left = sides_of(shift, punches, makeups)
    verdicts: list[Verdict] = []
    still_open: list[OpenException] = []
    for side, punch in ((Side.IN, arrived), (Side.OUT, left)):
        makeup = makeups.get(side)
        if makeup is not None and makeup.certified:
            verdicts.append(_made_up(shift, makeup, beyond, policies))
        elif punch is None or makeup is not None:
            still_open.append(OpenException(shift.date, side))
            if side == Side.OUT and shift.extension_minutes:
                verdicts.append(_extended(shift))
        elif side == Side.IN:
            verdicts.append(judge_in(shift, punch, policies.late))
        else:
            verdicts.append(judge_out(shift, punch, policies.late))
    return judge_shift(shift, verdicts, policies.absence), still_open


def sides_of(
    shift: Shift, punches: Sequence[dt.datetime], makeups: Mapping[Side, MakeUp]
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """
    Which punch is the arrival and which the leaving.

    The first is in, the last out; a side with a make-up has none of its own; a lone one belongs
    to the side without a make-up, else to the nearer end, at equal distance to the beginning.
    """
    if not punches:
        return None, None
    if Side.IN in makeups and Side.OUT in makeups:
        return None, None
    if Side.IN in makeups:
        return None, punches[-1]
    if Side.OUT in makeups:
        return punches[0], None
    if len(punches) > 1:
        return punches[0], punches[-1]
    lone = punches[0]
    if abs(lone - shift.start) <= abs(shift.end - lone):
        return lone, None
    return None, lone


def _extended(shift: Shift) -> Verdict:
    return Verdict(
        shift.date,
        Side.OUT,
        extension_minutes=shift.extension_minutes,
        clause="K3",
        explain=f"+{shift.extension_minutes} min",
    )


def _made_up(
    shift: Shift, makeup: MakeUp, beyond: set[tuple[dt.date, Side]], policies: Policies
) -> Verdict:
    if (makeup.date, makeup.side) not in beyond:
        extended = shift.extension_minutes if makeup.side == Side.OUT else 0
        return Verdict(shift.date, makeup.side, extension_minutes=extended, clause="K19")
    if makeup.side == Side.IN:
        return judge_in(shift, makeup.actual, policies.late, clause="K20")
    return missed_out(shift, policies.missed_punch)


def _half_day(
    shift: Shift,
    punches: Sequence[dt.datetime],
    makeups: Mapping[Side, MakeUp],
    beyond: set[tuple[dt.date, Side]],
    policies: Policies,
) -> tuple[list[Verdict], list[OpenException]]:
    """
    Half a day of leave excuses one half of the shift, whichever leaves the person better off.

    Without any punch the other half is absence.
    """
    if not punches and not makeups:
        half = replace(
            absent_all_day(shift, policies.absence, explain="punches = 0, leave = 0.5"),
            absent_days=policies.absence.whole_day / 2,
        )
        return [half], []
    middle = shift.start + (shift.end - shift.start) / 2
    middle = middle.replace(second=0, microsecond=0)
    tries = []
    for part in (
        replace(shift, start=middle),
        replace(shift, end=middle, planned_end=middle),
    ):
        found, still_open = _judge(part, punches, makeups, beyond, policies)
        halved = [
            replace(each, absent_days=min(each.absent_days, policies.absence.whole_day / 2))
            for each in found
        ]
        weight = (
            sum(each.absent_days for each in halved),
            sum((each.packet or NONE) for each in halved),
            len(still_open),
        )
        tries.append((weight, halved, still_open))
    _weight, found, still_open = min(tries, key=lambda each: each[0])
    return found, still_open
