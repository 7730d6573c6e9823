from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.calendar.public import site_day
from cangke.foundation.wording import either

from .. import rules


def shop_state_choices() -> list[tuple[str, Any]]:
    return [("live", _("营业")), ("upcoming", _("即将上线")), ("closed", _("已关闭"))]


def status_choices() -> list[tuple[str, Any]]:
    return [
        (rules.Status.PROBATION, _("试用期")),
        (rules.Status.REGULAR, _("正式")),
        (rules.Status.SUSPENDED, _("停职")),
        (rules.Status.LEFT, _("已离职")),
    ]


def stage_choices() -> list[tuple[str, Any]]:
    return [
        (rules.Stage.NONE, _("不接待")),
        (rules.Stage.PRE_SALES, _("售前")),
        (rules.Stage.AFTER_SALES, _("售后")),
        (rules.Stage.BOTH, _("售前与售后")),
    ]


def department_kind_choices() -> list[tuple[str, Any]]:
    return [
        ("overseas_warehouse", _("海外仓客服")),
        ("marketing_centre", _("营销中心客服")),
        ("ecommerce", _("电商客服")),
        ("express_warehouse", _("快递仓客服")),
        ("warehouse_aftersales", _("仓库售后")),
        ("warehouse", _("仓储")),
        ("office", _("职能部门")),
    ]


def feature_choices() -> list[tuple[str, Any]]:
    return [
        ("desk", _("工作台")),
        ("tickets", pgettext_lazy("several", "工单")),
        ("orders", _("订单")),
        ("warehouse", _("仓库")),
        ("aftersales", _("售后")),
        ("complaints", _("投诉")),
        ("customers", _("客户")),
        ("marketing", _("营销")),
        ("billing", _("结算")),
        ("knowledge", _("知识")),
        ("people", _("人事")),
        ("attendance", _("考勤")),
        ("regularization", _("转正")),
        ("supervision", _("主管")),
        ("quality", _("质检")),
        ("reports", _("报表")),
        ("rulebook", _("制度")),
    ]


def family_choices() -> list[tuple[str, Any]]:
    return [
        ("service", _("客服岗位")),
        ("warehouse", _("仓库岗位")),
        ("office", _("职能岗位")),
    ]


class Site(models.Model):
    """A place of work with its own clock and money (站点)."""

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    zone = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    country = models.CharField(_("国家代码"), max_length=2, default="CN")
    currency = models.CharField(_("币种"), max_length=3, default="CNY")

    class Meta:
        verbose_name = _("站点")
        verbose_name_plural = _("站点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A unit of the organisation (部门); what it does not use is switched off (R10)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=24, choices=department_kind_choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级部门"),
    )
    head = models.ForeignKey(
        "people.Employee",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("负责人"),
    )
    features_off = models.JSONField(_("关闭的功能"), default=list, blank=True)

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A brand that shops sell (品牌)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("品牌")
        verbose_name_plural = _("品牌")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Shop(models.Model):
    """A selling entity on a marketplace that teams serve (店铺, B3)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    brand = models.ForeignKey(
        Brand,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shops",
        verbose_name=_("品牌"),
    )
    marketplace = models.CharField(_("平台"), max_length=40, blank=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="shops", verbose_name=_("站点"))
    state = models.CharField(_("状态"), max_length=10, choices=shop_state_choices, default="live")
    launch_date = models.DateField(_("上线日"), null=True, blank=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    colour = models.CharField(_("颜色"), max_length=7, default="#2b56c6")

    class Meta:
        verbose_name = _("店铺")
        verbose_name_plural = _("店铺")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def im_scope(self) -> str:
        """The space in which a buyer's nickname is one person: the marketplace, or the shop."""
        return self.marketplace or self.code

    def is_live(self, day: dt.date) -> bool:
        """Whether the shop takes live traffic on the day (B3): not before its launch date."""
        launched = self.launch_date is None or self.launch_date <= day
        return (
            self.state != "closed"
            and launched
            and (self.state == "live" or self.launch_date is not None)
        )


