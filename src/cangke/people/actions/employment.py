from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access import public as access
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import strung
from cangke.rulebook.public import policy

from .. import rules
from ..events import EmployeeHired, EmployeeLeft, EmployeeTermsChanged
from ..models import Department, Employee, EmployeeTerm, Post, Site, Team
from .handover import list_held

ONE_DAY = dt.timedelta(days=1)


class NotPossible(Refusal):
    """The employee's status or dates do not allow it."""


class DatedBack(Refusal):
    """A change of place that would count from a day already gone by (Q10)."""


@dataclass(frozen=True)
class _Place:
    """Where somebody works and under whom: the dated part of an employee's file."""

    department_id: int
    team_id: int | None
    post_id: int
    site_id: int
    superior_id: int | None
    status: str


def _place_of(row: Employee | EmployeeTerm) -> _Place:
    return _Place(
        row.department_id, row.team_id, row.post_id, row.site_id, row.superior_id, row.status
    )


def _check_team(team: Team | None, department: Department) -> None:
    if team is not None and team.department_id != department.pk:
        raise Refusal(_("这个组不属于该部门。"), field="team")


@transaction.atomic
def hire(
    *,
    name: str,
    department: Department,
    post: Post,
    site: Site,
    employed_from: dt.date,
    by: Account | None,
    at: dt.datetime,
    team: Team | None = None,
    superior: Employee | None = None,
    username: str = "",
    password: str | None = None,
    number: str = "",
    english_name: str = "",
    languages: Iterable[str] = ("zh-hans",),
    skills: Iterable[str] = (),
    probation_until: dt.date | None = None,
    status: str = rules.Status.PROBATION,
    phone: str = "",
    email: str = "",
    language: str = "",
) -> Employee:
    """
    Take somebody on: open the file and, with a ``username``, the account with the post's role.

    The number is given by the series unless the company brings its own. Without a superior the
    team's leader or the head of the department is.

    :raises Refusal: if the login name or number is taken, or the team is of another department
    """
    _check_team(team, department)
    _check_password(password, by)
    if number and Employee.objects.filter(number=number).exists():
        raise Refusal(_("工号已被使用，请换一个。"), field="number")
    if probation_until is not None and probation_until < employed_from:
        raise Refusal(_("试用期结束不能早于入职日。"), field="probation_until")
    account = None
    if username:
        account = access.create_account(
            username=username,
            display_name=name,
            password=password,
            temporary=password is not None and by is not None,
            email=email,
            language=language,
            by=by,
            at=at,
        )
    if superior is None:
        superior = (team.leader if team else None) or department.head
    employee = Employee.objects.create(
        number=number or next_number("employee", at=at),
        account=account,
        name=name,
        english_name=english_name,
        department=department,
        team=team,
        post=post,
        site=site,
        superior=superior,
        languages=list(languages),
        skills=list(skills),
        status=status,
        employed_from=employed_from,
        probation_until=probation_until,
        phone=phone,
        email=email,
    )
    term = EmployeeTerm(
        employee=employee,
        from_date=employed_from,
        reason=_("入职"),
        recorded_by=by,
        recorded_at=at,
        applied_at=at,
    )
    _write_place(term, _place_of(employee))
    # Who starts on a later day may sign in from then on.
    starts_later = employed_from > site_day(at, site.zone)
    term.grant = _grant_post(
        employee, post, at=at, valid_from=employed_from if starts_later else None
    )
    term.save()
    record(
        "people.hired",
        obj=employee,
        by=by,
        at=at,
        changes={"number": employee.number, "post": post.code, "from": employed_from},
    )
    publish(EmployeeHired(employee_id=employee.pk, account_id=account.pk if account else None))
    return employee


@transaction.atomic
def give_account(
    *,
    employee_id: int,
    username: str,
    by: Account | None,
    at: dt.datetime,
    password: str | None = None,
) -> Employee:
    """Open an account for somebody who works here without one, with the post's role."""
    _check_password(password, by)
    employee = _locked(employee_id)
    if employee.account_id is not None:
        raise NotPossible(_("这位员工已有账户。"))
    if employee.status in rules.SHUT_OUT:
        raise NotPossible(_("停职或离职的员工不能开通账户。"))
    employee.account = access.create_account(
        username=username,
        display_name=employee.name,
        password=password,
        temporary=password is not None and by is not None,
        email=employee.email,
        by=by,
        at=at,
    )
    employee.save(update_fields=["account"])
    term = employee.terms.filter(applied_at__isnull=False).order_by("-from_date").first()
    if term is not None:
        term.grant = _grant_post(employee, employee.post, at=at)
        term.save(update_fields=["grant"])
    return employee


