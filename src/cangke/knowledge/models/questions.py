"""What somebody did not understand, and the answer (J4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .articles import Article


class Question(models.Model):
    """A point not understood, noted the day it came up (疑问记录, J4)."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    asked_at = models.DateTimeField(_("提出时间"))
    text = models.TextField(_("疑问"))
    about = models.CharField(_("关于"), max_length=120, blank=True)
    answer = models.TextField(_("答案"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("解答人"),
    )
    answered_at = models.DateTimeField(_("解答时间"), null=True, blank=True)
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("知识文章"),
    )

    class Meta:
        verbose_name = _("疑问")
        verbose_name_plural = _("疑问记录")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="", answered_by__isnull=True)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="question_answered_whole",
            )
        ]
        indexes = [
            models.Index(
                fields=["-asked_at"], name="question_open", condition=Q(answered_at__isnull=True)
            ),
            models.Index(fields=["asked_by", "-asked_at"], name="question_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
