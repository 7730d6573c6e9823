"""What pages call the states and events of an order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.ui.public import Happening, Step

from .. import rules
from ..models import Order, OrderEvent
from ..queries import Brief

TONES = {
    rules.State.UNPAID: ("", "yuan"),
    rules.State.PAID: ("", "check"),
    rules.State.ON_HOLD: ("block", "hold"),
    rules.State.TO_SHIP: ("wait", "clock"),
    rules.State.SHIPPED: ("", "truck"),
    rules.State.DELIVERED: ("done", "check"),
    rules.State.CANCELLED: ("", "x"),
    rules.State.AFTER_SALES: ("wait", "return"),
}
TITLES = {
    "received": gettext_lazy("接单"),
    "paid": gettext_lazy("已付款"),
    "hold": gettext_lazy("挂起"),
    "release": gettext_lazy("解除挂起"),
    "remark": gettext_lazy("插旗备注"),
    "promise": gettext_lazy("约定发货时间"),
    "part_shipped": gettext_lazy("发出一部分"),
    "chase": gettext_lazy("追问仓库"),
    "answer": gettext_lazy("仓库答复"),
    "edited": gettext_lazy("修改订单"),
    "owner": gettext_lazy("改归属"),
    "flag": gettext_lazy("改旗"),
}
EVENT_TONES = {
    "hold": "wait",
    "chase": "key",
    "remark": "key",
    "shipped": "done",
    "delivered": "done",
    "cancelled": "late",
    "on_hold": "wait",
}


@dataclass(frozen=True)
class Look:
    """A state mark: tone, words, icon."""

    tone: str
    text: str
    icon: str


def look_of(brief: Brief) -> Look:
    """Return the mark of an order in lists: its state, or how late it is."""
    order = brief.order
    if order.kind == "cancellation":
        return Look("", _("取消/退货"), "return")
    if order.state == rules.State.ON_HOLD and brief.holds:
        return Look("block", _("挂起 · %s") % brief.holds[0].get_rule_display(), "hold")
    tone, icon = TONES[rules.State(order.state)]
    text = order.get_state_display()
    if brief.part_shipped:
        text = _("部分发货")
    return Look(tone, text, icon)


def late_text(promise: rules.PromiseView) -> str:
    """Return ``迟发 1:46`` in words of hours and minutes; empty when not late."""
    if not promise.is_late:
        return ""
    return _("迟发 %s") % _span(promise.late_seconds)


def left_text(promise: rules.PromiseView) -> str:
    """Return how long is left until the promised time."""
    return _("剩 %s") % _span(max(0, promise.seconds_left))


def _span(seconds: int) -> str:
    days, rest = divmod(seconds // 60, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    return f"{hours}:{minutes:02}"


def steps_of(order: Order, promise: rules.PromiseView) -> list[Step]:
    """Return the progress track of an order."""
    here = rules.State(order.state)
    shipped = order.shipped_at is not None
    steps = [Step(_("下单"), _short(order.placed_at), "done")]
    if order.state == rules.State.CANCELLED:
        steps.append(Step(_("已取消"), _short(order.cancelled_at), "late"))
        return steps
    steps.append(
        Step(_("已付款"), _short(order.paid_at), "done" if order.paid_at else _now(here, "unpaid"))
    )
    if here == rules.State.ON_HOLD:
        steps.append(Step(_("挂起"), _("补全后继续"), "now"))
    if order.promised_ship_at is not None:
        tone = "late" if promise.is_late else ("done" if shipped else "todo")
        steps.append(Step(_("约定发货"), _short(order.promised_ship_at), tone))
    steps.append(
        Step(
            _("已发货") if shipped else _("待发货"),
            _short(order.shipped_at),
            "done" if shipped else _now(here, "to_ship"),
        )
    )
    steps.append(
        Step(
            _("已签收"),
            _short(order.delivered_at),
            "done" if order.delivered_at else _now(here, "shipped"),
        )
    )
    if here == rules.State.AFTER_SALES:
        steps.append(Step(_("售后中"), "", "now"))
    return steps


def _now(here: rules.State, state: str) -> str:
    return "now" if here == state else "todo"


def _short(at: dt.datetime | None) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M") if at else ""


def happenings(events: list[OrderEvent]) -> list[Happening]:
    """Return the history of an order in words, newest first; a hold is told once."""
    told = (event for event in reversed(events) if event.to_state != rules.State.ON_HOLD)
    return [_happening(event) for event in told]


def _happening(event: OrderEvent) -> Happening:
    data: dict[str, Any] = event.data
    if event.kind == "state":
        title = event.get_to_state_display()
        tone = EVENT_TONES.get(event.to_state, "")
    else:
        title = str(TITLES.get(event.kind, event.kind))
        tone = EVENT_TONES.get(event.kind, "")
        if event.kind == "remark" and data.get("late"):
            title, tone = _("迟备注"), "late"
    parts = [event.note] if event.note else []
    if event.kind == "promise" and data.get("ship_at"):
        parts.insert(0, _short(dt.datetime.fromisoformat(data["ship_at"])))
    if event.kind == "owner":
        parts.insert(0, f"{data.get('from') or '—'} → {data.get('to') or '—'}")
    if data.get("carrier"):
        parts.insert(0, data["carrier"])
    parts.append(str(event.by) if event.by_id else _("系统"))
    return Happening(at=event.at, title=title, note=" · ".join(parts), tone=tone)
