"""How orders are found and what they lend to a customer's timeline."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cangke.customers.public import TimelineRow, register_timeline
from cangke.foundation.access.public import scope
from cangke.foundation.search.public import register_search
from cangke.rulebook.public import register_evaluator, register_fact

from .models import Order
from .rules import examples

for evaluator in examples.EVALUATORS:
    register_evaluator(**evaluator)
register_fact("orders.order", "orders:detail")
register_search("order", pgettext_lazy("several", "订单"), model=Order, icon="orders", order=10)


def _timeline(
    account: Any,
    customer_ids: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> Sequence[TimelineRow]:
    orders = (
        scope(account, Order, "view")
        .filter(customer_id__in=customer_ids, placed_at__gte=since, placed_at__lte=until)
        .select_related("shop")
        .order_by("-placed_at")[:limit]
    )
    return [
        TimelineRow(
            at=order.placed_at,
            kind="orders",
            title=(_("取消/退货单 %s") if order.kind == "cancellation" else _("下单 %s"))
            % order.external_no,
            text=f"{order.shop.name} · {order.get_state_display()}",
            url=reverse("orders:detail", args=[order.pk]),
            tone="late" if order.kind == "cancellation" else "done",
        )
        for order in orders
    ]


register_timeline("orders", pgettext_lazy("several", "订单"), _timeline, permission="orders.view")
