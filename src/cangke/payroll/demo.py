"""Pay of the demonstration company: a month that is paid, and one that is being checked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import local_moment, site_day
from cangke.people.public import Employee, Site

from . import actions, queries
from .models import PaySlip

BASES = {
    "general-manager": 12000,
    "cs-supervisor": 6500,
    "cs-deputy": 5200,
    "cs-leader": 3200,
    "logistics-cs": 6800,
    "storage-cs": 5600,
    "warehouse-manager": 6800,
}
DAY = dt.timedelta(days=1)
HOME = "CN"


def load(rng: random.Random, accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Enter terms and accounts, pay the month before last, and hand last month in for review."""
    hr, finance = accounts["wenjing"], accounts["qianlan"]
    site = Site.objects.get(code="ningbo")
    last = queries.month_before(site_day(at, site.zone))
    before = queries.month_before(last)
    actions.ensure(at=at)
    _terms(rng, before, hr, finance, at)
    for month, moment in ((before, _moment(site, before)), (last, at - 2 * DAY)):
        moment = min(at, max(moment, _moment(site, month)))
        _performance(rng, site, month, hr, finance, moment)
        run = actions.start_run(site=site, month=month, by=hr, at=moment)
        actions.calculate(run_id=run.pk, by=hr, at=moment)
        actions.submit_run(run_id=run.pk, by=hr, at=moment)
    _pay(site, before, finance)
    actions.ask_award(
        employee=Employee.objects.get(account=accounts["wulei"]),
        month=last,
        amount=Decimal(300),
        reason="大促期间接待量全组第一，没有一单投诉。",
        by=accounts["chenjing"],
        at=at - DAY,
    )
    _ask(accounts["liqiang"], at)
    _objections(accounts, site, hr, at)


def _objections(accounts: Mapping[str, Account], site: Site, hr: Account, at: dt.datetime) -> None:
    """Two proposed deductions are objected to: one waits for the answer, one was dismissed."""
    month = site_day(at, site.zone).replace(day=1)
    told = (
        (
            "liqiang",
            "12.00",
            "订单漏放贺卡，补发运费。",
            "备注写了贺卡，是仓库漏装。",
        ),
        ("wangfang", "20.00", "改地址没有备注，退回重发的运费。", "客户是发货之后才说要改地址的。"),
    )
    for username, amount, reason, says in told:
        person = Employee.objects.get(account=accounts[username])
        item = actions.set_item(
            employee=person,
            month=month,
            kind="recovery",
            amount=Decimal(amount),
            reason=reason,
            by=hr,
            at=at - DAY,
        )
        objection = approvals.object_to(
            subject=item, figure="recovery", reason=says, by=accounts[username], at=at - DAY / 2
        )
    case = objection.case
    assert case is not None
    task = case.tasks.select_related("account").get(state="open")
    approvals.decide(
        task_id=task.pk,
        action="refuse",
        by=task.account,
        at=at - DAY / 4,
        seen=case.fingerprint,
        comment="聊天记录里客户在发货前两小时已经说了新地址。",
    )
    # The demonstration delivers no events; what they would do is done here.
    approvals.settle_objection(objection_id=objection.pk, state="dismissed", at=at - DAY / 4)


def _moment(site: Site, month: dt.date) -> dt.datetime:
    """The third of the month after, in the morning."""
    return local_moment(queries.month_after(month) + 2 * DAY, 10 * 60, site.zone)


def _other(person: Employee, hr: Account, finance: Account) -> Account:
    """Nobody enters their own pay."""
    return finance if person.account_id == hr.pk else hr


def _terms(
    rng: random.Random, month: dt.date, hr: Account, finance: Account, at: dt.datetime
) -> None:
    people = Employee.objects.employed().select_related("post", "site", "account")
    for place, person in enumerate(people.order_by("pk"), start=1):
        is_home = person.site.country == HOME
        base = BASES.get(person.post.code, 2200) if is_home else 3400
        by = _other(person, hr, finance)
        actions.set_terms(
            employee=person,
            from_date=max(person.employed_from, month),
            base_pay=Decimal(base),
            insurance_total=Decimal(1000 if is_home else 0),
            by=by,
            at=at - 40 * DAY,
            reason="年度薪资表",
            scheme=f"客服 {rng.randint(1, 3)} 级" if person.post.family == "service" else "",
        )
        actions.set_bank_account(
            employee=person,
            bank="示例银行宁波分行" if is_home else "Example Bank",
            holder=person.name,
            number=f"6222{place:04d}{rng.randint(10**7, 10**8 - 1)}",
            by=by,
            at=at - 40 * DAY,
        )


def _performance(
    rng: random.Random,
    site: Site,
    month: dt.date,
    hr: Account,
    finance: Account,
    at: dt.datetime,
) -> None:
    for person in queries.people_of(site, month):
        if person.post.family != "service":
            continue
        score = rng.randint(82, 98)
        actions.set_item(
            employee=person,
            month=month,
            kind="performance",
            amount=Decimal(score * 7 - 44),
            reason=f"考核 {score} 分",
            source="import",
            reference=f"绩效表 {month:%Y-%m}",
            by=_other(person, hr, finance),
            at=at,
        )


def _pay(site: Site, month: dt.date, finance: Account) -> None:
    """Lock the run the day after it was handed in, and pay it the day after that."""
    moment = _moment(site, month) + DAY
    run = actions.start_run(site=site, month=month, by=None, at=moment)
    for slip in PaySlip.objects.filter(run=run):
        if slip.needs_confirmation:
            actions.confirm_guard(slip_id=slip.pk, reason="已核对", by=finance, at=moment)
    actions.lock_run(run_id=run.pk, by=finance, at=moment)
    actions.make_bank_file(run_id=run.pk, by=finance, at=moment + DAY)
    paid_on = site_day(moment + DAY, site.zone)
    actions.mark_paid(run_id=run.pk, paid_on=paid_on, by=finance, at=moment + DAY)
    for slip in PaySlip.objects.filter(run=run).select_related("employee__account")[:20]:
        if slip.employee.account is not None:
            actions.acknowledge(slip_id=slip.pk, by=slip.employee.account, at=moment + 2 * DAY)


def _ask(account: Account, at: dt.datetime) -> None:
    slip = PaySlip.objects.filter(employee__account=account, run__state="paid").first()
    if slip is not None:
        actions.ask_question(
            slip_id=slip.pk,
            code="performance_pay",
            text="绩效应该还有一单好评加分，请帮忙核对。",
            by=account,
            at=at - DAY,
        )
