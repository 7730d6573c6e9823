from .accounts import AccountForm, NewAccountForm, ProfileForm, ReasonForm
from .audit import AuditFilter
from .grants import GrantForm
from .people import AccountFilter
from .roles import RoleForm

__all__ = [
    "AccountFilter",
    "AccountForm",
    "AuditFilter",
    "GrantForm",
    "NewAccountForm",
    "ProfileForm",
    "ReasonForm",
    "RoleForm",
]
