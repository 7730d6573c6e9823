"""What the frame asks of the rooms above it."""

from collections.abc import Collection
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from cangke.foundation.ports import Port


class AreasOff(Protocol):
    def __call__(self, *, account_id: int) -> Collection[str]:
        """Return the areas (URL namespaces) that the account's department has switched off."""


def _none_off(*, account_id: int) -> Collection[str]:
    return ()


areas_off: Port[AreasOff] = Port("ui.areas_off", _none_off)


class Exported(Protocol):
    def __call__(
        self, *, kind: str, rows: "QuerySet[Any]", file_format: str, request: HttpRequest
    ) -> HttpResponseBase:
        """Answer with the rows as a file of the format (``csv`` or ``xlsx``), and log it."""


def _no_export(
    *, kind: str, rows: "QuerySet[Any]", file_format: str, request: HttpRequest
) -> HttpResponseBase:
    raise Http404


exported: Port[Exported] = Port("ui.exported", _no_export)
