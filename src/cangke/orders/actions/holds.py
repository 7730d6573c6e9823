from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, can
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import listed

from .. import queries, rules
from ..events import OrderHeld, OrderReleased
from ..models import Hold, Order
from .history import NotAllowedNow, locked, move, note, save

# What is missing, in the words of the hold and of the question to the customer.
PARTS: Mapping[str, object] = {
    "name": gettext_lazy("收件人"),
    "phone": gettext_lazy("电话"),
    "country": gettext_lazy("国家或地区"),
    "province": gettext_lazy("省/州"),
    "city": gettext_lazy("市"),
    "street": gettext_lazy("详细地址"),
    "house_number": gettext_lazy("门牌号"),
    "postcode": gettext_lazy("邮编"),
    "service": gettext_lazy("物流方式"),
    "lines": gettext_lazy("商品"),
}


def describe(finding: rules.Finding) -> tuple[str, str]:
    """Return the reason of a hold and the question to the customer, in words."""
    if finding.rule == "sku":
        if finding.missing == ("lines",):
            return _("没有商品"), _("请告诉我们要购买的商品和数量。")
        skus = listed(finding.missing)
        return (
            _("SKU 不明：%s") % skus,
            _("请确认商品编号：%s") % skus,
        )
    if finding.rule == "quantity":
        skus = listed(finding.missing)
        return _("数量不对：%s") % skus, _("请确认购买数量：%s") % skus
    parts = listed(PARTS[part] for part in finding.missing)
    reasons = {
        "address": _("地址不完整：缺%s"),
        "postcode": _("地址不完整：缺%s或格式不对"),
        "phone": _("%s不完整"),
        "name": _("缺%s"),
        "service": _("缺%s"),
    }
    return reasons[finding.rule] % parts, _("请补充：%s") % parts


def settle(order: Order, *, by: Account | None, at: dt.datetime) -> None:
    """
    Judge completeness anew and put the order where it belongs (C2); the caller saves it.

    What is missing opens a hold; what has been completed is released; without any hold a paid
    order goes on to 待发货. A hold somebody lifted with a reason stays lifted until what is
    missing changes.
    """
    if order.kind != "sale" or order.state not in rules.OPEN_STATES:
        return
    holds = list(order.holds.all())
    found = {
        finding.rule: finding
        for finding in rules.find_incomplete(queries.facts_of(order), scheme=order.checks)
    }
    still_open = []
    for hold in holds:
        if hold.released_at is not None:
            continue
        if hold.rule in rules.CHECKS and hold.rule not in found:
            _release(hold, by=by, at=at, text=_("已补全"))
        else:
            still_open.append(hold)
    known = {hold.rule for hold in still_open}
    lifted = {
        (hold.rule, tuple(hold.detail.get("missing", ())))
        for hold in holds
        if hold.released_at is not None and hold.release_note and hold.detail.get("lifted")
    }
    for finding in found.values():
        if finding.rule in known or (finding.rule, finding.missing) in lifted:
            continue
        reason, question = describe(finding)
        still_open.append(
            _open(
                order,
                rule=finding.rule,
                reason=reason,
                question=question,
                detail={"missing": list(finding.missing)},
                by=by,
                at=at,
            )
        )
    base = order.resume_state if order.state == rules.State.ON_HOLD else order.state
    if still_open:
        if order.state != rules.State.ON_HOLD:
            move(order, rules.State.ON_HOLD, by=by, at=at, text=still_open[0].reason)
        order.resume_state = base
        return
    if order.state == rules.State.ON_HOLD:
        order.held_seconds = rules.held_seconds(
            ((hold.opened_at, hold.released_at) for hold in order.holds.all()), at=at
        )
        move(order, base, by=by, at=at, text=_("解除挂起"))
        publish(OrderReleased(order_id=order.pk, at=at))
    order.resume_state = ""
    if order.state == rules.State.PAID:
        move(order, rules.State.TO_SHIP, by=by, at=at)


@transaction.atomic
def hold_order(
    *, order_id: int, reason: str, by: Account, at: dt.datetime, question: str = ""
) -> Hold:
    """
    Put an order on hold by hand, with a reason.

    :raises NotAllowedNow: if it has left or been cancelled, or somebody holds it already
    """
    if not reason.strip():
        raise Refusal(_("请填写挂起的原因。"), field="reason")
    order = locked(order_id)
    if order.state not in rules.OPEN_STATES:
        raise NotAllowedNow(_("只有未发货的订单可以挂起。"))
    if order.holds.filter(rule="manual", released_at__isnull=True).exists():
        raise NotAllowedNow(_("这张订单已经被人工挂起。"))
    hold = _open(
        order, rule="manual", reason=reason.strip(), question=question, detail={}, by=by, at=at
    )
    settle(order, by=by, at=at)
    save(order)
    record("orders.held", obj=order, by=by, at=at, reason=reason)
    return hold


@transaction.atomic
def release_hold(*, hold_id: int, text: str, by: Account, at: dt.datetime) -> Order:
    """
    Lift a hold, saying why.

    A hold of a check that still fails may be lifted by those who hold ``orders.override_hold``.

    :raises Refusal: if the reason is missing, or the check still fails for this person
    """
    if not text.strip():
        raise Refusal(_("请填写解除的说明。"), field="text")
    order_id = Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)
    order = locked(order_id)
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.released_at is not None:
        raise NotAllowedNow(_("这个挂起已经解除。"))
    if hold.rule in rules.CHECKS:
        found = rules.find_incomplete(queries.facts_of(order), scheme=order.checks)
        if any(each.rule == hold.rule for each in found):
            if not can(by, "orders.override_hold"):
                raise Refusal(_("“%s”还没有补全，请先修改订单，或请组长解除。") % hold.reason)
            hold.detail = {**hold.detail, "lifted": True}
    _release(hold, by=by, at=at, text=text.strip())
    settle(order, by=by, at=at)
    save(order)
    record(
        "orders.hold_released", obj=order, by=by, at=at, changes={"rule": hold.rule}, reason=text
    )
    return order


def _open(
    order: Order,
    *,
    rule: str,
    reason: str,
    question: str,
    detail: dict[str, object],
    by: Account | None,
    at: dt.datetime,
) -> Hold:
    hold = Hold.objects.create(
        order=order,
        rule=rule,
        reason=reason[:200],
        question=question[:300],
        detail=detail,
        opened_at=at,
        opened_by=by,
    )
    note(order, "hold", by=by, at=at, text=reason, data={"hold": hold.pk, "rule": rule})
    publish(OrderHeld(order_id=order.pk, hold_id=hold.pk, rule=rule))
    return hold


def _release(hold: Hold, *, by: Account | None, at: dt.datetime, text: str) -> None:
    hold.released_at, hold.released_by, hold.release_note = at, by, text[:200]
    hold.save(update_fields=["released_at", "released_by", "release_note", "detail"])
    note(hold.order, "release", by=by, at=at, text=text, data={"hold": hold.pk, "rule": hold.rule})
