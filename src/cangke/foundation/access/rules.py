"""Roles, masks and limits of access, in plain Python."""

import unicodedata
from enum import StrEnum


class Roles(StrEnum):
    """The preset roles; each room says which of its permissions a role starts with."""

    AGENT = "agent"
    PRE_SALES = "pre_sales"
    AFTER_SALES = "after_sales"
    LEADER = "leader"
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    WAREHOUSE_CLERK = "warehouse_clerk"
    WAREHOUSE_SUPERVISOR = "warehouse_supervisor"
    FINANCE = "finance"
    HR = "hr"
    MANAGER = "manager"
    CLIENT = "client"
    ADMIN = "admin"


SERVICE = (Roles.AGENT, Roles.PRE_SALES, Roles.AFTER_SALES)
LEADING = (Roles.LEADER, Roles.DEPUTY, Roles.SUPERVISOR)
WAREHOUSE = (Roles.WAREHOUSE_CLERK, Roles.WAREHOUSE_SUPERVISOR)
STAFF = tuple(role for role in Roles if role is not Roles.CLIENT)


class ScopeKind(StrEnum):
    """How far a grant reaches over rows."""

    SELF = "self"
    TEAM = "team"
    DEPARTMENT = "department"
    SHOP = "shop"
    WAREHOUSE = "warehouse"
    CLIENT = "client"
    ALL = "all"


class FieldClass(StrEnum):
    """Who may read a field: everybody, staff, or only after a logged reveal."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"


def mask_phone(value: str) -> str:
    """Keep the first three and last four signs, ``138****5678``; short ones keep two."""
    text = value.strip()
    if len(text) < 8:
        return "*" * max(len(text) - 2, 0) + text[-2:]
    return f"{text[:3]}****{text[-4:]}"


def mask_email(value: str) -> str:
    """Keep the first sign and the domain: ``w***@example.com``."""
    name, at, domain = value.partition("@")
    return f"{name[:1]}***{at}{domain}"


def mask_name(value: str) -> str:
    """Keep the family name or the first sign: ``王**``."""
    return value[:1] + "**" if value else ""


def mask_address(value: str) -> str:
    """Keep about the first third, at most six signs."""
    keep = min(len(value) // 3, 6)
    return value[:keep] + "******" if value else ""


def mask_all(value: str) -> str:
    """Show only that there is a value."""
    return "••••••" if value else ""


def lockout_name(typed: str) -> str:
    """The one spelling under which failed logins of a name are counted, however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().lower()[:60]
