"""Goods in and out of tables: our own template, and masters in grams and centimetres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.customers.public import Client
from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import (
    Column,
    Field,
    Importer,
    Option,
    Outcome,
    Row,
    Task,
    amount,
    register_exporter,
    register_importer,
    taken,
    text,
    unchanged,
)

from . import actions
from .models import Product


def _times(factor: int) -> Callable[[str], int]:
    """A measure in whole units of ours, read from one that is ``factor`` times as large."""
    parse = amount(digits=6, least=Decimal(0), most=Decimal(100_000_000))

    def read(cell: str) -> int:
        return int((parse(cell) * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    return read


def _clients(account: Account | None) -> Sequence[tuple[str, Any]]:
    return [("", _("自有商品")), *Client.objects.values_list("code", "name")]


@register_importer
class ProductImporter(Importer):
    kind = "products"
    label = _("商品")
    permission = "catalog.import"
    chunk_size = 1_000
    help = _("按 SKU 更新：已有的只改表里填了的列。重量为克，尺寸为厘米或毫米。")
    fields = [
        Field(
            "sku",
            "SKU",
            ["product_id", "商品编码", "货号", "StockCode", "商家编码"],
            required=True,
            parse=text(most=64),
        ),
        Field("name", _("名称"), ["商品名称", "品名", "product name", "Description"]),
        Field("name_en", _("英文名称"), ["english name"]),
        Field("barcode", _("条码"), ["barcode", "ean", "upc"], parse=text(most=64)),
        Field(
            "category", _("类目"), ["product_category_name", "category", "分类"],
            parse=text(most=80),
        ),
        Field(
            "weight_g", _("重量（克）"), ["product_weight_g", "weight_g", "weight g", "克重"],
            parse=_times(1), default=None,
        ),
        Field("length_mm", _("长（毫米）"), ["length_mm", "length mm"], parse=_times(1),
              default=None),
        Field("width_mm", _("宽（毫米）"), ["width_mm", "width mm"], parse=_times(1),
              default=None),
        Field("height_mm", _("高（毫米）"), ["height_mm", "height mm"], parse=_times(1),
              default=None),
        Field("length_cm", _("长（厘米）"), ["product_length_cm", "length_cm"], parse=_times(10),
              default=None),
        Field("width_cm", _("宽（厘米）"), ["product_width_cm", "width_cm"], parse=_times(10),
              default=None),
        Field("height_cm", _("高（厘米）"), ["product_height_cm", "height_cm"], parse=_times(10),
              default=None),
    ]  # fmt: skip
    options = [Option("client", _("仓储客户"), _clients, required=False)]

    def begin(self, task: Task) -> None:
        self.client = Client.objects.filter(code=task.options.get("client", "")).first()

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        """Bring centimetres to millimetres; a size in millimetres wins."""
        for side in ("length", "width", "height"):
            in_cm = values.pop(f"{side}_cm")
            if values[f"{side}_mm"] is None:
                values[f"{side}_mm"] = in_cm
        return values

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        changed = actions.import_products(
            client=self.client, rows=[row.values for row in rows], at=task.at
        )
        return [
            taken(row.values["sku"]) if new else unchanged(row.values["sku"])
            for row, new in zip(rows, changed, strict=True)
        ]


def _visible(account: Account | None) -> QuerySet[Product]:
    rows = Product.objects.all() if account is None else scope(account, Product, "view")
    return rows.select_related("client").order_by("sku", "pk")


register_exporter(
    "products",
    _("商品"),
    permission="catalog.export",
    columns=[
        Column("sku", "SKU", field="sku"),
        Column("name", _("名称"), field="name"),
        Column("name_en", _("英文名称"), field="name_en"),
        Column("barcode", _("条码"), field="barcode"),
        Column("category", _("类目"), field="category"),
        Column("client", _("仓储客户"), value=lambda row: row.client or ""),
        Column("weight_g", _("重量（克）"), field="weight_g"),
        Column("length_mm", _("长（毫米）"), field="length_mm"),
        Column("width_mm", _("宽（毫米）"), field="width_mm"),
        Column("height_mm", _("高（毫米）"), field="height_mm"),
    ],
    rows=_visible,
)
