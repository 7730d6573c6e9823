"""What a month of attendance comes to for people, in the few figures a change of rules shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.rulebook.public import Effect

from ..permissions import people_within
from .judged import JudgedMonth
from .months import employed_in, judge_months, rest_entitled


def month_effects(*, account: Account, month: dt.date, at: dt.datetime) -> list[Effect]:
    """
    Return packets, absence and rest days of those whose attendance the account may see.

    Computed from the recorded facts by the rules as they answer now; nothing is stored.
    """
    people = list(employed_in(month).filter(people_within(account, "attendance.look")))
    rest = rest_entitled(people, month)
    return [
        effect
        for judged in judge_months(people, month, at=at)
        for effect in _of(judged, rest[judged.employee.pk][0])
    ]


def _of(judged: JudgedMonth, rest: Decimal) -> Iterator[Effect]:
    employee = judged.employee
    owed = sum((each.amount for each in judged.verdict.packets), Decimal(0))
    for figure, label, value in (
        ("packets", _("红包个数"), Decimal(len(judged.verdict.packets))),
        ("packet_sum", _("红包合计"), owed),
        ("absent_days", _("旷工天数"), judged.verdict.absent_days),
        ("rest_days", _("休假天数"), rest),
    ):
        team = employee.team.name if employee.team else ""
        yield Effect(employee.pk, employee.name, team, figure, label, value)
