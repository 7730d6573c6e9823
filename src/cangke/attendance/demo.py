"""Shifts, punches, leave and packets of the demonstration company: five weeks and a draft."""

from __future__ import annotations

import datetime as dt
import random

from cangke.approvals import public as approvals
from cangke.approvals.public import ApprovalCase
from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import local_moment, site_day
from cangke.people.public import Employee, Site, Team

from . import actions
from .actions.correcting import MATTER as CORRECTION
from .actions.leave import MATTER as LEAVE
from .models import (
    BUILT_IN,
    DayRecord,
    DutyTurn,
    LeaveRequest,
    PunchCorrection,
    RedPacket,
    ShiftAssignment,
    ShiftType,
)
from .queries.duty import zone_of
from .queries.rolls import expected_on
from .queries.rosters import month_of, month_span

TEAMS = ("pre-hd", "after-hd", "us", "3pl")
EVENING = {"pre-hd": 2, "after-hd": 2}
ONE_DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
WEEKS = 4
AHEAD = 5  # days before its first that a month's roster is published


def load(rng: random.Random, at: dt.datetime) -> None:
    """Plan the months, punch through the weeks until now, and leave some things to be done."""
    actions.ensure(at=at)
    teams = list(Team.objects.filter(code__in=TEAMS).select_related("site"))
    for team in teams:
        _plan(team, at)
    _rest(at)
    _punch(rng, at)
    for site in Site.objects.filter(teams__in=teams).distinct():
        _weeks(rng, site, at)
    _mornings(teams, at)
    _posts(at)
    _waiting(at)


def _plan(team: Team, at: dt.datetime) -> None:
    kinds = {kind.code: kind.pk for kind in ShiftType.objects.all()}
    if team.code in EVENING:
        least = {kinds["day"]: 3, kinds["evening"]: EVENING[team.code]}
    else:
        least = {kinds["day"]: 2}
    actions.save_needs(team=team, least=least, by=None, at=at)
    this = month_of(site_day(at, team.site.zone))
    before = month_of(this - ONE_DAY)
    months = [before, this]
    if _published(_after(this)) <= at:
        months.append(_after(this))
    for month in months:
        moment = min(at, _published(month))
        actions.propose_month(team=team, month=month, by=None, at=moment)
        actions.publish_roster(team=team, month=month, by=None, at=moment)
    if team.code == "pre-hd":
        actions.propose_month(team=team, month=_after(months[-1]), by=None, at=at)


def _after(month: dt.date) -> dt.date:
    return month_span(month)[1] + ONE_DAY


def _published(month: dt.date) -> dt.datetime:
    return dt.datetime.combine(month - AHEAD * ONE_DAY, dt.time(2), tzinfo=dt.UTC)


def _agree(kind: str, subject_id: int, at: dt.datetime) -> Account | None:
    """Let the superior say yes; return who it was."""
    case = ApprovalCase.objects.get(kind=kind, subject_id=subject_id)
    task = case.tasks.select_related("account").get(state="open")
    approvals.decide(
        task_id=task.pk, action="approve", by=task.account, at=at, seen=case.fingerprint
    )
    return task.account


def _asked(person: Employee, kind: str, day: dt.date, at: dt.datetime, reason: str) -> LeaveRequest:
    assert person.account is not None
    return actions.ask_leave(
        employee=person,
        kind=kind,
        first=day,
        last=day,
        reason=reason,
        by=person.account,
        at=at,
    )


def _rest(at: dt.datetime) -> None:
    """Rest days of this month where the plan leaves a day free."""
    people = Employee.objects.at_work().filter(team__code="pre-hd", account__isnull=False)
    for person in people.select_related("site", "team", "account"):
        today = site_day(at, person.site.zone)
        planned = set(
            ShiftAssignment.objects.published()
            .filter(employee=person)
            .values_list("date", flat=True)
        )
        first, last = month_span(month_of(today))
        free = [first + n * ONE_DAY for n in range((last - first).days + 1)]
        free = [day for day in free if day not in planned and day >= person.employed_from]
        for day in free[:2]:
            asked = dt.datetime.combine(day - 4 * ONE_DAY, dt.time(3), tzinfo=dt.UTC)
            if asked >= at:
                continue
            made = _asked(person, "rest", day, asked, "轮休")
            by = _agree(LEAVE, made.pk, asked + 30 * MINUTE)
            actions.approve_leave(request_id=made.pk, by=by, at=asked + 30 * MINUTE)


