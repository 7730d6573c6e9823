"""Who answers whom: every event, port and panel of the house, read like a table of contents."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.approvals import handlers as approvals_handlers
from cangke.approvals import public as approvals
from cangke.approvals.events import (
    CaseApproved,
    CaseRefused,
    CaseReturned,
    CaseWithdrawn,
    ObjectionMade,
    ObjectionSettled,
)
from cangke.attendance import handlers as attendance_handlers
from cangke.attendance import public as attendance
from cangke.attendance.events import (
    CertificateProvenFalse,
    ClosedMonthChanged,
    PostRecorded,
    WeekPublished,
)
from cangke.customers import public as customers
from cangke.customers.events import ClientOfCustomerChanged, CustomersMerged
from cangke.desk import handlers as desk_handlers
from cangke.desk import public as desk
from cangke.desk.channels import handlers as channel_handlers
from cangke.desk.events import (
    CallLogged,
    ConversationAssigned,
    ConversationClosed,
    ConversationQueued,
    ConversationRated,
    ConversationWoken,
    IdleHangingFound,
    InsultStopped,
    LaterReplyHeld,
    MajorMarked,
    MessageReceived,
    NoteWritten,
    PresenceChanged,
    ReplySent,
    TransferEnded,
    TransferRequested,
    WaitEscalated,
)
from cangke.discipline import handlers as discipline_handlers
from cangke.discipline import public as discipline
from cangke.foundation.access.events import AccountDisabled
from cangke.foundation.access.ports import (
    counted,
    denied,
    own_scope_ids,
    published,
    recorded,
    scope_names,
)
from cangke.foundation.access.public import ROLE_NAMES, Account
from cangke.foundation.audit import answers as audit_answers
from cangke.foundation.calendar.ports import recorded as calendar_recorded
from cangke.foundation.events import public as events
from cangke.foundation.live import handlers as live_handlers
from cangke.foundation.live.ports import topics_of
from cangke.foundation.ports import Port
from cangke.foundation.sheets import answers as sheets_answers
from cangke.foundation.ui.menu import Panel
from cangke.foundation.ui.ports import areas_off, exported
from cangke.knowledge import handlers as knowledge_handlers
from cangke.knowledge.events import ChangePublished, QuestionAnswered
from cangke.orders import handlers as orders_handlers
from cangke.orders import public as orders
from cangke.orders.events import OrderShipped
from cangke.payroll import handlers as payroll_handlers
from cangke.payroll import public as payroll
from cangke.people import public as people
from cangke.people.events import (
    EmployeeHired,
    EmployeeLeft,
    EmployeeTermsChanged,
    EvidenceSaved,
)
from cangke.quality.events import CheckChanged, CheckScored
from cangke.regularization import handlers as regularization_handlers
from cangke.regularization import public as regularization
from cangke.regularization.events import EmployeeRegularized
from cangke.reports import public as reports
from cangke.rulebook import ports as rulebook_ports
from cangke.rulebook import public as rulebook
from cangke.rulebook.ports import Effect, Unit
from cangke.tickets import handlers as tickets_handlers
from cangke.tickets import public as tickets
from cangke.tickets.events import PledgeBroken, PledgeCleared


def _approvers(*, seat: str, value: str, applicant_id: int) -> Sequence[int]:
    """Who sits where is known to people; who has authority, to the room that keeps the table."""
    if seat == "authority":
        tables = {"regularization": regularization.final_approvers}
        asked = tables.get(value)
        return asked(applicant_id=applicant_id) if asked else ()
    return people.approvers(seat=seat, value=value, applicant_id=applicant_id)


def _own_scope_ids(*, account_id: int, kind: str) -> Collection[int]:
    """Own teams, departments and shops are known to people, the own client to customers."""
    room = customers.own_client_ids if kind == "client" else people.own_scope_ids
    return room(account_id=account_id, kind=kind)


def _topics_of(*, account_id: int, wanted: Collection[str]) -> Collection[str]:
    """Each room knows which of its live topics an account may hear."""
    return [
        topic
        for room in (desk.allowed_topics, orders.allowed_topics)
        for topic in room(account_id=account_id, wanted=wanted)
    ]


def _promise_url(*, conversation_id: int, text: str) -> str:
    """A promise heard in a reply is recorded among the work items."""
    query = urlencode({"conversation": conversation_id, "text": text[:500]})
    return f"{reverse('tickets:pledge-new')}?{query}"


def _units() -> Sequence[Unit]:
    """The sites, departments and teams that may live by a policy set of their own."""
    kinds = (("site", people.Site), ("department", people.Department), ("team", people.Team))
    return [
        Unit(kind, row.pk, row.name)
        for kind, model in kinds
        for row in model.objects.order_by("pk")
    ]


def _effects(*, account: Any, month: dt.date, at: dt.datetime) -> Sequence[Effect]:
    """What the rules of a month come to: first in attendance, then in pay."""
    return [
        effect
        for room in (attendance.month_effects, payroll.month_effects)
        for effect in room(account=account, month=month, at=at)
    ]


def _staff(*, account_ids: Collection[int] | None = None) -> Sequence[rulebook.Member]:
    """Who works here with an account, and the units whose rules they live by."""
    rows = people.Employee.objects.at_work().filter(account__is_active=True)
    rows = rows.select_related("team").order_by("number")
    if account_ids is not None:
        rows = rows.filter(account__in=account_ids)
    return [
        rulebook.Member(
            account_id=row.account_id,
            name=row.name,
            team=row.team.name if row.team else "",
            units=tuple(attendance.units_of(row)),
        )
        for row in rows
        if row.account_id is not None
    ]


def _paused(*, item_ids: Collection[int]) -> Collection[int]:
    """Pay items that are objected to, on their own or as a line of a slip (S7)."""
    held = {pk for pk, _figure in approvals.standing("payroll.PayItem", item_ids)}
    lines = {f"recovery.{pk}": pk for pk in item_ids}
    on_slips = approvals.standing("payroll.PaySlip", figures=lines)
    return held | {lines[figure] for _slip, figure in on_slips}


def _scope_names(*, kind: str, ids: Collection[int] | None = None) -> list[tuple[int, str]]:
    """What grants may reach by name; those given up keep theirs in old grants."""
    models: dict[str, Any] = {
        "client": customers.Client,
        "department": people.Department,
        "shop": people.Shop,
        "team": people.Team,
        "warehouse": people.Site,
    }
    if kind not in models:
        return []
    rows = models[kind].objects.order_by("name", "pk")
    found = rows if ids is None else rows.filter(pk__in=ids)
    return [(row.pk, row.name) for row in found]


def _hand_over(*, employee_id: int, to_id: int, reason: str, by: Account, at: dt.datetime) -> int:
    """Each room gives what it keeps to the colleague."""
    to = people.Employee.objects.get(pk=to_id)
    given = tickets.hand_over(employee_id=employee_id, to=to, reason=reason, by=by, at=at)
    talks = desk.Conversation.objects.held().filter(assignee=employee_id)
    for pk in talks.order_by("pk").values_list("pk", flat=True):
        desk.assign(conversation_id=pk, to=to, reason=reason, by=by, at=at)
        given += 1
    given += desk.give_call_backs(employee_id=employee_id, to=to, reason=reason, by=by, at=at)
    own = orders.Order.objects.filter(state__in=orders.OPEN_STATES, owner=employee_id)
    keys = list(own.order_by("pk").values_list("pk", flat=True))
    return given + orders.assign_owner(order_ids=keys, owner=to, by=by, at=at, reason=reason)


def _month_extras(*, employee_ids: Collection[int], month: dt.date) -> Sequence[payroll.Extra]:
    """Rewards with money and what discipline takes, as pay reads it (L13, L15)."""
    return [
        payroll.Extra(
            employee_id=each.employee_id,
            kind="award" if isinstance(each, discipline.Reward) else "recovery",
            amount=each.amount,
            source="discipline",
            reference=each.number,
            reason=discipline.pay_reason(each),
            url=discipline.url_of(each),
        )
        for each in discipline.extras(employee_ids=employee_ids, month=month)
        if each.amount is not None
    ]


def _named(kind: str, codes: Collection[str]) -> Mapping[str, str]:
    """What the codes in the rulebook's values are called: posts, and seats of approval."""
    if kind == "post":
        posts = people.Post.objects.filter(code__in=codes)
        return {post.code: post.title for post in posts}
    if kind != "seat":
        return {}
    roles = {str(code): str(name) for code, name in ROLE_NAMES.items()}
    return {code: approvals.seat_text(code, roles=roles) for code in codes}


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def _penalties(
    *, employee_id: int, from_date: dt.date, to_date: dt.date
) -> regularization.Recorded:
    """What discipline and rewards have on record, for the criteria of regularization (N12, L14)."""
    employee = people.Employee.objects.select_related("site").get(pk=employee_id)
    found = discipline.standing(employee, first=from_date, last=to_date)
    return regularization.Recorded(
        Decimal(found.counted),
        found.measures,
        f"{reverse('people:detail', args=[employee_id])}",
        ((gettext_noop("处分"), found.measures), (gettext_noop("奖励"), found.rewards)),
    )


