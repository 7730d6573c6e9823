from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.audit.public import (
    AuditEntry,
    act_label,
    changes_of,
    entries_of,
    head,
    object_text,
    object_url,
)
from cangke.foundation.ui.public import Column, ListPage, Preset

from .. import forms


class AuditList(ListPage[AuditEntry]):
    """The log, newest first, paged by key: the millionth entry opens as fast as the first."""

    name = "office.audit"
    template = "office/audit/list.html"
    filterset_class = forms.AuditFilter
    columns = [
        Column("at", gettext_lazy("时间"), always=True, phone="side"),
        Column("actor", gettext_lazy("谁"), phone="line"),
        Column("action", gettext_lazy("动作"), always=True, phone="head"),
        Column("object", gettext_lazy("对象"), phone="line"),
        Column("reason", gettext_lazy("事由"), phone="line"),
        Column("address", gettext_lazy("来源地址"), hidden=True),
    ]
    export = "audit"
    export_permission = "audit.export"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("denied", gettext_lazy("越权被拒"), "action=access.denied"),
        Preset("revealed", gettext_lazy("查看原文"), "action=access.revealed"),
        Preset("granted", gettext_lazy("授权"), "action=access.granted"),
    ]

    def _key(self, name: str) -> int | None:
        text = self.params.get(name, "")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise SuspiciousOperation("a place in the log is a number")
        return int(text)

    def order(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return rows.order_by("-pk")

    @cached_property
    def _looked(self) -> tuple[list[AuditEntry], bool]:
        before, after = self._key("before"), self._key("after")
        rows = self.matching
        if after is not None:
            newer = list(rows.filter(pk__gt=after).order_by("pk")[: self.per_page])
            return self.decorate(newer[::-1]), True
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows[: self.per_page + 1])
        return self.decorate(found[: self.per_page]), len(found) > self.per_page

    def decorate(self, rows: list[AuditEntry]) -> list[AuditEntry]:
        found: list[Any] = rows
        for row in found:
            row.act = act_label(row.action)
            row.object_words = object_text(row)
        return rows

    @property
    def placed(self) -> bool:
        return bool(self.params.get("before") or self.params.get("after"))

    @property
    def has_next(self) -> bool:
        return self._looked[1]

    @property
    def at_limit(self) -> bool:
        return False

    @property
    def previous_url(self) -> str:
        if not self.placed or not self.rows:
            return ""
        return self.url(before=None, after=self.rows[0].pk)

    @property
    def next_url(self) -> str:
        return self.url(after=None, before=self.rows[-1].pk) if self.has_next else ""

    @property
    def first_text(self) -> str:
        return f"#{self.rows[0].pk}" if self.rows else ""

    @property
    def last_text(self) -> str:
        return f"#{self.rows[-1].pk}" if self.rows else ""

    def get_context(self) -> dict[str, Any]:
        sequence, digest = head()
        return {"sealed": sequence, "digest": digest[:12]}


@require_safe
@allowed("audit.view")
def audit_list(request: HttpRequest) -> HttpResponse:
    rows = scope(request.user, AuditEntry, "view").select_related("actor", "on_behalf_of")
    return AuditList(request, rows).response()


@require_safe
@allowed("audit.view")
def audit_entry(request: HttpRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, AuditEntry, "view").select_related("actor", "on_behalf_of", "seal")
    entry = get_visible(request.user, AuditEntry, "view", rows=rows, pk=pk)
    same = entries_of(entry.object_type, entry.object_id) if entry.object_type else None
    return render(
        request,
        "office/audit/detail.html",
        {
            "entry": entry,
            "act": act_label(entry.action),
            "object": object_text(entry),
            "object_url": object_url(entry),
            "changes": changes_of(entry),
            "seal": getattr(entry, "seal", None),
            "same": [(each, act_label(each.action)) for each in same[:10]] if same else [],
        },
    )
