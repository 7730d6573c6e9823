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

from .models import (
    Brand,
    Department,
    Employee,
    EmployeeTerm,
    Headcount,
    Post,
    Shop,
    Site,
    Team,
)

CHART = permission("people.chart", _("查看组织、组与店铺"), roles=STAFF)
VIEW = permission(
    "people.view",
    _("查看员工档案"),
    roles=[*LEADING, Roles.HR, Roles.MANAGER, Roles.WAREHOUSE_SUPERVISOR],
)
MANAGE = permission("people.manage", _("入职、调动、停职与离职"), roles=[Roles.HR])
ORGANISE = permission(
    "people.organise", _("维护部门、组、店铺与岗位"), roles=[Roles.HR, Roles.MANAGER]
)


def _all(account: Any, ids: Any) -> Q:
    """The organisation itself is seen whole, whatever reach the permission has."""
    return Q(pk__isnull=False)


WHOLE = {"self": _all, "team": _all, "department": _all, "shop": _all, "warehouse": _all}
for model in (Site, Department, Team, Brand, Shop, Post, Headcount):
    gate(model, permissions={"view": CHART, "change": ORGANISE}, paths=WHOLE)

gate(
    Employee,
    permissions={"view": VIEW, "change": MANAGE},
    paths={"self": "account_id", "team": "team_id", "department": "department_id"},
)
gate(
    EmployeeTerm,
    permissions={"view": VIEW, "change": MANAGE},
    paths={
        "self": "employee__account_id",
        "team": "employee__team_id",
        "department": "employee__department_id",
    },
)
classify(Site, internal=["code", "name", "zone", "country", "currency"])
classify(Department, internal=["code", "name", "kind", "parent", "head", "features_off"])
classify(Team, internal=["code", "name", "department", "site", "leader", "duty_tags"])
classify(Brand, public=["name"], internal=["code"])
classify(
    Shop,
    public=["name"],
    internal=["code", "brand", "marketplace", "site", "state", "launch_date", "language", "colour"],
)
classify(Post, internal=["code", "name", "name_en", "family", "role", "reach", "stage"])
classify(Headcount, internal=["department", "team", "post", "planned"])
classify(
    Employee,
    public=["name", "english_name"],
    internal=[
        "number",
        "department",
        "team",
        "post",
        "site",
        "superior",
        "languages",
        "skills",
        "status",
        "employed_from",
        "employed_to",
        "probation_until",
    ],
    personal={"phone": mask_phone, "email": mask_email},
)
classify(
    EmployeeTerm,
    internal=[
        "from_date",
        "to_date",
        "department",
        "team",
        "post",
        "site",
        "superior",
        "status",
        "reason",
        "pay_scheme",
        "benefits",
        "recorded_by",
        "recorded_at",
    ],
)
