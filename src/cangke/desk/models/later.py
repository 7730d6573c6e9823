from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .choices import held_reason_choices, later_state_choices
from .conversation import Conversation
from .message import Message


class LaterReply(models.Model):
    """
    A reply that is to go out at a time (定时回复); it is no reply before that.

    ``seen_seq`` is the conversation's newest message its writer knew: a customer's message above
    it holds the reply until somebody has looked again.
    """

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="later", db_index=False
    )
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("客服")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    body = models.TextField(_("内容"))
    send_at = models.DateTimeField(_("发送时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=later_state_choices, default="waiting"
    )
    held_reason = models.CharField(
        _("暂停原因"), max_length=12, choices=held_reason_choices, blank=True
    )
    seen_seq = models.PositiveIntegerField(_("写下时读到"))
    message = models.OneToOneField(
        Message, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("消息")
    )
    client_token = models.CharField(_("提交标识"), max_length=64)
    written_at = models.DateTimeField(_("写下时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("定时回复")
        verbose_name_plural = _("定时回复")
        ordering = ["send_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "client_token"], name="later_once_a_token"
            ),
            models.CheckConstraint(
                name="later_sent_is_a_message",
                condition=Q(state="sent", message__isnull=False)
                | (~Q(state="sent") & Q(message__isnull=True)),
            ),
            models.CheckConstraint(
                name="later_held_has_reason",
                condition=~Q(state="held") | ~Q(held_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], name="later_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.send_at:%Y-%m-%d %H:%M}"
