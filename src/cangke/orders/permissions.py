from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    WAREHOUSE,
    Roles,
    classify,
    gate,
    mask_address,
    mask_phone,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.people.public import shops_of_departments, shops_of_teams

from .models import (
    Hold,
    Order,
    OrderEvent,
    OrderLine,
    Promise,
    Remark,
    Shipment,
    ShipmentLine,
    WarehouseChase,
)

VIEW = permission(
    "orders.view",
    _("查看订单"),
    roles=[*SERVICE, *LEADING, *WAREHOUSE, Roles.FINANCE, Roles.MANAGER],
)
EDIT = permission("orders.edit", _("新建与修改订单"), roles=[*SERVICE, *LEADING])
REMARK = permission("orders.remark", _("插旗备注"), roles=[*SERVICE, *LEADING])
PROMISE = permission("orders.promise", _("约定发货时间"), roles=[*SERVICE, *LEADING])
HOLD = permission("orders.hold", _("挂起与解除挂起"), roles=[*SERVICE, *LEADING])
OVERRIDE_HOLD = permission("orders.override_hold", _("信息不全时解除挂起"), roles=LEADING)
PAY = permission("orders.pay", _("登记付款"), roles=[*SERVICE, *LEADING, Roles.FINANCE])
SHIP = permission("orders.ship", _("登记发货"), roles=[*WAREHOUSE, *LEADING])
DELIVER = permission("orders.deliver", _("登记签收"), roles=[*SERVICE, *LEADING, *WAREHOUSE])
CANCEL = permission("orders.cancel", _("取消订单"), roles=[*SERVICE, *LEADING])
CHASE = permission("orders.chase", _("追问仓库"), roles=[*SERVICE, *LEADING])
ANSWER = permission("orders.answer", _("答复追问"), roles=WAREHOUSE)
ASSIGN = permission("orders.assign", _("改订单归属"), roles=LEADING)
IMPORT = permission("orders.import", _("导入订单"), roles=[*LEADING, Roles.MANAGER])
EXPORT = permission(
    "orders.export", _("导出订单"), roles=[Roles.DEPUTY, Roles.SUPERVISOR, Roles.MANAGER]
)

ACTIONS = {
    "view": VIEW,
    "change": EDIT,
    "remark": REMARK,
    "promise": PROMISE,
    "hold": HOLD,
    "pay": PAY,
    "ship": SHIP,
    "deliver": DELIVER,
    "cancel": CANCEL,
    "chase": CHASE,
    "answer": ANSWER,
    "assign": ASSIGN,
    "export": EXPORT,
}


def _paths(prefix: str = "") -> dict[str, Any]:
    """Orders reach as far as the shops a team or department serves, and one's own orders."""

    def team(account: Any, ids: Collection[int]) -> Q:
        return Q(**{f"{prefix}shop__in": shops_of_teams(ids)}) | Q(
            **{f"{prefix}owner__account_id": account.pk}
        )

    def department(account: Any, ids: Collection[int]) -> Q:
        return Q(**{f"{prefix}shop__in": shops_of_departments(ids)}) | Q(
            **{f"{prefix}owner__account_id": account.pk}
        )

    return {
        "self": f"{prefix}owner__account_id",
        "team": team,
        "department": department,
        "shop": f"{prefix}shop_id",
        "client": f"{prefix}client_id",
    }


gate(Order, permissions=ACTIONS, paths=_paths())
for part in (OrderLine, OrderEvent, Hold, Remark, Promise, Shipment, WarehouseChase):
    gate(part, permissions=ACTIONS, paths=_paths("order__"))
gate(ShipmentLine, permissions=ACTIONS, paths=_paths("shipment__order__"))
classify(
    Order,
    public=[
        "number",
        "external_no",
        "kind",
        "state",
        "currency",
        "total_amount",
        "placed_at",
        "promised_ship_at",
        "shipped_at",
        "delivered_at",
        "cancelled_at",
    ],
    internal=[
        "shop",
        "client",
        "customer",
        "source",
        "buyer_name",
        "country",
        "province",
        "city",
        "district",
        "postcode",
        "service",
        "goods_amount",
        "freight_amount",
        "discount_amount",
        "flag",
        "owner",
        "received_at",
        "paid_at",
        "held_seconds",
    ],
    personal={"buyer_phone": mask_phone, "street": mask_address},
)
classify(
    OrderLine,
    public=["sku", "name", "quantity", "unit_price", "shipped_quantity", "position"],
)
classify(OrderEvent, internal=["kind", "from_state", "to_state", "at", "by", "note"])
classify(
    Hold,
    internal=["rule", "reason", "question", "opened_at", "released_at", "release_note"],
)
classify(
    Remark, internal=["logistics", "gift", "other", "author_name", "at", "flag", "text", "late"]
)
classify(Promise, internal=["ship_at", "made_by", "made_at", "reason"])
classify(Shipment, public=["carrier", "tracking_no", "shipped_at", "delivered_at"])
classify(ShipmentLine, public=["line", "quantity"])
classify(
    WarehouseChase,
    internal=["asked_by", "asked_at", "question", "answered_by", "answered_at", "answer"],
)
name_acts(
    {
        "orders.cancelled": _("取消订单"),
        "orders.chase_answered": _("答复追问"),
        "orders.chased": _("追问仓库"),
        "orders.delivered": _("登记签收"),
        "orders.edited": _("修改订单"),
        "orders.held": _("挂起订单"),
        "orders.hold_released": _("解除挂起"),
        "orders.owner_set": _("改订单归属"),
        "orders.paid": _("登记付款"),
        "orders.promised": _("约定发货时间"),
        "orders.received": _("收到订单"),
        "orders.remarked": _("插旗备注"),
        "orders.shipped": _("登记发货"),
    }
)
page_of(Order, "orders:detail")
