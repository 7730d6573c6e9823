"""What payroll answers the rulebook: which periods are closed, what a change does to pay (X20)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from cangke.attendance import public as attendance
from cangke.foundation.access.public import Account, held_everywhere
from cangke.rulebook.public import Effect

from ..models import SETTLED, PayRun
from ..permissions import LOOK
from .reckoning import reckon
from .recorded import month_span


def locked_until() -> dt.date | None:
    """The last day of the latest month that is locked anywhere."""
    last = PayRun.objects.filter(state__in=SETTLED).order_by("-month").first()
    return month_span(last.month)[1] if last is not None else None


def month_effects(*, account: Account, month: dt.date, at: dt.datetime) -> list[Effect]:
    """
    Return what each would be paid for the month by the rules as they answer now.

    For those who look after pay everywhere; nothing is stored.
    """
    if LOOK not in held_everywhere(account):
        return []
    people = list(attendance.employed_in(month))
    found = []
    for each in reckon(people, month, at=at, correct=False):
        team = each.employee.team.name if each.employee.team else ""
        for figure, label, value in (
            ("gross", _("应发"), each.slip.gross),
            ("pay_deductions", _("扣款"), each.slip.deductions),
            ("net", _("实发"), each.slip.net),
        ):
            found.append(
                Effect(each.employee.pk, each.employee.name, team, figure, label, Decimal(value))
            )
    return found
