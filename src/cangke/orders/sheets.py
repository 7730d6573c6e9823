"""
Orders in and out of tables.

One importer takes two shapes, told apart by the columns that are mapped. With any column of a
delivery address it is an **order table**: neighbouring rows of one order number are one order,
taken whole through the ordinary intake with all its checks. Without, it is an **invoice file**:
numbers with ``C`` are cancellations, and `rules.invoices` says what becomes of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cangke.carriers.public import find_service
from cangke.foundation.access.public import Account, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.sheets.public import (
    BadValue,
    Column,
    Field,
    Importer,
    ImportRun,
    Option,
    Outcome,
    Row,
    Task,
    amount,
    local_moment,
    on_clock,
    refused,
    register_exporter,
    register_importer,
    sentence,
    taken,
    text,
    unchanged,
    whole,
)
from cangke.people.public import Employee, Shop, shops_within

from . import actions, rules
from .actions import InvoiceDraft, LineDraft, OrderDraft
from .models import Order

# A file with any of these columns tells where the goods go; without them it is a file of invoices.
ADDRESS_FIELDS = frozenset({"buyer_phone", "province", "city", "district", "street", "postcode"})
NUMBERS: dict[str, Callable[[str], Any]] = {
    "quantity": whole(least=-10_000_000, most=10_000_000),
    "unit_price": amount(digits=4),
    "freight_amount": amount(least=Decimal(0)),
    "discount_amount": amount(least=Decimal(0)),
}
REASONS = {
    rules.Why.BAD_DEBT: gettext_lazy("坏账调整分录，不是订单"),
    rules.Why.WRITE_OFF: gettext_lazy("没有 C 的负数量是库存核销，不是订单"),
    rules.Why.STOCK_FOUND: gettext_lazy("没有客户且全部零价，是库存调整，不是订单"),
    rules.Why.ZERO_QUANTITY: gettext_lazy("数量为 0"),
    rules.Why.NEGATIVE_PRICE: gettext_lazy("单价为负，是账务调整"),
    rules.Why.POSITIVE_CANCELLATION: gettext_lazy("取消单的数量应为负数"),
    rules.Why.NO_SKU: gettext_lazy("缺 SKU"),
}


def _shops(account: Account | None) -> Sequence[tuple[str, Any]]:
    rows = Shop.objects.all() if account is None else shops_within(account, "orders.import")
    return [(shop.code, shop.name) for shop in rows]


@register_importer
class OrderImporter(Importer):
    kind = "orders"
    label = pgettext_lazy("several", "订单")
    permission = "orders.import"
    chunk_size = 1_000
    group_by = "external_no"
    help = gettext_lazy(
        "一行一个商品，同一订单号的相邻各行合成一张订单。带收货地址的按订单表接单并检查完整性；"
        "不带地址的按发票文件处理：C 开头为取消/退货单，没有客户的记为匿名买家，"
        "库存核销、坏账调整和库存调整各行不导入并写明原因。不选店铺也没有店铺列时，归第一家店铺。"
    )
    fields = [
        Field(
            "external_no",
            gettext_lazy("订单号"),
            ["InvoiceNo", "order number", "order id", "订单编号", "外部单号", "平台单号"],
            required=True,
            parse=text(most=64),
        ),
        Field("sku", "SKU", ["StockCode", "商品编码", "货号", "商家编码"], parse=text(most=64)),
        Field(
            "name",
            gettext_lazy("名称"),
            ["Description", "商品名称", "商品", "品名", "product"],
            parse=text(most=2_000),
        ),
        Field("quantity", gettext_lazy("数量"), ["Quantity", "qty", "件数"]),
        Field("unit_price", gettext_lazy("单价"), ["UnitPrice", "price", "价格", "商品单价"]),
        Field(
            "placed_at",
            gettext_lazy("下单时间"),
            ["InvoiceDate", "order date", "订单创建时间", "拍下时间", "下单日期"],
        ),
        Field(
            "customer_code",
            gettext_lazy("客户编号"),
            ["CustomerID", "customer no", "会员号", "买家编号"],
            parse=text(most=100),
        ),
        Field(
            "country",
            gettext_lazy("国家"),
            ["Country", "国家代码", "国家或地区"],
            parse=text(most=60),
        ),
        Field("shop", gettext_lazy("店铺"), ["shop", "店铺代码", "店铺名称"]),
        Field("paid_at", gettext_lazy("付款时间"), ["paid at", "支付时间"]),
        Field(
            "buyer_name",
            gettext_lazy("收件人"),
            ["收货人", "收货人姓名", "买家", "recipient", "ship name"],
            parse=text(most=100),
        ),
        Field(
            "im_nick",
            gettext_lazy("旺旺名字"),
            ["买家会员名", "买家昵称", "旺旺", "buyer nick"],
            parse=text(most=100),
        ),
        Field(
            "buyer_phone",
            gettext_lazy("电话"),
            ["手机", "联系电话", "联系手机", "收件人电话", "phone", "ship phone"],
            parse=text(most=30),
        ),
        Field("email", gettext_lazy("邮箱"), ["email", "买家邮箱"], parse=text(most=200)),
        Field("province", gettext_lazy("省/州"), ["省", "省份", "州", "state", "province"]),
        Field("city", gettext_lazy("市"), ["城市", "city"]),
        Field("district", gettext_lazy("区/县"), ["区", "区县", "county", "district"]),
        Field(
            "street",
            gettext_lazy("详细地址"),
            ["地址", "收货地址", "收件地址", "address", "street"],
        ),
        Field("postcode", gettext_lazy("邮编"), ["邮政编码", "zip", "postcode", "postal code"]),
        Field("service", gettext_lazy("物流方式"), ["快递公司", "运送方式", "配送方式", "service"]),
        Field("freight_amount", gettext_lazy("运费"), ["邮费", "freight", "shipping fee"]),
        Field("discount_amount", gettext_lazy("优惠"), ["优惠金额", "discount"]),
        Field("currency", gettext_lazy("币种"), ["货币", "currency"], parse=text(most=3)),
        Field(
            "promised_ship_at",
            gettext_lazy("约定发货时间"),
            ["约定时间", "最晚发货时间", "ship by"],
        ),
        Field("owner", gettext_lazy("归属客服"), ["客服", "接待客服", "agent"]),
    ]
    options = [Option("shop", gettext_lazy("店铺"), _shops, required=False)]

    shops: dict[str, Shop]
    services: dict[str, int | None]
    owners: dict[str, int | None]

    def begin(self, task: Task) -> None:
        """
        Load the shops, and see from the mapping which shape the file has.

        :raises Refusal: if there is no shop its orders could belong to
        """
        allowed = (
            Shop.objects.all() if task.by is None else shops_within(task.by, "orders.import")
        ).select_related("site")
        self.shops = {}
        first: Shop | None = None
        for shop in allowed.order_by("code"):
            first = first or shop
            self.shops[shop.code.casefold()] = self.shops[shop.name.casefold()] = shop
        if first is None:
            raise Refusal(_("还没有可以导入的店铺，请先建店铺。"))
        self.default = self.shops.get(task.options.get("shop", "").casefold(), first)
        mapping = (
            ImportRun.objects.filter(key=task.key).values_list("mapping", flat=True).first() or {}
        )
        self.with_address = bool(ADDRESS_FIELDS & set(mapping))
        self.services, self.owners = {}, {}

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        """
        Read numbers and moments of a row.

        A cell that cannot be read is noted, not raised: the order it belongs to is known and is
        refused whole, rather than taken without one of its lines.
        """
        problem = ""
        for name, parse in NUMBERS.items():
            default: Any = 0 if name == "quantity" else Decimal(0)
            values[name], problem = self._read(name, values[name], parse, default, problem)
        for name in ("placed_at", "paid_at", "promised_ship_at"):
            values[name], problem = self._read(name, values[name], local_moment, None, problem)
        for name in ("sku", "placed_at"):
            if not values[name] and not problem:
                problem = self._said(name, BadValue("required"))
        values["problem"] = problem
        return values

    def _read(
        self, name: str, cell: str, parse: Callable[[str], Any], default: Any, problem: str
    ) -> tuple[Any, str]:
        if cell == "":
            if name == "quantity":
                return default, problem or self._said(name, BadValue("required"))
            return default, problem
        try:
            return parse(cell), problem
        except BadValue as error:
            return default, problem or self._said(name, error)

    def _said(self, name: str, error: BadValue) -> str:
        return f"{self.field(name).label}：{sentence(error)}"

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        outcomes: dict[int, Outcome] = {}
        groups = []
        for group in _groups(rows):
            spoiled = self._spoiled(group)
            if spoiled:
                outcomes.update(spoiled)
            else:
                groups.append(group)
        if self.with_address:
            for group in groups:
                outcomes.update(self._take_order(group, task))
        else:
            outcomes.update(self._take_invoices(groups, task))
        return [outcomes[row.line] for row in rows]

    def _shop(self, row: Row) -> Shop | None:
        named = row.values["shop"].strip().casefold()
        return self.shops.get(named) if named else self.default

    def _spoiled(self, group: Sequence[Row]) -> dict[int, Outcome]:
        """An order with a row that cannot be read is refused whole; each row says why."""
        first = group[0]
        bad = next((row for row in group if row.values["problem"]), None)
        reason = bad.values["problem"] if bad else ""
        if not reason and any(self._shop(row) is None for row in group):
            reason = _("没有这家店铺：%s") % first.values["shop"]
        if not reason:
            return {}
        return {
            row.line: refused(
                row.values["problem"]
                or (_("同一订单的第 %d 行有错：%s") % (bad.line, reason) if bad else reason)
            )
            for row in group
        }

    # --- an invoice file

    def _take_invoices(self, groups: Sequence[Sequence[Row]], task: Task) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        by_shop: dict[int, list[tuple[InvoiceDraft, list[Row]]]] = {}
        shops: dict[int, Shop] = {}
        for group in groups:
            shop = self._shop(group[0]) or self.default
            kept = []
            verdicts = rules.judge_invoice([_invoice_line(row) for row in group])
            for row, why in zip(group, verdicts, strict=True):
                if why is None:
                    kept.append(row)
                else:
                    outcomes[row.line] = refused(REASONS[why])
            if kept:
                shops[shop.pk] = shop
                by_shop.setdefault(shop.pk, []).append((_invoice(shop, kept), kept))
        for shop_id, drafts in by_shop.items():
            results = actions.import_invoices(
                shop=shops[shop_id],
                drafts=[draft for draft, _rows in drafts],
                by=task.by,
                at=task.at,
            )
            for (draft, kept), result in zip(drafts, results, strict=True):
                if result.state == "taken":
                    outcome = taken(draft.number)
                elif result.state == "unchanged":
                    outcome = unchanged(draft.number)
                else:
                    outcome = refused(_("发票 %s 已导入过，内容不同") % draft.number)
                outcomes.update({row.line: outcome for row in kept})
        return outcomes

    # --- an order table

    def _take_order(self, group: Sequence[Row], task: Task) -> dict[int, Outcome]:
        shop = self._shop(group[0]) or self.default
        try:
            with transaction.atomic():
                received = actions.receive_order(
                    draft=self._draft(shop, group), by=task.by, at=task.at
                )
        except Refusal as refusal:
            return {row.line: refused(refusal.message) for row in group}
        number = received.order.external_no
        outcome = taken(number) if received.created else unchanged(number)
        return {row.line: outcome for row in group}

    def _draft(self, shop: Shop, group: Sequence[Row]) -> OrderDraft:
        def first(name: str) -> Any:
            """What the order says of itself may stand on any of its rows."""
            return next((row.values[name] for row in group if row.values[name]), "")

        zone = ZoneInfo(shop.site.zone)
        country = first("country")
        return OrderDraft(
            shop_id=shop.pk,
            external_no=first("external_no"),
            source="file",
            placed_at=on_clock(first("placed_at"), zone),
            paid_at=on_clock(first("paid_at"), zone) if first("paid_at") else None,
            promised_ship_at=(
                on_clock(first("promised_ship_at"), zone) if first("promised_ship_at") else None
            ),
            currency=str(first("currency")).upper(),
            customer_code=first("customer_code"),
            im_nick=first("im_nick"),
            email=first("email"),
            buyer_name=first("buyer_name"),
            buyer_phone=first("buyer_phone"),
            country=country.upper() if len(country) == 2 else country or shop.site.country,
            province=first("province"),
            city=first("city"),
            district=first("district"),
            street=first("street"),
            postcode=first("postcode"),
            service_id=self._service(str(first("service"))),
            freight_amount=first("freight_amount") or Decimal(0),
            discount_amount=first("discount_amount") or Decimal(0),
            owner_id=self._owner(str(first("owner"))),
            lines=tuple(
                LineDraft(
                    sku=row.values["sku"],
                    quantity=row.values["quantity"],
                    unit_price=row.values["unit_price"],
                    name=row.values["name"][:200],
                )
                for row in group
            ),
        )

    def _service(self, named: str) -> int | None:
        if named and named not in self.services:
            service = find_service(named)
            self.services[named] = service.pk if service else None
        return self.services.get(named)

    def _owner(self, named: str) -> int | None:
        if named and named not in self.owners:
            found = list(
                Employee.objects.at_work().filter(number=named).values_list("pk", flat=True)
            ) or list(Employee.objects.at_work().filter(name=named).values_list("pk", flat=True))
            self.owners[named] = found[0] if len(found) == 1 else None
        return self.owners.get(named)


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in rows:
        if group and row.values["external_no"] != group[-1].values["external_no"]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _customer_code(row: Row) -> str:
    """Spreadsheets turn the number 17850 into 17850.0."""
    return re.sub(r"^(\d+)\.0+$", r"\1", row.values["customer_code"].strip())


def _invoice_line(row: Row) -> rules.InvoiceLine:
    values = row.values
    return rules.InvoiceLine(
        number=values["external_no"],
        sku=values["sku"],
        quantity=values["quantity"],
        unit_price=values["unit_price"],
        customer=values["customer_code"],
    )


def _invoice(shop: Shop, rows: Sequence[Row]) -> InvoiceDraft:
    zone = ZoneInfo(shop.site.zone)
    return InvoiceDraft(
        number=rows[0].values["external_no"],
        placed_at=min(on_clock(row.values["placed_at"], zone) for row in rows),
        customer=next((code for row in rows if (code := _customer_code(row))), ""),
        country=next((row.values["country"] for row in rows if row.values["country"]), ""),
        lines=tuple(
            (
                row.values["sku"],
                row.values["name"].strip()[:200],
                abs(row.values["quantity"]),
                row.values["unit_price"],
            )
            for row in rows
        ),
    )


def _visible(account: Account | None) -> QuerySet[Order]:
    rows = Order.objects.all() if account is None else scope(account, Order, "export")
    return rows.select_related("shop", "owner", "customer").order_by("-placed_at", "-pk")


register_exporter(
    "orders",
    pgettext_lazy("several", "订单"),
    permission="orders.export",
    needs_reason=True,
    columns=[
        Column("external_no", gettext_lazy("订单号"), field="external_no"),
        Column("number", gettext_lazy("系统单号"), field="number"),
        Column("kind", gettext_lazy("类别"), value=lambda row: row.get_kind_display()),
        Column("shop", gettext_lazy("店铺"), value=lambda row: row.shop.name),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display()),
        Column("buyer_name", gettext_lazy("收件人"), field="buyer_name"),
        Column("buyer_phone", gettext_lazy("电话"), field="buyer_phone"),
        Column("country", gettext_lazy("国家"), field="country"),
        Column("city", gettext_lazy("市"), field="city"),
        Column("street", gettext_lazy("详细地址"), field="street"),
        Column("postcode", gettext_lazy("邮编"), field="postcode"),
        Column("total", gettext_lazy("总金额"), field="total_amount"),
        Column("currency", gettext_lazy("币种"), field="currency"),
        Column("owner", gettext_lazy("归属客服"), value=lambda row: row.owner or ""),
        Column("placed_at", gettext_lazy("下单时间"), value=lambda row: row.placed_at),
        Column("received_at", gettext_lazy("接单时间"), value=lambda row: row.received_at),
        Column("promised", gettext_lazy("约定发货时间"), value=lambda row: row.promised_ship_at),
        Column("shipped", gettext_lazy("发货时间"), value=lambda row: row.shipped_at),
    ],
    rows=_visible,
)
