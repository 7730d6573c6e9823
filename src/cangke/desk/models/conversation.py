from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules.stage import Stage
from ..rules.states import HELD_STATES, OPEN_STATES, ConversationState
from .channel import Channel, HandlingResult, QuestionType, QueueGroup
from .choices import (
    close_reason_choices,
    priority_choices,
    segment_end_choices,
    segment_start_choices,
    stage_choices,
    stage_source_choices,
    state_choices,
)

# Few are open among many: the first condition is the one the index of open conversations has.
OPEN = Q(closed_at__isnull=True, state__in=sorted(OPEN_STATES))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def open(self) -> ConversationQuerySet:
        """What is not closed and not merged."""
        return self.filter(OPEN)

    def held(self) -> ConversationQuerySet:
        """What somebody is answerable for."""
        return self.filter(
            closed_at__isnull=True, state__in=sorted(HELD_STATES), assignee__isnull=False
        )

    def queued(self) -> ConversationQuerySet:
        """What waits for somebody to take it."""
        return self.filter(
            closed_at__isnull=True, state=ConversationState.QUEUED, assignee__isnull=True
        )


def of_departments(ids: Collection[int]) -> Q:
    """What departments hold, have served, and what waits in their queues and those of no team."""
    served = Segment.objects.filter(conversation_id=OuterRef("pk"), agent__department_id__in=ids)
    return (
        Q(assignee__department_id__in=ids)
        | Q(assignee__isnull=True, group__team__department_id__in=ids)
        | Q(assignee__isnull=True, group__team__isnull=True)
        | Q(Exists(served))
    )


