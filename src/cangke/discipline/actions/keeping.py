"""What every step of a case does: lock it, add to its history, tell people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, Roles, can
from cangke.foundation.calendar.public import site_day
from cangke.foundation.notices.public import notify
from cangke.people.public import Employee, employee_of, holders_of_role, leaders_above

from ..models import CaseEvent, ConductCase
from .refusals import ConductOver, WrongPerson


def locked(case_id: int) -> ConductCase:
    """The case under its lock, with its person."""
    return (
        ConductCase.objects.select_for_update(of=("self",))
        .select_related("employee__site", "employee__account", "employee__department")
        .get(pk=case_id)
    )


def today_of(case: ConductCase, at: dt.datetime) -> dt.date:
    """The day at the person's site."""
    return site_day(at, case.employee.site.zone)


def note(
    case: ConductCase, kind: str, *, by: Account | None, at: dt.datetime, text: str = ""
) -> None:
    """Add a line to the case's history."""
    CaseEvent.objects.create(case=case, kind=kind, text=text, by=by, at=at)


def url_of(case: ConductCase) -> str:
    return reverse("discipline:case", args=[case.pk])


def must_be(case: ConductCase, *states: str) -> None:
    """
    See that the case is where the step begins.

    :raises ConductOver: if it has gone on
    """
    if case.state not in states:
        raise ConductOver(_("这个案件现在是“%s”，请刷新后再看。") % case.get_state_display())


def refuse_own(employee: Employee, by: Account) -> None:
    """
    See that nobody handles a matter of their own or of somebody above them.

    :raises WrongPerson: if so
    """
    if employee.account_id == by.pk:
        raise WrongPerson(_("不能处理自己的案件，请由另一位同事处理。"))
    mine = employee_of(by)
    if mine is not None and employee.pk in {each.pk for each in leaders_above(mine)}:
        raise WrongPerson(_("不能处理自己上级的案件，请交给人事或管理层。"))


def tell_person(case: ConductCase, title: object, *, at: dt.datetime) -> None:
    """Tell the person; what it is about stays on the page."""
    if case.employee.account is not None:
        notify(
            case.employee.account,
            kind="discipline.case",
            title=title,
            body=case.number,
            url=url_of(case),
            at=at,
        )


def tell(accounts: Iterable[Account], case: ConductCase, title: object, *, at: dt.datetime) -> None:
    notify(
        accounts,
        kind="discipline.todo",
        title=title,
        body=case.number,
        url=url_of(case),
        at=at,
    )


def deciders_of(employee: Employee) -> list[Account]:
    """Who is told of a new matter: the nearest above who may decide, and personnel."""
    found = [
        each.account
        for each in leaders_above(employee)
        if each.account is not None and can(each.account, "discipline.decide")
    ][:1]
    personnel = Account.objects.filter(pk__in=holders_of_role(Roles.HR, near=employee))
    return [
        each for each in {row.pk: row for row in (*found, *personnel)}.values()
        if each.pk != employee.account_id
    ]  # fmt: skip


def appeal_hearers(case: ConductCase) -> list[Account]:
    """Who may decide the appeal: management and personnel, but not who decided."""
    ids = {
        pk
        for role in (Roles.MANAGER, Roles.HR)
        for pk in holders_of_role(role)
        if pk not in (case.decided_by_id, case.employee.account_id)
    }
    return list(Account.objects.filter(pk__in=ids))
