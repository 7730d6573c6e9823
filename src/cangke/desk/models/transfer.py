from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .channel import QueueGroup
from .choices import transfer_state_choices
from .conversation import Conversation, Segment


class Transfer(models.Model):
    """A request that somebody else takes over (转接, A8); to a person it holds once accepted."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="transfers")
    from_agent = models.ForeignKey("people.Employee", models.PROTECT, related_name="+")
    from_segment = models.ForeignKey(Segment, models.PROTECT, related_name="+")
    to_agent = models.ForeignKey(
        "people.Employee", models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_group = models.ForeignKey(
        QueueGroup, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=transfer_state_choices, default="pending"
    )
    requested_at = models.DateTimeField(_("请求时间"))
    requested_seq = models.PositiveIntegerField(_("请求序号"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("转接")
        verbose_name_plural = _("转接")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="pending"), name="transfer_one_pending"
            ),
            models.CheckConstraint(
                name="transfer_to_one",
                condition=Q(to_agent__isnull=False, to_group__isnull=True)
                | Q(to_agent__isnull=True, to_group__isnull=False),
            ),
            models.CheckConstraint(name="transfer_has_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(
                fields=["to_agent", "requested_at"],
                name="transfer_pending",
                condition=Q(state="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.from_agent_id}"
