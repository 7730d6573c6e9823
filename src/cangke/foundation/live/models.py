from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LiveEvent(models.Model):
    """Something changed that open pages show; kept a day so that a dropped line can catch up."""

    topic = models.CharField(_("主题"), max_length=80)
    kind = models.CharField(_("种类"), max_length=40)
    payload = models.JSONField(_("内容"), default=dict)
    at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name = _("实时消息")
        verbose_name_plural = _("实时消息")
        indexes = [models.Index(fields=["topic", "id"], name="live_topic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.kind} #{self.pk}"
