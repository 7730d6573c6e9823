from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .choices import call_direction_choices
from .conversation import Conversation


class PhoneCall(models.Model):
    """What a colleague needs to go on with a call (来电记录, A2)."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="phone_call")
    started_from = models.ForeignKey(
        Conversation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("来自会话"),
    )
    agent = models.ForeignKey("people.Employee", models.PROTECT, related_name="+")
    direction = models.CharField(_("方向"), max_length=4, choices=call_direction_choices)
    caller_name = models.CharField(_("来电人"), max_length=100, blank=True)
    caller_phone = models.CharField(_("电话"), max_length=40, blank=True)
    question = models.TextField(_("问题"))
    answer = models.TextField(_("答复"), blank=True)
    result = models.TextField(_("结果"))
    called_at = models.DateTimeField(_("通话时间"))
    duration_seconds = models.PositiveIntegerField(_("通话秒数"), null=True, blank=True)
    logged_at = models.DateTimeField(_("登记时间"))
    call_back_due_at = models.DateTimeField(_("约定回电"), null=True, blank=True)
    call_back_by = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("回电人"),
        db_index=False,
    )
    call_back_done_at = models.DateTimeField(_("已回电"), null=True, blank=True)

    class Meta:
        verbose_name = _("来电记录")
        verbose_name_plural = _("来电记录")
        ordering = ["-called_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="call_has_question_and_result", condition=~Q(question="") & ~Q(result="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["call_back_by", "call_back_due_at"],
                name="call_back_open",
                condition=Q(call_back_due_at__isnull=False, call_back_done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.called_at:%Y-%m-%d %H:%M}"
