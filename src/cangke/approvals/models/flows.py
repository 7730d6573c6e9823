from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import rules


def flow_state_choices() -> list[tuple[str, Any]]:
    return [("draft", _("草稿")), ("published", _("已发布")), ("superseded", _("已被取代"))]


class ApprovalFlow(models.Model):
    """One version of the steps of a kind of matter (审批流程); a published one never changes."""

    key = models.SlugField(_("代码"), max_length=60)
    number = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    body = models.JSONField(_("步骤"))
    sha256 = models.CharField(_("指纹"), max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=flow_state_choices, default="draft")
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("编写"),
    )
    created_at = models.DateTimeField(_("编写时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("发布"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("审批流程")
        verbose_name_plural = _("审批流程")
        ordering = ["key", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="approval_flow_version"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="published"), name="approval_flow_in_force"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="draft"), name="approval_flow_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def flow(self) -> rules.Flow:
        """The steps, read; what was kept has been checked."""
        return rules.read_flow(self.body)[0]

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name
