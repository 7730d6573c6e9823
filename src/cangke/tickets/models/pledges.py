from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules.pledges import RUNNING, PledgeKind, PledgeState


def pledge_kind_choices() -> list[tuple[str, Any]]:
    return [
        (PledgeKind.GIFT, _("送赠品")),
        (PledgeKind.COUPON, _("退券、补差")),
        (PledgeKind.SHIP_DATE, _("发货时间")),
        (PledgeKind.CALL_BACK, _("回电")),
        (PledgeKind.RESHIP, _("补发、换发")),
        (PledgeKind.OTHER, pgettext_lazy("promise", "其他")),
    ]


def pledge_state_choices() -> list[tuple[str, Any]]:
    return [
        (PledgeState.WAITING, _("待批准")),
        (PledgeState.OPEN, _("待兑现")),
        (PledgeState.KEPT, _("已兑现")),
        (PledgeState.BROKEN, _("未兑现")),
        (PledgeState.WAIVED, _("已免除")),
        (PledgeState.DECLINED, _("未获批准")),
    ]


def pledge_event_choices() -> list[tuple[str, Any]]:
    return [
        ("made", _("登记承诺")),
        ("approved", _("批准承诺")),
        ("declined", _("未获批准")),
        ("amended", _("修改承诺")),
        ("reminded", _("到期提醒")),
        ("given", _("改由同事兑现")),
        ("kept", _("兑现承诺")),
        ("broken", _("到期未兑现")),
        ("kept_late", _("逾期兑现")),
        ("cleared", _("查明已按时兑现")),
        ("waived", _("免除承诺")),
    ]


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def running(self) -> PledgeQuerySet:
        """What is still to be kept, or waits for approval."""
        return self.filter(state__in=sorted(RUNNING))

    def overdue(self, at: dt.datetime) -> PledgeQuerySet:
        """What is still open although its time has come."""
        return self.filter(state=PledgeState.OPEN, due_at__lte=at)


class Pledge(models.Model):
    """
    Something told to a customer that will be done, with a keeper and a due time (承诺, A18).

    ``settled_at`` is the moment of the fact: kept, due and undone, waived, or not approved.
    """

    number = models.CharField(_("编号"), max_length=24, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=pledge_kind_choices)
    text = models.CharField(_("承诺内容"), max_length=500)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("币种"), max_length=3, blank=True)
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
        verbose_name=_("客户"),
    )
    keeper = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        related_name="+",
        verbose_name=_("兑现人"),
        db_index=False,
    )
    due_at = models.DateTimeField(_("约定时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=pledge_state_choices, default=PledgeState.OPEN
    )
    excesses = models.JSONField(_("超出政策"), default=list, blank=True)  # [[code, values], …]
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    settled_at = models.DateTimeField(_("了结时间"), null=True, blank=True)
    proof = models.CharField(_("凭据"), max_length=500, blank=True)
    proof_message = models.ForeignKey(
        "desk.Message",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("凭据消息"),
        db_index=False,
    )
    kept_late_at = models.DateTimeField(_("逾期兑现时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("person", "登记人"),
    )
    made_at = models.DateTimeField(_("登记时间"))

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("承诺")
        verbose_name_plural = _("承诺")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pledge_to_somebody",
                condition=Q(conversation__isnull=False)
                | Q(order__isnull=False)
                | Q(customer__isnull=False),
            ),
            models.CheckConstraint(
                name="pledge_settled_when_over",
                condition=Q(state__in=sorted(RUNNING), settled_at__isnull=True)
                | (~Q(state__in=sorted(RUNNING)) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="pledge_waived_with_reason",
                condition=~Q(state=PledgeState.WAIVED.value) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="pledge_amount_has_currency",
                condition=Q(amount__isnull=True) | (Q(amount__gt=0) & ~Q(currency="")),
            ),
        ]
        indexes = [
            models.Index(fields=["keeper", "state", "due_at"], name="pledge_keeper"),
            models.Index(
                fields=["due_at"], name="pledge_due", condition=Q(settled_at__isnull=True)
            ),
            models.Index(fields=["state", "-settled_at"], name="pledge_settled"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class PledgeEvent(models.Model):
    """What happened to a promise (承诺经过); only ever added."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="events")
    kind = models.CharField(_("事件"), max_length=12, choices=pledge_event_choices)
    text = models.CharField(_("说明"), max_length=500, blank=True)
    data = models.JSONField(_("数据"), default=dict, blank=True)
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
        verbose_name = _("承诺经过")
        verbose_name_plural = _("承诺经过")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.kind}"
