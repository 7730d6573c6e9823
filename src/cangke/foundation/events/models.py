from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventRecord(models.Model):
    """An event as it was published, in the same transaction as the change it tells of."""

    name = models.CharField(_("事件"), max_length=120)
    payload = models.JSONField(_("内容"), default=dict)
    published_at = models.DateTimeField(_("发布时间"), db_index=True)

    class Meta:
        verbose_name = _("事件")
        verbose_name_plural = _("事件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Delivery(models.Model):
    """One event on its way to one handler; gone into ``done_at`` when the handler has returned."""

    event = models.ForeignKey(EventRecord, models.CASCADE, related_name="deliveries")
    handler = models.CharField(_("处理者"), max_length=160)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"))
    error = models.TextField(_("错误"), blank=True)

    class Meta:
        verbose_name = _("事件投递")
        verbose_name_plural = _("事件投递")
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_a_handler")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="delivery_waiting",
                condition=models.Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.handler}"
