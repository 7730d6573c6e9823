"""A person's month: what is on record of it, and what it was judged to be."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cangke.people.public import Employee

from .. import ports, rules, wording
from ..rules import LeaveDay, MakeUp, Side
from .force import units_of

NONE = Decimal(0)


class Rostered(NamedTuple):
    """A published shift of somebody."""

    employee_id: int
    date: dt.date
    shift_type_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def asked(self) -> ports.Asked:
        """The shift as the port knows it."""
        return self.employee_id, self.starts_at, self.ends_at

    def shift(self, zone: ZoneInfo) -> rules.Shift:
        """The shift as the rules know it."""
        begins, ends = self.starts_at.astimezone(dt.UTC), self.ends_at.astimezone(dt.UTC)
        return rules.Shift(self.date, begins, ends, ends, zone)


@dataclass
class Recorded:
    """What is on record about one person's month."""

    employee: Employee
    rows: list[Rostered] = field(default_factory=list)
    built_in: list[dt.datetime] = field(default_factory=list)
    external: list[dt.datetime] = field(default_factory=list)
    makeups: list[MakeUp] = field(default_factory=list)
    leave: list[LeaveDay] = field(default_factory=list)
    rest: set[dt.date] = field(default_factory=set)
    sent: dict[tuple[dt.date, Side], list[dt.datetime]] = field(default_factory=dict)
    waived: set[tuple[dt.date, Side]] = field(default_factory=set)
    personal_earlier: Decimal = NONE
    objected: set[tuple[dt.date, Side]] = field(default_factory=set)

    def facts(
        self,
        *,
        at: dt.datetime,
        mark: dt.datetime | None,
        serving: Mapping[ports.Asked, dt.datetime],
        edition: object,
    ) -> tuple[object, ...]:
        """Everything a judgement rests on; where it is the same, so is the judgement."""
        return (
            at,
            mark,
            edition,
            units_of(self.employee),
            self.employee.site.zone,
            self.rows,
            [serving.get(row.asked) for row in self.rows],
            sorted(self.built_in),
            sorted(self.external),
            sorted(self.makeups, key=lambda each: (each.date, each.side)),
            self.leave,
            self.rest,
            self.sent,
            self.waived,
            self.personal_earlier,
            self.objected,
        )


@dataclass(frozen=True)
class JudgedDay:
    """One shift of the month and what it came to."""

    row: Rostered
    shift: rules.Shift
    state: str
    in_at: dt.datetime | None
    out_at: dt.datetime | None
    leave_days: Decimal
    verdicts: tuple[rules.Verdict, ...]
    missed: frozenset[Side]
    rule_set: str
    rule_version: int

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the record of the day holds of it."""
        return {
            "starts_at": self.shift.start,
            "ends_at": self.shift.end,
            "in_at": self.in_at,
            "out_at": self.out_at,
            "minutes_late": sum(each.minutes_late for each in self.verdicts),
            "minutes_early": sum(each.minutes_early for each in self.verdicts),
            "extension_minutes": max((each.extension_minutes for each in self.verdicts), default=0),
            "absent_days": sum((each.absent_days for each in self.verdicts), NONE),
            "leave_days": self.leave_days,
            "missed_in": rules.Side.IN in self.missed,
            "missed_out": rules.Side.OUT in self.missed,
            "state": self.state,
            "verdicts": [wording.verdict_fact(each) for each in self.verdicts],
            "rule_set": self.rule_set,
            "rule_version": self.rule_version,
        }

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of the values; the same facts give the same bytes."""
        plain = {**self.values, "shift": self.row.shift_type_id}
        return hashlib.sha256(json.dumps(plain, default=str, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class JudgedMonth:
    """
    One person's month: its days, and the totals of those that are decided.

    ``facts`` are all that it rests on: as long as they are the same, it need not be judged again.
    """

    employee: Employee
    days: tuple[JudgedDay, ...]
    verdict: rules.MonthVerdict
    rest_taken: Decimal
    waiting: int
    facts: tuple[object, ...] = field(repr=False, compare=False)
