"""What payroll says to people: lines, problems, refused inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cangke.foundation.wording import listed

from .rules import BadInput, PayLine

if TYPE_CHECKING:
    from .queries import Blocker, Reckoned

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
    "red_packets": _("红包（由工资结算）"),
    "insurance": _("保险（员工部分）"),
    "tax": _("个人所得税"),
}
PACKET_STATES = {
    "due": _("待发"),
    "sent": _("已发"),
    "overdue": _("逾期，加倍"),
    "pay": _("由工资结算"),
}
REASONS = {"late": _("迟到"), "early": _("早退"), "missed_punch": _("漏卡")}
SIDES = {"in": _("上班"), "out": _("下班"), "day": _("整天")}
NOTICES = {"company_criticism": _("通报批评（待发布）"), "dismissal": _("提请辞退（需审批）")}


def line_label(code: str) -> Any:
    """The name of a line on the slip."""
    kind, _dot, rest = code.partition(".")
    if kind == "bonus":
        return _("奖励") if rest.startswith("award.") else _("奖金")
    if kind == "recovery":
        return _("追偿扣款")
    if kind == "carried":
        return _("收回以前的应收")
    if kind == "base_pay":
        return LINES["base_pay"]
    if kind == "adjustment":
        month, _dot, of = rest.partition(".")
        return f"{_('更正')} {month} {line_label(of)}" if of else f"{_('更正')} {rest}"
    return LINES.get(code, code)


def line_note(line: PayLine, reckoned: Reckoned) -> str:
    """What stands small beside a line: its days, or what somebody wrote; plain in any language."""
    kind, _dot, rest = line.code.partition(".")
    if kind == "absence":
        days = [each.date for each in reckoned.judged.verdict.verdicts if each.absent_days]
    elif kind == "red_packets":
        packets = reckoned.judged.verdict.packets
        days = [each.date for each in packets if each.state == "pay"]
    elif kind == "leave":
        days = [each.date for each in reckoned.recorded.leave]
    elif kind == "base_pay":
        term = reckoned.recorded.term_on(reckoned.facts.base_parts[-1].to_date)
        return term.scheme if term else ""
    elif kind == "carried":
        owed = [each for each in reckoned.recorded.owed if str(each.pk) == rest]
        return "；".join(each.item.reason if each.item else str(each.left) for each in owed)
    else:
        wanted = {"performance_pay": "performance", "bonus": "award", "recovery": "recovery"}
        ref = rest.rpartition(".")[2]
        return "；".join(
            each.reason
            for each in reckoned.recorded.items
            if each.kind == wanted.get(kind) and (not ref or str(each.pk) == ref)
        )
    shown = " ".join(f"{each:%m-%d}" for each in days[:6])
    return f"{shown} …" if len(days) > 6 else shown


BLOCKERS: dict[str, Any] = {
    "asked_award": _("奖励还在审批"),
    "asked_correction": _("补卡还在审批"),
    "asked_leave": _("请假还在审批"),
    "gone": _("已不在这次核算里，请重新核算"),
    "incomplete": _("核算没有做完，请重新核算"),
    "month_runs": _("这个月还没有结束"),
    "nobody": _("没有要发的人"),
    "open": _("有漏卡没有处理"),
    "stale": _("核算之后事实有变化，请重新核算"),
    "unconfirmed": _("超过法定保护或实发不足，请先确认"),
    "waiting": _("还在等打卡数据"),
}
PROBLEMS: dict[str, Any] = {
    "guard_cap": _("扣款超过法定保护限额，已封顶"),
    "guard_warn": _("扣款超过法定保护限额"),
    "no_terms": _("没有登记薪资档案，按制度底薪计"),
    "objected": _("有异议未计入"),
    "open": _("有漏卡没有处理"),
    "receivable": _("实发不足，差额记为应收"),
    "waiting": _("还在等打卡数据"),
}


def blocker_text(blocker: Blocker) -> str:
    """Who, what, and where it lies, in one line."""
    parts = [blocker.employee.name if blocker.employee else "", str(BLOCKERS[blocker.code])]
    said = "：".join(part for part in parts if part)
    return f"{said}（{blocker.value}）" if blocker.value else said


def problem_text(problem: dict[str, Any]) -> str:
    """A problem of a slip in one line, with its days or amount."""
    value = problem.get("value") or listed(day[5:] for day in problem.get("days", [])[:6])
    said = str(PROBLEMS[problem["code"]])
    return f"{said}（{value}）" if value else said
