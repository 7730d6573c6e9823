from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.catalog import public as catalog
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.people.public import Employee

from .. import rules
from ..models import Order, OrderLine
from .findable import make_findable
from .history import NotAllowedNow, locked, note, save
from .holds import settle
from .intake import LineDraft

ADDRESS = frozenset(
    {
        "buyer_name",
        "buyer_phone",
        "country",
        "province",
        "city",
        "district",
        "street",
        "postcode",
    }
)
EDITABLE = ADDRESS | {"service", "freight_amount", "discount_amount"}


@transaction.atomic
def edit_order(
    *,
    order_id: int,
    by: Account,
    at: dt.datetime,
    version: int | None = None,
    lines: Sequence[LineDraft] | None = None,
    **values: Any,
) -> Order:
    """
    Complete or correct an order that has not left: address, service, amounts, lines (C2).

    Completeness is judged anew: what was missing is released, what is missing now is held.

    :raises StaleOrder: if somebody changed it since ``version``
    :raises NotAllowedNow: if any of it has left, or it is cancelled
    """
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    order = locked(order_id, version=version)
    if order.state not in rules.OPEN_STATES:
        raise NotAllowedNow(
            _("订单现在是“%s”，不能再修改，请联系承运商或走售后。") % order.get_state_display()
        )
    changed = [name for name, value in values.items() if getattr(order, name) != value]
    for name in changed:
        setattr(order, name, values[name])
    if lines is not None and _lines_differ(order, lines):
        _replace_lines(order, lines)
        changed.append("lines")
    if not changed:
        return order
    order.total_amount = order.goods_amount + order.freight_amount - order.discount_amount
    note(order, "edited", by=by, at=at, data={"fields": sorted(changed)})
    settle(order, by=by, at=at)
    save(order)
    make_findable(order, at=at)
    record("orders.edited", obj=order, by=by, at=at, changes={"fields": sorted(changed)})
    return order


def _lines_differ(order: Order, lines: Sequence[LineDraft]) -> bool:
    before = [(line.sku, line.quantity, line.unit_price, line.name) for line in order.lines.all()]
    return before != [(line.sku, line.quantity, line.unit_price, line.name) for line in lines]


def _replace_lines(order: Order, lines: Sequence[LineDraft]) -> None:
    if order.lines.filter(shipped_quantity__gt=0).exists():
        raise NotAllowedNow(_("订单已经发出一部分，不能再改商品。"))
    if not lines or any(line.quantity < 1 or line.unit_price < 0 for line in lines):
        raise Refusal(_("每行商品的数量要在 1 以上，单价不能小于 0。"), field="lines")
    order.lines.all().delete()
    products = catalog.by_sku([line.sku for line in lines], client_id=order.client_id)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product=products.get(line.sku),
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for position, line in enumerate(lines, 1)
    )
    order.goods_amount = rules.goods_amount((line.quantity, line.unit_price) for line in lines)


@transaction.atomic
def assign_owner(
    *,
    order_ids: Sequence[int],
    owner: Employee | None,
    by: Account,
    at: dt.datetime,
    reason: str = "",
) -> int:
    """Make somebody the own-order agent (自己的单) of orders; return how many changed."""
    count = 0
    for order_id in sorted(set(order_ids)):
        order = locked(order_id)
        before = order.owner
        if before == owner:
            continue
        order.owner = owner
        note(
            order,
            "owner",
            by=by,
            at=at,
            text=reason,
            data={"from": before.name if before else "", "to": owner.name if owner else ""},
        )
        save(order)
        record(
            "orders.owner_set",
            obj=order,
            by=by,
            at=at,
            changes={
                "owner": [before.pk if before else None, owner.pk if owner else None],
            },
            reason=reason,
        )
        count += 1
    return count


@transaction.atomic
def set_flag(*, order_ids: Sequence[int], flag: str, by: Account, at: dt.datetime) -> int:
    """Set or clear the coloured flag of orders; return how many changed."""
    if flag not in ("", "red", "yellow", "green", "blue", "purple"):
        raise Refusal(_("请选择旗的颜色。"), field="flag")
    count = 0
    for order_id in sorted(set(order_ids)):
        order = locked(order_id)
        if order.flag == flag:
            continue
        before, order.flag = order.flag, flag
        note(order, "flag", by=by, at=at, data={"from": before, "to": flag})
        save(order)
        count += 1
    return count
