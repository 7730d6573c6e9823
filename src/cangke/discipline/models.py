"""The tables of rewards and discipline."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .rules import OPEN, SERVED, CaseState, Source

WHO = settings.AUTH_USER_MODEL


def case_state_choices() -> list[tuple[str, Any]]:
    return [
        (CaseState.PROPOSED, pgettext_lazy("conduct", "线索")),
        (CaseState.HEARING, pgettext_lazy("conduct", "听取说明")),
        (CaseState.APPROVAL, pgettext_lazy("conduct", "审批中")),
        (CaseState.DECIDED, pgettext_lazy("conduct", "已决定")),
        (CaseState.APPEALED, pgettext_lazy("conduct", "申诉中")),
        (CaseState.FINAL, pgettext_lazy("conduct", "已生效")),
        (CaseState.LIFTED, pgettext_lazy("conduct", "已撤销处分")),
        (CaseState.DROPPED, pgettext_lazy("conduct", "不予处分")),
    ]


def source_choices() -> list[tuple[str, Any]]:
    return [
        (Source.MANUAL, _("人工登记")),
        (Source.PLEDGE, _("未兑现的承诺")),
        (Source.CERTIFICATE, _("不实的补卡证明")),
        (Source.POST, _("在岗记录")),
        (Source.IDLE, _("在线不接待")),
        (Source.LATENESS, _("迟到早退")),
        (Source.INSULT, _("被拦下的言语")),
        (Source.CHECK, _("质检否决项")),
        (Source.POOR, _("连续不合格")),
        (Source.DISCLOSURE, _("访问记录提取")),
    ]


def rating_choices() -> list[tuple[str, Any]]:
    return [
        ("light", pgettext_lazy("rating", "轻")),
        ("medium", pgettext_lazy("rating", "中")),
        ("grave", pgettext_lazy("rating", "重")),
    ]


def attitude_choices() -> list[tuple[str, Any]]:
    return [
        ("light", pgettext_lazy("attitude", "主动认识、积极改正")),
        ("medium", pgettext_lazy("attitude", "承认事实")),
        ("grave", pgettext_lazy("attitude", "不承认或态度恶劣")),
    ]


def case_event_choices() -> list[tuple[str, Any]]:
    return [
        ("proposed", pgettext_lazy("conduct", "提出线索")),
        ("fact", pgettext_lazy("conduct", "增加事实")),
        ("asked", pgettext_lazy("conduct", "请本人说明")),
        ("stated", pgettext_lazy("conduct", "本人说明")),
        ("submitted", pgettext_lazy("conduct", "提交审批")),
        ("returned", pgettext_lazy("conduct", "审批未通过")),
        ("decided", pgettext_lazy("conduct", "作出决定")),
        ("acknowledged", pgettext_lazy("conduct", "本人签收")),
        ("appealed", pgettext_lazy("conduct", "申诉")),
        ("upheld", pgettext_lazy("conduct", "维持决定")),
        ("changed", pgettext_lazy("conduct", "改轻处分")),
        ("lifted", pgettext_lazy("conduct", "撤销处分")),
        ("final", pgettext_lazy("conduct", "生效")),
        ("dropped", pgettext_lazy("conduct", "不予处分")),
        ("suspended", pgettext_lazy("conduct", "开始停职")),
        ("resumed", pgettext_lazy("conduct", "结束停职")),
        ("announced", pgettext_lazy("conduct", "全公司通报")),
    ]


def reward_state_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", _("等审批")),
        ("granted", pgettext_lazy("reward", "已授予")),
        ("refused", _("未批准")),
    ]


class ConductCaseQuerySet(models.QuerySet["ConductCase"]):
    def open(self) -> ConductCaseQuerySet:
        """Those nothing was decided about yet."""
        return self.filter(state__in=[each.value for each in OPEN])

    def served(self) -> ConductCaseQuerySet:
        """Those whose measure stands, be it under appeal."""
        return self.filter(state__in=[each.value for each in SERVED])


class ConductCase(models.Model):
    """
    One matter of discipline (奖惩案件): proposed, heard, decided, appealed, final (L15–L20).

    What is decided holds once the time to appeal is over; a suspension from its first day.
    """

    number = models.CharField(_("编号"), max_length=24, unique=True)
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    ground = models.CharField(_("事由"), max_length=30)
    matter = models.TextField(_("经过"))
    happened_on = models.DateField(_("发生日期"))
    source = models.CharField(_("来源"), max_length=12, choices=source_choices, default="manual")
    state = models.CharField(
        _("状态"), max_length=10, choices=case_state_choices, default=CaseState.PROPOSED.value
    )
    opened_by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("提出时间"))
    asked_by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("请说明时间"), null=True, blank=True)
    hear_until = models.DateField(_("说明期限"), null=True, blank=True)
    statement = models.TextField(_("本人说明"), blank=True)
    stated_at = models.DateTimeField(_("说明时间"), null=True, blank=True)
    kind = models.CharField(_("处分"), max_length=30, blank=True)
    effect = models.CharField(_("效果"), max_length=12, blank=True)
    severity = models.CharField(_("情节"), max_length=6, choices=rating_choices, blank=True)
    consequence = models.CharField(_("后果"), max_length=6, choices=rating_choices, blank=True)
    attitude = models.CharField(_("态度"), max_length=6, choices=attitude_choices, blank=True)
    reasoning = models.TextField(_("决定的理由"), blank=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    suspended_from = models.DateField(_("停职起"), null=True, blank=True)
    suspended_to = models.DateField(_("停职止"), null=True, blank=True)
    decided_by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    appeal_until = models.DateField(_("可申诉至"), null=True, blank=True)
    appeal = models.TextField(_("申诉理由"), blank=True)
    appealed_at = models.DateTimeField(_("申诉时间"), null=True, blank=True)
    answer = models.TextField(_("申诉决定"), blank=True)
    answered_by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("申诉决定时间"), null=True, blank=True)
    final_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    pay_month = models.DateField(_("计入工资月份"), null=True, blank=True)
    visible_until = models.DateField(_("可见至"), null=True, blank=True)
    dropped_by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    dropped_at = models.DateTimeField(_("不予处分时间"), null=True, blank=True)
    drop_reason = models.TextField(_("不予处分的理由"), blank=True)
    began_at = models.DateTimeField(_("停职开始"), null=True, blank=True)
    ended_at = models.DateTimeField(_("停职结束"), null=True, blank=True)
    announced_at = models.DateTimeField(_("通报时间"), null=True, blank=True)

    objects = ConductCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("处分案件")
        verbose_name_plural = _("处分案件")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="conduct_decided_is_reasoned",
                condition=~Q(state__in=[each.value for each in SERVED])
                | (
                    Q(decided_at__isnull=False)
                    & ~Q(kind="")
                    & ~Q(severity="")
                    & ~Q(consequence="")
                    & ~Q(attitude="")
                    & ~Q(reasoning="")
                ),
            ),
            models.CheckConstraint(
                name="conduct_money_is_positive",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="conduct_suspension_in_order",
                condition=Q(suspended_from__isnull=True)
                | Q(suspended_to__gte=models.F("suspended_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "state"], name="conduct_of_employee"),
            models.Index(fields=["state", "appeal_until"], name="conduct_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_served(self) -> bool:
        return self.state in SERVED

    @property
    def was_heard(self) -> bool:
        return self.stated_at is not None

    def may_be_appealed_on(self, day: dt.date) -> bool:
        """Once, and not after its time."""
        until = self.appeal_until
        return self.state == CaseState.DECIDED and until is not None and day <= until


class CaseEvent(models.Model):
    """What happened to a case; append-only (案件经过)."""

    case = models.ForeignKey(ConductCase, models.CASCADE, related_name="events")
    kind = models.CharField(_("类别"), max_length=12, choices=case_event_choices)
    text = models.TextField(_("内容"), blank=True)
    by = models.ForeignKey(WHO, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("案件经过")
        verbose_name_plural = _("案件经过")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class Incident(models.Model):
    """
    A recorded fact about somebody's conduct (事实记录), known by its record (L17, L20).

    One that proved not to be so is cleared and counts no more.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    source = models.CharField(_("来源"), max_length=12, choices=source_choices)
    record = models.CharField(_("记录"), max_length=80, unique=True)
    happened_on = models.DateField(_("日期"))
    text = models.CharField(_("内容"), max_length=300)
    url = models.CharField(_("网址"), max_length=200, blank=True)
    at = models.DateTimeField(_("登记时间"))
    case = models.ForeignKey(
        ConductCase, models.PROTECT, null=True, blank=True, related_name="incidents"
    )
    cleared_at = models.DateTimeField(_("更正时间"), null=True, blank=True)
    clear_reason = models.CharField(_("更正原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("事实记录")
        verbose_name_plural = _("事实记录")
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["employee", "happened_on"], name="incident_of_employee")]

    def __str__(self) -> str:
        return self.record


