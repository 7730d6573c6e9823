from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Request(models.Model):
    """A matter no rule covers, handed in for instruction first (请示, A17, S5)."""

    title = models.CharField(_("事项"), max_length=120)
    body = models.TextField(_("情况与建议"))
    amount = models.DecimalField(
        _("涉及金额"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("币种"), max_length=3, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    created_at = models.DateTimeField(_("提出时间"))
    updated_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("请示")
        verbose_name_plural = _("请示")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title
