"""A program with a token, for tests of the interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.test import Client
from django.utils import timezone

from cangke.foundation.access.public import PERMISSIONS, Account, can
from cangke.foundation.api.public import make_token


def token_for(account: Account, scopes: Collection[str] = (), *, days: int = 30) -> str:
    """Return a new token of the account: for the scopes, or for all that it may do."""
    at = timezone.now()
    codes = scopes or [code for code in PERMISSIONS if can(account, code)]
    until = at + dt.timedelta(days=days)
    return make_token(name="test", scopes=codes, expires_at=until, by=account, at=at)[1]


class Program:
    """Asks ``/api/v1/`` with a token and without cookies."""

    def __init__(self, account: Account, scopes: Collection[str] = ()) -> None:
        self.token = token_for(account, scopes)
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **given: Any) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers(given), **given)

    def post(self, path: str, body: Any, **given: Any) -> Any:
        return self.client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers=self._headers(given),
            **given,
        )

    def _headers(self, given: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **given.pop("headers", {})}
