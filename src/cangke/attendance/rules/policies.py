"""The parameters of attendance as the rules read them; their text is in ``clauses.toml``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ShiftPolicy:
    """The two shifts that ship, and whether serving a customer prolongs one (K1, K3)."""

    PREFIX: ClassVar[str] = "shift"
    day_start: dt.time = dt.time(8, 30)
    day_end: dt.time = dt.time(17, 30)
    evening_start: dt.time = dt.time(17, 0)
    evening_end: dt.time = dt.time(1, 0)
    auto_extend: bool = True
    day_break_minutes: int = 60
    evening_break_minutes: int = 0


@dataclass(frozen=True, slots=True)
class RosterPolicy:
    """What a roster must keep between two shifts of a person (K2)."""

    PREFIX: ClassVar[str] = "roster"
    apart_hours: int = 11


@dataclass(frozen=True, slots=True)
class WeekPolicy:
    """How many planned hours a week may hold, and whether anybody looks (K23, AMB-16)."""

    PREFIX: ClassVar[str] = "week"
    check: bool = False
    hours: Decimal = Decimal(40)


class Authority(StrEnum):
    """Which clock decides; ``auto`` is the imported one wherever it has something (AMB-26)."""

    AUTO = "auto"
    EXTERNAL = "external"
    BUILT_IN = "built_in"


@dataclass(frozen=True, slots=True)
class PunchPolicy:
    """Which punches count, and when a shift is judged (K4)."""

    PREFIX: ClassVar[str] = "punch"
    authority: Authority = Authority.AUTO
    settle_minutes: int = 120


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """Tiers of lateness and early leave in whole minutes, upper ends included (K5, K6)."""

    PREFIX: ClassVar[str] = "late"
    tier1_to: int = 10
    tier1: Decimal = Decimal(10)
    tier1_parts: int = 5
    tier2_to: int = 20
    tier2: Decimal = Decimal(20)
    tier2_parts: int = 5
    tier3_to: int = 30
    tier3: Decimal = Decimal(50)
    tier3_parts: int = 5
    tier4: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PublicationPolicy:
    """When last week's attendance is published (K8)."""

    PREFIX: ClassVar[str] = "attendance"
    publish_weekday: int = 1
    publish_time: dt.time = dt.time(9, 0)
    publish_full: bool = False


class SettledBy(StrEnum):
    """Where packets are settled."""

    GROUP = "group"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class RedPacketPolicy:
    """Where a packet is settled, and what a forgotten one becomes (K9, L9)."""

    PREFIX: ClassVar[str] = "redpacket"
    overdue_factor: Decimal = Decimal(2)
    settled_by: SettledBy = SettledBy.GROUP


@dataclass(frozen=True, slots=True)
class PacketPolicy:
    """How a packet is split (K7)."""

    PREFIX: ClassVar[str] = "packet"
    least_share: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class MissedPunchPolicy:
    """Make-up punches beyond the free ones (K20)."""

    PREFIX: ClassVar[str] = "missed_punch"
    free_per_month: int = 3
    off_duty_packet: Decimal = Decimal(10)
    off_duty_parts: int = 5


class Beyond(StrEnum):
    """What the highest step of absence takes."""

    MONTH = "month"
    AS_TWO = "as_two"


@dataclass(frozen=True, slots=True)
class AbsencePolicy:
    """What counts as absence, and the steps of a month (K15, K21)."""

    PREFIX: ClassVar[str] = "absence"
    missed_percent: Decimal = Decimal(50)
    whole_day: Decimal = Decimal(1)
    half_day: Decimal = Decimal(3)
    one_day: Decimal = Decimal(5)
    two_days: Decimal = Decimal(10)
    three_days: Beyond = Beyond.MONTH
    criticism_from: Decimal = Decimal(2)
    dismissal_from: Decimal = Decimal(3)


@dataclass(frozen=True, slots=True)
class RestPolicy:
    """Rest days of a month and what an unused one is worth (K11, K12)."""

    PREFIX: ClassVar[str] = "rest"
    days_per_month: Decimal = Decimal(2)
    notice_days: int = 2
    unused_pay: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class LeaveKind:
    """A kind of leave; a protected one spoils neither bonus nor rest days (K28, AMB-39)."""

    kind: str
    name: str
    deducted_percent: Decimal
    protected: bool


SHIPPED_KINDS = (
    LeaveKind("personal", "事假", Decimal(100), protected=False),
    LeaveKind("sick", "病假", Decimal(100), protected=False),
    LeaveKind("statutory", "法定假", Decimal(0), protected=True),
)


@dataclass(frozen=True, slots=True)
class LeavePolicy:
    """What leave takes and where it ends (K16, K17, K18)."""

    PREFIX: ClassVar[str] = "leave"
    pay: Decimal = Decimal(1)
    forfeit_rest_over: Decimal = Decimal(3)
    personal_max_per_year: Decimal = Decimal(30)
    kinds: tuple[LeaveKind, ...] = SHIPPED_KINDS

    def kind(self, code: str) -> LeaveKind:
        """
        Return the kind of that code.

        :raises KeyError: if the rulebook has none
        """
        for each in self.kinds:
            if each.kind == code:
                return each
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class LeaveTerms:
    """How a kind of leave is applied for: days ahead, and days a year (0: no limit) (K28)."""

    kind: str
    notice_days: int
    quota_days: Decimal


@dataclass(frozen=True, slots=True)
class LeaveRequestPolicy:
    """How leave is applied for (K13, K18, K28)."""

    PREFIX: ClassVar[str] = "leave_request"
    notice_days: int = 1
    warn_from: Decimal = Decimal(25)
    terms: tuple[LeaveTerms, ...] = (LeaveTerms("sick", 0, Decimal(0)),)

    def notice_of(self, kind: str) -> int:
        """The days of notice a kind takes."""
        return next(
            (each.notice_days for each in self.terms if each.kind == kind), self.notice_days
        )

    def quota_of(self, kind: str) -> Decimal:
        """The days a year of a kind; 0 for no limit."""
        return next((each.quota_days for each in self.terms if each.kind == kind), Decimal(0))


@dataclass(frozen=True, slots=True)
class EmergencyPolicy:
    """By when somebody must have called, and applied afterwards (K14, AMB-38)."""

    PREFIX: ClassVar[str] = "emergency"
    call_minutes: int = 120
    working_days: int = 1


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything attendance needs to judge a month."""

    shift: ShiftPolicy = field(default_factory=ShiftPolicy)
    late: LatePolicy = field(default_factory=LatePolicy)
    publication: PublicationPolicy = field(default_factory=PublicationPolicy)
    redpacket: RedPacketPolicy = field(default_factory=RedPacketPolicy)
    missed_punch: MissedPunchPolicy = field(default_factory=MissedPunchPolicy)
    absence: AbsencePolicy = field(default_factory=AbsencePolicy)
    rest: RestPolicy = field(default_factory=RestPolicy)
    leave: LeavePolicy = field(default_factory=LeavePolicy)
