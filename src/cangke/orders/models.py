from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import rules


def state_choices() -> list[tuple[str, Any]]:
    return [
        (rules.State.UNPAID, _("待付款")),
        (rules.State.PAID, _("已付款")),
        (rules.State.ON_HOLD, _("挂起")),
        (rules.State.TO_SHIP, _("待发货")),
        (rules.State.SHIPPED, _("已发货")),
        (rules.State.DELIVERED, _("已签收")),
        (rules.State.CANCELLED, _("已取消")),
        (rules.State.AFTER_SALES, _("售后中")),
    ]


def kind_choices() -> list[tuple[str, Any]]:
    return [("sale", _("销售单")), ("cancellation", _("取消/退货单"))]


def source_choices() -> list[tuple[str, Any]]:
    return [
        ("page", _("手工录入")),
        ("sales", _("销售团队")),
        ("file", _("文件导入")),
        ("api", _("接口")),
        ("marketplace", _("平台同步")),
        ("phone", _("电话下单")),
        ("email", _("邮件下单")),
    ]


def flag_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("无旗")),
        ("red", _("红旗")),
        ("yellow", _("黄旗")),
        ("green", _("绿旗")),
        ("blue", _("蓝旗")),
        ("purple", _("紫旗")),
    ]


def hold_rule_choices() -> list[tuple[str, Any]]:
    return [
        ("address", _("地址不完整")),
        ("postcode", _("缺邮编")),
        ("phone", _("电话不完整")),
        ("name", _("缺收件人")),
        ("sku", _("SKU 不明")),
        ("quantity", _("数量不对")),
        ("service", _("缺物流方式")),
        ("manual", _("人工挂起")),
    ]


class OrderQuerySet(models.QuerySet["Order"]):
    def sales(self) -> OrderQuerySet:
        return self.filter(kind="sale")

    def waiting_to_ship(self) -> OrderQuerySet:
        """Orders that still have to leave: their promise can be kept or missed."""
        return self.filter(state__in=rules.OPEN_STATES)


