"""What discipline keeps when other rooms have recorded something; nothing here imposes anything."""

from __future__ import annotations

import datetime as dt

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.approvals.events import CaseApproved, CaseRefused, CaseReturned, CaseWithdrawn
from cangke.attendance.events import CertificateProvenFalse, PostRecorded, WeekPublished
from cangke.attendance.public import DayRecord, PostRecord
from cangke.desk.events import IdleHangingFound, InsultStopped
from cangke.desk.public import ConductAlert, Conversation
from cangke.foundation.calendar.public import site_day
from cangke.foundation.wording import listed
from cangke.people.events import EvidenceSaved
from cangke.people.public import DisclosureEvidence, Employee
from cangke.quality.events import CheckChanged, CheckScored
from cangke.quality.public import Check
from cangke.tickets.events import PledgeBroken, PledgeCleared
from cangke.tickets.public import Pledge

from . import actions
from .rules import Source

WEEK = dt.timedelta(days=7)


def _page(name: str, pk: int) -> str:
    """The address of a record's page, or "" where its room is not part of this house."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _day(employee: Employee, at: dt.datetime) -> dt.date:
    return site_day(at, employee.site.zone)


def _person(pk: int) -> Employee:
    return Employee.objects.select_related("site").get(pk=pk)


def promise_broken(event: PledgeBroken) -> None:
    """A promise that was not kept is a fact about its keeper (L17, L20)."""
    pledge = Pledge.objects.get(pk=event.pledge_id)
    keeper = _person(event.keeper_id)
    actions.note_incident(
        employee=keeper,
        source=Source.PLEDGE,
        record_key=f"tickets.pledge:{pledge.pk}",
        happened_on=_day(keeper, event.due_at),
        text=_("承诺未兑现：%s") % pledge.text,
        url=_page("tickets:pledge", pledge.pk),
        at=timezone.now(),
    )


def promise_cleared(event: PledgeCleared) -> None:
    """It had been kept in time: the fact counts no more."""
    actions.clear_incident(
        record_key=f"tickets.pledge:{event.pledge_id}",
        reason=_("查明承诺按时兑现"),
        at=timezone.now(),
    )


def certificate_false(event: CertificateProvenFalse) -> None:
    """Whoever vouched for a make-up punch that was not so is responsible (K19)."""
    certifier = (
        Employee.objects.select_related("site").filter(account_id=event.certifier_id).first()
    )
    if certifier is None:
        return
    actions.note_incident(
        employee=certifier,
        source=Source.CERTIFICATE,
        record_key=f"attendance.punchcorrection:{event.correction_id}",
        happened_on=event.date,
        text=_("补卡证明不实：%s") % f"{event.date:%Y-%m-%d}",
        url=_page("attendance:correction", event.correction_id),
        at=timezone.now(),
    )


def post_recorded(event: PostRecorded) -> None:
    """A leader saw somebody away from the post (K24)."""
    seen = PostRecord.objects.get(pk=event.record_id)
    employee = _person(event.employee_id)
    actions.note_incident(
        employee=employee,
        source=Source.POST,
        record_key=f"attendance.postrecord:{seen.pk}",
        happened_on=_day(employee, seen.from_at),
        text=f"{seen.get_kind_display()}：{seen.seen}",
        url=_page("attendance:post", seen.pk),
        at=timezone.now(),
    )


def week_published(event: WeekPublished) -> None:
    """The late and early days of a published week are facts about those people (L20)."""
    days = (
        DayRecord.objects.filter(
            employee__site_id=event.site_id,
            date__gte=event.monday,
            date__lt=event.monday + WEEK,
        )
        .exclude(minutes_late=0, minutes_early=0)
        .select_related("employee__site")
        .order_by("date", "pk")
    )
    at = timezone.now()
    for day in days:
        words = []
        if day.minutes_late:
            words.append(_("迟到 %s 分钟") % day.minutes_late)
        if day.minutes_early:
            words.append(_("早退 %s 分钟") % day.minutes_early)
        actions.note_incident(
            employee=day.employee,
            source=Source.LATENESS,
            record_key=f"attendance.dayrecord:{day.pk}",
            happened_on=day.date,
            text="，".join(words),
            url=_page("attendance:day", day.pk),
            at=at,
        )


def idle_found(event: IdleHangingFound) -> None:
    """Somebody shown online let a customer wait (A6)."""
    employee = _person(event.employee_id)
    talk = Conversation.objects.get(pk=event.conversation_id)
    actions.note_incident(
        employee=employee,
        source=Source.IDLE,
        record_key=f"desk.idle:{talk.pk}:{employee.pk}:{event.waiting_since:%Y%m%d%H%M}",
        happened_on=_day(employee, event.at),
        text=_("在线但没有接待：%s") % talk.number,
        url=_page("desk:conversation", talk.pk),
        at=timezone.now(),
    )


def insult_stopped(event: InsultStopped) -> None:
    """A reply was stopped for what it said (A11)."""
    employee = _person(event.employee_id)
    alert = ConductAlert.objects.select_related("conversation").get(pk=event.alert_id)
    actions.note_incident(
        employee=employee,
        source=Source.INSULT,
        record_key=f"desk.conductalert:{alert.pk}",
        happened_on=_day(employee, event.at),
        text=_("回复被拦下：%s") % listed(str(word) for word in alert.words),
        url=_page("desk:conversation", alert.conversation_id),
        at=timezone.now(),
    )


def check_scored(event: CheckScored | CheckChanged) -> None:
    """A fatal item of a quality check is a fact; an appeal may take it away again (L17)."""
    check = Check.objects.select_related("conversation").get(pk=event.check_id)
    key = f"quality.check:{check.pk}"
    at = timezone.now()
    if not check.fatal:
        actions.clear_incident(record_key=key, reason=_("质检改分后没有否决项"), at=at)
        return
    employee = _person(event.employee_id)
    actions.note_incident(
        employee=employee,
        source=Source.CHECK,
        record_key=key,
        happened_on=_day(employee, event.at),
        text=_("质检否决项：%s") % check.conversation.number,
        url=_page("quality:check", check.pk),
        at=at,
    )


def evidence_saved(event: EvidenceSaved) -> None:
    """An extract of the log may be taken into a case; by itself it accuses nobody (Q9)."""
    made = DisclosureEvidence.objects.select_related("file").get(pk=event.evidence_id)
    actions.note_incident(
        employee=_person(event.employee_id),
        source=Source.DISCLOSURE,
        record_key=f"people.disclosureevidence:{made.pk}",
        happened_on=made.last_date,
        text=_("访问记录提取：%s") % made.reason,
        url=made.file.get_absolute_url(),
        at=timezone.now(),
    )


def approved(event: CaseApproved) -> None:
    """A measure is served, a reward granted."""
    at = timezone.now()
    if event.kind == actions.DECISION:
        actions.settle_decision(
            case_id=event.subject_id,
            approved=True,
            fingerprint=event.fingerprint,
            approval_id=event.case_id,
            at=at,
        )
    elif event.kind == actions.REWARD:
        actions.settle_reward(
            reward_id=event.subject_id, approved=True, fingerprint=event.fingerprint, at=at
        )


def not_approved(event: CaseRefused | CaseReturned | CaseWithdrawn) -> None:
    """Without approval nothing is imposed and nothing is granted."""
    at = timezone.now()
    if event.kind == actions.DECISION:
        actions.settle_decision(case_id=event.subject_id, approved=False, at=at)
    elif event.kind == actions.REWARD:
        actions.settle_reward(reward_id=event.subject_id, approved=False, at=at)