class Team(models.Model):
    """People of one department at one site who serve the same shops (组)."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="teams", verbose_name=_("部门")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="teams", verbose_name=_("站点"))
    shops = models.ManyToManyField(Shop, related_name="teams", blank=True, verbose_name=_("店铺"))
    leader = models.ForeignKey(
        "people.Employee",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("组长"),
    )
    duty_tags = models.JSONField(_("职责标签"), default=list, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("team", "组")
        verbose_name_plural = pgettext_lazy("team", "组")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post people are hired into, with the role it starts with (岗位, R2, R3)."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    family = models.CharField(_("类别"), max_length=12, choices=family_choices)
    role = models.CharField(_("默认角色"), max_length=40, blank=True)
    reach = models.CharField(_("默认范围"), max_length=12, default="self")
    stage = models.CharField(_("接待环节"), max_length=12, choices=stage_choices, blank=True)
    reports_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("直属上级岗位"),
    )

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        ordering = ["family", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language, where there is one."""
        return either(self.name, self.name_en)


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def employed(self) -> EmployeeQuerySet:
        """Everybody who has not left."""
        return self.exclude(status=rules.Status.LEFT)

    def at_work(self) -> EmployeeQuerySet:
        """Everybody who may work now: on probation or regular."""
        return self.filter(status__in=[rules.Status.PROBATION, rules.Status.REGULAR])


class Employee(models.Model):
    """A person employed here, as of now; what was, and when, is in the terms (员工)."""

    number = models.CharField(_("工号"), max_length=20, unique=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("账户"),
    )
    name = models.CharField(_("姓名"), max_length=60)
    english_name = models.CharField(_("英文名"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="employees", verbose_name=_("部门")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="employees",
        verbose_name=pgettext_lazy("team", "组"),
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="employees", verbose_name=_("岗位"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="employees", verbose_name=_("站点"))
    superior = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("直属上级"),
    )
    languages = models.JSONField(_("语言"), default=list, blank=True)
    skills = models.JSONField(_("技能"), default=list, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=status_choices, default=rules.Status.PROBATION
    )
    employed_from = models.DateField(_("入职日"))
    employed_to = models.DateField(_("离职日"), null=True, blank=True)
    probation_until = models.DateField(_("试用期至"), null=True, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("员工")
        verbose_name_plural = _("员工")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="employee_leaves_after_joining",
                condition=Q(employed_to__isnull=True)
                | Q(employed_to__gte=models.F("employed_from")),
            ),
        ]
        indexes = [models.Index(fields=["team", "status"], name="employee_team_status")]

    def __str__(self) -> str:
        return self.name

    @property
    def status_tone(self) -> str:
        """The tone of the mark pages draw for the status."""
        tones = {"probation": "wait", "regular": "done", "suspended": "block"}
        return tones.get(self.status, "")


class EmployeeTerm(models.Model):
    """What held for an employee from one day to another, both included (任职记录)."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="terms")
    from_date = models.DateField(_("生效日"))
    to_date = models.DateField(_("截止日"), null=True, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("岗位"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("站点"))
    superior = models.ForeignKey(
        Employee,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("直属上级"),
    )
    status = models.CharField(_("状态"), max_length=10, choices=status_choices)
    resumes_as = models.CharField(_("复职后的状态"), max_length=10, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    pay_scheme = models.CharField(_("薪资方案"), max_length=200, blank=True)
    benefits = models.CharField(_("福利"), max_length=400, blank=True)
    grant = models.ForeignKey(
        "access.Grant",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("岗位授权"),
    )
    applied_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("任职记录")
        verbose_name_plural = _("任职记录")
        ordering = ["employee_id", "from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "from_date"], name="employee_term_once_a_day"
            ),
            models.CheckConstraint(
                name="employee_term_ends_after_it_begins",
                condition=Q(to_date__isnull=True) | Q(to_date__gte=models.F("from_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.from_date}"

    @property
    def is_late_entry(self) -> bool:
        """Whether it was entered after the day it counts from, by the site's clock (Q10)."""
        return site_day(self.recorded_at, self.site.zone) > self.from_date


class Headcount(models.Model):
    """How many people a unit plans for a post (编制, R1); without a team: the department itself."""

    department = models.ForeignKey(
        Department, models.CASCADE, related_name="headcounts", verbose_name=_("部门")
    )
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="headcounts",
        verbose_name=pgettext_lazy("team", "组"),
    )
    post = models.ForeignKey(Post, models.CASCADE, related_name="+", verbose_name=_("岗位"))
    planned = models.PositiveSmallIntegerField(_("编制人数"))

    class Meta:
        verbose_name = _("编制")
        verbose_name_plural = _("编制")
        ordering = ["department_id", "team_id", "post_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "post"],
                condition=Q(team__isnull=False),
                name="headcount_once_a_team_post",
            ),
            models.UniqueConstraint(
                fields=["department", "post"],
                condition=Q(team__isnull=True),
                name="headcount_once_a_department_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.planned}"
