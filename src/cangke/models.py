from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoLoad(models.Model):
    """Which rows the demonstration company consists of, so that it can be removed again."""

    loaded_at = models.DateTimeField(_("载入时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)
    rows = models.JSONField(_("行"), default=dict)

    class Meta:
        verbose_name = _("演示公司")
        verbose_name_plural = _("演示公司")

    def __str__(self) -> str:
        return f"{self.loaded_at:%Y-%m-%d}"
