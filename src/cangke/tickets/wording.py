"""The sentences of the rules: pure codes there, words people read here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cangke.foundation.wording import either

from .models.pledges import pledge_state_choices
from .rules.fields import FieldSpec, FieldType
from .rules.pledges import Excess
from .rules.tickets import Missing


def excess_text(excess: Excess) -> str:
    """One way in which a promise goes beyond policy, as a sentence."""
    values = excess.values
    if excess.code == "amount":
        return _("金额 %(amount)s 超过可自行承诺的 %(limit)s，登记后先提交批准。") % values
    if excess.code == "far":
        return _("约定时间超过 %(days)s 天，客户可能等不到。") % values
    promised = timezone.localtime(dt.datetime.fromisoformat(values["promised"]))
    return _("订单约定 %(when)s 发货，这个承诺更早，请先与仓库确认。") % {
        "when": f"{promised:%m-%d %H:%M}"
    }


def excess_texts(kept: Iterable[Sequence[object]]) -> list[str]:
    """The warnings a promise was registered with, read back from its row."""
    return [
        excess_text(Excess(str(code), values if isinstance(values, dict) else {}))
        for code, values in kept
    ]


def review_text(result: str) -> str:
    """What the stored result of a review says."""
    return _("需要批准") if "needs_approval=True" in result else _("没有超过限额")


def outcome_text(result: str) -> str:
    """What the stored outcome of a promise says."""
    return str(dict(pledge_state_choices()).get(result, result))


def declined_text(*, refused: bool) -> str:
    """Why a promise above the limit does not hold."""
    return _("审批没有通过") if refused else _("审批已撤回")


def label_of(spec: FieldSpec) -> str:
    """The name of a field in the person's language."""
    return spec.label_in(get_language() or "")


def task_title(task: Mapping[str, Any]) -> str:
    """A task of a kind's template in the person's language."""
    return either(str(task["title"]), str(task.get("title_en") or ""))


def missing_text(missing: Missing) -> str:
    """What an ending still lacks, as a sentence with the next step."""
    if missing.code == "solution":
        return _("请写明处理结果。")
    if missing.code == "tasks":
        return _("必做的子任务还没有完成：%(tasks)s。") % missing.values
    return _("关闭前要答复客户：请在这里回复，或附上一条回复、一通电话。")


def value_text(spec: FieldSpec, value: str) -> str:
    """A value of a field as it is shown."""
    if spec.type == FieldType.YES_NO:
        return _("是") if value == "yes" else _("否")
    for each in spec.options:
        if each.value == value:
            return either(each.label, each.label_en)
    return value
