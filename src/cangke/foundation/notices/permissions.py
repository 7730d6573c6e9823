from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    Account,
    Roles,
    ScopeKind,
    classify,
    gate,
    mask_email,
    permission,
)

from .models import Notice, OutboxItem, Webhook

VIEW = permission("notices.view", _("查看自己的通知"), roles=list(Roles))
MANAGE = permission("notices.manage", _("管理群机器人与外发失败"), roles=[Roles.MANAGER])


def _own(account: Account, ids: Collection[int]) -> Q:
    return Q(account=account)


gate(
    Notice,
    permissions={"view": VIEW, "change": VIEW},
    paths={kind: _own for kind in ScopeKind if kind != ScopeKind.ALL},
)
gate(Webhook, permissions={"view": MANAGE, "change": MANAGE}, paths={})
gate(OutboxItem, permissions={"view": MANAGE, "change": MANAGE}, paths={})
classify(Notice, internal=["kind", "title", "body", "url", "created_at", "read_at"])
classify(
    Webhook,
    internal=["name", "url", "shape", "kinds", "is_active", "created_at"],
    secret=["secret"],
)
classify(
    OutboxItem,
    internal=["way", "subject", "state", "attempts", "error", "created_at", "sent_at"],
    personal={"to_address": mask_email},
)
