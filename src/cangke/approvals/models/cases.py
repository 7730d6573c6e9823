from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.wording import either, in_english

from ..rules import Action, CaseState, TaskState
from .flows import ApprovalFlow


def case_state_choices() -> list[tuple[str, Any]]:
    return [
        (CaseState.RUNNING, _("审批中")),
        (CaseState.RETURNED, _("已退回补充")),
        (CaseState.APPROVED, _("已通过")),
        (CaseState.REFUSED, _("未通过")),
        (CaseState.WITHDRAWN, _("已撤回")),
    ]


def task_state_choices() -> list[tuple[str, Any]]:
    return [
        (TaskState.WAITING, _("未轮到")),
        (TaskState.OPEN, _("待处理")),
        (TaskState.AGREED, _("同意")),
        (TaskState.OBJECTED, _("不同意")),
        (TaskState.LAPSED, _("逾期未提意见")),
        (TaskState.DROPPED, _("不再需要")),
    ]


def action_choices() -> list[tuple[str, Any]]:
    return [
        (Action.SUBMIT, _("提交")),
        (Action.APPROVE, _("同意")),
        (Action.REFUSE, _("不同意")),
        (Action.RETURN, _("退回补充")),
        (Action.OPINION, _("提出意见")),
        (Action.WITHDRAW, _("撤回")),
        (Action.TRANSFER, _("转交")),
        (Action.ADD_SIGNER, _("加签")),
        (Action.COMMENT, _("留言")),
        (Action.COPY, _("抄送")),
        (Action.LAPSE, _("逾期未提意见")),
        (Action.REROUTE, _("改由他人处理")),
        (Action.RESTART, _("内容有变，重新审批")),
        (Action.REMIND, _("提醒")),
        (Action.ESCALATE, _("逾期上报")),
    ]


class ApprovalCase(models.Model):
    """One matter on its way through a flow (审批单, X12)."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    flow = models.ForeignKey(
        ApprovalFlow, models.PROTECT, related_name="cases", verbose_name=_("流程")
    )
    kind = models.CharField(_("类别"), max_length=60)
    subject_id = models.BigIntegerField(_("事项"))
    # What the program words is written in both languages; what a person typed, as it is.
    title = models.CharField(_("标题"), max_length=160)
    title_en = models.CharField(_("英文标题"), max_length=160, blank=True)
    facts = models.JSONField(_("要点"), default=list)  # [[label, value], …] beside the button
    facts_en = models.JSONField(_("英文要点"), default=list)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("币种"), max_length=3, blank=True)
    chosen = models.JSONField(_("指定的人"), default=dict)  # step key → account ids
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提交人"),
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("抄送")
    )
    fingerprint = models.CharField(_("内容指纹"), max_length=64)
    state = models.CharField(
        _("状态"), max_length=10, choices=case_state_choices, default=CaseState.RUNNING
    )
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    stage = models.PositiveSmallIntegerField(_("阶段"), null=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("审批单")
        verbose_name_plural = _("审批单")
        ordering = ["-submitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(state__in=["running", "returned"]),
                name="approval_one_case_a_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-submitted_at"], name="approval_case_applicant"),
            models.Index(fields=["state", "-submitted_at"], name="approval_case_state"),
            models.Index(fields=["kind", "subject_id"], name="approval_case_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}"

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return either(self.title, self.title_en)

    @property
    def points(self) -> list[tuple[str, str]]:
        """The facts in the reader's language."""
        return self.facts_en if in_english() and self.facts_en else self.facts

    @property
    def is_open(self) -> bool:
        return self.state in (CaseState.RUNNING, CaseState.RETURNED)


class ApprovalTask(models.Model):
    """Somebody's part in one step of one round (审批任务)."""

    case = models.ForeignKey(ApprovalCase, models.CASCADE, related_name="tasks")
    round = models.PositiveSmallIntegerField(_("轮次"))
    step = models.CharField(_("步骤"), max_length=40)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("审批人")
    )
    instead_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("代替"),
    )
    reason = models.CharField(_("缘由"), max_length=20, blank=True)
    added = models.BooleanField(_("加签"), default=False)
    # Who steps in for somebody has the same seat: where all must agree, one of them is enough.
    seat = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("席位")
    )
    state = models.CharField(_("状态"), max_length=10, choices=task_state_choices)
    opened_at = models.DateTimeField(_("开始"), null=True, blank=True)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    warned = models.PositiveSmallIntegerField(_("已提醒"), default=0)

    class Meta:
        verbose_name = _("审批任务")
        verbose_name_plural = _("审批任务")
        ordering = ["case_id", "round", "pk"]
        indexes = [
            models.Index(
                fields=["account", "due_at"],
                condition=Q(state="open"),
                name="approval_task_inbox",
            ),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="approval_task_due"),
            models.Index(fields=["account", "-settled_at"], name="approval_task_settled"),
            # Whose cases these are, and which still wait, without touching the tasks themselves.
            models.Index(fields=["account", "state", "case"], name="approval_task_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.account_id}"

    @property
    def own_seat_id(self) -> int:
        """The task that had this seat first."""
        return self.seat_id or self.pk


class ApprovalDecision(models.Model):
    """What somebody did with a case and said (审批记录); only ever added."""

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="decisions")
    task = models.ForeignKey(ApprovalTask, models.PROTECT, null=True, blank=True, related_name="+")
    round = models.PositiveSmallIntegerField(_("轮次"))
    step = models.CharField(_("步骤"), max_length=40, blank=True)
    action = models.CharField(_("动作"), max_length=12, choices=action_choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "办理人"),
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "代"),
    )
    agrees = models.BooleanField(_("同意"), null=True)
    comment = models.TextField(_("意见"), blank=True)
    answers = models.JSONField(_("表单"), default=dict)
    fingerprint = models.CharField(_("内容指纹"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("审批记录")
        verbose_name_plural = _("审批记录")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["by", "case"], name="approval_decision_by"),
            models.Index(fields=["on_behalf_of", "case"], name="approval_decision_for"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action}"
