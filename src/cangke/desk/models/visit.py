from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .choices import visit_purpose_choices
from .conversation import Conversation


class Visit(models.Model):
    """Somebody who enters the warehouse or the office and leaves it again (来访登记, A3)."""

    site = models.ForeignKey(
        "people.Site", models.PROTECT, related_name="+", verbose_name=_("站点")
    )
    visitor_name = models.CharField(_("来访人"), max_length=100)
    company = models.CharField(_("单位"), max_length=120)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    purpose_kind = models.CharField(_("来访类别"), max_length=12, choices=visit_purpose_choices)
    purpose = models.TextField(_("来访事由"))
    host = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接待人"),
    )
    badge = models.CharField(_("访客证号"), max_length=20, blank=True)
    plate = models.CharField(_("车牌"), max_length=20, blank=True)
    came_at = models.DateTimeField(_("进入时间"))
    left_at = models.DateTimeField(_("离开时间"), null=True, blank=True)
    result = models.TextField(_("结果"), blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    signed_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("签离登记人"),
    )
    conversation = models.OneToOneField(
        Conversation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visit",
        verbose_name=_("会话"),
    )

    class Meta:
        verbose_name = _("来访记录")
        verbose_name_plural = pgettext_lazy("several", "来访记录")
        ordering = ["-came_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_ends_after_it_began",
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
            ),
            models.CheckConstraint(name="visit_of_somebody", condition=Q(people__gte=1)),
        ]
        indexes = [
            models.Index(
                fields=["site", "came_at"], name="visit_inside", condition=Q(left_at__isnull=True)
            ),
            models.Index(fields=["-came_at", "-id"], name="visit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.came_at:%Y-%m-%d %H:%M}"

    def minutes(self, *, at: dt.datetime) -> int:
        """Return the whole minutes on site: until leaving, or so far."""
        return int(((self.left_at or at) - self.came_at).total_seconds() // 60)
