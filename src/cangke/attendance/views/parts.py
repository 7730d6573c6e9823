"""What several pages of attendance need: the person, their day, the month asked for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.calendar.public import site_day
from cangke.foundation.ui.public import Refusal
from cangke.people.public import Employee, Team, employee_of

from .. import forms, rules

Problem = rules.Problem


class NotAnEmployee(Refusal):
    """The account belongs to nobody who works here."""


def me(request: HttpRequest) -> Employee:
    """
    The employee at the browser.

    :raises NotAnEmployee: if the account is nobody's who works here
    """
    found = employee_of(request.user)
    if found is None:
        raise NotAnEmployee(_("您的账户还没有对应的员工档案，请联系人事。"))
    return found


def today_at(zone: str) -> dt.date:
    """The day it is now on a site's clock."""
    return site_day(timezone.now(), zone)


def asked_month(request: HttpRequest, zone: str) -> dt.date:
    """The month of the address, or the current one."""
    return forms.month_in(request.GET.get("month", ""), today_at(zone))


def months_around(month: dt.date) -> dict[str, str]:
    """The addresses of the month before and after."""
    before = (month - dt.timedelta(days=1)).replace(day=1)
    after = (month + dt.timedelta(days=32)).replace(day=1)
    return {"before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}", "this": f"{month:%Y-%m}"}


def region_of(place: Employee | Team) -> str:
    """Whose holidays hold at somebody's site."""
    return place.site.country


def zone_of(place: Employee | Team) -> ZoneInfo:
    return ZoneInfo(place.site.zone)


def finding_text(finding: dict[str, Any], *, names: dict[int, str], kinds: dict[str, str]) -> str:
    """What a finding says, in the reader's language; its keys are those kept at publication."""
    who = names.get(finding["employee_id"] or 0, "")
    values = {
        "day": finding["date"][5:],
        "shift": kinds.get(finding["kind"], finding["kind"]),
        "who": who,
        "number": _plain(finding["number"]),
        "limit": _plain(finding["limit"]),
    }
    texts = {
        Problem.NO_LEADER: _("%(day)s %(shift)s没有组长"),
        Problem.TWO_LEADERS: _("%(day)s %(shift)s有 %(number)s 名组长"),
        Problem.TOO_FEW: _("%(day)s %(shift)s只有 %(number)s 人，最少 %(limit)s 人"),
        Problem.TOO_SOON: _("%(who)s %(day)s %(shift)s前只隔 %(number)s 小时，至少 %(limit)s 小时"),
        Problem.WEEK_HOURS: _("%(who)s %(day)s 那一周排了 %(number)s 小时，超过 %(limit)s 小时"),
        Problem.AWAY: _("%(who)s %(day)s 已获准请假或休假，仍排了%(shift)s"),
    }
    return texts[Problem(finding["problem"])] % values


def _plain(number: str) -> str:
    return f"{Decimal(number).quantize(Decimal('0.1')).normalize():f}"
