from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisation import Post


class SalesTarget(models.Model):
    """
    What a post is to sell in a month (销售目标, B12).

    Never changed: the newest row of a post and month holds; an amount of zero takes it back.
    """

    post = models.ForeignKey(
        Post, models.PROTECT, related_name="sales_targets", verbose_name=_("岗位")
    )
    month = models.DateField(_("月份"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("销售目标")
        verbose_name_plural = _("销售目标")
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(name="sales_target_not_below_zero", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.month:%Y-%m}"
