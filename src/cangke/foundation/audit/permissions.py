from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Roles, classify, gate, permission

from .models import AuditEntry

VIEW = permission("audit.view", _("查看审计记录"), roles=[Roles.MANAGER])

gate(AuditEntry, permissions={"view": VIEW}, paths={"self": "actor_id"})
classify(
    AuditEntry,
    internal=["at", "actor", "action", "object_type", "object_id", "changes", "reason", "address"],
)
