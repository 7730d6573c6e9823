"""The audit log as a table (Q10): what is filtered, in words, with who took it out logged."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.audit.public import AuditEntry, act_label, changes_of, object_text
from cangke.foundation.sheets.public import Column, register_exporter
from cangke.foundation.wording import strung


def _visible(account: Account | None) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all() if account is None else scope(account, AuditEntry, "view")
    return rows.select_related("actor", "on_behalf_of").order_by("-pk")


def _changes(entry: AuditEntry) -> str:
    """What was changed, masked as on the page of the entry."""
    return strung(
        f"{each.name}: {each.old} → {each.new}" if each.is_change else f"{each.name}: {each.new}"
        for each in changes_of(entry)
    )


register_exporter(
    "audit",
    _("审计记录"),
    permission="audit.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), value=lambda entry: entry.pk),
        Column("at", _("时间"), value=lambda entry: entry.at),
        Column("actor", _("谁"), value=lambda entry: str(entry.actor or "")),
        Column("on_behalf_of", _("代"), value=lambda entry: str(entry.on_behalf_of or "")),
        Column("action", _("动作"), value=lambda entry: act_label(entry.action)),
        Column("code", _("代码"), value=lambda entry: entry.action),
        Column("object", _("对象"), value=object_text),
        Column("changes", _("内容"), value=_changes),
        Column("reason", _("事由"), field="reason"),
        Column("address", _("来源地址"), field="address"),
    ],
    rows=_visible,
)
