"""Work items as tables."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from . import queries
from .models import Pledge


def _pledges(account: Account | None) -> QuerySet[Pledge]:
    rows = Pledge.objects.all() if account is None else scope(account, Pledge, "export")
    return queries.listed_pledges(rows).order_by("-made_at", "-pk")


register_exporter(
    "pledges",
    _("承诺"),
    permission="tickets.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("kind", _("类别"), value=lambda row: row.get_kind_display()),
        Column("text", _("承诺内容"), field="text"),
        Column("amount", _("金额"), field="amount"),
        Column("currency", _("币种"), field="currency"),
        Column("order", _("订单号"), value=lambda row: row.order.external_no if row.order else ""),
        Column(
            "conversation",
            _("会话"),
            value=lambda row: row.conversation.number if row.conversation else "",
        ),
        Column("keeper", _("兑现人"), value=lambda row: row.keeper.name),
        Column("due_at", _("约定时间"), value=lambda row: row.due_at),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("settled_at", _("了结时间"), value=lambda row: row.settled_at),
        Column("kept_late_at", _("逾期兑现时间"), value=lambda row: row.kept_late_at),
        Column("proof", _("凭据"), field="proof"),
        Column("made_at", _("登记时间"), value=lambda row: row.made_at),
    ],
    rows=_pledges,
)
