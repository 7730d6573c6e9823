"""Articles and their versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(models.TextChoices):
    SERVICE = "service", _("服务范围")
    PROCEDURE = "procedure", _("操作流程")
    RATES = "rates", _("收费标准")
    PRODUCT = "product", _("产品")
    MARKETPLACE = "marketplace", _("平台规则")
    LOGISTICS = "logistics", _("各地物流")
    CAMPAIGN = "campaign", _("活动")
    OTHER = "other", _("其他")


class Audience(models.TextChoices):
    ALL = "all", _("全员")
    DEPARTMENT = "department", _("本部门")
    TEAM = "team", _("本组")


def category_choices() -> list[tuple[str, Any]]:
    return Category.choices


def audience_choices() -> list[tuple[str, Any]]:
    return Audience.choices


class Article(models.Model):
    """What one has to know: services, procedures, rates, products, marketplace rules (知识, J1)."""

    category = models.CharField(_("类别"), max_length=12, choices=category_choices)
    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("标题（英文）"), max_length=120, blank=True)
    body = models.TextField(_("正文"))
    body_en = models.TextField(_("正文（英文）"), blank=True)
    number = models.PositiveIntegerField(_("版本号"), default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("负责人"),
    )
    audience = models.CharField(
        _("读者"), max_length=10, choices=audience_choices, default=Audience.ALL
    )
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("部门"),
    )
    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    client = models.ForeignKey(
        "customers.Client",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("仅限仓储客户"),
    )
    shop = models.ForeignKey(
        "people.Shop",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("仅限店铺"),
    )
    valid_from = models.DateField(_("生效"), null=True, blank=True)
    valid_until = models.DateField(_("有效至"), null=True, blank=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    updated_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("知识文章")
        verbose_name_plural = _("知识文章")
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="team") | Q(team__isnull=False), name="article_team_named"
            ),
            models.CheckConstraint(
                condition=~Q(audience="department") | Q(department__isnull=False),
                name="article_department_named",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="article_period",
            ),
        ]
        indexes = [models.Index(fields=["category", "-updated_at"], name="article_category")]

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title

    def body_in(self, language: str) -> str:
        return self.body_en if language.startswith("en") and self.body_en else self.body

    def standing(self, day: dt.date) -> str:
        """``retired``, ``coming``, ``expired`` or ``valid`` on the day."""
        if self.retired_at:
            return "retired"
        if self.valid_from and day < self.valid_from:
            return "coming"
        if self.valid_until and day > self.valid_until:
            return "expired"
        return "valid"


class ArticleVersion(models.Model):
    """An article as it once was; append-only."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本号"))
    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("标题（英文）"), max_length=120, blank=True)
    body = models.TextField(_("正文"))
    body_en = models.TextField(_("正文（英文）"), blank=True)
    note = models.CharField(_("改动说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("文章版本")
        verbose_name_plural = _("文章版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"
