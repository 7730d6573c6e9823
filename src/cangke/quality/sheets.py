"""Quality checks as a table."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from . import queries
from .models import Check


def _checks(account: Account | None) -> QuerySet[Check]:
    rows = Check.objects.all() if account is None else scope(account, Check, "export")
    return queries.listed_checks(rows).order_by("-drawn_at", "-pk")


def _points(check: Check) -> str:
    return "；".join(
        f"{item.name} {check.scores[item.code]}/{item.points}"
        for item in check.sheet
        if item.code in check.scores
    )


register_exporter(
    "checks",
    _("质检"),
    permission="quality.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("conversation", _("会话"), value=lambda row: row.conversation.number),
        Column("agent", _("客服"), value=lambda row: row.agent.name),
        Column("week", _("所属周"), value=lambda row: row.week),
        Column("reason", _("来由"), value=lambda row: row.get_reason_display()),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("total", _("总分"), field="total"),
        Column("points", _("得分"), value=_points),
        Column("comment", _("评语"), field="comment"),
        Column(
            "inspector",
            _("质检人"),
            value=lambda row: row.inspector.display_name if row.inspector else "",
        ),
        Column("scored_at", _("评分时间"), value=lambda row: row.scored_at),
    ],
    rows=_checks,
)
