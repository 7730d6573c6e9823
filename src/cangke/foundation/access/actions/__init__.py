from .accounts import (
    change_account,
    change_profile,
    create_account,
    disable_account,
    enable_account,
    end_session,
    end_sessions,
    new_temporary_password,
    note_password_chosen,
    remove_second_factor,
    reset_password,
    unlock_account,
)
from .administrators import LastAdministrator, is_administrator
from .grants import BeyondOwnRights, UnknownRight, grant, revoke
from .reveal import TooManyReveals, reveal
from .roles import change_role, create_role, delete_role

__all__ = [
    "BeyondOwnRights",
    "LastAdministrator",
    "TooManyReveals",
    "UnknownRight",
    "change_account",
    "change_profile",
    "change_role",
    "create_account",
    "create_role",
    "delete_role",
    "disable_account",
    "enable_account",
    "end_session",
    "end_sessions",
    "grant",
    "is_administrator",
    "new_temporary_password",
    "note_password_chosen",
    "remove_second_factor",
    "reset_password",
    "reveal",
    "revoke",
    "unlock_account",
]
