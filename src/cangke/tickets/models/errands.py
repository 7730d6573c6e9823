from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.people.public import Employee

from ..rules.errands import RUNNING, ErrandKind, ErrandState
from .tickets import Ticket


def errand_kind_choices() -> list[tuple[str, Any]]:
    return [(ErrandKind.ASK, _("请部门协助")), (ErrandKind.ORDER, _("上级交办"))]


def errand_state_choices() -> list[tuple[str, Any]]:
    return [
        (ErrandState.OPEN, pgettext_lazy("errand", "待答复")),
        (ErrandState.TAKEN, pgettext_lazy("errand", "处理中")),
        (ErrandState.ANSWERED, pgettext_lazy("errand", "已答复")),
        (ErrandState.WITHDRAWN, pgettext_lazy("errand", "已撤回")),
    ]


def errand_event_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", pgettext_lazy("errand", "提出")),
        ("taken", pgettext_lazy("errand", "接手")),
        ("comment", pgettext_lazy("errand", "补充")),
        ("answered", pgettext_lazy("errand", "答复")),
        ("reopened", pgettext_lazy("errand", "再问")),
        ("withdrawn", pgettext_lazy("errand", "撤回")),
        ("reminded", pgettext_lazy("errand", "到期提醒")),
        ("overdue", pgettext_lazy("errand", "逾期")),
    ]


class CounterpartQuerySet(models.QuerySet["Counterpart"]):
    def answered_by(self, account_id: int) -> CounterpartQuerySet:
        """Those somebody answers for: named there, in its team, or in its department."""
        own = Employee.objects.at_work().filter(account_id=account_id)
        named = Counterpart.members.through.objects.filter(employee__in=own)
        return self.filter(
            Q(pk__in=named.values("counterpart"))
            | Q(team__in=own.values("team"))
            | Q(department__in=own.values("department"))
        )


class Counterpart(models.Model):
    """A department that may be asked, and who answers for it (协作部门, B9)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    department = models.ForeignKey(
        "people.Department",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("部门"),
    )
    team = models.ForeignKey(
        "people.Team",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    members = models.ManyToManyField(
        "people.Employee", related_name="+", blank=True, verbose_name=_("答复人")
    )
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = CounterpartQuerySet.as_manager()

    class Meta:
        verbose_name = _("协作部门")
        verbose_name_plural = _("协作部门")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name


class ErrandQuerySet(models.QuerySet["Errand"]):
    def running(self) -> ErrandQuerySet:
        """What has no reply yet and was not taken back."""
        return self.filter(state__in=sorted(RUNNING))

    def overdue(self, at: dt.datetime) -> ErrandQuerySet:
        """What has no reply although its time has come."""
        return self.running().filter(due_at__lte=at)


class Errand(models.Model):
    """
    Something asked of a department, or ordered of a person, with a due time and a reply (协作事项,
    A24, B9, O18).
    """

    number = models.CharField(_("编号"), max_length=24, unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=errand_kind_choices)
    counterpart = models.ForeignKey(
        Counterpart,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="errands",
        verbose_name=_("协作部门"),
    )
    receiver = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("errand", "承办人"),
    )
    title = models.CharField(pgettext_lazy("errand", "事项"), max_length=160)
    body = models.TextField(_("说明"), blank=True)
    conversation = models.ForeignKey(
        "desk.Conversation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("会话"),
    )
    ticket = models.ForeignKey(
        Ticket,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="errands",
        verbose_name=_("工单"),
    )
    issuer = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("errand", "提出人"),
    )
    issued_at = models.DateTimeField(pgettext_lazy("errand", "提出时间"))
    due_at = models.DateTimeField(_("期限"))
    state = models.CharField(
        _("状态"), max_length=10, choices=errand_state_choices, default=ErrandState.OPEN
    )
    taken_by = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("errand", "接手人"),
        db_index=False,
    )
    reply = models.TextField(pgettext_lazy("errand", "答复"), blank=True)
    replied_by = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("errand", "答复人"),
        db_index=False,
    )
    replied_at = models.DateTimeField(pgettext_lazy("errand", "答复时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("逾期时间"), null=True, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("协作事项")
        verbose_name_plural = _("协作事项")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="errand_goes_to_one",
                condition=Q(kind="ask", counterpart__isnull=False, receiver__isnull=True)
                | Q(kind="order", counterpart__isnull=True, receiver__isnull=False),
            ),
            models.CheckConstraint(
                name="errand_answered_with_words",
                condition=~Q(state=ErrandState.ANSWERED.value)
                | (~Q(reply="") & Q(replied_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["counterpart", "state", "due_at"], name="errand_counterpart"),
            models.Index(fields=["receiver", "state", "due_at"], name="errand_receiver"),
            models.Index(fields=["issuer", "-issued_at"], name="errand_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class ErrandEvent(models.Model):
    """What happened to an errand (协作经过); only ever added."""

    errand = models.ForeignKey(Errand, models.PROTECT, related_name="events")
    kind = models.CharField(_("事件"), max_length=10, choices=errand_event_choices)
    text = models.TextField(_("内容"), blank=True)
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
        verbose_name = _("协作经过")
        verbose_name_plural = _("协作经过")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.errand_id} {self.kind}"