# event → handlers, in the order they are called
EVENTS: Mapping[type, Sequence[Callable[[Any], None]]] = {
    AccountDisabled: [live_handlers.sign_out],
    CallLogged: [desk_handlers.called_back, tickets_handlers.called],
    CaseApproved: [
        approvals_handlers.approved,
        attendance_handlers.approved,
        tickets_handlers.approved,
        regularization_handlers.carry_out,
        payroll_handlers.approved,
        discipline_handlers.approved,
    ],
    CaseRefused: [
        approvals_handlers.not_approved,
        attendance_handlers.not_approved,
        tickets_handlers.not_approved,
        regularization_handlers.reject,
        payroll_handlers.not_approved,
        discipline_handlers.not_approved,
    ],
    CaseReturned: [
        approvals_handlers.not_approved,
        attendance_handlers.not_approved,
        regularization_handlers.give_back,
        payroll_handlers.not_approved,
        discipline_handlers.not_approved,
    ],
    CaseWithdrawn: [
        approvals_handlers.not_approved,
        attendance_handlers.not_approved,
        tickets_handlers.not_approved,
        regularization_handlers.reopen,
        payroll_handlers.not_approved,
        discipline_handlers.not_approved,
    ],
    CertificateProvenFalse: [discipline_handlers.certificate_false],
    ChangePublished: [knowledge_handlers.tell_readers],
    CheckChanged: [discipline_handlers.check_scored],
    CheckScored: [discipline_handlers.check_scored],
    ClientOfCustomerChanged: [desk_handlers.follow_client],
    ClosedMonthChanged: [payroll_handlers.follow_fact],
    ConversationAssigned: [desk_handlers.tell_assigned, desk_handlers.call_back_follows],
    ConversationClosed: [desk_handlers.route_to_free],
    ConversationRated: [desk_handlers.tell_leader_of_rating],
    ConversationQueued: [desk_handlers.route],
    ConversationWoken: [desk_handlers.tell_woken],
    CustomersMerged: [
        orders_handlers.follow_merge,
        desk_handlers.follow_merge,
        tickets_handlers.follow_merge,
    ],
    EmployeeHired: [desk_handlers.welcome, regularization_handlers.open_file],
    EmployeeLeft: [
        desk_handlers.pass_on,
        tickets_handlers.pass_on,
        regularization_handlers.end_file,
    ],
    EmployeeRegularized: [payroll_handlers.follow_regularization],
    EmployeeTermsChanged: [desk_handlers.refit],
    EvidenceSaved: [discipline_handlers.evidence_saved],
    IdleHangingFound: [desk_handlers.tell_leader_of_idle, discipline_handlers.idle_found],
    InsultStopped: [desk_handlers.tell_leaders_of_insult, discipline_handlers.insult_stopped],
    LaterReplyHeld: [desk_handlers.tell_held],
    MessageReceived: [tickets_handlers.heard],
    NoteWritten: [desk_handlers.tell_mentioned],
    ObjectionMade: [attendance_handlers.follow_objection],
    ObjectionSettled: [attendance_handlers.follow_objection, payroll_handlers.follow_objection],
    OrderShipped: [desk_handlers.hand_over, tickets_handlers.shipped],
    PledgeBroken: [discipline_handlers.promise_broken],
    PledgeCleared: [discipline_handlers.promise_cleared],
    PostRecorded: [discipline_handlers.post_recorded],
    PresenceChanged: [desk_handlers.route_to_present],
    QuestionAnswered: [knowledge_handlers.tell_who_asked],
    ReplySent: [channel_handlers.send_reply],
    TransferEnded: [desk_handlers.tell_sender, desk_handlers.route_to_free],
    TransferRequested: [desk_handlers.tell_receiver],
    WeekPublished: [discipline_handlers.week_published],
    WaitEscalated: [desk_handlers.tell_leader_of_wait],
    MajorMarked: [desk_handlers.tell_supervisor_of_major],
}

