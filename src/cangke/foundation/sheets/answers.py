"""What sheets answers to the foundation app below it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from . import registry
from .actions import export_response


def export_list(
    *, kind: str, rows: QuerySet[Any], file_format: str, request: HttpRequest
) -> HttpResponseBase:
    """Answer a list's export; where a reason is needed and missing, ask for it first."""
    exporter = registry.EXPORTERS.get(kind)
    reason = request.GET.get("reason", "").strip()
    if exporter is not None and exporter.needs_reason and not reason:
        kept = [(key, value) for key, value in request.GET.lists() if key != "reason"]
        context = {
            "label": exporter.label,
            "kept": [(key, each) for key, values in kept for each in values],
        }
        return render(request, "sheets/export/reason.html", context)
    return export_response(
        request, kind, rows, file_format=file_format, at=timezone.now(), reason=reason[:500]
    )
