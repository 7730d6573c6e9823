"""The sentences of approvals' rules: pure codes there, words people read here."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import ports
from .rules import Mode, Problem, Who

PROBLEMS: dict[str, Any] = {
    "flow.all_optional": gettext_lazy("至少要有一个不能跳过的审批步骤，否则没有人同意也会通过"),
    "flow.amount": gettext_lazy('金额要写成带引号的数字，例如 "500.00"'),
    "flow.choices": gettext_lazy("只有选择题要有选项，而且至少一个"),
    "flow.currency": gettext_lazy("币种写三个大写字母，例如 CNY，而且只跟在 above 后面"),
    "flow.empty": gettext_lazy("至少要有一个步骤"),
    "flow.field_kind": gettext_lazy("题型只能是 text、rating、date、yes_no、choice"),
    "flow.labels": gettext_lazy("选项的文字要与选项一一对应"),
    "flow.key": gettext_lazy("代码要以小写字母开头，只用小写字母、数字和下划线，不能重复"),
    "flow.mode": gettext_lazy("方式只能是 any、all、sequence、opinion"),
    "flow.nobody": gettext_lazy("没有写由谁处理"),
    "flow.number": gettext_lazy("要写整数，而且在允许的范围内"),
    "flow.only_opinions": gettext_lazy("至少要有一个步骤不是只提意见"),
    "flow.opinion_needs_time": gettext_lazy("只提意见的步骤要有时限 hours"),
    "flow.route_without_condition": gettext_lazy("分支要有条件 posts 或 above"),
    "flow.seat": gettext_lazy(
        "处理人只能写 manager:1、head、role:代码（可加 @site 或 @department）、post:代码、"
        "team:代码、account:登录名、authority:权限表、chosen"
    ),
    "flow.tables": gettext_lazy("这里要写成表格"),
    "flow.text": gettext_lazy("这里要写文字，而且不能太长"),
    "flow.too_many": gettext_lazy("太多了"),
    "flow.twice": gettext_lazy("代码重复"),
    "flow.unknown": gettext_lazy("不认识的项目"),
    "flow.unnamed": gettext_lazy("没有写名称"),
    "flow.yes_no": gettext_lazy("只能写 true 或 false"),
}
MODES = {
    Mode.ANY: gettext_lazy("任一人同意即可"),
    Mode.ALL: gettext_lazy("全部同意"),
    Mode.SEQUENCE: gettext_lazy("依次同意"),
    Mode.OPINION: gettext_lazy("只提意见"),
}
REASONS = {
    "own": gettext_lazy("本人不能审批自己的事项"),
    "gone": gettext_lazy("原处理人已停用"),
    "away": gettext_lazy("休假中"),
    "vacant": gettext_lazy("岗位空缺"),
    "passed": gettext_lazy("转交"),
    "added": gettext_lazy("加签"),
    "escalated": gettext_lazy("逾期上报"),
}


_NUMBERED = re.compile(r"(step|criterion|field) ([0-9]+)")


def place_text(place: str) -> str:
    """Where something stands, "step 2, who", counted in the reader's language; keys as written."""
    nouns = {"step": _("步骤 %s"), "criterion": _("条件 %s"), "field": _("题目 %s")}
    parts = []
    for part in place.split(", "):
        found = _NUMBERED.fullmatch(part)
        parts.append(nouns[found[1]] % found[2] if found else part)
    return " · ".join(parts)


def problem_line(problem: Problem, reason: object) -> str:
    """Place and reason in one line, with what stands there."""
    value = f" ({problem.value})" if problem.value else ""
    return f"{place_text(problem.place)}: {reason}{value}"


def problem_text(problem: Problem) -> str:
    return problem_line(problem, PROBLEMS[problem.code])


def seat_text(written: str, *, roles: dict[str, Any]) -> str:
    """A seat as it is written, "manager:2", in words; what is no seat stays as it is."""
    seat, _colon, value = written.partition(":")
    return who_text(Who(seat, value or ("1" if seat == "manager" else "")), roles=roles) or written


def who_text(who: Who, *, roles: dict[str, Any]) -> str:
    """A seat in words."""
    if who.seat == "manager":
        return _("直属上级") if who.value == "1" else _("第 %s 级上级") % who.value
    if who.seat == "head":
        return _("部门负责人")
    if who.seat == "role":
        code, _at, place = who.value.partition("@")
        role = str(roles.get(code, code))
        places = {"site": _("本站点的%s"), "department": _("本部门的%s")}
        return places[place] % role if place else role
    if who.seat == "team":
        return _("组 %s 的人") % who.value
    if who.seat == "post":
        return ports.post_title.ask(code=who.value)
    if who.seat == "authority":
        return _("按审批权限表")
    if who.seat == "chosen":
        return _("提交时指定")
    return who.value
