from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules.tickets import UNFINISHED, WORKING, Clock, TicketState
from .kinds import TicketKind, priority_choices


def ticket_state_choices() -> list[tuple[str, Any]]:
    return [
        (TicketState.NEW, pgettext_lazy("ticket", "待处理")),
        (TicketState.IN_PROGRESS, pgettext_lazy("ticket", "处理中")),
        (TicketState.WAITING_CUSTOMER, pgettext_lazy("ticket", "等客户")),
        (TicketState.WAITING_WAREHOUSE, _("等仓库")),
        (TicketState.WAITING_CARRIER, _("等承运商")),
        (TicketState.SOLVED, _("已解决")),
        (TicketState.CLOSED, pgettext_lazy("ticket", "已关闭")),
        (TicketState.MERGED, _("已合并")),
        (TicketState.VOID, _("已作废")),
    ]


def entry_choices() -> list[tuple[str, Any]]:
    return [
        ("opened", _("开单")),
        ("comment", _("内部备注")),
        ("replied", _("回复客户")),
        ("answer", _("附上给客户的答复")),
        ("customer_wrote", _("客户来信")),
        ("state", _("改状态")),
        ("owner", _("改负责人")),
        ("due", _("改期限")),
        ("priority", _("改优先级")),
        ("edited", _("修改内容")),
        ("task_done", _("完成子任务")),
        ("task_added", _("添加子任务")),
        ("merged_in", _("并入工单")),
        ("merged_into", _("并入其他工单")),
        ("split_off", _("拆出工单")),
        ("split_from", _("由工单拆出")),
        ("macro", _("一键处理")),
        ("reminded", _("到期提醒")),
        ("overdue", _("逾期")),
        ("reopened", _("重新打开")),
        ("void", _("作废")),
        ("asked", _("请部门协助")),
        ("note", _("协作答复")),
    ]


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unfinished(self) -> TicketQuerySet:
        """What is not closed, merged or void: worked on, or solved and not yet closed."""
        return self.filter(state__in=sorted(UNFINISHED))

    def working(self) -> TicketQuerySet:
        """What somebody still has to do something about."""
        return self.filter(state__in=sorted(WORKING))

    def overdue(self, at: dt.datetime) -> TicketQuerySet:
        """Whose clock runs and whose time has come."""
        return self.working().filter(due_at__lte=at, paused_at__isnull=True)


class Ticket(models.Model):
    """
    Follow-up work with an owner and a due time (工单, A13).

    ``due_at`` moves when the clock has stood still; ``paused_at`` and ``left_seconds`` are the
    standing clock.
    """

    number = models.CharField(_("编号"), max_length=24, unique=True)
    kind = models.ForeignKey(
        TicketKind, models.PROTECT, related_name="tickets", verbose_name=_("类别")
    )
    title = models.CharField(_("标题"), max_length=160)
    values = models.JSONField(_("内容"), default=dict, blank=True)
    state = models.CharField(
        _("状态"), max_length=20, choices=ticket_state_choices, default=TicketState.NEW
    )
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=priority_choices, default=0)
    owner = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("ticket", "负责人"),
        db_index=False,
    )
    due_at = models.DateTimeField(_("期限"))
    paused_at = models.DateTimeField(_("停表时间"), null=True, blank=True)
    left_seconds = models.PositiveIntegerField(_("剩余秒数"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("逾期时间"), null=True, blank=True)
    conversation = models.ForeignKey(
        "desk.Conversation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("会话"),
    )
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("订单"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "客户"),
    )
    product = models.ForeignKey(
        "catalog.Product",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("商品"),
    )
    solution = models.CharField(_("处理结果"), max_length=500, blank=True)
    answer_message = models.ForeignKey(
        "desk.Message",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("给客户的答复"),
        db_index=False,
    )
    answer_call = models.ForeignKey(
        "desk.PhoneCall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("给客户的电话"),
        db_index=False,
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("并入"),
    )
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="split",
        verbose_name=_("由此拆出"),
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("关注人")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("ticket", "开单人"),
    )
    opened_at = models.DateTimeField(_("开单时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    solved_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    reopen_count = models.PositiveSmallIntegerField(_("重开次数"), default=0)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = _("工单")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ticket_clock_stands_whole",
                condition=Q(paused_at__isnull=True, left_seconds__isnull=True)
                | Q(paused_at__isnull=False, left_seconds__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_closed_when_ended",
                condition=Q(state__in=sorted(UNFINISHED), closed_at__isnull=True)
                | (~Q(state__in=sorted(UNFINISHED)) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="ticket_merged_names_the_kept",
                condition=~Q(state=TicketState.MERGED.value) | Q(merged_into__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_at"], name="ticket_owner"),
            models.Index(fields=["due_at"], name="ticket_due", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["kind", "state", "-opened_at"], name="ticket_kind"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def clock(self) -> Clock:
        return Clock(self.due_at, self.paused_at, self.left_seconds)


class TicketEntry(models.Model):
    """A line of a ticket's timeline: what was said and what changed (工单经过); only added."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="entries")
    kind = models.CharField(_("事件"), max_length=16, choices=entry_choices)
    text = models.TextField(_("内容"), blank=True)
    data = models.JSONField(_("数据"), default=dict, blank=True)
    message = models.ForeignKey(
        "desk.Message",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("消息"),
        db_index=False,
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "办理人"),
        db_index=False,
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("工单经过")
        verbose_name_plural = _("工单经过")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "message"],
                condition=Q(kind="customer_wrote"),
                name="ticket_entry_once_a_message",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class TicketTask(models.Model):
    """A step of a ticket that is ticked off (子任务)."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="tasks")
    title = models.CharField(_("子任务"), max_length=120)
    required = models.BooleanField(_("必做"), default=False)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "办理人"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("子任务")
        verbose_name_plural = _("子任务")
        ordering = ["ticket_id", "position", "pk"]

    def __str__(self) -> str:
        return self.title
