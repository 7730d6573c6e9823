"""The weekly publications, each as it was published (K8, AMB-46)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import Account, allowed, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, SignedInRequest
from cangke.people.public import employee_of
from cangke.rulebook.public import policy, set_for

from .. import queries, rules, wording
from ..models import REST, AttendancePublication
from ..queries.rosters import kind_names

WEEK = dt.timedelta(days=6)


class WeekList(ListPage[AttendancePublication]):
    name = "attendance.week"
    template = "attendance/week/list.html"
    columns = [
        Column("week", gettext_lazy("周"), sort="monday", always=True, phone="head"),
        Column("site", gettext_lazy("站点"), sort="site__name", phone="side"),
        Column("people", gettext_lazy("人数"), numeric=True, phone="line"),
        Column("at", gettext_lazy("公布时间"), sort="at", phone="line"),
    ]
    default_sort = "-week"
    empty = Empty(gettext_lazy("还没有公布"), gettext_lazy("每周一上午自动公布上周的考勤。"))

    def decorate(self, rows: list[AttendancePublication]) -> list[AttendancePublication]:
        for row in rows:
            row.sunday = row.monday + WEEK  # type: ignore[attr-defined]
            row.count = len(row.body)  # type: ignore[attr-defined]
        return rows


def _rows(account: Account) -> QuerySet[AttendancePublication]:
    return scope(account, AttendancePublication, "view").select_related("site")


@require_GET
@allowed("attendance.view")
def week_list(request: SignedInRequest) -> HttpResponse:
    return WeekList(request, _rows(request.user)).response()


@require_GET
@allowed("attendance.view")
def week_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Names and facts of the own team; amounts to the person and those above (AMB-46)."""
    found = get_visible(request.user, AttendancePublication, rows=_rows(request.user), pk=pk)
    held = policy(
        rules.PublicationPolicy,
        on=found.monday,
        group=set_for([("site", found.site_id)], on=found.monday),
    )
    own = employee_of(request.user)
    led = set(queries.looked_after(request.user, "attendance.look").values_list("pk", flat=True))
    own_id = own.pk if own else 0
    lines = []
    for line in found.body:
        who = line["employee_id"]
        close = who == own_id or who in led
        same_team = own is not None and own.team_id is not None and line["team_id"] == own.team_id
        if close or same_team or held.publish_full:
            lines.append(_line(line, found.monday, amounts=close or held.publish_full))
    context = {
        "week": found,
        "sunday": found.monday + WEEK,
        "lines": lines,
        "hidden": len(found.body) - len(lines),
    }
    return render(request, "attendance/week/detail.html", context)


def _day(text: str) -> str:
    return text[5:]


def _line(line: dict[str, Any], monday: dt.date, *, amounts: bool) -> dict[str, Any]:
    names = kind_names(monday)
    packets: Sequence[Any] = line["packets"]
    owed = sum((Decimal(amount) for _d, amount, _c, _s in packets), Decimal(0))
    return {
        "name": line["name"],
        "team": line["team"],
        "late": [_("%(day)s %(n)s 分钟") % {"day": _day(d), "n": n} for d, n in line["late"]],
        "early": [_("%(day)s %(n)s 分钟") % {"day": _day(d), "n": n} for d, n in line["early"]],
        "absent": [
            _("%(day)s %(n)s 天") % {"day": _day(d), "n": wording.plain(n)}
            for d, n in line["absent"]
        ],
        "leave": [
            f"{_day(d)} {names.get(kind, kind)} {wording.plain(n)}" for d, kind, n in line["leave"]
        ],
        "missed": [
            f"{_day(d)} {_('上班') if side == 'in' else _('下班')}" for d, side in line["missed"]
        ],
        "open": len(packets),
        "owed": owed if amounts and packets else None,
        "currency": packets[0][2] if packets else "",
        # Rest days and missed punches do not spoil it, leave does (K22, AMB-25).
        "clean": not any(line[name] for name in ("late", "early", "absent"))
        and all(kind == REST for _d, kind, _n in line["leave"]),
    }
