from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    STAFF,
    WAREHOUSE,
    Roles,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of

from .models import Product, ProductCard

VIEW = permission("catalog.view", _("查看商品"), roles=STAFF)
EDIT = permission(
    "catalog.edit", _("维护商品与卡片"), roles=[*SERVICE, *LEADING, *WAREHOUSE, Roles.MANAGER]
)
IMPORT = permission(
    "catalog.import", _("导入商品"), roles=[*LEADING, Roles.WAREHOUSE_SUPERVISOR, Roles.MANAGER]
)
EXPORT = permission("catalog.export", _("导出商品"), roles=[*LEADING, Roles.MANAGER])


def _whole(account: Any, ids: Collection[int]) -> Q:
    """Goods are seen whole by staff, whatever reach the permission has."""
    return Q(pk__isnull=False)


STAFF_PATHS = {
    "self": _whole,
    "team": _whole,
    "department": _whole,
    "shop": _whole,
    "warehouse": _whole,
}
gate(
    Product,
    permissions={"view": VIEW, "change": EDIT},
    paths={**STAFF_PATHS, "client": "client_id"},
)
gate(
    ProductCard,
    permissions={"view": VIEW, "change": EDIT},
    paths={**STAFF_PATHS, "client": "product__client_id"},
)
classify(
    Product,
    public=["sku", "name", "name_en", "barcode", "category"],
    internal=[
        "client",
        "brand",
        "weight_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "is_active",
    ],
)
classify(
    ProductCard,
    public=["parameters", "price", "currency", "link", "usage"],
    internal=["strengths"],
)
name_acts(
    {
        "catalog.card_saved": _("保存商品卡片"),
        "catalog.product_saved": _("保存商品"),
    }
)
page_of(Product, "catalog:detail")
