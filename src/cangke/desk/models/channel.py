from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .choices import channel_kind_choices, stage_choices


class QueueGroup(models.Model):
    """
    A queue and the people who serve it (接待组).

    A group of a team serves that team's shops and those named here; without either, every shop.
    """

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices, blank=True)
    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("小组"),
    )
    shops = models.ManyToManyField(
        "people.Shop", related_name="+", blank=True, verbose_name=_("店铺")
    )
    languages = models.JSONField(_("语言"), default=list, blank=True)
    rank = models.PositiveSmallIntegerField(_("先后"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("接待组")
        verbose_name_plural = _("接待组")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """A way in (渠道). Secrets of a connection are kept by its adapter, never here."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=20, choices=channel_kind_choices)
    site = models.ForeignKey(
        "people.Site", models.PROTECT, related_name="+", verbose_name=_("站点")
    )
    shop = models.ForeignKey(
        "people.Shop",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("店铺"),
    )
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    opening = models.ForeignKey(
        "calendar.OpeningTable",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("服务时间"),
    )
    greetings = models.JSONField(_("问候语"), default=dict, blank=True)
    away_notices = models.JSONField(_("非服务时间通知"), default=dict, blank=True)
    default_group = models.ForeignKey(
        QueueGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("默认接待组"),
    )
    target_seconds = models.PositiveIntegerField(_("首次响应目标（秒）"), null=True, blank=True)
    public_key = models.CharField(_("公开标识"), max_length=43, unique=True)
    config = models.JSONField(_("设置"), default=dict, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("渠道")
        verbose_name_plural = _("渠道")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class QuestionType(models.Model):
    """What a conversation was about (问题类型, A19)."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices, blank=True)
    is_complaint = models.BooleanField(_("算作投诉"), default=False)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("问题类型")
        verbose_name_plural = _("问题类型")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class HandlingResult(models.Model):
    """What came of a conversation (处理结果, A19)."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    is_solved = models.BooleanField(_("算作解决"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("处理结果")
        verbose_name_plural = _("处理结果")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name