class Coaching(models.Model):
    """Help that was given to somebody about a matter (辅导, L23)."""

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    ground = models.CharField(_("针对"), max_length=30)
    date = models.DateField(_("日期"))
    text = models.TextField(_("做了什么"))
    by = models.ForeignKey(WHO, models.PROTECT, related_name="+", verbose_name=_("辅导人"))
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("辅导")
        verbose_name_plural = _("辅导")
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}"


class Reward(models.Model):
    """A commendation, or an award that may carry money (奖励, L14)."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    kind = models.CharField(_("种类"), max_length=30)
    date = models.DateField(_("日期"))
    reason = models.TextField(_("事迹"))
    amount = models.DecimalField(_("奖金"), max_digits=12, decimal_places=2, null=True, blank=True)
    pay_month = models.DateField(_("计入工资月份"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=reward_state_choices, default="granted"
    )
    by = models.ForeignKey(WHO, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    at = models.DateTimeField(_("提出时间"))
    granted_at = models.DateTimeField(_("授予时间"), null=True, blank=True)
    announced_at = models.DateTimeField(_("表彰时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("奖励")
        verbose_name_plural = _("奖励")
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="reward_money_is_positive",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tone(self) -> str:
        return {"asked": "wait", "granted": "done", "refused": "late"}.get(self.state, "")
