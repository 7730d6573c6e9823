from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..rules.rating import SCORES
from .channel import Channel
from .choices import stage_choices
from .conversation import Conversation


class Rating(models.Model):
    """
    What a customer was asked about a conversation when it ended, and has answered (评价, G7.1).

    Whom and what it is about stands as it was at the end. One that was not answered before the
    conversation went on is withdrawn, and counts nowhere.
    """

    conversation = models.ForeignKey(
        Conversation,
        models.PROTECT,
        related_name="ratings",
        verbose_name=_("会话"),
        db_index=False,
    )
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        related_name="+",
        verbose_name=_("客服"),
        db_index=False,
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="+", verbose_name=_("渠道"), db_index=False
    )
    shop = models.ForeignKey(
        "people.Shop",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("店铺"),
        db_index=False,
    )
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices)
    asked_at = models.DateTimeField(_("邀请时间"))
    open_until = models.DateTimeField(_("可评到"))
    withdrawn_at = models.DateTimeField(_("收回邀请时间"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)
    satisfied = models.BooleanField(_("满意"), null=True, blank=True)
    note = models.CharField(_("顾客留言"), max_length=500, blank=True)
    rated_at = models.DateTimeField(_("评价时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("顾客评价")
        verbose_name_plural = _("顾客评价")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                name="rating_open_once",
                condition=Q(rated_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="rating_is_whole",
                condition=Q(
                    rated_at__isnull=True, score__isnull=True, satisfied__isnull=True, note=""
                )
                | Q(
                    rated_at__isnull=False,
                    score__in=SCORES,
                    satisfied__isnull=False,
                    withdrawn_at__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "-asked_at"], name="rating_of_conversation"),
            models.Index(fields=["agent", "-asked_at"], name="rating_agent"),
            models.Index(fields=["-asked_at"], name="rating_asked"),
            models.Index(
                fields=["-rated_at"], name="rating_rated", condition=Q(rated_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