# a lower room's question → the answer of a room above it
PORTS: Mapping[Port[Any], Callable[..., object]] = {
    approvals.approvers: _approvers,
    approvals.away: attendance.on_leave,
    approvals.post_of: people.post_code_of,
    approvals.post_title: people.post_title,
    approvals.substitutes: people.substitutes,
    areas_off: people.areas_off,
    counted: audit_answers.count_acts,
    attendance.barred: discipline.barred,
    attendance.online: desk.online_spans,
    attendance.serving_until: desk.serving_until,
    payroll.extras: _month_extras,
    desk.on_shift: attendance.on_shift,
    desk.off_shift: attendance.off_shift,
    desk.shift_leaders: attendance.shift_leaders,
    denied: audit_answers.note_denied,
    exported: sheets_answers.export_list,
    topics_of: _topics_of,
    desk.promise_url: _promise_url,
    desk.open_promises: tickets.promises_to_keep,
    desk.compensation: tickets.compensation_in,
    own_scope_ids: _own_scope_ids,
    recorded: audit_answers.note_access,
    calendar_recorded: audit_answers.note_access,
    people.ability_facts: reports.ability_facts,
    regularization.EVIDENCE["demerits"]: _penalties,
    regularization.EVIDENCE["quality"]: reports.quality_recorded,
    people.duty_of: attendance.duty_record,
    people.hand_over: _hand_over,
    people.held_work: reports.held_work,
    people.procedure_url: regularization.procedure_url,
    people.training_for: reports.training_for,
    people.work_done: reports.work_done,
    published: events.publish,
    scope_names: _scope_names,
    rulebook_ports.approval: approvals.hand_in,
    rulebook_ports.effects: _effects,
    payroll.paused: _paused,
    rulebook_ports.objections: approvals.objecting,
    rulebook_ports.locked_until: payroll.locked_until,
    rulebook_ports.named: _named,
    rulebook_ports.staff: _staff,
    rulebook_ports.units: _units,
}

