"""Work items as tables."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from . import queries, wording
from .models import Pledge, Ticket


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


def _tickets(account: Account | None) -> QuerySet[Ticket]:
    rows = Ticket.objects.all() if account is None else scope(account, Ticket, "export")
    return queries.listed_tickets(rows).order_by("-opened_at", "-pk")


def _values(ticket: Ticket) -> str:
    known = ticket.kind.specs
    return "；".join(
        f"{wording.label_of(spec)}：{wording.value_text(spec, ticket.values[spec.key])}"
        for spec in known
        if spec.key in ticket.values
    )


register_exporter(
    "tickets",
    _("工单"),
    permission="tickets.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("kind", _("类别"), value=lambda row: row.kind.name),
        Column("title", _("标题"), field="title"),
        Column("values", _("内容"), value=_values),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("priority", _("优先级"), value=lambda row: row.get_priority_display()),
        Column("owner", _("负责人"), value=lambda row: row.owner.name),
        Column("order", _("订单号"), value=lambda row: row.order.external_no if row.order else ""),
        Column(
            "conversation",
            _("会话"),
            value=lambda row: row.conversation.number if row.conversation else "",
        ),
        Column("opened_at", _("开单时间"), value=lambda row: row.opened_at),
        Column("due_at", _("期限"), value=lambda row: row.due_at),
        Column("overdue_at", _("逾期时间"), value=lambda row: row.overdue_at),
        Column("solved_at", _("解决时间"), value=lambda row: row.solved_at),
        Column("closed_at", _("关闭时间"), value=lambda row: row.closed_at),
        Column("solution", _("处理结果"), field="solution"),
    ],
    rows=_tickets,
)
