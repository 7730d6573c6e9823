from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import LEADING, Roles, classify, gate, permission
from cangke.foundation.audit.public import name_acts, name_facts, page_of

from .models import ApiToken

USE = permission("api.use", _("使用自己的 API 令牌"), roles=[*LEADING, Roles.MANAGER])
MANAGE = permission("api.manage", _("查看并作废所有人的 API 令牌"))


def _own(account: Any, ids: Collection[int]) -> Q:
    """One's own tokens, whatever reach the permission has."""
    return Q(account_id=account.pk)


gate(
    ApiToken,
    permissions={"view": USE, "manage": MANAGE},
    paths={"self": _own, "team": _own, "department": _own, "shop": _own, "warehouse": _own},
)
classify(
    ApiToken,
    internal=[
        "account",
        "name",
        "prefix",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_from",
        "revoked_at",
        "revoked_by",
    ],
    secret=["digest"],
)
name_acts({"api.token_made": _("创建 API 令牌"), "api.token_revoked": _("作废 API 令牌")})
name_facts(
    "api",
    {
        "holder": _("账户"),
        "name": _("用途"),
        "prefix": _("开头"),
        "scopes": _("权限"),
        "until": _("到"),
    },
)
page_of(ApiToken, "api:token")
