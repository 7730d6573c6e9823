"""Who may see, decide, delegate and define."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    STAFF,
    Roles,
    classify,
    gate,
    held_everywhere,
    permission,
)
from cangke.foundation.audit.public import name_acts
from cangke.foundation.notices.public import notice_kind

from .models import (
    ApprovalCase,
    ApprovalDecision,
    ApprovalFlow,
    ApprovalTask,
    Delegation,
    Objection,
    Request,
)

VIEW = permission("approvals.view", _("查看与自己有关的审批"), roles=STAFF)
ALL = permission("approvals.all", _("查看全部审批"), roles=[Roles.HR, Roles.MANAGER])
ASK = permission("approvals.ask", _("提出请示"), roles=STAFF)
DELEGATE = permission("approvals.delegate", _("委托他人代为审批"), roles=STAFF)
DELEGATE_ANY = permission(
    "approvals.delegate_any", _("替他人登记委托"), roles=[Roles.HR, Roles.MANAGER]
)
DEFINE = permission("approvals.define", _("编写审批流程"), roles=[Roles.HR, Roles.MANAGER])
notice_kind("approvals.asked", _("有审批待我处理"))
notice_kind("approvals.decided", _("我提交的审批有进展"))
notice_kind("approvals.overdue", _("审批快到期或已逾期"))


def taking_part(account: Any) -> Q:
    """The cases somebody has a part in: applicant, decider, delegate."""
    at = timezone.now()
    givers = Delegation.objects.on(at).filter(taker=account).values("giver")
    tasks = ApprovalTask.objects.filter(Q(account=account) | Q(account__in=givers))
    decided = ApprovalDecision.objects.filter(by=account)
    decided_for = ApprovalDecision.objects.filter(on_behalf_of=account)
    return (
        Q(applicant=account)
        | Q(submitted_by=account)
        | Q(pk__in=tasks.values("case"))
        | Q(pk__in=decided.values("case"))
        | Q(pk__in=decided_for.values("case"))
    )


def concerning(account: Any) -> Q:
    """The cases somebody has to do with: their part in them, or a copy."""
    copied = ApprovalCase.watchers.through.objects.filter(account=account)
    return taking_part(account) | Q(pk__in=copied.values("approvalcase"))


def objections_of(account: Any) -> Q:
    """The objections somebody has to do with: their own, and those whose case they are in."""
    return Q(by=account) | Q(case__in=ApprovalCase.objects.filter(concerning(account)))


def sees_all(account: Any) -> bool:
    """Whether somebody may see every case: the right to, held over the whole company."""
    return ALL in held_everywhere(account)


def _cases(account: Any, ids: Collection[int]) -> Q:
    return Q(pk__isnull=False) if sees_all(account) else concerning(account)


def _mine(account: Any, ids: Collection[int]) -> Q:
    return Q(giver=account) | Q(taker=account)


def _everywhere(account: Any, ids: Collection[int]) -> Q:
    return Q(pk__isnull=False)


def _requests(account: Any, ids: Collection[int]) -> Q:
    return Q(by=account)


def _objections(account: Any, ids: Collection[int]) -> Q:
    return objections_of(account)


REACHES = ("self", "team", "department", "shop", "warehouse")
# A case is not seen for what one holds over the company, but for one's part in it.
gate(ApprovalCase, permissions={"view": VIEW}, paths=dict.fromkeys((*REACHES, "all"), _cases))
gate(
    Delegation,
    permissions={"view": VIEW, "change": DELEGATE},
    paths=dict.fromkeys(REACHES, _mine),
)
gate(
    ApprovalFlow,
    permissions={"view": VIEW, "change": DEFINE},
    paths=dict.fromkeys(REACHES, _everywhere),
)
gate(Request, permissions={"view": VIEW, "change": ASK}, paths=dict.fromkeys(REACHES, _requests))
gate(Objection, permissions={"view": VIEW}, paths=dict.fromkeys(REACHES, _objections))
classify(
    ApprovalCase,
    internal=[
        "number",
        "flow",
        "kind",
        "title",
        "title_en",
        "facts",
        "facts_en",
        "amount",
        "currency",
        "applicant",
        "submitted_by",
        "state",
        "round",
        "stage",
        "submitted_at",
        "closed_at",
    ],
)
classify(Delegation, internal=["giver", "taker", "kinds", "from_at", "until_at", "reason", "by"])
classify(
    ApprovalFlow,
    internal=["key", "number", "name", "name_en", "body", "state", "note", "by", "created_at"],
)
classify(Request, internal=["title", "body", "amount", "currency", "by", "created_at"])
classify(
    Objection,
    internal=[
        "explanation",
        "subject_type",
        "subject_id",
        "figure",
        "title",
        "reason",
        "by",
        "case",
        "state",
        "made_at",
        "settled_at",
    ],
)
name_acts(
    {
        "approvals.objected": _("提出异议"),
        "approvals.objection_settled": _("异议有了答复"),
        "approvals.submit": _("提交审批"),
        "approvals.approve": _("审批同意"),
        "approvals.refuse": _("审批不同意"),
        "approvals.return": _("审批退回"),
        "approvals.opinion": _("提出审批意见"),
        "approvals.withdraw": _("撤回审批"),
        "approvals.transfer": _("转交审批"),
        "approvals.add_signer": _("审批加签"),
        "approvals.named": _("指定审批人"),
        "approvals.comment": _("审批留言"),
        "approvals.copy": _("抄送审批"),
        "approvals.lapse": _("审批意见逾期"),
        "approvals.reroute": _("审批改由他人"),
        "approvals.restart": _("审批重新开始"),
        "approvals.remind": _("审批提醒"),
        "approvals.escalate": _("审批逾期上报"),
        "approvals.delegated": _("登记审批委托"),
        "approvals.delegation_ended": _("结束审批委托"),
        "approvals.flow_written": _("编写审批流程"),
        "approvals.flow_published": _("发布审批流程"),
        "approvals.flow_discarded": _("丢弃审批流程草稿"),
    }
)