def _punch(rng: random.Random, at: dt.datetime) -> None:
    """Most come a little early; some are late, forget to punch, or do not come."""
    rows = ShiftAssignment.objects.published().filter(starts_at__lt=at).order_by("starts_at", "pk")
    punches: list[tuple[Employee, dt.datetime, str]] = []
    for row in rows.select_related("employee__site"):
        luck = rng.random()
        if luck < 0.006:
            continue
        came = row.starts_at - rng.randint(1, 18) * MINUTE
        if luck < 0.05:
            came = row.starts_at + rng.randint(1, 14) * MINUTE
        elif luck < 0.056:
            came = row.starts_at + rng.randint(22, 36) * MINUTE
        left = row.ends_at + rng.randint(0, 9) * MINUTE
        moments = [came] if 0.056 <= luck < 0.07 else [came, left]
        punches += [
            (row.employee, each + rng.randint(0, 59) * MINUTE / 60, "")
            for each in moments
            if each < at
        ]
    actions.take_punches(punches=punches, source=BUILT_IN, by=None, at=at)


def _weeks(rng: random.Random, site: Site, at: dt.datetime) -> None:
    """Judge week after week: packets sent or forgotten, punches made up, Monday's publication."""
    today = site_day(at, site.zone)
    this = today - dt.timedelta(days=today.weekday())
    people = Employee.objects.filter(site=site, team__code__in=TEAMS)
    ids = list(people.values_list("pk", flat=True))
    for back in range(WEEKS, 0, -1):
        monday = this - dt.timedelta(days=7 * back)
        sunday = monday + 6 * ONE_DAY
        evening = local_moment(sunday, 23 * 60, site.zone)
        morning = local_moment(sunday + ONE_DAY, 9 * 60 + 5, site.zone)
        actions.recompute(employee_ids=ids, months={month_of(monday), month_of(sunday)}, at=evening)
        for packet in RedPacket.objects.filter(employee__in=ids, state="due").order_by("pk"):
            leader = packet.employee.team.leader if packet.employee.team else None
            if leader is None or leader.account is None or leader.pk == packet.employee_id:
                continue
            if rng.random() < 0.8:
                actions.settle_packet(packet_id=packet.pk, by=leader.account, at=evening)
        missed = DayRecord.objects.filter(
            employee__in=ids, state="open", date__gte=monday, date__lte=sunday
        )
        for row in missed.select_related("employee__site", "employee__account").order_by("pk"):
            _make_up(row, evening)
        if morning <= at:
            actions.publish_week(site=site, monday=monday, at=morning)
    months = {month_of(today), month_of(month_of(today) - ONE_DAY)}
    actions.recompute(employee_ids=ids, months=months, at=at)


def _make_up(row: DayRecord, at: dt.datetime) -> None:
    if row.employee.account is None:
        return
    side = "in" if row.missed_in else "out"
    anchor = row.starts_at if side == "in" else row.ends_at
    made: PunchCorrection = actions.ask_correction(
        employee=row.employee,
        date=row.date,
        side=side,
        clock=anchor.astimezone(zone_of(row.employee)).time(),
        reason="手机没电，忘了打卡",
        by=row.employee.account,
        at=at,
    )
    by = _agree(CORRECTION, made.pk, at)
    if by is not None:
        actions.certify(correction_id=made.pk, by=by, at=at)


