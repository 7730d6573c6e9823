from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .conversation import Conversation


class ConductAlert(models.Model):
    """A reply that was stopped for what it said (用语提醒, A11); the same text again counts up."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("客服")
    )
    at = models.DateTimeField(_("时间"))
    text = models.TextField(_("被拦下的内容"))
    text_hash = models.CharField(max_length=64)
    words = models.JSONField(_("用语"), default=list)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=1)
    reviewed_at = models.DateTimeField(_("已阅时间"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("已阅人"),
    )
    note = models.CharField(_("处理说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("用语提醒")
        verbose_name_plural = _("用语提醒")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "agent", "text_hash"], name="conduct_alert_once"
            ),
            models.CheckConstraint(
                name="conduct_alert_reviewed_by_somebody",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-at"], name="conduct_alert_open", condition=Q(reviewed_at__isnull=True)
            ),
            models.Index(fields=["agent", "-at"], name="conduct_alert_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
