"""Who may see rosters and records, plan, certify, and say what a shift is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Account,
    Roles,
    ScopeKind,
    classify,
    gate,
    held_by,
    held_everywhere,
    own_scope_ids,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.files.public import register_access
from cangke.foundation.notices.public import notice_kind
from cangke.people.public import Employee, Team

from .models import (
    AttendancePublication,
    ClosedMonth,
    DayRecord,
    DutyTurn,
    EmergencyCall,
    LateFact,
    LeaveEntry,
    LeaveRequest,
    PostRecord,
    PunchCorrection,
    PunchSource,
    RawPunch,
    RedPacket,
    RollCall,
    RollLine,
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
DEFINE = permission(
    "attendance.define", _("维护班次、假别与节假日"), roles=[Roles.HR, Roles.MANAGER]
)
LOOK = permission("attendance.look", _("查看组员的考勤、请假与红包"), roles=PLANNERS)
LEAD = permission(
    "attendance.lead", _("登记紧急来电、代组员申请、确认红包、认定补卡不实"), roles=PLANNERS
)
IMPORT = permission("attendance.import", _("导入打卡记录"), roles=[Roles.HR])
EXPORT = permission("attendance.export", _("导出考勤"), roles=[Roles.HR, Roles.MANAGER])
notice_kind("attendance.roster", _("排班表发布或改动"))
notice_kind("attendance.day", _("我的考勤有违规或漏卡"))
notice_kind("attendance.leave", _("请假与休假"))
notice_kind("attendance.packet", _("拼手气红包"))
notice_kind("attendance.duty", _("值日与值班"))
notice_kind("attendance.post", _("在岗记录"))
notice_kind("attendance.week", _("每周考勤公布"))
notice_kind("attendance.swap", _("换班"))


def _all(account: Any, ids: Any) -> Q:
    """Rosters are for everybody to read, whatever reach the permission has."""
    return Q(pk__isnull=False)


WHOLE = {"self": _all, "team": _all, "department": _all, "shop": _all, "warehouse": _all}
REACH = {"team": "team_id", "department": "team__department_id"}


def people_within(account: object, code: str) -> Q:
    """The employees over whom an account holds a permission: by team, department or everywhere."""
    found = Q(pk__in=[])
    if not isinstance(account, Account):
        return found
    for held in held_by(account):
        if code not in held.permissions:
            continue
        if held.kind == ScopeKind.ALL:
            return Q(pk__isnull=False)
        if held.kind not in (ScopeKind.TEAM, ScopeKind.DEPARTMENT):
            continue
        ids = (
            (held.scope_id,)
            if held.scope_id is not None
            else own_scope_ids.ask(account_id=account.pk, kind=held.kind)
        )
        if held.kind == ScopeKind.TEAM:
            found |= Q(team_id__in=ids)
        else:
            found |= Q(department_id__in=ids)
    return found


def teams_within(account: object, code: str) -> QuerySet[Team]:
    """The teams over which an account holds a permission, by team, department or everywhere."""
    found = Q(pk__in=[])
    if isinstance(account, Account):
        for held in held_by(account):
            if code not in held.permissions:
                continue
            if held.kind == ScopeKind.ALL:
                return Team.objects.all()
            if held.kind not in (ScopeKind.TEAM, ScopeKind.DEPARTMENT):
                continue
            ids = (
                (held.scope_id,)
                if held.scope_id is not None
                else own_scope_ids.ask(account_id=account.pk, kind=held.kind)
            )
            by_team = held.kind == ScopeKind.TEAM
            found |= Q(pk__in=ids) if by_team else Q(department_id__in=ids)
    return Team.objects.filter(found)


def concerning(account: Account) -> Q:
    """The records of an account's own employee, and of those it looks after."""
    if LOOK in held_everywhere(account):
        return Q(pk__isnull=False)
    looked_after = Employee.objects.filter(people_within(account, LOOK))
    return Q(employee__account=account) | Q(employee__in=looked_after)


def _concerning(account: Any, ids: Any) -> Q:
    return concerning(account)


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
OWN = dict.fromkeys(WHOLE, _concerning)
for record_model in (
    DayRecord,
    RawPunch,
    PunchCorrection,
    EmergencyCall,
    LeaveRequest,
    LeaveEntry,
    PostRecord,
    ClosedMonth,
    LateFact,
):
    gate(record_model, permissions={"view": VIEW, "lead": LEAD}, paths=OWN)
