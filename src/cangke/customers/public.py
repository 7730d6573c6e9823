"""The front door of customers."""

from .actions import (
    IdentityTaken,
    IdentityUnusable,
    add_identity,
    add_member,
    create_customer,
    edit_customer,
    find_or_create_by_identity,
    merge_customers,
    mute_customer,
    remove_address,
    remove_identity,
    save_address,
    save_client,
    unmute_customer,
    verify_customer,
)
from .models import Address, Client, ClientMember, Customer, Identity
from .ports import TimelineRow, register_timeline
from .queries import (
    canonical,
    client_of,
    find_by_identity,
    matching,
    own_client_ids,
    timeline,
)
from .rules import normalize_identity, normalize_phone

__all__ = [
    "Address",
    "Client",
    "ClientMember",
    "Customer",
    "Identity",
    "IdentityTaken",
    "IdentityUnusable",
    "TimelineRow",
    "add_identity",
    "add_member",
    "canonical",
    "client_of",
    "create_customer",
    "edit_customer",
    "find_by_identity",
    "find_or_create_by_identity",
    "matching",
    "merge_customers",
    "mute_customer",
    "normalize_identity",
    "normalize_phone",
    "own_client_ids",
    "register_timeline",
    "remove_address",
    "remove_identity",
    "save_address",
    "save_client",
    "timeline",
    "unmute_customer",
    "verify_customer",
]
