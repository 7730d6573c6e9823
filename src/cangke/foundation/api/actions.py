"""Tokens are made, used and revoked here."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can, limit_to
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from .models import ApiToken

LONGEST = dt.timedelta(days=366)
NOTED_EVERY = dt.timedelta(minutes=1)  # between two notes that a token is in use


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@transaction.atomic
def make_token(
    *, name: str, scopes: Collection[str], expires_at: dt.datetime, by: Account, at: dt.datetime
) -> tuple[ApiToken, str]:
    """
    Make a token for one's own account; return it and its text, which is kept nowhere.

    :raises Refusal: if it would do nothing, more than the account may, or hold over a year
    """
    if not scopes:
        raise Refusal(_("请至少勾选一项权限。"), field="scopes")
    if not all(can(by, code) for code in scopes):
        raise Refusal(_("只能勾选您自己拥有的权限。"), field="scopes")
    if not at < expires_at <= at + LONGEST:
        raise Refusal(_("到期日要在今天之后、一年之内。"), field="valid_until")
    prefix = secrets.token_hex(5)
    text = f"ck_{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        account=by,
        name=name,
        prefix=prefix,
        digest=_digest(text),
        scopes=sorted(scopes),
        created_at=at,
        expires_at=expires_at,
    )
    record(
        "api.token_made",
        obj=token,
        by=by,
        at=at,
        changes={"name": name, "prefix": prefix, "scopes": token.scopes, "until": expires_at},
    )
    return token, text


@transaction.atomic
def revoke_token(*, token_id: int, by: Account, at: dt.datetime) -> ApiToken:
    """
    Make a token worthless from this moment on.

    :raises Refusal: if it is revoked already
    """
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.revoked_at is not None:
        raise Refusal(_("这个令牌已经作废。"))
    token.revoked_at, token.revoked_by = at, by
    token.save(update_fields=["revoked_at", "revoked_by"])
    record(
        "api.token_revoked",
        obj=token,
        by=by,
        at=at,
        changes={"holder": token.account.username, "name": token.name},
    )
    return token


def enter(*, text: str, at: dt.datetime, address: str) -> tuple[ApiToken, Account] | None:
    """
    Return the token and its account, cut down to what the token may; None if it opens nothing.

    Every call asks the database: who is disabled or revoked is out at once.
    """
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "ck" or not parts[1].isalnum():
        return None
    token = ApiToken.objects.select_related("account").filter(prefix=parts[1]).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(text)):
        return None
    account = token.account
    if not token.is_valid(at) or not account.is_active or account.temporary_since:
        return None
    if token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at, last_used_from=address[:45])
    return token, limit_to(account, token.scopes)