def _mornings(teams: list[Team], at: dt.datetime) -> None:
    """Chores of the weeks, a night on duty, and the roll calls of the mornings (K25 to K27)."""
    rng = random.Random(len(teams))
    for team in teams:
        leader = team.leader.account if team.leader is not None else None
        if leader is None:
            continue
        today = site_day(at, team.site.zone)
        this = today - dt.timedelta(days=today.weekday())
        for monday in (this - 14 * ONE_DAY, this - 7 * ONE_DAY, this):
            planned = min(at, local_moment(monday - 3 * ONE_DAY, 15 * 60, team.site.zone))
            actions.rotate_chores(team=team, monday=monday, by=leader, at=planned)
        done = DutyTurn.objects.filter(team=team, kind="chores", date__lt=today)
        for turn in done.order_by("date"):
            swept = local_moment(turn.date, 8 * 60 + 25, team.site.zone)
            if rng.random() < 0.93:
                actions.finish_duty(turn_id=turn.pk, note="", by=leader, at=swept)
        for back in range(14, -1, -1):
            _call_roll(rng, team, leader, today - back * ONE_DAY, at)


def _call_roll(
    rng: random.Random, team: Team, leader: Account, day: dt.date, at: dt.datetime
) -> None:
    moment = local_moment(day, 8 * 60 + 40, team.site.zone)
    found = expected_on(team, day, at=moment)
    if moment > at or not any(each.state == "present" for each in found):
        return
    moods = ("good", "good", "good", "fair", "fair", "tired")
    actions.hold_roll(
        team=team,
        date=day,
        lines=[
            actions.Called(
                employee_id=each.employee.pk,
                state=each.state,
                mood=rng.choice(moods) if each.state == "present" else "",
                reason=each.reason or ("电话联系：在路上" if each.state == "absent" else ""),
            )
            for each in found
        ],
        by=leader,
        at=moment + 5 * MINUTE,
    )


def _posts(at: dt.datetime) -> None:
    """Two notes of a leader about being away from the post; one was answered (K24)."""
    people = Employee.objects.filter(account__username__in=("xujie", "fenglin"))
    leader = Account.objects.filter(username="chenjing").first()
    if leader is None:
        return
    for number, person in enumerate(people.select_related("account").order_by("number")):
        seen = at - (30 + 50 * number) * HOUR
        made = actions.record_post(
            employee=person,
            kind="left" if number == 0 else "other",
            from_at=seen - 25 * MINUTE,
            until_at=seen - 5 * MINUTE,
            seen="座位没有人，三个会话在等。" if number == 0 else "上班时间在整理个人相册。",
            by=leader,
            at=seen,
        )
        if number == 0 and person.account is not None:
            actions.state_post(
                record_id=made.pk,
                statement="去仓库核对漏装的货，走得急，没有设置离开。",
                by=person.account,
                at=seen + HOUR,
            )


def _waiting(at: dt.datetime) -> None:
    """Leave and a swap that wait for an answer."""
    person = Employee.objects.filter(account__username="liqiang").select_related("site").first()
    if person is None:
        return
    today = site_day(at, person.site.zone)
    shifts = ShiftAssignment.objects.published().filter(employee=person, date__gt=today + ONE_DAY)
    row = shifts.order_by("date").first()
    if row is not None:
        _asked(person, "personal", row.date, at - 40 * MINUTE, "陪家人去医院复查")
    mate = Employee.objects.filter(account__username="wangfang").select_related("account").first()
    if mate is None or mate.account is None:
        return
    mine = ShiftAssignment.objects.published().filter(employee=mate, starts_at__gt=at)
    for shift in mine.order_by("date"):
        free = (
            Employee.objects.at_work()
            .filter(team=mate.team)
            .exclude(pk__in=ShiftAssignment.objects.filter(date=shift.date).values("employee_id"))
            .first()
        )
        if free is not None and not shift.leads:
            actions.ask_swap(
                asker=mate,
                date=shift.date,
                partner=free,
                their_date=None,
                reason="孩子家长会",
                by=mate.account,
                at=at - 20 * MINUTE,
            )
            return
