from __future__ import annotations

from django.db.models import QuerySet

from cangke.foundation.access.public import Account, can, scope

from .models import ApiToken


def own_tokens(account: Account) -> QuerySet[ApiToken]:
    """The tokens of the account itself."""
    rows = scope(account, ApiToken, "view")
    return rows.filter(account=account).select_related("account")


def reachable_tokens(account: Account) -> QuerySet[ApiToken]:
    """One's own tokens, and everybody's for whoever manages them."""
    rows = own_tokens(account)
    if can(account, "api.manage"):
        everybodys = scope(account, ApiToken, "manage").select_related("account")
        rows = rows | everybodys
    return rows
