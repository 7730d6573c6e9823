"""The tables of quality inspection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .rules import CheckReason, CheckState, ScoreItem


def reason_choices() -> list[tuple[str, Any]]:
    return [
        (CheckReason.RANDOM, _("随机抽样")),
        (CheckReason.MAJOR, _("重大投诉")),
        (CheckReason.CONDUCT, _("被拦下的回复")),
        (CheckReason.PROMISE, _("未兑现的承诺")),
        (CheckReason.MANUAL, _("人工指定")),
    ]


def check_state_choices() -> list[tuple[str, Any]]:
    return [
        (CheckState.OPEN, pgettext_lazy("check", "待评分")),
        (CheckState.SCORED, pgettext_lazy("check", "已评分")),
        (CheckState.APPEALED, pgettext_lazy("check", "申诉中")),
        (CheckState.SKIPPED, pgettext_lazy("check", "不评")),
    ]


def check_event_choices() -> list[tuple[str, Any]]:
    return [
        ("drawn", pgettext_lazy("check", "抽中")),
        ("added", pgettext_lazy("check", "指定质检")),
        ("scored", pgettext_lazy("check", "评分")),
        ("skipped", pgettext_lazy("check", "不评")),
        ("appealed", pgettext_lazy("check", "申诉")),
        ("upheld", pgettext_lazy("check", "维持原分")),
        ("changed", pgettext_lazy("check", "改分")),
    ]


class CheckQuerySet(models.QuerySet["Check"]):
    def counted(self) -> CheckQuerySet:
        """Those whose total holds: scored, also while an appeal is open."""
        return self.filter(state__in=[CheckState.SCORED, CheckState.APPEALED])


class Check(models.Model):
    """One conversation of one agent, to be read and scored (质检, A23)."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    conversation = models.ForeignKey(
        "desk.Conversation", models.PROTECT, related_name="+", verbose_name=_("会话")
    )
    agent = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("客服")
    )
    week = models.DateField(_("所属周"))
    reason = models.CharField(_("来由"), max_length=8, choices=reason_choices)
    state = models.CharField(
        _("状态"), max_length=8, choices=check_state_choices, default=CheckState.OPEN.value
    )
    is_call = models.BooleanField(_("有通话"), default=False)
    drawn_at = models.DateTimeField(_("抽取时间"))
    due_date = models.DateField(_("评分期限"))
    items = models.JSONField(_("评分项"), default=list, blank=True)
    scores = models.JSONField(_("得分"), default=dict, blank=True)
    fatal = models.JSONField(_("否决项"), default=list, blank=True)
    total = models.DecimalField(_("总分"), max_digits=5, decimal_places=2, null=True, blank=True)
    comment = models.TextField(_("评语"), blank=True)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("质检人"),
    )
    scored_at = models.DateTimeField(_("评分时间"), null=True, blank=True)
    appeal_until = models.DateField(_("可申诉至"), null=True, blank=True)
    appeal = models.TextField(_("申诉理由"), blank=True)
    appealed_at = models.DateTimeField(_("申诉时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("申诉决定人"),
    )
    decided_at = models.DateTimeField(_("申诉决定时间"), null=True, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("质检")
        verbose_name_plural = _("质检")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "agent"], name="check_once_each_conversation_and_agent"
            ),
            models.CheckConstraint(
                name="check_scored_has_total",
                condition=~Q(state__in=[CheckState.SCORED.value, CheckState.APPEALED.value])
                | Q(total__isnull=False, scored_at__isnull=False, inspector__isnull=False),
            ),
            models.CheckConstraint(
                name="check_total_of_a_hundred",
                condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=100),
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "week"], name="check_agent_week"),
            models.Index(fields=["state", "due_date"], name="check_state_due"),
            models.Index(fields=["agent", "scored_at"], name="check_agent_scored"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def sheet(self) -> list[ScoreItem]:
        """The items it was scored by."""
        return [ScoreItem(**each) for each in self.items]

    def may_be_appealed_on(self, day: dt.date) -> bool:
        """Once, and not after its time."""
        until = self.appeal_until
        return (
            self.state == CheckState.SCORED
            and self.appealed_at is None
            and until is not None
            and day <= until
        )

    @staticmethod
    def kept_items(items: Iterable[ScoreItem]) -> list[dict[str, Any]]:
        """The items as the row keeps them."""
        return [
            {
                "code": each.code,
                "name": each.name,
                "name_en": each.name_en,
                "points": each.points,
                "calls_only": each.calls_only,
            }
            for each in items
        ]


class CheckEvent(models.Model):
    """What happened to a check; append-only (质检经过)."""

    check_row = models.ForeignKey(Check, models.CASCADE, related_name="events")
    kind = models.CharField(_("类别"), max_length=10, choices=check_event_choices)
    text = models.TextField(_("内容"), blank=True)
    data = models.JSONField(_("数据"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("质检经过")
        verbose_name_plural = _("质检经过")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.check_row_id}: {self.kind}"
