from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def post_kind_choices() -> list[tuple[str, Any]]:
    return [
        ("left", _("脱岗")),
        ("wandered", _("串岗")),
        ("private", _("上班处理私事")),
        ("other", _("上班做其他事")),
    ]


class PostRecord(models.Model):
    """Somebody was not at the post, or not at work there, as a leader saw it (在岗记录, K24)."""

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=post_kind_choices)
    from_at = models.DateTimeField(_("开始"))
    until_at = models.DateTimeField(_("结束"), null=True, blank=True)
    seen = models.CharField(_("看到的情况"), max_length=500)
    proof = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))
    statement = models.CharField(_("本人说明"), max_length=500, blank=True)
    stated_at = models.DateTimeField(_("说明时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("在岗记录")
        verbose_name_plural = _("在岗记录")
        ordering = ["-from_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="post_record_ends_after_it_begins",
                condition=models.Q(until_at__isnull=True)
                | models.Q(until_at__gte=models.F("from_at")),
            )
        ]
        indexes = [models.Index(fields=["employee", "from_at"], name="post_record_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind}"
