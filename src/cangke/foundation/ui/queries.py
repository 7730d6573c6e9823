"""What the frame reads for one person."""

from __future__ import annotations

from cangke.foundation.access.public import Account, can

from . import ports
from .menu import MenuItem, all_items
from .models import ListChoice, SavedView


def areas_off(account: Account) -> frozenset[str]:
    """Return the areas the person's department has switched off, asked once for the account."""
    known: dict[str, frozenset[str]] = account.__dict__
    if "_ck_areas_off" not in known:
        known["_ck_areas_off"] = frozenset(ports.areas_off.ask(account_id=account.pk))
    return known["_ck_areas_off"]


def visible_items(account: Account) -> list[MenuItem]:
    """Return the menu items the person may open and the department has not switched off."""
    off = areas_off(account)
    return [
        item
        for item in all_items()
        if item.namespace not in off
        and (not any(item.permissions) or any(can(account, code) for code in item.permissions))
    ]


def saved_views(account: Account, page: str) -> list[SavedView]:
    """Return the person's own views of the list, oldest first."""
    return list(SavedView.objects.filter(account_id=account.pk, page=page))


def list_choice(account: Account, page: str) -> ListChoice:
    """Return what the person chose for the list, or an unsaved choice of nothing."""
    found = ListChoice.objects.filter(account_id=account.pk, page=page).first()
    return found or ListChoice(account_id=account.pk, page=page)
