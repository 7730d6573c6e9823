"""Goods, carriers, orders."""

from cangke.carriers.models import CarrierContact, CarrierService
from cangke.catalog.models import Product
from cangke.desk.tests.factories import make_customer
from cangke.orders.models import Hold, WarehouseChase
from cangke.orders.tests.factories import AT, make_carrier, make_order
from tests.factories import make_account
from tests.house.objects import Keys, foreign


@foreign("catalog:detail", "catalog:edit", "catalog:card", common="goods are known to all staff")
def _product() -> Keys:
    return {"pk": Product.objects.create(sku="FOREIGN", name="foreign").pk}


@foreign(
    "carriers:detail",
    "carriers:edit",
    "carriers:service-new",
    "carriers:contact-new",
    common="carriers are known to all staff",
)
def _carrier() -> Keys:
    return {"pk": make_carrier().pk}


@foreign("carriers:service", common="carriers are known to all staff")
def _service() -> Keys:
    return {"pk": CarrierService.objects.create(carrier=make_carrier(), code="x", name="x").pk}


@foreign("carriers:contact", common="carriers are known to all staff")
def _contact() -> Keys:
    return {"pk": CarrierContact.objects.create(carrier=make_carrier(), name="x").pk}


@foreign(
    "orders:detail",
    "orders:edit",
    "orders:remark",
    "orders:promise",
    "orders:promise-why",
    "orders:hold",
    "orders:pay",
    "orders:ship",
    "orders:deliver",
    "orders:cancel",
    "orders:chase",
    "orders:assign",
)
def _order() -> Keys:
    return {"pk": make_order().pk}


@foreign("orders:release")
def _hold() -> Keys:
    order = make_order()
    hold = Hold.objects.create(order=order, rule="manual", reason="x", opened_at=AT)
    return {"pk": order.pk, "hold_id": hold.pk}


@foreign("orders:answer")
def _chase() -> Keys:
    made = WarehouseChase.objects.create(
        order=make_order(), asked_by=make_account(), asked_at=AT, question="x"
    )
    return {"chase_id": made.pk}


@foreign("orders:panel")
def _panel() -> Keys:
    return {"customer_id": make_customer().pk}


@foreign("orders:panel-remark", "orders:panel-chase", "orders:panel-promise")
def _in_panel() -> Keys:
    return {"customer_id": make_customer().pk, "pk": make_order().pk}
