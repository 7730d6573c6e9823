"""The rules of orders as the rulebook's own examples may ask them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from .policies import OrderPolicy, RemarkPolicy
from .promises import Colour, promise_view
from .remarks import format_remark
from .states import State

Ask = Callable[[type[Any]], Any]
PROMISED = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)


def remark(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """How a flagged remark is written (C10, AMB-24)."""
    text = format_remark(
        logistics=given["logistics"],
        gift=given["gift"],
        other=given["other"],
        author=given["author"],
        at=PROMISED,
        zone="Asia/Shanghai",
        policy=ask(RemarkPolicy),
    )
    return {"text": text}


def promise(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """How a promised ship time stands so many minutes before it, or after it (C15)."""
    at = PROMISED - dt.timedelta(minutes=given["minutes_left"])
    view = promise_view(
        state=State.ON_HOLD if given["held"] else State.TO_SHIP,
        promised_ship_at=PROMISED,
        shipped_at=None,
        at=at,
        amber_minutes=ask(OrderPolicy).amber_minutes,
    )
    return {"colour": str(view.colour)}


def _text(label: str, label_en: str, longest: int = 60) -> dict[str, Any]:
    return {
        "type": "text", "default": "", "empty": True, "longest": longest, "label": label,
        "label_en": label_en,
    }  # fmt: skip


EVALUATORS: tuple[dict[str, Any], ...] = (
    {
        "code": "orders.remark",
        "label": "插旗备注（6 月 1 日 16:00 写）",
        "label_en": "A flagged remark, written on 1 June 16:00",
        "given": {
            "logistics": _text("物流方式", "Logistics"),
            "gift": _text("礼品", "Gift"),
            "other": _text("其他特殊要求", "Other requirements"),
            "author": _text("备注人", "Author"),
        },
        "expect": {"text": _text("备注", "Remark", 300)},
        "run": remark,
    },
    {
        "code": "orders.promise",
        "label": "约定发货时间",
        "label_en": "A promised ship time",
        "given": {
            "minutes_left": {
                "type": "int", "default": 60, "min": -10_000, "max": 100_000,
                "unit": "minutes", "label": "还剩（负数为已过）",
                "label_en": "Left (negative: past)",
            },
            "held": {
                "type": "bool", "default": False, "label": "订单暂停", "label_en": "Order on hold",
            },
        },
        "expect": {
            "colour": {
                "type": "choice", "default": str(Colour.CALM), "label": "颜色",
                "label_en": "Colour",
                "options": [
                    {"value": str(value), "label": name, "label_en": name_en}
                    for value, name, name_en in (
                        (Colour.CALM, "平常", "Calm"),
                        (Colour.AMBER, "黄", "Amber"),
                        (Colour.RED, "红", "Red"),
                        (Colour.PAUSED, "暂停", "Paused"),
                    )
                ],
            },
        },
        "run": promise,
    },
)  # fmt: skip
