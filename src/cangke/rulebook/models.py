"""Tables of the rulebook: policy sets, their versions, who lives by which, and explanations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    TESTED = "tested", _("试算通过")
    ASKED = "asked", _("审批中")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("已被取代")
    WITHDRAWN = "withdrawn", _("已撤回")


# On its way to publication; of these a set has one at most.
UNPUBLISHED = (State.DRAFT, State.TESTED, State.ASKED, State.APPROVED)
EDITABLE = (State.DRAFT, State.TESTED)


class UnitKind(models.TextChoices):
    SITE = "site", _("站点")
    DEPARTMENT = "department", _("部门")
    TEAM = "team", _("小组")


def state_choices() -> list[tuple[str, Any]]:
    return State.choices


def unit_choices() -> list[tuple[str, Any]]:
    return UnitKind.choices


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


# What ships is told in the reader's language; what a company writes stays as it wrote it.
SHIPPED_WORDS = (
    gettext_noop("客服管理制度"),
    gettext_noop("四十小时工作制"),
    gettext_noop(
        "每周最多 40 小时，排班时检查；每月休息 8 天。随软件提供，启用前请按当地法规核对。"
    ),
    gettext_noop("随软件提供的样本制度；启用前请按当地法规核对。"),
)


def told(text: str) -> str:
    """Words of a set or version as they are read."""
    return gettext(text) if text in SHIPPED_WORDS else text


class PolicySet(models.Model):
    """One complete set of rules for a group of staff (政策集); exactly one is the default."""

    key = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    is_default = models.BooleanField(_("默认"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = _("政策集")
        verbose_name_plural = _("政策集")
        ordering = ["-is_default", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="rulebook_one_default_set",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return told(self.name)

    @property
    def about(self) -> str:
        return told(self.note)


# The shipped version holds from here on; what lies before the first version takes it too.
FIRST_DAY = dt.date(2000, 1, 1)


class RulebookVersion(models.Model):
    """
    Words and values of one policy set from a day on (规章制度).

    Drafted, held against its own examples (tested), handed in (asked), approved, published. Once
    published, number, body and day never change; database triggers hold that as well. A version
    replaced on the very day it began is superseded; one taken back before its day is withdrawn.
    """

    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本号"))
    state = models.CharField(_("状态"), max_length=10, choices=state_choices, default=State.DRAFT)
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    body = models.JSONField(_("内容"))
    sha256 = models.CharField(_("校验和"), max_length=64)
    note = models.CharField(_("理由"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)
    created_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("创建时间"))
    tested_at = models.DateTimeField(_("试算时间"), null=True, blank=True)
    asked_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    case_url = models.CharField(_("审批单"), max_length=200, blank=True)
    approved_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("制度版本")
        verbose_name_plural = _("制度版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy_set", "number"], name="rulebook_version_number"
            ),
            models.UniqueConstraint(
                fields=["policy_set"],
                condition=Q(state__in=UNPUBLISHED),
                name="rulebook_one_draft",
            ),
            models.UniqueConstraint(
                fields=["policy_set", "effective_from"],
                condition=Q(state=State.PUBLISHED),
                name="rulebook_one_version_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNPUBLISHED)
                | Q(effective_from__isnull=False, published_at__isnull=False),
                name="rulebook_published_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_set} v{self.number}"

    @property
    def why(self) -> str:
        """The reason given, as it is read."""
        return told(self.note)


class Reading(models.Model):
    """Somebody has confirmed reading a version (阅读确认, S4); only ever added."""

    version = models.ForeignKey(RulebookVersion, models.PROTECT, related_name="readings")
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"))

    class Meta:
        verbose_name = _("阅读确认")
        verbose_name_plural = _("阅读确认")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "account"], name="rulebook_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.account_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, on: dt.date) -> AssignmentQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=on), valid_from__lte=on)


class Assignment(models.Model):
    """A unit of the organisation lives by a policy set, from–until (both days included)."""

    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="assignments")
    unit_kind = models.CharField(_("单位类别"), max_length=10, choices=unit_choices)
    unit_id = models.PositiveBigIntegerField(_("单位"))
    valid_from = models.DateField(_("开始"))
    until = models.DateField(_("结束"), null=True, blank=True)
    created_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("创建时间"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("适用范围")
        verbose_name_plural = _("适用范围")
        ordering = ["unit_kind", "unit_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit_kind", "unit_id", "valid_from"], name="rulebook_assignment_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("valid_from")),
                name="rulebook_assignment_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_kind} {self.unit_id} → {self.policy_set_id}"


class Edition(models.Model):
    """One row whose token changes with every publication, so that all processes notice."""

    token = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("版本标记")
        verbose_name_plural = _("版本标记")

    def __str__(self) -> str:
        return self.token


class Explanation(models.Model):
    """
    Why a figure is what it is (依据): clause, version, facts, arithmetic, as of that moment.

    Append-only. The newest row of a subject's figure is the one in force; older ones stay.
    """

    subject_type = models.CharField(_("对象类别"), max_length=60)
    subject_id = models.PositiveBigIntegerField(_("对象"))
    figure = models.CharField(_("数值"), max_length=60)
    clause = models.CharField(_("条款"), max_length=80)
    clause_number = models.CharField(_("条款号"), max_length=20, blank=True)
    set_key = models.CharField(_("政策集"), max_length=40)
    version_number = models.PositiveIntegerField(_("版本号"))
    facts = models.JSONField(_("事实"), default=list)
    arithmetic = models.JSONField(_("计算"), default=dict)
    result = models.CharField(_("结果"), max_length=200)
    digest = models.CharField(_("校验和"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("依据")
        verbose_name_plural = _("依据")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "figure", "-id"],
                name="rulebook_explanation_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.figure}"
