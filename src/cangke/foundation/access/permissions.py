from django.utils.translation import gettext_lazy as _

from .models import Account, Grant, Role
from .registry import classify, gate, permission
from .rules import LEADING, SERVICE, Roles, mask_email

VIEW = permission("access.view", _("查看账户与授权"), roles=[Roles.HR, Roles.MANAGER])
MANAGE = permission("access.manage", _("管理账户、角色与授权"))
REVEAL = permission(
    "access.reveal",
    _("查看被遮盖的个人信息（需填事由，留痕）"),
    roles=[*SERVICE, *LEADING, Roles.FINANCE, Roles.HR],
)
REVEAL_SENSITIVE = permission(
    "access.reveal_sensitive", _("查看被遮盖的敏感信息（需填事由，留痕）"), roles=[Roles.HR]
)

gate(
    Account,
    permissions={"view": VIEW, "change": MANAGE},
    paths={"self": "pk"},
)
gate(Grant, permissions={"view": VIEW, "change": MANAGE}, paths={"self": "account_id"})
gate(Role, permissions={"view": VIEW, "change": MANAGE}, paths={})
classify(
    Account,
    public=["display_name"],
    internal=["username", "kind", "is_active", "language", "date_joined", "last_login"],
    personal={"email": mask_email},
    secret=["password"],
)
classify(
    Grant,
    internal=[
        "role",
        "permission",
        "scope_kind",
        "scope_id",
        "valid_from",
        "valid_until",
        "reason",
    ],
)
classify(Role, internal=["code", "name", "permissions", "note"])
