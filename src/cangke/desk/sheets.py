"""The walk-in register as a table."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from .models import Visit


def _visits(account: Account | None) -> QuerySet[Visit]:
    rows = Visit.objects.all() if account is None else scope(account, Visit, "view")
    return rows.select_related("site", "host", "conversation")


register_exporter(
    "visits",
    _("来访记录"),
    permission="desk.export",
    columns=[
        Column("came_at", _("进入时间"), field="came_at"),
        Column("left_at", _("离开时间"), field="left_at"),
        Column("visitor_name", _("来访人"), field="visitor_name"),
        Column("company", _("单位"), field="company"),
        Column("phone", _("电话"), field="phone"),
        Column("people", _("人数"), field="people"),
        Column("purpose_kind", _("来访类别"), value=lambda row: row.get_purpose_kind_display()),
        Column("purpose", _("来访事由"), field="purpose"),
        Column("host", _("接待人"), value=lambda row: row.host.name if row.host else ""),
        Column("result", _("结果"), field="result"),
        Column("site", _("站点"), value=lambda row: row.site.name),
        Column(
            "conversation",
            _("会话"),
            value=lambda row: row.conversation.number if row.conversation else "",
        ),
    ],
    rows=_visits,
)
