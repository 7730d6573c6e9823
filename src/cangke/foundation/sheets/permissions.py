from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, Roles, ScopeKind, classify, gate, permission
from cangke.foundation.files.public import owner_only, register_access

from .models import ImportRun, ImportTemplate

USE = permission("sheets.use", _("导入与导出表格"), roles=list(Roles))


def _own(account: Account, ids: Collection[int]) -> Q:
    return Q(started_by=account)


gate(
    ImportRun,
    permissions={"view": USE, "change": USE},
    paths={kind: _own for kind in ScopeKind if kind != ScopeKind.ALL},
)
gate(ImportTemplate, permissions={"view": USE, "change": USE}, paths={})
classify(
    ImportRun,
    internal=[
        "kind",
        "state",
        "lines_in",
        "taken",
        "unchanged",
        "refused",
        "message",
        "created_at",
    ],
)
classify(ImportTemplate, internal=["kind", "name", "mapping"])
register_access("sheets.upload", owner_only)
register_access("sheets.table", owner_only)
register_access("sheets.result", owner_only)
