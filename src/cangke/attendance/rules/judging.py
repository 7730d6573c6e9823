"""What one shift comes to: lateness, early leave, absence (K5, K6, K15, K20, AMB-07, AMB-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from .policies import AbsencePolicy, LatePolicy, MissedPunchPolicy
from .shifts import Shift, minutes_between

NONE = Decimal(0)


class Side(StrEnum):
    """Which side of a shift; ``day`` is all of it."""

    IN = "in"
    OUT = "out"
    DAY = "day"


@dataclass(frozen=True)
class Verdict:
    """
    What one side of a shift comes to.

    ``packet`` is an amount without doubling; ``absent_days`` in days; ``clause`` what people quote.
    One that is ``objected`` to counts for nothing (S7).
    """

    date: dt.date
    side: Side
    minutes_late: int = 0
    minutes_early: int = 0
    absent_days: Decimal = NONE
    extension_minutes: int = 0
    packet: Decimal | None = None
    parts: int = 0
    reason: str = ""
    clause: str = ""
    explain: str = ""
    objected: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether full attendance stands it: no minute late or early, no absence (AMB-25)."""
        spoils = self.minutes_late or self.minutes_early or self.absent_days
        return self.objected or not spoils


def tier_of(minutes: int, policy: LatePolicy) -> tuple[Decimal | None, int, Decimal]:
    """
    Return packet, its parts and days of absence for so many minutes late or early (K5, K6).

    Upper ends belong to their tier: at a limit the milder one holds.

    :raises ValueError: if minutes are negative
    """
    if minutes < 0:
        raise ValueError("minutes must not be negative")
    if minutes == 0:
        return None, 0, NONE
    for limit, packet, parts in (
        (policy.tier1_to, policy.tier1, policy.tier1_parts),
        (policy.tier2_to, policy.tier2, policy.tier2_parts),
        (policy.tier3_to, policy.tier3, policy.tier3_parts),
    ):
        if minutes <= limit:
            return packet, parts, NONE
    return None, 0, policy.tier4


def judge_in(
    shift: Shift, arrived: dt.datetime, policy: LatePolicy, *, clause: str = "K5"
) -> Verdict:
    """Judge when somebody came; ``clause`` is K20 for a make-up punch beyond the free ones."""
    minutes = max(0, minutes_between(shift.start, arrived))
    packet, parts, absent = tier_of(minutes, policy)
    return Verdict(
        shift.date,
        Side.IN,
        minutes_late=minutes,
        absent_days=absent,
        packet=packet,
        parts=parts,
        reason="late" if packet is not None else "",
        clause=clause,
        explain=f"{shift.clock(arrived)} − {shift.clock(shift.start)} = {minutes} min",
    )


def judge_out(shift: Shift, left: dt.datetime, policy: LatePolicy) -> Verdict:
    """Judge when somebody went, against the end in force (K6, K3)."""
    minutes = max(0, minutes_between(left, shift.end))
    packet, parts, absent = tier_of(minutes, policy)
    return Verdict(
        shift.date,
        Side.OUT,
        minutes_early=minutes,
        absent_days=absent,
        extension_minutes=shift.extension_minutes,
        packet=packet,
        parts=parts,
        reason="early" if packet is not None else "",
        clause="K6",
        explain=f"{shift.clock(shift.end)} − {shift.clock(left)} = {minutes} min",
    )


def missed_out(shift: Shift, policy: MissedPunchPolicy) -> Verdict:
    """A make-up punch at the end beyond the free ones costs a packet and is no early leave."""
    return Verdict(
        shift.date,
        Side.OUT,
        extension_minutes=shift.extension_minutes,
        packet=policy.off_duty_packet,
        parts=policy.off_duty_parts,
        reason="missed_punch",
        clause="K20",
        explain=f"{policy.free_per_month} + 1",
    )


def absent_all_day(shift: Shift, policy: AbsencePolicy, *, explain: str) -> Verdict:
    """No punch and nothing that excuses it, or too much of the shift missed (K15, AMB-07)."""
    return Verdict(
        shift.date, Side.DAY, absent_days=policy.whole_day, clause="K21", explain=explain
    )


def judge_shift(shift: Shift, verdicts: Sequence[Verdict], policy: AbsencePolicy) -> list[Verdict]:
    """
    Put the sides of a shift together.

    Late and early are judged apart (AMB-14); but who missed more than half of the shift was absent
    that day, and nothing else is asked for it. A make-up punch is no missed time: the supervisor
    vouches that somebody was there (AMB-13).
    """
    counted = [each for each in verdicts if each.clause != "K20"]
    missed = sum(each.minutes_late + each.minutes_early for each in counted)
    if missed * 100 > shift.length_minutes * policy.missed_percent:
        words = f"{missed} > {shift.length_minutes} × {policy.missed_percent.normalize():f}%"
        whole = absent_all_day(shift, policy, explain=words)
        late = sum(each.minutes_late for each in verdicts)
        early = sum(each.minutes_early for each in verdicts)
        return [
            replace(
                whole,
                minutes_late=late,
                minutes_early=early,
                extension_minutes=shift.extension_minutes,
            )
        ]
    return list(verdicts)
