from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..rules.turns import TurnState
from .channel import Channel
from .choices import stage_choices, turn_state_choices
from .conversation import Conversation, Segment


class Turn(models.Model):
    """
    One wait (轮次), as the rules derive it; the only source of response figures (A5).

    Durations are whole milliseconds. ``live`` marks turns that a coming message may still change;
    ``credited`` is whose figure it is: who replied, else who owed the reply.
    """

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="turns", db_index=False
    )
    number = models.PositiveIntegerField(_("次序"))
    round_number = models.PositiveIntegerField(_("轮"))
    opened_seq = models.PositiveIntegerField(_("起始序号"))
    opened_at = models.DateTimeField(_("客户等待起"))
    began_at = models.DateTimeField(_("本轮次起"))
    began_seq = models.PositiveIntegerField(_("本轮次起始序号"))
    segment = models.ForeignKey(
        Segment, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    agent = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    agent_from = models.DateTimeField(_("客服计时起"), null=True, blank=True)
    first_of_segment = models.BooleanField(_("接待段首轮"), default=False)
    state = models.CharField(
        _("状态"), max_length=24, choices=turn_state_choices, default=TurnState.OPEN.value
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    answered_seq = models.PositiveIntegerField(_("回复序号"), null=True, blank=True)
    answered_at = models.DateTimeField(_("回复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    placeholder = models.BooleanField(_("占位回复"), default=False)
    effective_seq = models.PositiveIntegerField(_("有效回复序号"), null=True, blank=True)
    effective_at = models.DateTimeField(_("有效回复时间"), null=True, blank=True)
    continued = models.BooleanField(_("占位回复后"), default=False)
    excluded_reason = models.CharField(_("不计原因"), max_length=24, blank=True)

    customer_ms = models.BigIntegerField(_("客户等待（毫秒）"), null=True, blank=True)
    customer_effective_ms = models.BigIntegerField(null=True, blank=True)
    open_ms = models.BigIntegerField(_("服务时间内等待（毫秒）"), null=True, blank=True)
    open_effective_ms = models.BigIntegerField(null=True, blank=True)
    agent_ms = models.BigIntegerField(_("客服用时（毫秒）"), null=True, blank=True)
    agent_effective_ms = models.BigIntegerField(null=True, blank=True)
    credited = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices)
    duty_date = models.DateField(_("工作日"))
    opened_minute = models.PositiveSmallIntegerField(_("当地时刻（分）"))
    live = models.BooleanField(_("未定"), default=True)

    class Meta:
        verbose_name = _("轮次")
        verbose_name_plural = _("轮次")
        ordering = ["conversation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="turn_number"),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state=TurnState.OPEN.value),
                name="turn_one_open",
            ),
            models.CheckConstraint(
                name="turn_durations_not_negative",
                condition=(Q(customer_ms__isnull=True) | Q(customer_ms__gte=0))
                & (Q(agent_ms__isnull=True) | Q(agent_ms__gte=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["conversation"], name="turn_live", condition=Q(live=True)),
            models.Index(fields=["agent"], name="turn_live_agent", condition=Q(live=True)),
            models.Index(fields=["credited", "duty_date"], name="turn_agent_day"),
            models.Index(fields=["duty_date", "channel"], name="turn_day_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} #{self.number}"