class Conversation(models.Model):
    """
    One thread with one customer in one channel (会话).

    Counters and clocks are the tail of its messages, segments and turns, kept under the row's lock.
    """

    number = models.CharField(_("编号"), max_length=24, unique=True)
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="+", verbose_name=_("渠道"), db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        related_name="+",
        verbose_name=_("客户"),
        db_index=False,
    )
    identity = models.ForeignKey(
        "customers.Identity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("客户身份"),
        db_index=False,
    )
    shop = models.ForeignKey(
        "people.Shop",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("店铺"),
    )
    order = models.ForeignKey(
        "orders.Order",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("订单"),
        db_index=False,
    )
    order_line = models.ForeignKey(
        "orders.OrderLine",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("订单商品"),
        db_index=False,
    )
    order_chosen = models.BooleanField(_("已选订单"), default=False)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    subject = models.CharField(_("主题"), max_length=200, blank=True)
    visitor_key = models.CharField(_("访客标识"), max_length=64, blank=True)

    stage = models.CharField(
        _("阶段"), max_length=10, choices=stage_choices, default=Stage.PRESALE.value
    )
    stage_source = models.CharField(
        _("阶段依据"), max_length=10, choices=stage_source_choices, default="default"
    )
    stage_because = models.JSONField(_("阶段说明"), default=dict, blank=True)
    hand_over_at = models.DateTimeField(_("待交接起"), null=True, blank=True)

    state = models.CharField(
        _("状态"), max_length=20, choices=state_choices, default=ConversationState.QUEUED.value
    )
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=priority_choices, default=0)
    is_major = models.BooleanField(_("重大投诉"), default=False)
    group = models.ForeignKey(
        QueueGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接待组"),
        db_index=False,
    )
    assignee = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接待客服"),
        db_index=False,
    )
    lapses = models.PositiveSmallIntegerField(_("超时退回次数"), default=0)
    escalated = models.CharField(_("已升级到"), max_length=12, blank=True)

    opened_at = models.DateTimeField(_("开始时间"))
    queued_at = models.DateTimeField(_("排队起"), null=True, blank=True)
    due_at = models.DateTimeField(_("应回复时间"), null=True, blank=True)
    requeue_at = models.DateTimeField(_("无回复退回时间"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("稍后至"), null=True, blank=True)
    first_human_reply_at = models.DateTimeField(_("首次人工回复"), null=True, blank=True)
    last_in_at = models.DateTimeField(_("客户最近来信"), null=True, blank=True)
    last_out_at = models.DateTimeField(_("最近人工回复"), null=True, blank=True)
    last_message_at = models.DateTimeField(_("最近消息"))
    preview = models.CharField(_("摘要"), max_length=120, blank=True)

    last_seq = models.PositiveIntegerField(_("末条序号"), default=0)
    read_seq = models.PositiveIntegerField(_("客服已读到"), default=0)
    unread = models.PositiveIntegerField(_("未读"), default=0)
    customer_messages = models.PositiveIntegerField(_("客户消息数"), default=0)
    human_replies = models.PositiveIntegerField(_("人工回复数"), default=0)
    waiting_seq = models.PositiveIntegerField(_("等待起序号"), null=True, blank=True)
    waiting_since = models.DateTimeField(_("等待起"), null=True, blank=True)
    round_number = models.PositiveIntegerField(_("轮数"), default=0)
    turn_count = models.PositiveIntegerField(_("轮次数"), default=0)

    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("结束人"),
        db_index=False,
    )
    close_reason = models.CharField(
        _("结束原因"), max_length=12, choices=close_reason_choices, blank=True
    )
    question_type = models.ForeignKey(
        QuestionType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("问题类型"),
        db_index=False,
    )
    handling_result = models.ForeignKey(
        HandlingResult,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("处理结果"),
        db_index=False,
    )
    lost_reason = models.CharField(_("未成交原因"), max_length=200, blank=True)
    reopen_count = models.PositiveSmallIntegerField(_("重开次数"), default=0)
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("上一会话"),
        db_index=False,
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("已并入"),
        db_index=False,
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("会话")
        verbose_name_plural = _("会话")
        ordering = ["-last_message_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="conversation_queued_is_nobodys",
                condition=~Q(state=ConversationState.QUEUED.value) | Q(assignee__isnull=True),
            ),
            models.CheckConstraint(
                name="conversation_active_is_somebodys",
                condition=~Q(state=ConversationState.ACTIVE.value) | Q(assignee__isnull=False),
            ),
            models.CheckConstraint(
                name="conversation_closed_has_reason",
                condition=~Q(state=ConversationState.CLOSED.value)
                | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
            ),
            models.CheckConstraint(
                name="conversation_open_is_not_closed",
                condition=~Q(state__in=sorted(state.value for state in OPEN_STATES))
                | Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="conversation_settled_is_named",
                condition=~Q(close_reason="settled")
                | (Q(question_type__isnull=False) & Q(handling_result__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "group", "assignee"], name="conversation_queue"),
            models.Index(fields=["assignee", "state", "waiting_since"], name="conversation_mine"),
            models.Index(fields=["customer", "-opened_at"], name="conversation_customer"),
            models.Index(fields=["-last_message_at", "-id"], name="conversation_newest"),
            models.Index(
                fields=["-last_message_at", "-id"],
                name="conversation_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["-last_message_at", "-id"],
                name="conversation_spam",
                condition=Q(close_reason="spam"),
            ),
            models.Index(
                fields=["channel", "-last_message_at", "-id"], name="conversation_channel"
            ),
            models.Index(fields=["opened_at"], name="conversation_opened"),
            models.Index(fields=["closed_at"], name="conversation_closed"),
            models.Index(
                fields=["requeue_at"],
                name="conversation_requeue",
                condition=Q(requeue_at__isnull=False),
            ),
            models.Index(fields=["visitor_key"], name="conversation_visitor"),
            *(
                models.Index(
                    fields=[name],
                    name=f"conversation_{name}",
                    condition=Q(**{f"{name}__isnull": False}),
                )
                for name in ("identity", "order", "order_line")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_queued(self) -> bool:
        return self.state == ConversationState.QUEUED


class Segment(models.Model):
    """The stretch of a conversation one agent is answerable for (接待段)."""

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="segments", db_index=False
    )
    agent = models.ForeignKey("people.Employee", models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(
        QueueGroup, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices)
    order = models.ForeignKey(
        "orders.Order", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    started_at = models.DateTimeField(pgettext_lazy("segment", "起"))
    started_seq = models.PositiveIntegerField(_("起始序号"))
    started_by = models.CharField(_("接起方式"), max_length=12, choices=segment_start_choices)
    because = models.JSONField(_("依据"), default=dict, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("segment", "止"), null=True, blank=True)
    ended_seq = models.PositiveIntegerField(_("结束序号"), null=True, blank=True)
    end_reason = models.CharField(
        _("结束方式"), max_length=16, choices=segment_end_choices, blank=True
    )
    has_turn = models.BooleanField(_("已有轮次"), default=False)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("接待段")
        verbose_name_plural = _("接待段")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(ended_at__isnull=True),
                name="segment_one_holder",
            ),
            models.CheckConstraint(
                name="segment_ended_with_reason",
                condition=Q(ended_at__isnull=True) | ~Q(end_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "started_seq"], name="segment_conversation"),
            models.Index(fields=["agent", "-started_at"], name="segment_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.agent_id}"
