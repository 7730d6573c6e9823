"""The sentences of the rules: pure codes there, words people read here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from .rules.pledges import Excess


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


def declined_text(*, refused: bool) -> str:
    """Why a promise above the limit does not hold."""
    return _("审批没有通过") if refused else _("审批已撤回")
