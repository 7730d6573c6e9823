"""The pages of customers and clients."""

from .clients import client_detail, client_edit, client_list, client_new
from .customers import (
    customer_detail,
    customer_edit,
    customer_list,
    customer_new,
    customer_verify,
)
from .parts import (
    address_edit,
    address_new,
    address_remove,
    customer_merge,
    customer_mute,
    customer_unmute,
    identity_add,
    identity_remove,
)

__all__ = [
    "address_edit",
    "address_new",
    "address_remove",
    "client_detail",
    "client_edit",
    "client_list",
    "client_new",
    "customer_detail",
    "customer_edit",
    "customer_list",
    "customer_merge",
    "customer_mute",
    "customer_new",
    "customer_unmute",
    "customer_verify",
    "identity_add",
    "identity_remove",
]
