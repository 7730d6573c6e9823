"""What may be done with customers, their identities and clients."""

from .clients import add_member, save_client
from .files import (
    add_identity,
    create_customer,
    edit_customer,
    mute_customer,
    remove_address,
    remove_identity,
    save_address,
    unmute_customer,
    verify_customer,
)
from .identities import IdentityTaken, IdentityUnusable, find_or_create_by_identity, note_shop
from .importing import NewFile, find_or_create_many
from .merging import merge_customers

__all__ = [
    "IdentityTaken",
    "IdentityUnusable",
    "NewFile",
    "add_identity",
    "add_member",
    "create_customer",
    "edit_customer",
    "find_or_create_by_identity",
    "find_or_create_many",
    "merge_customers",
    "mute_customer",
    "note_shop",
    "remove_address",
    "remove_identity",
    "save_address",
    "save_client",
    "unmute_customer",
    "verify_customer",
]
