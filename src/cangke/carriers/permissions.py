from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Roles,
    classify,
    gate,
    mask_email,
    mask_phone,
    permission,
)

from .models import Carrier, CarrierContact, CarrierService

VIEW = permission("carriers.view", _("查看承运商"), roles=STAFF)
EDIT = permission(
    "carriers.edit",
    _("维护承运商"),
    roles=[*LEADING, Roles.WAREHOUSE_SUPERVISOR, Roles.MANAGER],
)


def _whole(account: Any, ids: Collection[int]) -> Q:
    """Partners are known to all staff, whatever reach the permission has."""
    return Q(pk__isnull=False)


PATHS = {
    "self": _whole,
    "team": _whole,
    "department": _whole,
    "shop": _whole,
    "warehouse": _whole,
}
for model in (Carrier, CarrierService, CarrierContact):
    gate(model, permissions={"view": VIEW, "change": EDIT}, paths=PATHS)
classify(
    Carrier,
    public=["name", "name_en"],
    internal=["code", "country", "tracking_url", "silent_hours", "is_active", "note"],
)
classify(
    CarrierService,
    public=["name", "days_min", "days_max"],
    internal=["code", "carrier", "is_express", "is_active"],
)
classify(
    CarrierContact,
    internal=["name", "reach", "note"],
    personal={"phone": mask_phone, "email": mask_email},
)
