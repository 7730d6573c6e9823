from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import STAFF, Account, ScopeKind, classify, gate, permission

from .models import Job

VIEW = permission("jobs.view", _("查看自己的后台任务"), roles=STAFF)


def _own(account: Account, ids: Collection[int]) -> Q:
    return Q(started_by=account)


gate(
    Job,
    permissions={"view": VIEW, "change": VIEW},
    paths={kind: _own for kind in ScopeKind if kind != ScopeKind.ALL},
)
classify(Job, internal=["key", "kind", "title", "state", "done", "total", "message", "created_at"])
