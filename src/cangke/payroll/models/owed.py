from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.money.public import currency_choices

from .items import PayItem
from .runs import PaySlip


def collection_kind_choices() -> list[tuple[str, Any]]:
    return [("pay", _("从工资里收回")), ("cash", _("现金收回")), ("dropped", _("异议成立，不收"))]


class Receivable(models.Model):
    """
    What a locked slip could not take: a recovery beyond the guard, or pay below zero (应收款, L12).

    ``left`` is what is still to be collected; later runs take it as far as pay and the guard let
    them, and cash may settle it.
    """

    slip = models.ForeignKey(PaySlip, models.PROTECT, related_name="receivables")
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    item = models.ForeignKey(
        PayItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("追偿扣款")
    )
    currency = models.CharField(_("币种"), max_length=3, choices=currency_choices)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    left = models.DecimalField(_("未收回"), max_digits=12, decimal_places=2)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("应收款")
        verbose_name_plural = pgettext_lazy("several", "应收款")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slip"], condition=Q(item__isnull=True), name="receivable_once_a_slip"
            ),
            models.UniqueConstraint(
                fields=["slip", "item"], condition=Q(item__isnull=False), name="receivable_once"
            ),
            models.CheckConstraint(
                name="receivable_left",
                condition=Q(left__gte=0, amount__gt=0, left__lte=F("amount")),
            ),
        ]
        indexes = [
            models.Index(fields=["employee"], condition=Q(left__gt=0), name="receivable_still_open")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.amount} {self.currency}"

    @property
    def collected(self) -> Decimal:
        return self.amount - self.left

    @property
    def tone(self) -> str:
        return "wait" if self.left else "done"


class Collection(models.Model):
    """A part of a receivable that came in, or that is not asked for any more (收回)."""

    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="collections")
    kind = models.CharField(_("方式"), max_length=8, choices=collection_kind_choices)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    slip = models.ForeignKey(
        PaySlip, models.PROTECT, null=True, blank=True, related_name="collected"
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("收回")
        verbose_name_plural = pgettext_lazy("several", "收回")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["receivable", "slip"],
                condition=Q(slip__isnull=False),
                name="collection_once_a_slip",
            ),
            models.CheckConstraint(
                name="collection_by_a_slip_or_somebody",
                condition=Q(amount__gt=0)
                & (Q(kind="pay", slip__isnull=False) | Q(slip__isnull=True) & ~Q(kind="pay")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receivable_id} {self.kind} {self.amount}"
