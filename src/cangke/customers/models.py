from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def client_state_choices() -> list[tuple[str, Any]]:
    return [("active", _("合作中")), ("suspended", _("暂停")), ("ended", _("已终止"))]


def level_choices() -> list[tuple[str, Any]]:
    return [("", _("未定级")), ("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")]


def settlement_choices() -> list[tuple[str, Any]]:
    return [
        ("monthly", _("月结")),
        ("half_month", _("半月结")),
        ("weekly", _("周结")),
        ("prepaid", _("预付")),
    ]


def identity_choices() -> list[tuple[str, Any]]:
    return [
        ("im_nick", _("旺旺名字")),
        ("email", _("邮箱")),
        ("phone", _("电话")),
        ("marketplace_id", _("平台账号")),
        ("web_visitor", _("网页访客")),
        ("order_customer_code", _("订单客户编号")),
        ("wecom", _("企业微信")),
    ]


class Client(models.Model):
    """A company that stores goods with us (客户, B2B)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    english_name = models.CharField(_("英文名称"), max_length=100, blank=True)
    level = models.CharField(_("级别"), max_length=2, choices=level_choices, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=client_state_choices, default="active"
    )
    settlement = models.CharField(
        _("结算周期"), max_length=12, choices=settlement_choices, default="monthly"
    )
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    contract_from = models.DateField(_("合同起"), null=True, blank=True)
    contract_to = models.DateField(_("合同止"), null=True, blank=True)
    contract_terms = models.TextField(_("合同条款"), blank=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    keeper = models.ForeignKey(
        "people.Employee",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("对接客服"),
    )
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = _("仓储客户")
        verbose_name_plural = _("仓储客户")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ClientMember(models.Model):
    """An account of a client's own people: sees that client's data and nothing else (Q11)."""

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="members", verbose_name=_("仓储客户")
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("账户")
    )

    class Meta:
        verbose_name = _("客户账户")
        verbose_name_plural = _("客户账户")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.account_id}"


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """Files in use; merged ones live on in the file that was kept."""
        return self.filter(merged_into__isnull=True)


class Customer(models.Model):
    """The file of one person or company we serve (客户档案, G1)."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    display_name = models.CharField(_("名称"), max_length=100)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("仓储客户"),
    )
    shop = models.ForeignKey(
        "people.Shop",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("店铺"),
    )
    shops = models.ManyToManyField(
        "people.Shop", related_name="+", blank=True, verbose_name=_("来过的店铺")
    )
    country = models.CharField(_("国家或地区"), max_length=60, blank=True)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    level = models.CharField(_("级别"), max_length=2, choices=level_choices, blank=True)
    tags = models.JSONField(_("标签"), default=list, blank=True)
    needs = models.TextField(_("需求"), blank=True)
    preferences = models.TextField(_("偏好"), blank=True)
    muted_until = models.DateTimeField(_("静音至"), null=True, blank=True)
    mute_reason = models.CharField(_("静音事由"), max_length=200, blank=True)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    completeness = models.PositiveSmallIntegerField(_("完整度"), default=0)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("已并入"),
    )
    created_at = models.DateTimeField(_("建档时间"))

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("客户档案")
        verbose_name_plural = _("客户档案")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="customer_muted_with_reason",
                condition=Q(muted_until__isnull=True) | ~Q(mute_reason=""),
            ),
            models.CheckConstraint(
                name="customer_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
            ),
        ]
        indexes = [models.Index(fields=["shop", "-id"], name="customer_shop_newest")]

    def __str__(self) -> str:
        return self.display_name

    def is_muted(self, at: dt.datetime) -> bool:
        return self.muted_until is not None and self.muted_until > at


class Identity(models.Model):
    """One way a customer is known to us; the same value never belongs to two files."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="identities", verbose_name=_("客户")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=identity_choices)
    channel_ref = models.CharField(_("所属"), max_length=60, blank=True)
    value = models.CharField(_("内容"), max_length=200)
    value_norm = models.CharField(_("规范内容"), max_length=200)
    value_reversed = models.CharField(_("倒序内容"), max_length=200, db_index=True)
    verified = models.BooleanField(_("已验证"), default=False)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("客户身份")
        verbose_name_plural = _("客户身份")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel_ref", "value_norm"], name="identity_belongs_to_one"
            ),
        ]
        indexes = [models.Index(fields=["value_norm"], name="identity_value_norm")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Address(models.Model):
    """Where a customer receives goods (收货地址)."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="addresses", verbose_name=_("客户")
    )
    name = models.CharField(_("收件人"), max_length=60)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    country = models.CharField(_("国家代码"), max_length=2, default="CN")
    province = models.CharField(_("省/州"), max_length=60, blank=True)
    city = models.CharField(_("市"), max_length=60, blank=True)
    district = models.CharField(_("区/县"), max_length=60, blank=True)
    street = models.CharField(_("详细地址"), max_length=200)
    postcode = models.CharField(_("邮编"), max_length=16, blank=True)
    is_default = models.BooleanField(_("默认"), default=False)

    class Meta:
        verbose_name = _("收货地址")
        verbose_name_plural = _("收货地址")
        ordering = ["-is_default", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                name="address_one_default",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Merge(models.Model):
    """Two files made one: who did it, when, why, and what moved (客户合并)."""

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("保留"))
    merged = models.OneToOneField(
        Customer, models.PROTECT, related_name="+", verbose_name=_("并入")
    )
    moved = models.JSONField(_("移动内容"), default=dict)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("客户合并")
        verbose_name_plural = _("客户合并")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
