from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import rules


def version_state_choices() -> list[tuple[str, Any]]:
    return [("draft", _("草稿")), ("published", _("已发布")), ("superseded", _("已被取代"))]


class ProcessTemplate(models.Model):
    """A way to regularize (转正流程, N1); the default holds for departments without their own."""

    key = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    is_default = models.BooleanField(_("默认"), default=False)
    departments = models.ManyToManyField(
        "people.Department", related_name="+", blank=True, verbose_name=_("用于部门")
    )

    class Meta:
        verbose_name = _("转正流程")
        verbose_name_plural = _("转正流程")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="regularization_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name


class TemplateVersion(models.Model):
    """Steps and criteria of a template as data; a published one never changes."""

    template = models.ForeignKey(
        ProcessTemplate, models.PROTECT, related_name="versions", verbose_name=_("转正流程")
    )
    number = models.PositiveIntegerField(_("版本"))
    body = models.JSONField(_("步骤与条件"))
    state = models.CharField(
        _("状态"), max_length=12, choices=version_state_choices, default="draft"
    )
    flow = models.ForeignKey(
        "approvals.ApprovalFlow",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审批流程"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "编写"),
    )
    created_at = models.DateTimeField(_("编写时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("流程版本")
        verbose_name_plural = _("流程版本")
        ordering = ["template_id", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="regularization_version_number"
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(state="published"),
                name="regularization_version_in_force",
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="draft"), name="regularization_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(flow__isnull=False),
                name="regularization_published_has_flow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"

    @property
    def parsed(self) -> rules.Template:
        """Steps and criteria, read; what was kept has been checked."""
        return rules.read_template(self.body)[0]
