"""Who may see a file, fill in one's own, watch the board, and write templates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import ApprovalCase, concerning
from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Roles,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, name_facts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import Conclusion, ProcessTemplate, RegularizationFile, TemplateVersion

VIEW = permission("regularization.view", _("查看自己的和与自己有关的转正档案"), roles=STAFF)
BOARD = permission(
    "regularization.board",
    _("查看试用期看板"),
    roles=[*LEADING, Roles.HR, Roles.MANAGER],
)
MANAGE = permission("regularization.manage", _("办理转正：换流程、改试用期"), roles=[Roles.HR])
EXPORT = permission("regularization.export", _("导出试用期看板"), roles=[Roles.HR, Roles.MANAGER])
DEFINE = permission("regularization.define", _("编写转正流程"), roles=[Roles.HR, Roles.MANAGER])
notice_kind("regularization.due", _("试用期将满"))
notice_kind("regularization.result", _("转正有进展"))
notice_kind("regularization.overdue", _("试用期到期未定"))


def involved(account: Any) -> Q:
    """The files somebody has to do with: the own one, as superior, as somebody who decides."""
    cases = ApprovalCase.objects.filter(concerning(account))
    return (
        Q(employee__account=account)
        | Q(employee__superior__account=account)
        | Q(case__in=cases.values("pk"))
    )


def _files(account: Any, ids: Collection[int]) -> Q:
    return involved(account)


def _everywhere(account: Any, ids: Collection[int]) -> Q:
    return Q(pk__isnull=False)


REACHES = ("self", "team", "department", "shop", "warehouse")
gate(
    RegularizationFile,
    permissions={"view": VIEW, "board": BOARD, "manage": MANAGE, "export": EXPORT},
    paths={
        **dict.fromkeys(REACHES, _files),
        "team": "employee__team_id",
        "department": "employee__department_id",
    },
)
gate(
    ProcessTemplate,
    permissions={"view": VIEW, "change": DEFINE},
    paths=dict.fromkeys(REACHES, _everywhere),
)
gate(
    TemplateVersion,
    permissions={"view": VIEW, "change": DEFINE},
    paths=dict.fromkeys(REACHES, _everywhere),
)
classify(
    RegularizationFile,
    internal=[
        "number",
        "employee",
        "version",
        "begins_on",
        "ends_on",
        "state",
        "performance",
        "achievements",
        "self_evaluation",
        "progress",
        "wish",
        "submitted_at",
        "is_late",
        "case",
        "effective_on",
        "pay_scheme",
        "benefits",
        "extended",
        "opened_at",
        "closed_at",
    ],
)
classify(ProcessTemplate, internal=["key", "name", "name_en", "note", "is_default"])
classify(TemplateVersion, internal=["template", "number", "body", "state", "published_at"])
classify(Conclusion, internal=["file", "outcome", "by", "reason", "until", "effective_on", "at"])
page_of(RegularizationFile, "regularization:file")
page_of(ProcessTemplate, "regularization:template")
name_acts(
    {
        "regularization.opened": _("建转正档案"),
        "regularization.written": _("填写转正申请"),
        "regularization.submitted": _("提交转正申请"),
        "regularization.returned": _("退回转正申请"),
        "regularization.reminded": _("提醒试用期将满"),
        "regularization.overdue": _("试用期到期上报"),
        "regularization.asked": _("征求跨部门意见"),
        "regularization.moved": _("换转正流程"),
        "regularization.period_set": _("改试用期"),
        "regularization.passed": _("转正通过"),
        "regularization.extended": _("延长试用期"),
        "regularization.rejected": _("转正不通过"),
        "regularization.ended": _("终止转正"),
        "regularization.exported": _("导出转正档案"),
        "regularization.template_copied": _("复制转正流程"),
        "regularization.template_written": _("编写转正流程"),
        "regularization.template_published": _("发布转正流程"),
        "regularization.template_discarded": _("丢弃转正流程草稿"),
        "regularization.template_used": _("指定转正流程"),
    }
)
name_facts(
    "regularization",
    {
        "late": _("逾期"),
        "until": _("试用期至"),
        "effective_on": _("生效日"),
        "departments": _("部门"),
        "template": _("转正流程"),
        "fingerprint": _("指纹"),
    },
)
