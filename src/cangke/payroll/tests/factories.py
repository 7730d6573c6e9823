"""A crew whose month is to be paid, for tests."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from cangke.attendance.tests.factories import Crew, april, leave, local, make_crew, publish, punch
from cangke.foundation.access.models import Account
from cangke.foundation.calendar.public import seed_calendar
from cangke.payroll import actions
from cangke.payroll.models import PayItem, PayRun, PaySlip
from cangke.people.models import Employee
from cangke.rulebook.public import ensure_first_version, forget
from tests.factories import make_account

APRIL = dt.date(2026, 4, 1)
MAY = dt.datetime(2026, 5, 4, 3, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 5, 12, 3, tzinfo=dt.UTC)
JUNE = dt.datetime(2026, 6, 2, 3, tzinfo=dt.UTC)


@dataclass
class Office:
    """A crew, and who looks after its pay."""

    crew: Crew
    hr: Account
    finance: Account

    @property
    def agent(self) -> Employee:
        return self.crew.agent


def make_office(agents: int = 1) -> Office:
    crew = make_crew(agents)
    Employee.objects.update(employed_from=dt.date(2025, 1, 1))
    for each in (crew.boss, crew.leader, *crew.agents):
        each.refresh_from_db()
    actions.ensure(at=MAY)
    ensure_first_version(at=MAY)
    forget()
    seed_calendar(region="CN", years=[2026], at=MAY)
    return Office(crew, make_account("hr"), make_account("finance"))


def work(office: Office, *days: int, arrives: str = "08:20", leaves: str = "17:31") -> None:
    """Let the first agent have shifts on days of April and be there."""
    publish(office.crew, *[(office.agent, day, "day*") for day in days])
    for day in days:
        punch(office.agent, local(day, arrives), local(day, leaves))


def rest(office: Office, *days: int) -> None:
    """Rest days of the first agent."""
    for day in days:
        leave(office.agent, day, kind="rest", override_reason="轮休")


def calculated(office: Office, *, at: dt.datetime = MAY, month: dt.date = APRIL) -> PayRun:
    run = actions.start_run(site=office.agent.site, month=month, by=office.hr, at=at)
    return actions.calculate(run_id=run.pk, by=office.hr, at=at)


def slip_of(run: PayRun, employee: Employee) -> PaySlip:
    return PaySlip.objects.get(run=run, employee=employee)


def lines_of(slip: PaySlip) -> dict[str, Decimal]:
    return {line.code: line.amount for line in slip.lines.all()}


def absent(office: Office, *days: int) -> None:
    """Let the first agent have shifts on days of April and not come."""
    publish(office.crew, *[(office.agent, day, "day*") for day in days])


def locked(office: Office, *, at: dt.datetime = MAY, month: dt.date = APRIL) -> PayRun:
    run = calculated(office, at=at, month=month)
    actions.submit_run(run_id=run.pk, by=office.hr, at=at)
    for slip in PaySlip.objects.filter(run=run):
        if slip.needs_confirmation:
            actions.confirm_guard(slip_id=slip.pk, reason="已核对", by=office.finance, at=at)
    return actions.lock_run(run_id=run.pk, by=office.finance, at=at)


def performance(office: Office, amount: str = "600", **more: object) -> PayItem:
    """Performance pay of the first agent, entered by hand."""
    values = {"employee": office.agent, "month": APRIL, "kind": "performance"}
    return actions.set_item(
        **{**values, **more}, amount=Decimal(amount), reason="92 分", by=office.hr, at=MAY
    )


def lines(run: PayRun, who: Employee) -> dict[str, str]:
    """Somebody's lines in a run as text."""
    return {code: str(amount) for code, amount in lines_of(slip_of(run, who)).items()}


__all__ = [
    "APRIL",
    "JUNE",
    "LATER",
    "MAY",
    "Office",
    "absent",
    "april",
    "calculated",
    "leave",
    "lines",
    "lines_of",
    "local",
    "locked",
    "make_office",
    "performance",
    "punch",
    "rest",
    "slip_of",
    "work",
]
