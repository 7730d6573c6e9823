from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def on(self, at: dt.datetime) -> DelegationQuerySet:
        """Those that hold at an instant."""
        return self.filter(from_at__lte=at, until_at__gt=at, ended_at__isnull=True)


class Delegation(models.Model):
    """From when to when somebody decides for another, and for which kinds (委托, O17)."""

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("委托人")
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("受托人")
    )
    kinds = models.JSONField(_("事项类别"), default=list, blank=True)  # empty: all
    from_at = models.DateTimeField(pgettext_lazy("time", "从"))
    until_at = models.DateTimeField(pgettext_lazy("time", "至"))
    reason = models.CharField(_("事由"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    created_at = models.DateTimeField(_("登记时间"))
    ended_at = models.DateTimeField(_("提前结束"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("委托")
        verbose_name_plural = _("委托")
        ordering = ["-from_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at")), name="delegation_period"
            ),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_to_another"),
        ]
        indexes = [models.Index(fields=["taker", "until_at"], name="delegation_taker")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
