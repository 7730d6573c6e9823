"""What the rooms declare: permissions, row gates and field classes. Filled at start, then read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from .rules import FieldClass, Roles, mask_all

Path = str | Callable[[Any, Collection[int]], Q]


@dataclass(frozen=True)
class Permission:
    code: str
    label: Any
    roles: frozenset[str]


@dataclass(frozen=True)
class Gate:
    """How far grants reach over one model: action → permission, scope kind → path or Q builder."""

    model: type[Model]
    permissions: Mapping[str, str]
    paths: Mapping[str, Path]


@dataclass
class Classes:
    """The field classes of one model, and the mask of each field that needs one."""

    by_field: dict[str, FieldClass] = field(default_factory=dict)
    masks: dict[str, Callable[[str], str]] = field(default_factory=dict)


ROLE_NAMES: Mapping[str, Any] = {
    Roles.AGENT: _("客服专员"),
    Roles.PRE_SALES: _("售前客服"),
    Roles.AFTER_SALES: _("售后客服"),
    Roles.LEADER: _("客服组长"),
    Roles.DEPUTY: _("客服副主管"),
    Roles.SUPERVISOR: _("客服主管"),
    Roles.WAREHOUSE_CLERK: _("仓管员"),
    Roles.WAREHOUSE_SUPERVISOR: _("仓库主管"),
    Roles.FINANCE: _("财务"),
    Roles.HR: _("人事"),
    Roles.MANAGER: _("总经理"),
    Roles.CLIENT: _("仓储客户"),
    Roles.ADMIN: _("系统管理员"),
}
PERMISSIONS: dict[str, Permission] = {}
GATES: dict[type[Model], Gate] = {}
CLASSES: dict[type[Model], Classes] = {}


def permission(
    code: str, label: Any, *, roles: Iterable[str] = (), administrators: bool = True
) -> str:
    """
    Declare a permission ``room.verb`` and the preset roles that start with it; return the code.

    The administrator holds every permission but those declared without ``administrators``: who
    keeps the system running has no business in them, and would have to be given a role for it.
    """
    holders = [*roles, Roles.ADMIN] if administrators else roles
    PERMISSIONS[code] = Permission(code, label, frozenset(holders))
    return code


def gate(model: type[Model], *, permissions: Mapping[str, str], paths: Mapping[str, Path]) -> None:
    """
    Declare which permission an action on ``model`` needs and which rows a scope reaches.

    ``all`` reaches every row and needs no path; with one it reaches only what the path says, for
    rows that are somebody's own whatever a grant covers (a payslip).
    """
    GATES[model] = Gate(model, dict(permissions), dict(paths))


def classify(
    model: type[Model],
    *,
    public: Sequence[str] = (),
    internal: Sequence[str] = (),
    personal: Mapping[str, Callable[[str], str]] | None = None,
    sensitive: Mapping[str, Callable[[str], str]] | None = None,
    secret: Sequence[str] = (),
) -> None:
    """Declare the class of each field that people may see; what is not declared stays hidden."""
    classes = CLASSES.setdefault(model, Classes())
    classes.by_field.update(dict.fromkeys(public, FieldClass.PUBLIC))
    classes.by_field.update(dict.fromkeys(internal, FieldClass.INTERNAL))
    classes.by_field.update(dict.fromkeys(secret, FieldClass.SECRET))
    for kind, masks in ((FieldClass.PERSONAL, personal), (FieldClass.SENSITIVE, sensitive)):
        for name, mask in (masks or {}).items():
            classes.by_field[name] = kind
            classes.masks[name] = mask
    for name in secret:
        classes.masks[name] = mask_all


def preset_permissions(role: str) -> frozenset[str]:
    """Return the permission codes a preset role starts with."""
    return frozenset(code for code, each in PERMISSIONS.items() if role in each.roles)
