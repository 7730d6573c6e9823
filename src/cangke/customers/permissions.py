from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    Roles,
    classify,
    gate,
    mask_address,
    mask_email,
    mask_name,
    mask_phone,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.people.public import shops_of_departments, shops_of_teams

from . import rules
from .models import Address, Client, ClientMember, Customer, Identity, Merge

VIEW = permission(
    "customers.view",
    _("查看客户档案"),
    roles=[*SERVICE, *LEADING, Roles.FINANCE, Roles.MANAGER, Roles.WAREHOUSE_SUPERVISOR],
)
EDIT = permission("customers.edit", _("修改客户档案"), roles=[*SERVICE, *LEADING])
MERGE = permission("customers.merge", _("合并客户档案"), roles=LEADING)
MUTE = permission(
    "customers.mute", _("静音客户（需填事由与期限）"), roles=[Roles.SUPERVISOR, Roles.DEPUTY]
)
EXPORT = permission("customers.export", _("导出客户"), roles=[Roles.SUPERVISOR, Roles.MANAGER])
CLIENTS = permission(
    "customers.clients",
    _("查看仓储客户"),
    roles=[*SERVICE, *LEADING, Roles.FINANCE, Roles.MANAGER, Roles.WAREHOUSE_SUPERVISOR],
)
CLIENTS_EDIT = permission(
    "customers.clients_edit",
    _("维护仓储客户"),
    roles=[Roles.DEPUTY, Roles.SUPERVISOR, Roles.FINANCE, Roles.MANAGER],
)


def _met_in(shops: Any, prefix: str = "") -> Q:
    """Customers met in the shops; who came by no shop at all (phone, letter) is everybody's."""
    met = Customer.shops.through.objects.filter(shop__in=shops).values("customer_id")
    key = f"{prefix}pk" if prefix else "pk"
    return (
        Q(**{f"{prefix}shop__in": shops})
        | Q(**{f"{prefix}shop__isnull": True})
        | Q(**{f"{key}__in": met})
    )


def _team(account: Any, ids: Collection[int]) -> Q:
    return _met_in(shops_of_teams(ids))


def _department(account: Any, ids: Collection[int]) -> Q:
    return _met_in(shops_of_departments(ids))


def _shop(account: Any, ids: Collection[int]) -> Q:
    return Q(shop_id__in=ids) | Q(
        pk__in=Customer.shops.through.objects.filter(shop_id__in=ids).values("customer_id")
    )


def _whole(account: Any, ids: Collection[int]) -> Q:
    return Q(pk__isnull=False)


gate(
    Customer,
    permissions={"view": VIEW, "change": EDIT, "merge": MERGE, "mute": MUTE},
    paths={"team": _team, "department": _department, "shop": _shop, "client": "client_id"},
)
for owned in (Identity, Address):
    gate(
        owned,
        permissions={"view": VIEW, "change": EDIT},
        paths={
            "team": lambda account, ids: Q(
                customer__in=Customer.objects.filter(_team(account, ids))
            ),
            "department": lambda account, ids: Q(
                customer__in=Customer.objects.filter(_department(account, ids))
            ),
            "shop": lambda account, ids: Q(
                customer__in=Customer.objects.filter(_shop(account, ids))
            ),
            "client": "customer__client_id",
        },
    )
gate(
    Client,
    permissions={"view": CLIENTS, "change": CLIENTS_EDIT},
    paths={"self": _whole, "team": _whole, "department": _whole, "client": "pk"},
)
gate(
    ClientMember,
    permissions={"view": CLIENTS, "change": CLIENTS_EDIT},
    paths={"client": "client_id"},
)
gate(Merge, permissions={"view": VIEW}, paths={})
classify(
    Customer,
    public=["number", "display_name"],
    internal=[
        "client",
        "shop",
        "country",
        "language",
        "level",
        "tags",
        "needs",
        "preferences",
        "muted_until",
        "mute_reason",
        "verified_at",
        "completeness",
        "created_at",
    ],
)
classify(
    Identity,
    internal=["kind", "channel_ref", "verified", "created_at"],
    personal={"value": rules.mask_identity},
)
classify(
    Address,
    internal=["country", "province", "city", "district", "postcode", "is_default"],
    personal={"name": mask_name, "phone": mask_phone, "street": mask_address},
)
classify(
    Client,
    public=["code", "name", "english_name"],
    internal=[
        "level",
        "state",
        "settlement",
        "currency",
        "contract_from",
        "contract_to",
        "keeper",
        "contract_terms",
        "note",
    ],
    personal={
        "contact_name": mask_name,
        "contact_phone": mask_phone,
        "contact_email": mask_email,
    },
)
name_acts(
    {
        "customers.address_removed": _("删除收货地址"),
        "customers.address_saved": _("保存收货地址"),
        "customers.client_saved": _("保存仓储客户"),
        "customers.created": _("新建客户档案"),
        "customers.edited": _("修改客户档案"),
        "customers.identity_added": _("添加客户身份"),
        "customers.identity_removed": _("删除客户身份"),
        "customers.member_added": _("添加客户账户"),
        "customers.merged": _("合并客户档案"),
        "customers.muted": _("静音客户"),
        "customers.unmuted": _("解除静音"),
        "customers.verified": _("核实客户档案"),
    }
)
page_of(Customer, "customers:detail")
