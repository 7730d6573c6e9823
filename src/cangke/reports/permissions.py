"""Who sees how the rules are kept."""

from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import LEADING, Roles, permission

COMPLIANCE = permission(
    "reports.compliance", _("查看制度执行情况"), roles=[*LEADING, Roles.MANAGER, Roles.HR]
)
