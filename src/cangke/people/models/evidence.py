from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisation import Employee


class DisclosureEvidence(models.Model):
    """
    An extract of the log saved as evidence: what somebody looked up, tried and took out (Q9).

    The file and its digest never change; a case refers to the row.
    """

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="evidence", verbose_name=_("员工")
    )
    first_date = models.DateField(_("从"))
    last_date = models.DateField(_("到"))
    entries = models.PositiveIntegerField(_("条数"))
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件")
    )
    digest = models.CharField(_("摘要"), max_length=64)
    reason = models.CharField(_("事由"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提取人")
    )
    at = models.DateTimeField(_("提取时间"))

    class Meta:
        verbose_name = _("泄密证据")
        verbose_name_plural = _("泄密证据")
        ordering = ["employee_id", "-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.first_date}–{self.last_date}"
