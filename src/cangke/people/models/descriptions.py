from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import rules
from .organisation import Department, Employee, Post


def education_choices() -> list[tuple[str, Any]]:
    return [
        (rules.Education.ANY, _("不限")),
        (rules.Education.JUNIOR, _("初中")),
        (rules.Education.SENIOR, _("高中或中专")),
        (rules.Education.COLLEGE, _("大专")),
        (rules.Education.BACHELOR, _("本科")),
        (rules.Education.MASTER, _("硕士及以上")),
    ]


def demand_choices() -> list[tuple[str, Any]]:
    return [
        (rules.Demand.FREE, _("不要求")),
        (rules.Demand.PREFERRED, _("优先")),
        (rules.Demand.REQUIRED, _("必须")),
    ]


class JobDescription(models.Model):
    """A version of the form that says what a post is (岗位说明书, R4); the newest is in force."""

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="descriptions", verbose_name=_("岗位")
    )
    version = models.PositiveIntegerField(_("版本"))
    dated = models.DateField(_("编制日期"))
    title = models.CharField(_("岗位名称"), max_length=60)
    title_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    headcount = models.PositiveSmallIntegerField(_("岗位定员"), null=True, blank=True)
    department = models.ForeignKey(
        Department,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所在部门"),
    )
    number = models.CharField(_("岗位编号"), max_length=40, blank=True)
    grade = models.CharField(_("岗位等级"), max_length=40, blank=True)
    salary_from = models.DecimalField(
        _("薪资标准从"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    salary_to = models.DecimalField(
        _("薪资标准到"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    superior = models.ForeignKey(
        Post,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("直接上级"),
    )
    rotation = models.JSONField(_("可轮调岗位"), default=list, blank=True)
    promotion = models.JSONField(_("可晋升岗位"), default=list, blank=True)
    span_direct = models.PositiveSmallIntegerField(_("直接下属人数"), null=True, blank=True)
    span_indirect = models.PositiveSmallIntegerField(_("间接下属人数"), null=True, blank=True)
    education = models.CharField(_("学历"), max_length=10, blank=True, choices=education_choices)
    major = models.CharField(_("专业"), max_length=100, blank=True)
    major_demand = models.CharField(
        _("专业要求"), max_length=10, blank=True, choices=demand_choices
    )
    experience_years = models.PositiveSmallIntegerField(_("经验年数"), null=True, blank=True)
    experience_demand = models.CharField(
        _("经验要求"), max_length=10, blank=True, choices=demand_choices
    )
    skills = models.JSONField(_("知识技能"), default=list, blank=True)
    languages = models.JSONField(_("语言"), default=list, blank=True)
    qualities = models.JSONField(_("素质"), default=list, blank=True)
    shows_age = models.BooleanField(_("显示年龄栏"), default=False)
    age = models.CharField(_("年龄"), max_length=40, blank=True)
    words = models.JSONField(_("正文"), default=dict, blank=True)
    words_en = models.JSONField(_("英文正文"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("编制人"),
    )
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("岗位说明书")
        verbose_name_plural = _("岗位说明书")
        ordering = ["post_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["post", "version"], name="job_description_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def version_text(self) -> str:
        return f"v{self.version}"

    @property
    def profile(self) -> rules.Profile:
        """What the description demands, for comparing."""
        return rules.Profile(
            education=rules.Education(self.education),
            major=self.major,
            major_demand=rules.Demand(self.major_demand),
            experience_years=self.experience_years or 0,
            experience_demand=rules.Demand(self.experience_demand),
            skills=tuple(self.skills),
            languages=tuple(self.languages),
            qualities=tuple(self.qualities),
        )

    def title_in(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title

    def words_in(self, language: str) -> dict[str, str]:
        """The written parts; in English where they have been written in it."""
        english = self.words_en if language.startswith("en") else {}
        return {key: english.get(key) or self.words.get(key, "") for key in rules.WORDS}


class Qualification(models.Model):
    """What somebody brings to a post (任职资格): on hiring from papers, later as it grows."""

    employee = models.OneToOneField(
        Employee, models.CASCADE, related_name="qualification", verbose_name=_("员工")
    )
    education = models.CharField(_("学历"), max_length=10, blank=True, choices=education_choices)
    major = models.CharField(_("专业"), max_length=100, blank=True)
    has_major = models.BooleanField(_("专业对口"), default=False)
    experience_years = models.PositiveSmallIntegerField(_("行业经验年数"), default=0)
    certificates = models.JSONField(_("证书"), default=list, blank=True)
    qualities = models.JSONField(_("已认可的素质"), default=list, blank=True)

    class Meta:
        verbose_name = _("任职资格")
        verbose_name_plural = _("任职资格")

    def __str__(self) -> str:
        return f"{self.employee_id}"
