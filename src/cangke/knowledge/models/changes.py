"""Changes of the business that everybody has to have read (J2)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .articles import Article, Audience, audience_choices


class ChangeNotice(models.Model):
    """What has changed in services, prices, rules, and who has to know (业务变化通知, J2)."""

    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("标题（英文）"), max_length=120, blank=True)
    body = models.TextField(_("正文"))
    body_en = models.TextField(_("正文（英文）"), blank=True)
    audience = models.CharField(
        _("读者"), max_length=10, choices=audience_choices, default=Audience.ALL
    )
    department = models.ForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("部门"),
    )
    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("详见文章"),
    )
    blocks = models.BooleanField(_("没确认不能上线接待"), default=False)
    due_date = models.DateField(_("请在此日前读完"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("发布人")
    )
    published_at = models.DateTimeField(_("发布时间"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawn_because = models.CharField(_("撤下原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("业务变化通知")
        verbose_name_plural = _("业务变化通知")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="team") | Q(team__isnull=False), name="change_team_named"
            ),
            models.CheckConstraint(
                condition=~Q(audience="department") | Q(department__isnull=False),
                name="change_department_named",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at"],
                name="change_in_force",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title

    def body_in(self, language: str) -> str:
        return self.body_en if language.startswith("en") and self.body_en else self.body


class ChangeReading(models.Model):
    """Somebody confirmed having read a change; append-only."""

    notice = models.ForeignKey(ChangeNotice, models.PROTECT, related_name="readings")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"))

    class Meta:
        verbose_name = _("阅读确认")
        verbose_name_plural = _("阅读确认")
        ordering = ["confirmed_at"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "account"], name="change_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.account_id}"