gate(RedPacket, permissions={"view": VIEW, "lead": LEAD}, paths=OWN)
gate(RollCall, permissions={"view": LEAD}, paths=REACH)
gate(
    RollLine,
    permissions={"view": LEAD},
    paths={"team": "roll__team_id", "department": "roll__team__department_id"},
)
gate(DutyTurn, permissions={"view": VIEW, "change": PLAN}, paths=REACH)
gate(AttendancePublication, permissions={"view": VIEW}, paths=WHOLE)
gate(PunchSource, permissions={"view": IMPORT}, paths={})
classify(
    DayRecord,
    internal=[
        "employee",
        "date",
        "shift_type",
        "starts_at",
        "ends_at",
        "in_at",
        "out_at",
        "minutes_late",
        "minutes_early",
        "extension_minutes",
        "absent_days",
        "leave_days",
        "missed_in",
        "missed_out",
        "state",
    ],
)
classify(RawPunch, internal=["employee", "at", "source", "place", "recorded_at"])
classify(
    PunchCorrection,
    internal=[
        "employee",
        "date",
        "side",
        "claimed_at",
        "made_up_at",
        "reason",
        "state",
        "certified_by",
        "certified_at",
        "note",
    ],
)
classify(EmergencyCall, internal=["employee", "date", "called_at", "reason", "recorded_by"])
classify(
    LeaveRequest,
    internal=["employee", "kind", "first", "last", "days", "reason", "state", "override_reason"],
)
classify(LeaveEntry, internal=["employee", "kind", "act", "date", "days", "note", "recorded_at"])
classify(
    RedPacket,
    internal=["employee", "date", "side", "reason", "amount", "parts", "owed", "state", "sent_at"],
)
classify(
    PostRecord,
    internal=["employee", "kind", "from_at", "until_at", "seen", "recorded_by", "statement"],
)
classify(ClosedMonth, internal=["employee", "month", "closed_at", "closed_by"])
classify(LateFact, internal=["employee", "month", "date", "source", "noticed_at"])
classify(RollCall, internal=["team", "date", "note", "held_by", "held_at"])
classify(RollLine, internal=["employee", "state", "came_at", "mood", "reason"])
classify(DutyTurn, internal=["team", "date", "kind", "employee", "done_at", "note"])
classify(AttendancePublication, internal=["site", "monday", "at"])
classify(PunchSource, internal=["site", "synced_until", "updated_at"])
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
page_of(DayRecord, "attendance:day")
page_of(PunchCorrection, "attendance:correction")
page_of(LeaveRequest, "attendance:leave-request")
page_of(PostRecord, "attendance:post")
page_of(RedPacket, "attendance:packet")
page_of(AttendancePublication, "attendance:week")


def may_read_proof(account: Account, file: Any, request: Any) -> bool:
    """The proof of a packet is seen by whoever sees the packet."""
    return RedPacket.objects.filter(concerning(account), proof=file).exists()


register_access("attendance.proof", may_read_proof)


def may_read_post(account: Account, file: Any, request: Any) -> bool:
    """What a leader saw is seen by whoever sees the record."""
    return PostRecord.objects.filter(concerning(account), proof=file).exists()


register_access("attendance.post", may_read_post)
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
        "attendance.correction_asked": _("申请补卡"),
        "attendance.correction_certified": _("证明补卡"),
        "attendance.correction_false": _("认定补卡不实"),
        "attendance.call": _("登记紧急来电"),
        "attendance.leave_asked": _("申请请假"),
        "attendance.leave_approved": _("批准请假"),
        "attendance.leave_cancelled": _("取消请假"),
        "attendance.packet_sent": _("登记红包已发"),
        "attendance.packet_waived": _("免除红包"),
        "attendance.week_published": _("公布一周考勤"),
        "attendance.imported": _("导入打卡"),
        "attendance.roll": _("点名"),
        "attendance.duty": _("安排值日或值班"),
        "attendance.duty_done": _("完成值日或值班"),
        "attendance.duty_dropped": _("取消值日或值班"),
        "attendance.post_recorded": _("登记在岗情况"),
        "attendance.post_stated": _("说明在岗情况"),
    }
)
