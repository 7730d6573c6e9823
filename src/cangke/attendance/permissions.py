"""Who may see rosters, plan them, and say what a shift is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Roles,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import (
    Roster,
    RosterPublication,
    ShiftAssignment,
    ShiftType,
    StaffingNeed,
    SwapRequest,
)

PLANNERS = [*LEADING, Roles.WAREHOUSE_SUPERVISOR, Roles.HR, Roles.MANAGER]

VIEW = permission("attendance.view", _("查看排班表和自己的考勤"), roles=STAFF)
PLAN = permission("attendance.plan", _("排班、发布排班表、批准换班"), roles=PLANNERS)
DEFINE = permission("attendance.define", _("维护班次与假别"), roles=[Roles.HR, Roles.MANAGER])
notice_kind("attendance.roster", _("排班表发布或改动"))
notice_kind("attendance.swap", _("换班"))


def _all(account: Any, ids: Any) -> Q:
    """Rosters are for everybody to read, whatever reach the permission has."""
    return Q(pk__isnull=False)


WHOLE = {"self": _all, "team": _all, "department": _all, "shop": _all, "warehouse": _all}
REACH = {"team": "team_id", "department": "team__department_id"}


def _asked_or_asking(account: Any, ids: Any) -> Q:
    return Q(asker__account=account) | Q(partner__account=account)


gate(ShiftType, permissions={"view": VIEW, "change": DEFINE}, paths=WHOLE)
gate(Roster, permissions={"view": VIEW}, paths=WHOLE)
gate(
    ShiftAssignment,
    permissions={"view": PLAN},
    paths={"team": "roster__team_id", "department": "roster__team__department_id"},
)
gate(RosterPublication, permissions={"view": VIEW}, paths=WHOLE)
gate(StaffingNeed, permissions={"view": PLAN, "change": PLAN}, paths=REACH)
gate(
    SwapRequest,
    permissions={"view": VIEW, "decide": PLAN},
    paths={
        "self": _asked_or_asking,
        "team": "asker__team_id",
        "department": "asker__department_id",
    },
)
classify(
    ShiftType,
    internal=[
        "code",
        "name",
        "name_en",
        "mark",
        "start",
        "end",
        "break_minutes",
        "tone",
        "place",
        "active",
    ],
)
classify(Roster, internal=["team", "month", "number", "published_at", "changed_at"])
classify(
    ShiftAssignment,
    internal=["employee", "date", "shift_type", "starts_at", "ends_at", "leads", "published_at"],
)
classify(RosterPublication, internal=["roster", "number", "at", "by", "changes", "warnings"])
classify(StaffingNeed, internal=["team", "shift_type", "least"])
classify(
    SwapRequest,
    internal=["asker", "date", "partner", "their_date", "reason", "state", "asked_at", "answer"],
)
page_of(SwapRequest, "attendance:swap")
name_acts(
    {
        "attendance.shift_type": _("保存班次"),
        "attendance.planned": _("改动排班"),
        "attendance.published": _("发布排班表"),
        "attendance.needs": _("设定最少人数"),
        "attendance.swap_asked": _("提出换班"),
        "attendance.swap_agreed": _("同意换班"),
        "attendance.swap_declined": _("不同意换班"),
        "attendance.swap_approved": _("批准换班"),
        "attendance.swap_refused": _("不批准换班"),
        "attendance.swap_withdrawn": _("撤回换班"),
    }
)
