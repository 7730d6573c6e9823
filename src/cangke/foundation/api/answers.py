"""What the routers of the rooms share: errors as problem documents, the caller, pages of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from ninja import Schema

from cangke.foundation.access.public import Account, can, denied
from cangke.foundation.refusal import Refusal

M = TypeVar("M", bound=Model)
MOST_ROWS = 200
MOST_KEY = 2**63 - 1  # the largest key a database holds


class Problem(Schema):
    """An error as ``application/problem+json``."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    field: str | None = None


PROBLEMS: dict[int, Any] = {
    status: Problem for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
}


def caller(request: HttpRequest, code: str) -> Account:
    """
    Return the account the program acts under, if it and its token may do ``code``.

    :raises PermissionDenied: if not (the attempt is recorded)
    """
    account = getattr(request, "auth", None)
    if not isinstance(account, Account):
        raise PermissionDenied
    if not can(account, code):
        denied.ask(account_id=account.pk, model=code, key=request.path)
        raise PermissionDenied
    return account


def checked(form: BaseForm) -> dict[str, Any]:
    """
    Return what a form makes of the data: programs are held to the same rules as people.

    :raises Refusal: the first thing the form objects to, at its field
    """
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise Refusal(errors[0], field=None if name == "__all__" else name)


def page_of_rows(rows: QuerySet[M], *, after: int, limit: int) -> tuple[Sequence[M], int | None]:
    """
    Return rows in the order of their keys behind ``after``, and the key to go on behind, if any.

    However long the list, a page costs the same.
    """
    limit = max(1, min(limit, MOST_ROWS))
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    following = found[limit - 1].pk if len(found) > limit else None
    return found[:limit], following