# what every installation needs, done at each start: ``ensure(at=…)``, safe to repeat
BASICS: Sequence[Callable[..., object]] = (
    rulebook.ensure_first_version,
    rulebook.ensure_shipped_sets,
    people.ensure,
    approvals.ensure,
    attendance.ensure,
    discipline.ensure,
    regularization.ensure,
    payroll.ensure,
    desk.ensure_defaults,
    tickets.ensure,
)

# slot of a page → the panels that other rooms lend it
SLOTS: Mapping[str, Sequence[Panel]] = {
    "customers.detail": [
        Panel("orders:customer-panel", pgettext_lazy("several", "订单"), "orders.view"),
        Panel("tickets:customer-panel", pgettext_lazy("several", "工单"), "tickets.view"),
    ],
    "orders.detail": [
        Panel("tickets:order-panel", pgettext_lazy("several", "工单"), "tickets.view")
    ],
    "desk.conversation": [
        Panel("tickets:conversation-panel", _("承诺与工单"), "tickets.view"),
        Panel("quality:conversation-panel", _("质检"), "quality.view"),
    ],
    "home": [
        Panel("supervision:panel", _("看板"), "desk.board"),
        Panel("desk:my-panel", _("我的接待"), "desk.reply"),
        Panel("tickets:my-panel", _("我的工单"), "tickets.view"),
        Panel("tickets:pledge-panel", _("我的承诺"), "tickets.view"),
    ],
    "people.file": [Panel("discipline:employee-panel", _("奖惩与辅导"), "discipline.view")],
    "people.detail": [Panel("regularization:employee-panel", _("转正"), "regularization.view")],
    "home.aside": [
        Panel("attendance:panel", _("打卡"), "attendance.view"),
        Panel("payroll:panel", _("工资条"), "payroll.own"),
        Panel("rulebook:reading-panel", _("待读的制度"), "rulebook.view"),
        Panel("knowledge:change-panel", _("待读的业务变化"), "knowledge.view"),
        Panel("regularization:panel", _("试用期"), "regularization.view"),
        Panel("desk:call-panel", _("待回电"), "desk.call"),
        Panel("notices:panel", _("未读通知")),
        Panel("errands:panel", _("待我答复"), "tickets.answer"),
        Panel("approvals:panel", _("待我审批"), "approvals.view"),
        Panel("jobs:running", _("后台任务"), "jobs.view"),
    ],
    "shell.notices": [Panel("notices:bell", _("通知"))],
    "shell.presence": [Panel("desk:presence-panel", _("状态"), "desk.presence")],
}

__all__ = ["BASICS", "EVENTS", "PORTS", "SLOTS"]