class Order(models.Model):
    """A purchase order from intake to delivery (订单)."""

    number = models.CharField(_("订单号"), max_length=24, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=kind_choices, default="sale")
    external_no = models.CharField(_("外部单号"), max_length=64)
    number_reversed = models.CharField(_("倒序单号"), max_length=64, db_index=True)
    shop = models.ForeignKey(
        "people.Shop", models.PROTECT, related_name="+", verbose_name=_("店铺")
    )
    client = models.ForeignKey(
        "customers.Client",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("仓储客户"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("客户"),
    )
    source = models.CharField(_("来源"), max_length=12, choices=source_choices)
    checks = models.CharField(_("检查方案"), max_length=12, default="full")

    buyer_name = models.CharField(_("买家"), max_length=100, blank=True)
    buyer_phone = models.CharField(_("电话"), max_length=30, blank=True)
    country = models.CharField(_("国家或地区"), max_length=60, blank=True)
    province = models.CharField(_("省/州"), max_length=60, blank=True)
    city = models.CharField(_("市"), max_length=60, blank=True)
    district = models.CharField(_("区/县"), max_length=60, blank=True)
    street = models.CharField(_("详细地址"), max_length=200, blank=True)
    postcode = models.CharField(_("邮编"), max_length=16, blank=True)
    service = models.ForeignKey(
        "carriers.CarrierService",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("物流方式"),
    )

    currency = models.CharField(_("币种"), max_length=3)
    goods_amount = models.DecimalField(_("商品金额"), max_digits=12, decimal_places=2, default=0)
    freight_amount = models.DecimalField(_("运费"), max_digits=12, decimal_places=2, default=0)
    discount_amount = models.DecimalField(_("优惠"), max_digits=12, decimal_places=2, default=0)
    total_amount = models.DecimalField(_("总金额"), max_digits=12, decimal_places=2, default=0)

    state = models.CharField(_("状态"), max_length=12, choices=state_choices)
    resume_state = models.CharField(_("挂起前状态"), max_length=12, blank=True)
    flag = models.CharField(_("旗"), max_length=8, choices=flag_choices, blank=True)
    owner = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("归属客服"),
    )
    placed_at = models.DateTimeField(_("下单时间"))
    received_at = models.DateTimeField(_("接单时间"))
    paid_at = models.DateTimeField(_("付款时间"), null=True, blank=True)
    promised_ship_at = models.DateTimeField(_("约定发货时间"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("发货时间"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    held_seconds = models.PositiveIntegerField(_("累计挂起秒数"), default=0)
    intake_digest = models.CharField(_("接单内容摘要"), max_length=64, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    objects = OrderQuerySet.as_manager()
    brief: Any  # what a list shows beside the columns; set by its page

    class Meta:
        verbose_name = _("订单")
        verbose_name_plural = _("订单")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "external_no"], name="order_external_no_once_a_shop"
            ),
            models.CheckConstraint(
                name="order_held_remembers_state",
                condition=~Q(state="on_hold") | ~Q(resume_state=""),
            ),
            models.CheckConstraint(
                name="order_shipped_has_time",
                condition=~Q(state="shipped") | Q(shipped_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["state", "-placed_at", "-id"], name="order_state_newest"),
            models.Index(fields=["shop", "-placed_at", "-id"], name="order_shop_newest"),
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_customer_newest"),
            models.Index(fields=["owner", "-placed_at", "-id"], name="order_owner_newest"),
            models.Index(
                fields=["promised_ship_at"],
                name="order_promise_open",
                condition=Q(promised_ship_at__isnull=False, shipped_at__isnull=True),
            ),
            models.Index(
                fields=["flag", "-placed_at", "-id"],
                name="order_flagged",
                condition=~Q(flag=""),
            ),
            models.Index(fields=["external_no"], name="order_external_no"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def flag_css(self) -> str:
        """The class that paints the flag in its colour."""
        return f"ck-flag ck-flag--{self.flag}" if self.flag else "ck-flag"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN_STATES

    @property
    def intake_delay_seconds(self) -> int:
        """From the buyer's order to our intake, in seconds (C1)."""
        return max(0, int((self.received_at - self.placed_at).total_seconds()))


class OrderLine(models.Model):
    """One SKU of an order; on a cancellation the quantity is what came back."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("订单"))
    position = models.PositiveSmallIntegerField(_("行号"))
    product = models.ForeignKey(
        "catalog.Product",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("商品"),
    )
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(_("名称"), max_length=200, blank=True)
    quantity = models.PositiveIntegerField(_("数量"))
    unit_price = models.DecimalField(_("单价"), max_digits=12, decimal_places=4)
    shipped_quantity = models.PositiveIntegerField(_("已发数量"), default=0)

    class Meta:
        verbose_name = _("订单行")
        verbose_name_plural = _("订单行")
        ordering = ["order_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(
                name="line_shipped_at_most_ordered",
                condition=Q(shipped_quantity__lte=models.F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.shipped_quantity

    @property
    def amount(self) -> Any:
        return rules.line_amount(quantity=self.quantity, unit_price=self.unit_price)


class OrderEvent(models.Model):
    """What happened to an order, when and by whom; rows are only added (C5)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events", verbose_name=_("订单"))
    kind = models.CharField(_("类别"), max_length=24)
    from_state = models.CharField(_("原状态"), max_length=12, blank=True, choices=state_choices)
    to_state = models.CharField(_("新状态"), max_length=12, blank=True, choices=state_choices)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    data = models.JSONField(_("内容"), default=dict, blank=True)

    class Meta:
        verbose_name = _("订单事件")
        verbose_name_plural = _("订单事件")
        ordering = ["order_id", "at", "pk"]
        indexes = [models.Index(fields=["order", "at"], name="order_event_of_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Hold(models.Model):
    """A reason why an order may not go on, from opening to release (挂起, C2)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="holds", verbose_name=_("订单"))
    rule = models.CharField(_("规则"), max_length=12, choices=hold_rule_choices)
    reason = models.CharField(_("原因"), max_length=200)
    question = models.CharField(_("向客户的提问"), max_length=300, blank=True)
    detail = models.JSONField(_("细节"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("挂起时间"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("挂起人"),
    )
    released_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("解除人"),
    )
    release_note = models.CharField(_("解除说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("挂起")
        verbose_name_plural = _("挂起")
        ordering = ["order_id", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "rule"],
                condition=Q(released_at__isnull=True),
                name="hold_open_once_a_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.rule}"


class Remark(models.Model):
    """One version of the structured remark; older versions stay (插旗备注, C10, C11)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="remarks", verbose_name=_("订单"))
    logistics = models.CharField(_("物流方式"), max_length=100, blank=True)
    gift = models.CharField(_("礼品"), max_length=100, blank=True)
    other = models.CharField(_("其他特殊要求"), max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("备注人"),
    )
    author_name = models.CharField(_("备注人姓名"), max_length=60)
    at = models.DateTimeField(_("备注时间"))
    flag = models.CharField(_("旗"), max_length=8, choices=flag_choices, default="red")
    text = models.CharField(_("备注全文"), max_length=640)
    late = models.BooleanField(_("迟备注"), default=False)

    class Meta:
        verbose_name = _("插旗备注")
        verbose_name_plural = _("插旗备注")
        ordering = ["order_id", "-at", "-pk"]

    def __str__(self) -> str:
        return self.text


class Promise(models.Model):
    """A ship time promised to the buyer, by whom and when; a newer one replaces it (约定时间)."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="promises", verbose_name=_("订单")
    )
    ship_at = models.DateTimeField(_("约定发货时间"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("约定人"),
    )
    made_at = models.DateTimeField(_("约定时刻"))
    reason = models.CharField(_("告诉客户的理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("约定时间")
        verbose_name_plural = _("约定时间")
        ordering = ["order_id", "-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.order_id}"


class Shipment(models.Model):
    """Goods that left under one tracking number; a partial one carries some lines (发货)."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="shipments", verbose_name=_("订单")
    )
    carrier = models.ForeignKey(
        "carriers.Carrier", models.PROTECT, related_name="+", verbose_name=_("承运商")
    )
    service = models.ForeignKey(
        "carriers.CarrierService",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("物流方式"),
    )
    tracking_no = models.CharField(_("运单号"), max_length=64)
    tracking_reversed = models.CharField(_("倒序运单号"), max_length=64, db_index=True)
    shipped_at = models.DateTimeField(_("发货时间"))
    shipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发货人"),
    )
    delivered_at = models.DateTimeField(_("签收时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("发货")
        verbose_name_plural = _("发货")
        ordering = ["order_id", "shipped_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_no"], name="shipment_tracking_once_an_order"
            )
        ]
        indexes = [models.Index(fields=["tracking_no"], name="shipment_tracking_no")]

    def __str__(self) -> str:
        return self.tracking_no


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(
        Shipment, models.CASCADE, related_name="lines", verbose_name=_("发货")
    )
    line = models.ForeignKey(
        OrderLine, models.CASCADE, related_name="shipments", verbose_name=_("订单行")
    )
    quantity = models.PositiveIntegerField(_("数量"))

    class Meta:
        verbose_name = _("发货行")
        verbose_name_plural = _("发货行")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(name="shipment_line_not_empty", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"


class WarehouseChase(models.Model):
    """
    A recorded question to the warehouse about an order, with its answer (追问仓库, C16).

    Sender, time and question are set by the action that asks and held by the database: they can
    be neither changed nor written for another time.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="chases", verbose_name=_("订单"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("追问人")
    )
    asked_at = models.DateTimeField(_("追问时间"))
    question = models.CharField(_("追问内容"), max_length=300)
    promised_ship_at = models.DateTimeField(_("当时的约定发货时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("答复人"),
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("追问仓库")
        verbose_name_plural = _("追问仓库")
        ordering = ["order_id", "-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="chase_answered_after_asked",
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=models.F("asked_at")),
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="chase_unanswered",
                condition=Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.asked_at:%Y-%m-%d %H:%M}"
