from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """Goods known by their SKU: one client's, or the company's own (商品)."""

    sku = models.CharField("SKU", max_length=64)
    client = models.ForeignKey(
        "customers.Client",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("仓储客户"),
    )
    brand = models.ForeignKey(
        "people.Brand",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("品牌"),
    )
    name = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    barcode = models.CharField(_("条码"), max_length=64, blank=True, db_index=True)
    category = models.CharField(_("类目"), max_length=80, blank=True, db_index=True)
    weight_g = models.PositiveIntegerField(_("重量（克）"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("长（毫米）"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("宽（毫米）"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("高（毫米）"), null=True, blank=True)
    is_active = models.BooleanField(_("在售"), default=True)

    class Meta:
        verbose_name = _("商品")
        verbose_name_plural = _("商品")
        ordering = ["sku", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "sku"],
                condition=Q(client__isnull=False),
                name="product_sku_once_a_client",
                violation_error_message=_("这个 SKU 已经有了，请打开原来的商品修改。"),
            ),
            models.UniqueConstraint(
                fields=["sku"],
                condition=Q(client__isnull=True),
                name="product_sku_once_of_our_own",
                violation_error_message=_("这个 SKU 已经有了，请打开原来的商品修改。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class ProductCard(models.Model):
    """What an agent tells about the goods: parameters, price, use, strengths (商品卡片)."""

    product = models.OneToOneField(
        Product, models.CASCADE, related_name="card", verbose_name=_("商品")
    )
    parameters = models.JSONField(_("参数"), default=dict, blank=True)
    price = models.DecimalField(_("售价"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    link = models.URLField(_("链接"), blank=True)
    usage = models.TextField(_("使用方法"), blank=True)
    strengths = models.TextField(_("卖点"), blank=True)

    class Meta:
        verbose_name = _("商品卡片")
        verbose_name_plural = _("商品卡片")

    def __str__(self) -> str:
        return f"{self.product_id}"