@transaction.atomic
def transfer(
    *,
    employee_id: int,
    from_date: dt.date,
    department: Department,
    team: Team | None,
    post: Post,
    site: Site,
    superior: Employee | None,
    by: Account | None,
    at: dt.datetime,
    reason: str = "",
) -> EmployeeTerm:
    """
    Move somebody to another team, post, site or superior from a day on.

    Today's takes effect now, with the new post's role in place of the old one's; a later one waits
    for its day. It is not dated back, but for the days the rulebook leaves for late entry, and then
    with a reason (Q10). What held before stays in the terms.

    :raises NotPossible: if the person has left, or a later change is already planned
    :raises DatedBack: for a day before those, or a day gone by without a reason
    """
    _check_team(team, department)
    employee = _locked(employee_id)
    _check_day(employee, from_date, reason=reason, at=at)
    if superior is not None and superior.pk == employee.pk:
        raise Refusal(_("不能做自己的上级。"), field="superior")
    place = _Place(
        department.pk,
        team.pk if team else None,
        post.pk,
        site.pk,
        superior.pk if superior else None,
        _place_on(employee, from_date).status,
    )
    return _begin_term(employee, place, from_date=from_date, reason=reason, by=by, at=at)


def _check_day(employee: Employee, day: dt.date, *, reason: str, at: dt.datetime) -> None:
    today = site_day(at, employee.site.zone)
    if day >= today:
        return
    earliest = rules.earliest_transfer(today, policy=policy(rules.TermPolicy, on=today))
    if day < earliest:
        raise DatedBack(
            _("调岗不能倒填日期，最早从 %s 起。补登的天数见制度 Q10。") % earliest.isoformat(),
            field="from_date",
        )
    if not reason.strip():
        raise DatedBack(_("补登以前的调岗要写明理由。"), field="reason")


@transaction.atomic
def confirm(
    *,
    employee_id: int,
    from_date: dt.date,
    by: Account | None,
    at: dt.datetime,
    reason: str = "",
    pay_scheme: str = "",
    benefits: str = "",
) -> EmployeeTerm:
    """
    Make somebody a formal employee from a day on, with the pay and benefits that hold from then.

    A later day waits for it; what was planned before that day stays as it is (N11).

    :raises NotPossible: if the person is not on probation, or a later change is already planned
    """
    employee = _locked(employee_id)
    place = _place_on(employee, from_date)
    if place.status != rules.Status.PROBATION:
        raise NotPossible(_("只有试用期员工可以转正。"))
    place = _Place(**{**place.__dict__, "status": rules.Status.REGULAR})
    return _begin_term(
        employee,
        place,
        from_date=from_date,
        reason=reason,
        by=by,
        at=at,
        pay=(pay_scheme, benefits),
    )


@transaction.atomic
def suspend(*, employee_id: int, by: Account | None, at: dt.datetime, reason: str) -> EmployeeTerm:
    """
    Suspend somebody now: the account is shut at once (Q8).

    Changes planned for later days come into effect on their days, but not the return to work.
    """
    employee = _locked(employee_id)
    if not rules.may_become(employee.status, rules.Status.SUSPENDED):
        raise NotPossible(_("当前状态不能这样变更。"))
    for term in employee.terms.filter(applied_at__isnull=True):
        term.resumes_as, term.status = term.status, rules.Status.SUSPENDED
        term.save(update_fields=["resumes_as", "status"])
    return _change_status(employee, rules.Status.SUSPENDED, by=by, at=at, reason=reason)


@transaction.atomic
def reinstate(
    *, employee_id: int, by: Account | None, at: dt.datetime, reason: str
) -> EmployeeTerm:
    """
    Let somebody who was suspended work again, on the terms they had: probation or regular.

    Who was on probation still is; formal employment is given by the regularization procedure only.

    :raises NotPossible: if the person is not suspended
    """
    employee = _locked(employee_id)
    if employee.status != rules.Status.SUSPENDED:
        raise NotPossible(_("只有停职的员工可以复职。"))
    held = employee.terms.exclude(applied_at__isnull=True).order_by("-from_date").first()
    status = (held.resumes_as if held else "") or rules.Status.PROBATION
    for term in employee.terms.filter(applied_at__isnull=True).exclude(resumes_as=""):
        term.status, term.resumes_as = term.resumes_as, ""
        term.save(update_fields=["status", "resumes_as"])
    return _change_status(employee, status, by=by, at=at, reason=reason)


