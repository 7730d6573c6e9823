"""What the rules say about a month, asked with the rulebook in force; nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import DatabaseError

from cangke.attendance import public as attendance
from cangke.foundation.calendar.public import UnknownRegion, working_days_of
from cangke.foundation.refusal import Refusal
from cangke.rulebook import public as rulebook

from .. import rules, wording
from ..rules import overrides, telling

Policy = TypeVar("Policy")
Ask = Callable[[type[Any]], Any]
SHIPPED = ("default", 1)


class BadMonth(Refusal):
    """The facts given are no month; ``reasons`` say where and why, one a line."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def _rules_of(first: dt.date, values: Mapping[str, Any]) -> tuple[Ask, tuple[str, int]]:
    """How to ask for a policy of that month, and which version answers."""
    try:
        version = rulebook.version_in_force(on=first)
    except DatabaseError:
        # A machine without an installation answers with what the software ships.
        return lambda kind: rulebook.shipped_policy(kind, values=values), SHIPPED
    return (
        lambda kind: rulebook.trial_policy(kind, on=first, values=values),
        (version.set_key, version.number or 1),
    )


def _attendance(ask: Ask) -> attendance.Policies:
    return attendance.Policies(
        shift=ask(attendance.ShiftPolicy),
        late=ask(attendance.LatePolicy),
        publication=ask(attendance.PublicationPolicy),
        redpacket=ask(attendance.RedPacketPolicy),
        missed_punch=ask(attendance.MissedPunchPolicy),
        absence=ask(attendance.AbsencePolicy),
        rest=ask(attendance.RestPolicy),
        leave=ask(attendance.LeavePolicy),
    )


def simulate_month(given: object) -> dict[str, Any]:
    """
    Return what the rulebook in force says about one person's month, from the facts given.

    The same evaluators as the real run; the input is the published contract's.

    :raises BadMonth: with every place that does not hold
    """
    first, trial, found = rules.read_header(given)
    reasons = [wording.input_text(each) for each in found]
    if first is None:
        raise BadMonth(reasons)
    kinds = {key: str(each.kind) for key, each in rulebook.catalogue().parameters.items()}
    values, problems = rulebook.check_values(overrides.own_keys(trial, kinds))
    reasons += [f"policy.{each.place}: {each.words}" for each in problems]
    if reasons:
        raise BadMonth(reasons)
    ask, version = _rules_of(first, values)
    policies = _attendance(ask)
    pay = rules.PayPolicies(
        pay=ask(rules.PayPolicy),
        bonus=ask(rules.BonusPolicy),
        insurance=ask(rules.InsurancePolicy),
        tax=ask(rules.TaxPolicy),
    )
    reading, bad = rules.read_month(given, policies, base_pay=pay.pay.base)
    if reading is None:
        raise BadMonth([wording.input_text(each) for each in bad])
    month = attendance.judge_month(
        reading.attendance, policies, as_of=reading.as_of, zone=reading.zone
    )
    slip = rules.pay_month(reading.pay, month, policies, pay)
    due = _pay_due(reading, pay.pay)
    return telling.tell_month(reading, month, slip, rulebook=version, pay_due_on=due)


def _pay_due(reading: rules.Reading, pay: rules.PayPolicy) -> dt.date:
    """The pay day of the following month, or the working day before it (L3, AMB-27)."""
    day = reading.pay.next_month.replace(day=pay.due_day)
    try:
        calendar = working_days_of(reading.calendar, [day.year - 1, day.year])
    except UnknownRegion as error:
        problem = rules.BadInput("site.calendar", "not_calendar", reading.calendar)
        raise BadMonth([wording.input_text(problem)]) from error
    return calendar.on_or_before(day)
