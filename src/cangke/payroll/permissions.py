"""Who may play a month through."""

from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import STAFF, permission

SIMULATE = permission("payroll.simulate", _("试算一个月的工资"), roles=STAFF)