@transaction.atomic
def leave(
    *,
    employee_id: int,
    last_date: dt.date,
    by: Account | None,
    at: dt.datetime,
    reason: str,
) -> EmployeeTerm:
    """
    End somebody's employment after ``last_date`` (inclusive).

    A last day before today, or dismissal today (``last_date`` today), shuts the account at once
    (Q8); a later one waits for its day.

    :raises NotPossible: if the person has left already
    """
    employee = _locked(employee_id)
    if last_date < employee.employed_from:
        raise NotPossible(_("离职日不能早于入职日。"), field="last_date")
    place = _place_of(employee)
    if not rules.may_become(place.status, rules.Status.LEFT):
        raise NotPossible(_("这位员工已经离职。"))
    today = site_day(at, employee.site.zone)
    employee.employed_to = last_date
    employee.save(update_fields=["employed_to"])
    place = _Place(**{**place.__dict__, "status": rules.Status.LEFT})
    from_date = last_date if last_date <= today else last_date + ONE_DAY
    _drop_plans(employee, from_date, by=by, at=at, reason=reason)
    return _begin_term(
        employee, place, from_date=max(from_date, _last_from(employee)), reason=reason, by=by, at=at
    )


@transaction.atomic
def edit_employee(
    *, employee_id: int, by: Account | None, at: dt.datetime, **values: Any
) -> Employee:
    """Change what has no date of its own: names, contact, languages, skills, probation end."""
    editable = {
        "name",
        "english_name",
        "languages",
        "skills",
        "phone",
        "email",
        "probation_until",
    }
    unknown = set(values) - editable
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    employee = _locked(employee_id)
    changed = [name for name, value in values.items() if getattr(employee, name) != value]
    for name in changed:
        setattr(employee, name, values[name])
    if changed:
        employee.save(update_fields=changed)
        if "name" in changed and employee.account is not None:
            employee.account.display_name = employee.name
            employee.account.save(update_fields=["display_name"])
        record("people.edited", obj=employee, by=by, at=at, changes={"fields": sorted(changed)})
    return employee


@transaction.atomic
def apply_due_terms(*, at: dt.datetime) -> int:
    """Put planned changes whose day has come into effect; return how many."""
    waiting = (
        EmployeeTerm.objects.select_for_update(of=("self",))
        .filter(applied_at__isnull=True, from_date__lte=at.date() + ONE_DAY)
        .select_related("employee__site", "recorded_by")
        .order_by("from_date", "pk")
    )
    done = 0
    for term in waiting:
        if term.from_date <= site_day(at, term.employee.site.zone):
            _apply(term, _locked(term.employee_id), by=term.recorded_by, at=at)
            done += 1
    return done


def _locked(employee_id: int) -> Employee:
    return (
        Employee.objects.select_for_update(of=("self",))
        .select_related("account", "post", "site")
        .get(pk=employee_id)
    )


def _last_from(employee: Employee) -> dt.date:
    last = employee.terms.order_by("-from_date").values_list("from_date", flat=True).first()
    return last or employee.employed_from


def _drop_plans(
    employee: Employee, from_date: dt.date, *, by: Account | None, at: dt.datetime, reason: str
) -> None:
    """Take back what was planned for days on which somebody will have left."""
    planned = employee.terms.filter(applied_at__isnull=True, from_date__gte=from_date)
    days = list(planned.values_list("from_date", flat=True))
    if days:
        planned.delete()
        record(
            "people.plans_dropped",
            obj=employee,
            by=by,
            at=at,
            changes={"days": [day.isoformat() for day in days]},
            reason=reason,
        )


def _place_on(employee: Employee, day: dt.date) -> _Place:
    """Where the person will be on a day, planned changes included."""
    term = employee.terms.filter(from_date__lte=day).order_by("-from_date").first()
    planned = term is not None and term.applied_at is None
    return _place_of(term if term is not None and planned else employee)


def _change_status(
    employee: Employee, status: str, *, by: Account | None, at: dt.datetime, reason: str
) -> EmployeeTerm:
    place = _Place(**{**_place_of(employee).__dict__, "status": status})
    today = site_day(at, employee.site.zone)
    return _begin_term(
        employee,
        place,
        from_date=max(today, employee.employed_from),
        reason=reason,
        by=by,
        at=at,
        at_once=True,
    )


