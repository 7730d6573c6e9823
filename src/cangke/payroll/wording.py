"""What a refused input says to people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .rules import BadInput

SENTENCES: dict[str, Any] = {
    "ends_before": _("结束不能早于开始"),
    "missing": _("缺少这一项"),
    "more_than_a_day": _("同一天的请假合计不能超过 1 天"),
    "negative": _("不能是负数"),
    "no_length": _("班次的开始和结束不能相同"),
    "no_offset": _("时间要带时区，例如 2026-06-09T08:33:00+08:00"),
    "no_such_leave": _("制度里没有这种假"),
    "no_such_shift": _("这一天没有列出班次"),
    "not_amount": _('金额要写成带引号的数字，例如 "12.50"'),
    "not_bool": _("只能写 true 或 false"),
    "not_calendar": _("没有这个日历，例如 CN、US"),
    "not_date": _("日期写作 2026-06-09"),
    "not_earlier": _("只能更正更早的月份"),
    "not_employed": _("这个月不在职"),
    "not_half_days": _('天数以半天计，例如 "0.5"、"1"'),
    "not_instant": _("时间写作 2026-06-09T08:33:00+08:00"),
    "not_leave_state": _("状态只能是 approved、refused、requested"),
    "not_list": _("这里要是列表"),
    "not_month": _("月份写作 2026-06"),
    "not_object": _("这里要是对象"),
    "not_scheme": _("个税方式只能是 none 或 cumulative"),
    "not_shift": _('班次写 day、evening 或 {"start": "08:30", "end": "17:30"}'),
    "not_side": _("只能写 in 或 out"),
    "not_time": _("时刻写作 08:30"),
    "not_word": _("只用字母、数字、点、横线和下划线"),
    "not_zone": _("没有这个时区，例如 Asia/Shanghai"),
    "outside_month": _("不在这个月里"),
    "overlaps": _("和另一个班次重叠"),
    "too_many": _("太多了"),
    "twice": _("重复"),
    "unknown_key": _("不认识的项目"),
}


def input_text(problem: BadInput) -> str:
    """Place and reason in one line, with what stands there."""
    said = f"{problem.place or '.'}: {SENTENCES[problem.code]}"
    return f"{said} ({problem.value})" if problem.value else said


LINES: dict[str, Any] = {
    "base_pay": _("底薪"),
    "performance_pay": _("绩效"),
    "full_attendance": _("满勤奖"),
    "unused_rest": _("未休休假"),
    "leave": _("请假"),
    "absence": _("旷工"),
    "insurance": _("保险（员工部分）"),
    "tax": _("个人所得税"),
}
PACKET_STATES = {"due": _("待发"), "sent": _("已发"), "overdue": _("逾期，加倍")}
REASONS = {"late": _("迟到"), "early": _("早退"), "missed_punch": _("漏卡")}
SIDES = {"in": _("上班"), "out": _("下班"), "day": _("整天")}
NOTICES = {"company_criticism": _("通报批评（待发布）"), "dismissal": _("提请辞退（需审批）")}


def line_label(code: str) -> Any:
    """The name of a line on the slip."""
    kind, _dot, rest = code.partition(".")
    if kind == "bonus":
        return _("奖金")
    if kind == "adjustment":
        return f"{_('更正')} {rest}"
    return LINES.get(code, code)
