"""Customers out to tables: masked as on the pages, for a reason, with a record (Q3, G16)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter
from cangke.foundation.wording import listed

from .models import Customer


def _visible(account: Account | None) -> QuerySet[Customer]:
    rows = Customer.objects.all() if account is None else scope(account, Customer, "view")
    return rows.filter(merged_into__isnull=True).select_related("shop", "client").order_by("pk")


register_exporter(
    "customers",
    _("客户"),
    permission="customers.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("name", _("名称"), field="display_name"),
        Column("shop", _("店铺"), value=lambda row: row.shop or ""),
        Column("client", _("仓储客户"), value=lambda row: row.client or ""),
        Column("country", _("国家或地区"), field="country"),
        Column("level", _("级别"), field="level"),
        Column("tags", _("标签"), value=lambda row: listed(row.tags)),
        Column("completeness", _("完整度"), field="completeness"),
        Column("verified_at", _("核实时间"), value=lambda row: row.verified_at),
        Column("created_at", _("建档时间"), value=lambda row: row.created_at),
    ],
    rows=_visible,
)