def _begin_term(
    employee: Employee,
    place: _Place,
    *,
    from_date: dt.date,
    reason: str,
    by: Account | None,
    at: dt.datetime,
    at_once: bool = False,
    pay: tuple[str, str] | None = None,
) -> EmployeeTerm:
    """End the term in force the day before and begin a new one; a second on one day corrects it."""
    if employee.status == rules.Status.LEFT:
        raise NotPossible(_("这位员工已经离职。"))
    if from_date < employee.employed_from:
        raise NotPossible(_("生效日不能早于入职日。"), field="from_date")
    later = employee.terms.filter(from_date__gt=from_date).order_by("from_date").first()
    if later is not None and not at_once:
        raise NotPossible(_("之后已有登记的变更，生效日要更晚。"), field="from_date")
    before = employee.terms.filter(from_date__lt=from_date).order_by("-from_date").first()
    term = employee.terms.filter(from_date=from_date).first()
    if term is not None:
        # What was said of the day before stays said.
        reason = strung(part for part in (term.reason, reason) if part)[:200]
    else:
        term = EmployeeTerm(employee=employee, from_date=from_date)
        # The grant runs on until the new term is applied and takes it over.
        term.grant = before.grant if before else None
    if before is not None:
        before.to_date = from_date - ONE_DAY
        before.save(update_fields=["to_date"])
    if place.status == rules.Status.SUSPENDED:
        # A change during a suspension leaves what the person comes back to.
        suspended = employee.status == rules.Status.SUSPENDED
        held = before.resumes_as if before is not None and suspended else employee.status
        term.resumes_as = term.resumes_as or held
    else:
        term.resumes_as = ""
    _write_place(term, place)
    if later is not None:
        term.to_date = later.from_date - ONE_DAY
    if pay is not None:
        term.pay_scheme, term.benefits = pay
    elif before is not None and term.pk is None:
        term.pay_scheme, term.benefits = before.pay_scheme, before.benefits
    term.reason, term.recorded_by, term.recorded_at, term.applied_at = reason, by, at, None
    term.save()
    record(
        "people.terms_changed",
        obj=employee,
        by=by,
        at=at,
        changes={"from": from_date, **place.__dict__},
        reason=reason,
    )
    if at_once or from_date <= site_day(at, employee.site.zone):
        _apply(term, employee, by=by, at=at)
    return term


def _write_place(term: EmployeeTerm, place: _Place) -> None:
    for name, value in place.__dict__.items():
        setattr(term, name, value)


def _apply(term: EmployeeTerm, employee: Employee, *, by: Account | None, at: dt.datetime) -> None:
    """Make the term what holds now: the file, the post's grant, and whether the account is open."""
    old_post_id, was_shut_out = employee.post_id, employee.status in rules.SHUT_OUT
    for name, value in _place_of(term).__dict__.items():
        setattr(employee, name, value)
    employee.save()
    left = employee.status == rules.Status.LEFT
    if term.grant is not None and (left or old_post_id != employee.post_id):
        _end_grant(term, by=by, at=at)
    if not left and term.grant is None:
        term.grant = _grant_post(employee, term.post, at=at)
    term.applied_at = at
    term.save(update_fields=["grant", "applied_at"])
    account = employee.account
    if account is not None:
        access.forget_held(account)
        if employee.status in rules.SHUT_OUT and account.is_active:
            access.disable_account(account_id=account.pk, by=by, at=at, reason=term.reason)
        elif was_shut_out and employee.status not in rules.SHUT_OUT and not account.is_active:
            access.enable_account(account_id=account.pk, by=by, at=at, reason=term.reason)
    publish(EmployeeTermsChanged(employee_id=employee.pk))
    if employee.status in rules.SHUT_OUT:
        if not was_shut_out:
            list_held(employee, to=None, reason=term.reason, by=by, at=at)
        publish(EmployeeLeft(employee_id=employee.pk, account_id=account.pk if account else None))


def _end_grant(term: EmployeeTerm, *, by: Account | None, at: dt.datetime) -> None:
    grant, term.grant = term.grant, None
    if grant is not None and grant.revoked_at is None:
        access.revoke(grant_id=grant.pk, by=by, at=at, reason=term.reason)


def _grant_post(
    employee: Employee,
    post: Post,
    *,
    at: dt.datetime,
    valid_from: dt.date | None = None,
) -> access.Grant | None:
    """The post gives its role, as the catalogue says; who hires need not hold it."""
    if employee.account is None or not post.role:
        return None
    return access.grant(
        account=employee.account,
        role=post.role,
        scope_kind=post.reach,
        by=None,
        at=at,
        valid_from=valid_from,
        reason=post.name,
    )


def _check_password(password: str | None, by: Account | None) -> None:
    """Who sets the first password could sign in as that person: only account managers do."""
    if password is not None and by is not None and not access.can(by, "access.manage"):
        raise Refusal(_("临时密码由账户管理员发放，请留空。"), field="password")
