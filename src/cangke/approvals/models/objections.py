from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.wording import either

from .cases import ApprovalCase

OPEN = "open"
UPHELD = "upheld"
DISMISSED = "dismissed"
WITHDRAWN = "withdrawn"
# The figure does not take effect: it waits for the answer, or the answer was that it was wrong.
STANDING = (OPEN, UPHELD)
AWAITED = (OPEN,)


def objection_state_choices() -> list[tuple[str, Any]]:
    return [
        (OPEN, _("等答复")),
        (UPHELD, _("异议成立")),
        (DISMISSED, _("异议不成立")),
        (WITHDRAWN, _("已撤回")),
    ]


class Objection(models.Model):
    """
    Somebody objects to a figure that the system worked out about them (异议, S7).

    It stands against the explanation as it was read. While it is open the figure is paused; the
    superior answers by an approval case.
    """

    explanation = models.ForeignKey(
        "rulebook.Explanation", models.PROTECT, related_name="+", verbose_name=_("依据")
    )
    subject_type = models.CharField(_("对象类别"), max_length=60)
    subject_id = models.PositiveBigIntegerField(_("对象"))
    figure = models.CharField(_("数值"), max_length=60)
    title = models.CharField(_("针对"), max_length=160)
    title_en = models.CharField(_("英文标题"), max_length=160, blank=True)
    reason = models.TextField(_("理由"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    case = models.OneToOneField(
        ApprovalCase, models.PROTECT, null=True, related_name="+", verbose_name=_("审批单")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=objection_state_choices, default=OPEN
    )
    made_at = models.DateTimeField(_("提出时间"))
    settled_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ["-made_at", "-pk"]
        constraints = [
            # The same explanation is objected to once; a figure worked out anew may be again.
            models.UniqueConstraint(
                fields=["explanation"],
                condition=~Q(state=WITHDRAWN),
                name="objection_once_an_explanation",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "figure"],
                condition=Q(state=OPEN),
                name="objection_one_open_a_figure",
            ),
            models.CheckConstraint(
                name="objection_settled_has_its_time",
                condition=Q(state=OPEN, settled_at__isnull=True)
                | ~Q(state=OPEN) & Q(settled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "figure"],
                condition=Q(state__in=STANDING),
                name="objection_standing",
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        """What is objected to, in the reader's language."""
        return either(self.title, self.title_en)

    @property
    def tone(self) -> str:
        return {OPEN: "wait", UPHELD: "done", DISMISSED: "late"}.get(self.state, "")
