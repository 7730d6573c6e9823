"""The sentences of regularization's rules: pure codes there, words people read here."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cangke.approvals.public import MODES, Mode, problem_line, problem_text, who_text
from cangke.foundation.access.public import ROLE_NAMES
from cangke.foundation.wording import either, listed, phrased

from .rules import (
    ITEMS,
    MEASURES,
    OWN,
    Answer,
    Holds,
    Kind,
    Line,
    Problem,
    Row,
    Step,
    Unit,
    seats_of,
)

PROBLEMS: dict[str, Any] = {
    "template.apply_first": gettext_lazy("第一步要是填写申请（apply）"),
    "template.final_last": gettext_lazy("终审之后不能再有评价、意见或审核"),
    "template.final_required": gettext_lazy("终审不能是可选的"),
    "template.items": gettext_lazy("只有上级评价（evaluate）可以列评分项"),
    "template.key": gettext_lazy("代码要以小写字母开头，只用小写字母、数字和下划线"),
    "template.kind": gettext_lazy(
        "步骤类别只能是 apply、self、submit、evaluate、interview、opinions、review、hr、final、tell"
    ),
    "template.mode": gettext_lazy("跨部门意见的方式只能是 opinion，其他步骤是 any、all、sequence"),
    "template.nobody": gettext_lazy("由员工本人或系统完成的步骤不写处理人"),
    "template.nobody_rates": gettext_lazy("有评分项，但没有上级评价这一步"),
    "template.nothing_to_see": gettext_lazy("条件要有 measures 或 item"),
    "template.number": gettext_lazy("要写整数，而且在允许的范围内"),
    "template.once": gettext_lazy("这类步骤最多一个"),
    "template.one_apply": gettext_lazy("要有而且只有一个填写申请的步骤（apply）"),
    "template.one_final": gettext_lazy("要有而且只有一个终审步骤（final）"),
    "template.opinion_days": gettext_lazy("跨部门意见要有期限 days"),
    "template.own_first": gettext_lazy("员工本人的步骤要在评价之前"),
    "template.tables": gettext_lazy("这里要写成表格"),
    "template.text": gettext_lazy("这里要写文字，而且不能太长"),
    "template.no_threshold": gettext_lazy("这项事实没有可改的要求，或者不在这个条件里"),
    "template.threshold": gettext_lazy("要求写成引号里的数，不能小于 0"),
    "template.thresholds": gettext_lazy('要求写成 { 指标 = "数" }'),
    "template.too_many": gettext_lazy("太多了"),
    "template.twice": gettext_lazy("代码重复"),
    "template.unknown": gettext_lazy("不认识的项目"),
    "template.unknown_word": gettext_lazy("没有这个评分项或指标"),
    "template.unnamed": gettext_lazy("没有写名称"),
    "template.who": gettext_lazy("没有写由谁处理"),
    "template.words": gettext_lazy("这里要写成一列文字"),
    "template.yes_no": gettext_lazy("只能写 true 或 false"),
}
KINDS = {
    Kind.APPLY: gettext_lazy("填写申请表"),
    Kind.SELF: gettext_lazy("自我评价"),
    Kind.SUBMIT: gettext_lazy("提交"),
    Kind.EVALUATE: gettext_lazy("上级评价"),
    Kind.INTERVIEW: gettext_lazy("面谈"),
    Kind.OPINIONS: gettext_lazy("跨部门意见"),
    Kind.REVIEW: gettext_lazy("部门审核"),
    Kind.HR: gettext_lazy("人事审核"),
    Kind.FINAL: gettext_lazy("终审"),
    Kind.TELL: gettext_lazy("通知本人"),
}
ANSWERS = {
    Answer.MET: gettext_lazy("达标"),
    Answer.NOT_MET: gettext_lazy("未达标"),
    Answer.NO_DATA: gettext_lazy("数据不足"),
    Answer.NOT_YET: gettext_lazy("未届满"),
    Answer.SHOWN: gettext_lazy("参考"),
}
TONES = {
    Answer.MET: "done",
    Answer.NOT_MET: "late",
    Answer.NO_DATA: "",
    Answer.NOT_YET: "wait",
    Answer.SHOWN: "",
}
ICONS = {
    Answer.MET: "check",
    Answer.NOT_MET: "x",
    Answer.NO_DATA: "help",
    Answer.NOT_YET: "clock",
}


def problem_words(problem: Problem) -> str:
    """Place and reason in one line, with what stands there."""
    if problem.code not in PROBLEMS:
        return problem_text(problem)
    return problem_line(problem, PROBLEMS[problem.code])


def actor_words(step: Step) -> str:
    """Who acts in a step."""
    if step.kind in OWN:
        return _("员工本人")
    if step.kind == Kind.TELL:
        return _("系统通知")
    roles = {str(code): label for code, label in ROLE_NAMES.items()}
    said = [
        _("征求意见的部门负责人") if who.seat == "chosen" else who_text(who, roles=roles)
        for who in seats_of(step)
    ]
    return listed(said)


def mode_words(step: Step) -> str:
    """How many must agree; nothing where one seat is asked."""
    if not step.decides or (len(step.who) == 1 and step.mode == Mode.ANY):
        return ""
    return str(MODES[step.mode])


def item_words(key: str) -> str:
    item = ITEMS[key]
    return either(item.label, item.label_en)


def plain_number(value: Decimal) -> str:
    """A number without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_words(value: Decimal, unit: Unit) -> str:
    """A value with its unit."""
    text = plain_number(value)
    words = {
        Unit.DAYS: _("%s 天"),
        Unit.PERCENT: "%s%%",
        Unit.SECONDS: _("%s 秒"),
        Unit.POINTS: pgettext("points", "%s 分"),
        Unit.TIMES: _("%s 次"),
    }
    return words[unit] % text


def fact_words(line: Line) -> str:
    """What is recorded, in words."""
    if line.value is None:
        return _("没有记录")
    known = MEASURES[line.measure]
    if line.measure == "in_time":
        if line.value < 0:
            return _("晚 %s 天") % plain_number(-line.value)
        return _("提前 %s 天") % plain_number(line.value)
    text = amount_words(line.value, known.unit)
    if line.count and known.sampled:
        text = _("%(value)s（%(count)s 次）") % {"value": text, "count": line.count}
    parts = phrased(f"{_(label)} {amount_words(Decimal(n), Unit.TIMES)}" for label, n in line.parts)
    return f"{text} · {parts}" if parts else text


def threshold_words(line: Line) -> str:
    """What the fact is held against, in words."""
    known = MEASURES[line.measure]
    if line.measure == "in_time":
        return _("届满前")
    if known.holds == Holds.SHOWN or line.threshold is None:
        return _("供参考")
    text = amount_words(line.threshold, known.unit)
    if line.measure == "probation":
        return text
    return f"≥ {text}" if known.holds == Holds.AT_LEAST else f"≤ {text}"


def bound_words(measure: str, value: Decimal) -> str:
    """A threshold of a measure, in words."""
    return threshold_words(Line(measure, Answer.NO_DATA, threshold=value))


def row_words(row: Row) -> str:
    """A criterion's name in the reader's language."""
    return either(row.name, row.name_en)


def measure_words(key: str) -> str:
    return _(MEASURES[key].label)


def value_text(measure: str) -> Callable[[str], str]:
    """How the stored value of a measure reads in its unit."""
    return lambda result: amount_words(Decimal(result), MEASURES[measure].unit)
