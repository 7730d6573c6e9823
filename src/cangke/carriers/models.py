from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def reach_choices() -> list[tuple[str, Any]]:
    return [
        ("website", _("物流网站")),
        ("group_chat", _("物流交流群")),
        ("phone", _("物流电话")),
        ("email", _("邮件")),
    ]


class Carrier(models.Model):
    """A transport partner (承运商)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    country = models.CharField(_("国家代码"), max_length=2, default="CN")
    tracking_url = models.CharField(_("查询网址模板"), max_length=200, blank=True)
    silent_hours = models.PositiveSmallIntegerField(_("无物流信息预警（小时）"), default=48)
    is_active = models.BooleanField(_("合作中"), default=True)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = _("承运商")
        verbose_name_plural = _("承运商")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def silent_minutes(self) -> int:
        return self.silent_hours * 60


class CarrierService(models.Model):
    """One product of a carrier (物流方式): 标快, Ground, …"""

    carrier = models.ForeignKey(
        Carrier, models.CASCADE, related_name="services", verbose_name=_("承运商")
    )
    code = models.SlugField(_("代码"), max_length=30)
    name = models.CharField(_("名称"), max_length=60)
    days_min = models.PositiveSmallIntegerField(_("最快天数"), null=True, blank=True)
    days_max = models.PositiveSmallIntegerField(_("最慢天数"), null=True, blank=True)
    is_express = models.BooleanField(_("加急"), default=False)
    is_active = models.BooleanField(_("可用"), default=True)

    class Meta:
        verbose_name = _("物流方式")
        verbose_name_plural = _("物流方式")
        ordering = ["carrier_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "code"], name="service_once_a_carrier")
        ]

    def __str__(self) -> str:
        return self.name


class CarrierContact(models.Model):
    """Whom to ask at a carrier, and by which way (联系人, G12)."""

    carrier = models.ForeignKey(
        Carrier, models.CASCADE, related_name="contacts", verbose_name=_("承运商")
    )
    name = models.CharField(_("姓名"), max_length=60)
    reach = models.CharField(_("方式"), max_length=12, choices=reach_choices, default="phone")
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("承运商联系人")
        verbose_name_plural = _("承运商联系人")
        ordering = ["carrier_id", "pk"]

    def __str__(self) -> str:
        return self.name
