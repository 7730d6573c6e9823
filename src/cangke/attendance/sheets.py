"""Attendance as tables."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account
from cangke.foundation.sheets.public import Column, register_exporter

from .models import DayRecord
from .queries.reach import visible


def _days(account: Account | None) -> QuerySet[DayRecord]:
    rows = DayRecord.objects.all() if account is None else visible(account, DayRecord)
    return rows.select_related("employee__team", "employee__site", "shift_type").order_by(
        "date", "employee__number"
    )


register_exporter(
    "attendance.days",
    _("考勤记录"),
    permission="attendance.export",
    needs_reason=True,
    columns=[
        Column("number", _("工号"), value=lambda row: row.employee.number),
        Column("name", _("姓名"), value=lambda row: row.employee.name),
        Column("team", _("组"), value=lambda row: row.employee.team or ""),
        Column("date", _("日期"), field="date"),
        Column("shift", _("班次"), value=lambda row: str(row.shift_type)),
        Column("in", _("上班打卡"), value=lambda row: row.in_at),
        Column("out", _("下班打卡"), value=lambda row: row.out_at),
        Column("late", _("迟到分钟"), field="minutes_late"),
        Column("early", _("早退分钟"), field="minutes_early"),
        Column("absent", _("旷工天数"), field="absent_days"),
        Column("leave", _("请假天数"), field="leave_days"),
        Column("extension", _("延长分钟"), field="extension_minutes"),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
    ],
    rows=_days,
)
