from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules.fields import FieldSpec, read_fields


def priority_choices() -> list[tuple[int, Any]]:
    return [(0, _("普通")), (1, _("优先")), (2, _("紧急")), (3, _("特急"))]


def kind_group_choices() -> list[tuple[str, Any]]:
    return [("work", _("工单")), ("unfinished", _("未完结订单")), ("request", _("服务请求"))]


class TicketKind(models.Model):
    """A kind of ticket as data: fields, time, route, tasks, what ending it asks for (工单类别)."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    group = models.CharField(
        pgettext_lazy("kinds", "分组"), max_length=12, choices=kind_group_choices, default="work"
    )
    hint = models.CharField(_("说明"), max_length=200, blank=True)
    hint_en = models.CharField(_("英文说明"), max_length=300, blank=True)
    fields = models.JSONField(_("字段"), default=list, blank=True)
    tasks = models.JSONField(_("子任务"), default=list, blank=True)  # [{title, title_en, required}]
    due_hours = models.PositiveIntegerField(_("时限（工作小时）"), null=True, blank=True)
    hours = models.ForeignKey(
        "calendar.OpeningTable",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("服务时间"),
    )
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=priority_choices, default=0)
    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("分给哪个组"),
    )
    needs_solution = models.BooleanField(_("结束要写处理结果"), default=True)
    needs_reply = models.BooleanField(_("关闭前要答复客户"), default=False)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("工单类别")
        verbose_name_plural = _("工单类别")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name

    def hint_in(self, language: str) -> str:
        return self.hint_en if language.startswith("en") and self.hint_en else self.hint

    @property
    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields, read; what was kept has been checked."""
        return read_fields(self.fields)[0]


class TicketMacro(models.Model):
    """A set of changes and a text for the customer, applied in one click (一键处理)."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    kind = models.ForeignKey(
        TicketKind,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="macros",
        verbose_name=_("只用于类别"),
    )
    state = models.CharField(_("改为状态"), max_length=20, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("改为优先级"), choices=priority_choices, null=True, blank=True
    )
    take = models.BooleanField(_("由我处理"), default=False)
    comment = models.CharField(_("写备注"), max_length=500, blank=True)
    reply = models.TextField(_("回复客户"), blank=True)
    reply_en = models.TextField(_("回复客户（英文）"), blank=True)
    solution = models.CharField(_("处理结果"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("一键处理")
        verbose_name_plural = _("一键处理")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="macro_does_something",
                condition=~Q(state="")
                | Q(priority__isnull=False)
                | Q(take=True)
                | ~Q(comment="")
                | ~Q(reply=""),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name
