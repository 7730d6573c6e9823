"""Who sees and decides matters of conduct: the person, decision makers, personnel."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Account,
    Roles,
    can,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, name_facts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import Coaching, ConductCase, Incident, Reward

DECIDING = [Roles.SUPERVISOR, Roles.HR, Roles.MANAGER]

VIEW = permission("discipline.view", _("查看奖惩"), roles=STAFF)
REPORT = permission(
    "discipline.report",
    _("登记违规与辅导"),
    roles=[*LEADING, Roles.WAREHOUSE_SUPERVISOR, Roles.HR, Roles.MANAGER],
)
DECIDE = permission("discipline.decide", _("听取说明、决定处分"), roles=DECIDING)
APPEALS = permission("discipline.appeals", _("决定申诉"), roles=[Roles.HR, Roles.MANAGER])
REWARD = permission(
    "discipline.reward",
    _("提出奖励、表扬"),
    roles=[*LEADING, Roles.WAREHOUSE_SUPERVISOR, Roles.HR, Roles.MANAGER],
)
EXPORT = permission("discipline.export", _("导出奖惩"), roles=[Roles.HR, Roles.MANAGER])

notice_kind("discipline.case", _("关于我的处分案件"))
notice_kind("discipline.todo", _("待处理的处分线索、说明与申诉"))
notice_kind("discipline.reward", _("奖励与表扬"))

KINDS = ("self", "team", "department", "shop", "warehouse", "all")
REACH = {"team": "employee__team_id", "department": "employee__department_id"}


def _within(kind: str, ids: Any) -> Q:
    """The rows that a grant of that kind reaches."""
    if kind == "all":
        return Q(pk__isnull=False)
    return Q(**{f"{REACH[kind]}__in": ids}) if kind in REACH else Q(pk__in=[])


def _cases(kind: str) -> Any:
    def visible(account: Any, ids: Any) -> Q:
        """
        One's own once one is asked about it, what one has reported, and for whoever decides those
        within reach; never one's own before the hearing.
        """
        if not isinstance(account, Account):
            return Q(pk__in=[])
        heard = Q(asked_at__isnull=False)
        seen = Q(employee__account=account) & heard
        seen |= Q(opened_by=account) & ~Q(employee__account=account)
        if can(account, DECIDE) or can(account, APPEALS):
            seen |= _within(kind, ids) & ~Q(employee__account=account)
        return seen

    return visible


def _kept(kind: str) -> Any:
    def visible(account: Any, ids: Any) -> Q:
        """One's own, and for whoever leads those within reach."""
        if not isinstance(account, Account):
            return Q(pk__in=[])
        seen = Q(employee__account=account)
        return seen | _within(kind, ids) if can(account, REPORT) else seen

    return visible


def _facts(kind: str) -> Any:
    def visible(account: Any, ids: Any) -> Q:
        """For whoever decides, those within reach but their own."""
        if not isinstance(account, Account) or not can(account, DECIDE):
            return Q(pk__in=[])
        return _within(kind, ids) & ~Q(employee__account=account)

    return visible


gate(
    ConductCase,
    permissions={"view": VIEW, "decide": DECIDE, "appeals": APPEALS, "export": EXPORT},
    paths={kind: _cases(kind) for kind in KINDS},
)
gate(
    Coaching,
    permissions={"view": VIEW, "change": REPORT},
    paths={kind: _kept(kind) for kind in KINDS},
)
gate(
    Reward,
    permissions={"view": VIEW, "change": REWARD, "export": EXPORT},
    paths={kind: _kept(kind) for kind in KINDS},
)
gate(Incident, permissions={"view": VIEW}, paths={kind: _facts(kind) for kind in KINDS})
classify(
    ConductCase,
    internal=[
        "number",
        "employee",
        "ground",
        "matter",
        "happened_on",
        "source",
        "state",
        "opened_by",
        "opened_at",
        "asked_by",
        "asked_at",
        "hear_until",
        "statement",
        "stated_at",
        "kind",
        "effect",
        "severity",
        "consequence",
        "attitude",
        "reasoning",
        "amount",
        "suspended_from",
        "suspended_to",
        "decided_by",
        "decided_at",
        "acknowledged_at",
        "appeal_until",
        "appeal",
        "appealed_at",
        "answer",
        "answered_by",
        "answered_at",
        "final_at",
        "pay_month",
        "visible_until",
        "dropped_by",
        "dropped_at",
        "drop_reason",
        "began_at",
        "ended_at",
        "announced_at",
    ],
)
classify(
    Incident,
    internal=["employee", "source", "record", "happened_on", "text", "at", "case", "cleared_at"]
    + ["url", "clear_reason"],
)
classify(Coaching, internal=["employee", "ground", "date", "text", "by", "at"])
classify(
    Reward,
    internal=["number", "employee", "kind", "date", "reason", "amount", "pay_month", "state"]
    + ["by", "at", "granted_at", "announced_at"],
)
page_of(ConductCase, "discipline:case")
page_of(Reward, "discipline:reward")
name_acts(
    {
        "discipline.proposed": _("提出处分线索"),
        "discipline.asked": _("请本人说明"),
        "discipline.stated": _("说明情况"),
        "discipline.submitted": _("提交处分审批"),
        "discipline.returned": _("处分未获批准"),
        "discipline.decided": _("决定处分"),
        "discipline.acknowledged": _("签收处分"),
        "discipline.appealed": _("申诉处分"),
        "discipline.answered": _("决定处分申诉"),
        "discipline.final": _("处分生效"),
        "discipline.dropped": _("不予处分"),
        "discipline.suspended": _("执行停职"),
        "discipline.resumed": _("停职期满复职"),
        "discipline.announced": _("发布通报"),
        "discipline.cleared": _("更正事实记录"),
        "discipline.coached": _("登记辅导"),
        "discipline.rewarded": _("提出奖励"),
        "discipline.reward_decided": _("奖励审批结果"),
    }
)
name_facts(
    "discipline",
    {
        "ground": _("事由"),
        "kind": _("种类"),
        "outcome": _("结果"),
        "ratings": _("情节、后果、态度"),
        "until": _("期限"),
        "from": _("起"),
    },
)
