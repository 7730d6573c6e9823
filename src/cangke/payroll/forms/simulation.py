"""The form of a simulated month: the published input, as people fill it in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.ui.public import DateInput

ROWS = 6
SHIFTS = [("", "—"), ("day", _("白班")), ("evening", _("晚班"))]
LEAVE = [("", "—"), ("0.5", _("半天")), ("1", _("1 天"))]
GUARDS = [("", _("按制度")), ("warn", _("提醒")), ("cap", _("封顶")), ("off", _("不限制"))]
TAXES = [("none", _("不计")), ("cumulative", _("累计预扣（无以前月份）"))]


def _money(label: Any, initial: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, initial=initial, required=False, min_value=0, max_digits=12, decimal_places=2
    )


def _days(label: Any, initial: str, *, most: int = 366) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=initial,
        required=False,
        min_value=0,
        max_value=most,
        max_digits=5,
        decimal_places=1,
        step_size=Decimal("0.5"),
    )


class MonthForm(forms.Form):
    """The month and what does not belong to one day."""

    month = forms.RegexField(r"\d{4}-(0[1-9]|1[0-2])", label=_("月份"), help_text="2026-06")
    base_pay = _money(_("底薪"), "2200.00")
    performance_pay = _money(_("绩效"), "0.00")
    bonus = _money(_("其他奖金"), "0.00")
    insurance_total = _money(_("保险合计"), "0.00")
    rest_days_taken = _days(_("已休休假"), "2", most=31)
    leave_days_previous_month = _days(_("上月请假"), "0", most=31)
    personal_earlier = _days(_("今年以前的事假"), "0")
    employed_from = forms.DateField(label=_("入职日"), required=False, widget=DateInput())
    employed_to = forms.DateField(label=_("离职日"), required=False, widget=DateInput())
    guard = forms.ChoiceField(label=_("法定保护"), required=False, choices=GUARDS)
    tax = forms.ChoiceField(label=_("个税"), required=False, choices=TAXES)


class DayForm(forms.Form):
    """One day out of the ordinary."""

    date = forms.DateField(label=_("日期"), required=False, widget=DateInput())
    shift = forms.ChoiceField(label=_("班次"), required=False, choices=SHIFTS)
    arrived = forms.TimeField(label=_("上班卡"), required=False, input_formats=["%H:%M"])
    left = forms.TimeField(label=_("下班卡"), required=False, input_formats=["%H:%M"])
    leave = forms.ChoiceField(label=_("请假"), required=False, choices=LEAVE)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        rest = any(given.get(key) for key in ("shift", "arrived", "left", "leave"))
        if rest and not given.get("date") and "date" not in self.errors:
            self.add_error("date", _("请写日期。"))
        return given


Days = forms.formset_factory(DayForm, extra=ROWS, max_num=ROWS, absolute_max=ROWS)


def month_of(form: MonthForm, days: Any, zone: ZoneInfo) -> dict[str, Any]:
    """Return the input of the simulation that the filled-in form stands for."""
    given = form.cleaned_data
    month: dict[str, Any] = {
        "month": given["month"],
        "site": {"zone": str(zone)},
        "employee": {"base_pay": _text(given["base_pay"], "2200.00")},
        "performance_pay": _text(given["performance_pay"]),
        "insurance_total": _text(given["insurance_total"]),
        "rest_days_taken": _text(given["rest_days_taken"], "2"),
        "leave_days_previous_month": _text(given["leave_days_previous_month"]),
        "personal_leave_days_earlier_this_year": _text(given["personal_earlier"]),
        "tax": {"scheme": given["tax"] or "none"},
        "shifts": [],
        "punches": [],
        "leave": [],
    }
    for key in ("employed_from", "employed_to"):
        if given[key]:
            month["employee"][key] = given[key].isoformat()
    if given["guard"]:
        month["policy"] = {"pay.legal_guard": given["guard"]}
    if given["bonus"]:
        month["bonuses"] = [{"kind": "other", "amount": _text(given["bonus"])}]
    for row in (each.cleaned_data for each in days):
        if row.get("date"):
            _day(month, row, zone)
    return month


def _text(value: Decimal | None, default: str = "0") -> str:
    return default if value is None else str(value)


def _day(month: dict[str, Any], row: dict[str, Any], zone: ZoneInfo) -> None:
    day: dt.date = row["date"]
    if row["shift"]:
        month["shifts"].append({"date": day.isoformat(), "type": row["shift"]})
    arrived, left = row.get("arrived"), row.get("left")
    for time, begins in ((arrived, None), (left, arrived)):
        if time is not None:
            # A leaving before the arrival, or in the small hours, is after midnight.
            late = time < begins if begins else time < dt.time(6)
            moment = dt.datetime.combine(day + dt.timedelta(days=int(late)), time, tzinfo=zone)
            month["punches"].append(moment.isoformat())
    if row["leave"]:
        leave = {"date": day.isoformat(), "days": row["leave"], "kind": "personal"}
        month["leave"].append({**leave, "state": "approved"})
