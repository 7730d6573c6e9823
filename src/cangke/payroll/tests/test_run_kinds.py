"""Supplements pay what a locked month missed, a final run settles a leaver; nothing twice (L11)."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from django.urls import reverse

from cangke.attendance.public import closed_among
from cangke.foundation.access.public import Roles
from cangke.payroll import actions, queries
from cangke.payroll.models import LateChange, PayRun, PaySlip, Receivable
from cangke.people.models import Employee
from tests.factories import client_for, make_account

from .factories import APRIL, JUNE, LATER, MAY, calculated, lines_of, locked, make_office, slip_of

MAY_MONTH = dt.date(2026, 5, 1)
LEFT = dt.date(2026, 4, 20)
SOON = dt.datetime(2026, 4, 21, 3, tzinfo=dt.UTC)


@pytest.fixture
def office(db):
    return make_office(2)


def site_of(office):
    return office.agent.site


def missed(office, amount="300.00", kind="performance"):
    return actions.set_item(
        employee=office.agent, month=APRIL, kind=kind, amount=Decimal(amount), reason="漏录",
        by=office.hr, at=LATER,
    )  # fmt: skip


def supplement(office, *, at=LATER):
    return actions.start_supplement(site=site_of(office), month=APRIL, by=office.hr, at=at)


def settle(run, office, *, at=LATER):
    """Calculate, hand in, lock by another."""
    actions.calculate(run_id=run.pk, by=office.hr, at=at)
    actions.submit_run(run_id=run.pk, by=office.hr, at=at)
    for slip in PaySlip.objects.filter(run=run):
        if slip.needs_confirmation:
            actions.confirm_guard(slip_id=slip.pk, reason="已核对", by=office.finance, at=at)
    return actions.lock_run(run_id=run.pk, by=office.finance, at=at)


def leaves(employee, day=LEFT):
    Employee.objects.filter(pk=employee.pk).update(employed_to=day)
    employee.refresh_from_db()


@pytest.mark.requirement("L11")
def test_l11_a_supplement_pays_a_missed_amount_once(office):
    """What it pays is a line of its own slip; the next month's run does not pay it again."""
    run = locked(office)
    before = slip_of(run, office.agent).digest
    with pytest.raises(actions.MonthSettled, match="计入下一个月"):
        missed(office)
    extra = supplement(office)
    missed(office)
    extra = settle(extra, office)
    assert (extra.number[-3:], extra.state, extra.people) == ("-S1", "locked", 1)
    slip = PaySlip.objects.get(run=extra)
    assert (slip.employee, slip.part, slip.net) == (office.agent, 1, Decimal("300.00"))
    assert lines_of(slip) == {"adjustment.2026-04.performance_pay": Decimal("300.00")}
    assert slip_of(run, office.agent).digest == before
    assert not LateChange.objects.filter(settled_in__isnull=True).exists()
    may = slip_of(calculated(office, at=JUNE, month=MAY_MONTH), office.agent)
    assert not [code for code in lines_of(may) if code.startswith("adjustment")]


@pytest.mark.requirement("L11")
def test_l11_a_second_supplement_pays_only_what_came_after_the_first(office):
    locked(office)
    first = supplement(office)
    missed(office)
    settle(first, office)
    second = supplement(office, at=JUNE)
    assert second.pk != first.pk
    actions.set_item(
        employee=office.agent, month=APRIL, kind="performance", amount=Decimal(350),
        reason="复核后改", by=office.hr, at=JUNE,
    )  # fmt: skip
    settle(second, office, at=JUNE)
    slip = PaySlip.objects.get(run=second)
    assert (slip.part, lines_of(slip)) == (2, {"adjustment.2026-04.performance_pay": 50})


@pytest.mark.requirement("L11")
def test_l11_a_supplement_pays_a_person_the_run_missed_in_full(office):
    """Somebody taken on late into the records has the whole month, and the month is closed."""
    late = office.crew.agents[1]
    Employee.objects.filter(pk=late.pk).update(employed_from=dt.date(2026, 5, 1))
    run = locked(office)
    assert not PaySlip.objects.filter(run=run, employee=late).exists()
    Employee.objects.filter(pk=late.pk).update(employed_from=APRIL)
    extra = settle(supplement(office), office)
    slip = PaySlip.objects.get(run=extra)
    assert (slip.employee, slip.part) == (late, 0)
    assert lines_of(slip)["base_pay"] == Decimal("2200.00")
    assert closed_among([late.pk], [APRIL]) == {(late.pk, APRIL)}


@pytest.mark.requirement("L11")
def test_l11_a_supplement_goes_the_same_way_as_a_run(office):
    """Only after the lock, one at a time, never checked by its maker, never empty."""
    with pytest.raises(actions.NothingYet, match="还没有锁定"):
        supplement(office)
    calculated(office)
    with pytest.raises(actions.NothingYet, match="还没有锁定"):
        supplement(office)
    run = locked(office)
    extra = supplement(office)
    assert supplement(office).pk == extra.pk
    actions.calculate(run_id=extra.pk, by=office.hr, at=LATER)
    actions.submit_run(run_id=extra.pk, by=office.hr, at=LATER)
    with pytest.raises(actions.NotReady, match="没有要发的人"):
        actions.lock_run(run_id=extra.pk, by=office.finance, at=LATER)
    with pytest.raises(actions.RunClosed, match="补发"):
        actions.reopen_run(run_id=run.pk, reason="漏了", by=office.hr, at=LATER)
    missed(office)
    actions.calculate(run_id=extra.pk, by=office.hr, at=LATER)
    actions.submit_run(run_id=extra.pk, by=office.hr, at=LATER)
    with pytest.raises(actions.SamePerson):
        actions.lock_run(run_id=extra.pk, by=office.hr, at=LATER)
    actions.lock_run(run_id=extra.pk, by=office.finance, at=LATER)
    with pytest.raises(actions.RunClosed, match="已经锁定"):
        actions.reopen_run(run_id=run.pk, reason="漏了", by=office.hr, at=LATER)


@pytest.mark.requirement("L11")
def test_a_supplement_that_goes_back_gives_its_facts_back(office):
    locked(office)
    extra = supplement(office)
    missed(office)
    settle(extra, office)
    actions.reopen_run(run_id=extra.pk, reason="金额再核对", by=office.hr, at=LATER)
    assert LateChange.objects.filter(source="item", settled_in__isnull=True).count() == 1
    assert closed_among([office.agent.pk], [APRIL]), "the month stays closed"
    actions.submit_run(run_id=extra.pk, by=office.hr, at=LATER)
    actions.lock_run(run_id=extra.pk, by=office.finance, at=LATER)
    assert PaySlip.objects.get(run=extra).net == Decimal("300.00")


@pytest.mark.requirement("L11", "L12")
def test_a_supplement_that_takes_makes_a_receivable(office):
    locked(office)
    extra = supplement(office)
    missed(office, "40.00", "recovery")
    settle(extra, office)
    slip = PaySlip.objects.get(run=extra)
    assert (slip.net, slip.receivable) == (0, 40)
    assert Receivable.objects.get().left == 40
    may = slip_of(calculated(office, at=JUNE, month=MAY_MONTH), office.agent)
    assert lines_of(may)[f"carried.{Receivable.objects.get().pk}"] == -40


@pytest.mark.requirement("L11")
def test_l11_a_leaver_is_settled_by_a_final_run_and_left_out_of_the_months_run(office):
    """Locked the day after the last day, long before the month is over; paid once."""
    with pytest.raises(actions.NothingYet, match="离职日"):
        actions.start_final(employee=office.agent, by=office.hr, at=SOON)
    leaves(office.agent)
    early = dt.datetime(2026, 4, 18, 3, tzinfo=dt.UTC)
    with pytest.raises(actions.NothingYet, match="2026-04-20"):
        actions.start_final(employee=office.agent, by=office.hr, at=early)
    run = actions.start_final(employee=office.agent, by=office.hr, at=SOON)
    assert actions.start_final(employee=office.agent, by=office.hr, at=SOON).pk == run.pk
    run = settle(run, office, at=SOON)
    slip = PaySlip.objects.get(run=run)
    assert (slip.employee, run.due_on) == (office.agent, dt.date(2026, 4, 21))
    assert lines_of(slip)["base_pay"] == (Decimal(2200) * 20 / 30).quantize(Decimal("0.01"))
    month = locked(office)
    assert not PaySlip.objects.filter(run=month, employee=office.agent).exists()
    assert PaySlip.objects.filter(employee=office.agent).count() == 1
    assert month.people == Employee.objects.count() - 1


@pytest.mark.requirement("L11")
def test_a_slip_the_months_run_has_calculated_gives_way_to_the_final_one(office):
    leaves(office.agent)
    month = calculated(office, at=SOON)
    people = month.people
    final = actions.start_final(employee=office.agent, by=office.hr, at=SOON)
    month.refresh_from_db()
    assert (month.people, month.complete) == (people - 1, False)
    settle(final, office, at=SOON)
    run = locked(office)
    assert run.people == people - 1
    assert queries.people_of_run(final) == [office.agent]


def test_who_was_paid_by_the_months_run_is_not_settled_again(office):
    leaves(office.agent)
    locked(office)
    with pytest.raises(actions.MonthSettled, match="补发"):
        actions.start_final(employee=office.agent, by=office.hr, at=LATER)
    assert PayRun.objects.count() == 1


@pytest.mark.requirement("L11", "L12")
def test_a_final_slip_shows_what_is_still_owed(office):
    actions.set_item(
        employee=office.agent, month=dt.date(2026, 3, 1), kind="recovery", amount=Decimal(9000),
        reason="赔偿", by=office.hr, at=SOON,
    )  # fmt: skip
    locked(office, at=dt.datetime(2026, 4, 2, 3, tzinfo=dt.UTC), month=dt.date(2026, 3, 1))
    leaves(office.agent)
    run = settle(actions.start_final(employee=office.agent, by=office.hr, at=SOON), office, at=SOON)
    row = Receivable.objects.get()
    taken = lines_of(PaySlip.objects.get(run=run))[f"carried.{row.pk}"]
    assert row.left == row.amount + taken
    finance = client_for(make_account(Roles.FINANCE))
    page = finance.get(reverse("payroll:run", args=[run.pk])).content.decode()
    assert f"{row.left:,}" in page
    assert reverse("payroll:receivable", args=[row.pk]) in page
    slip = reverse("payroll:slip", args=[PaySlip.objects.get(run=run).pk])
    assert f"{row.left:,}" in client_for(office.agent.account).get(slip).content.decode()


@pytest.mark.requirement("L11")
def test_supplement_and_final_run_are_begun_by_the_page(office):
    locked(office)
    leaver = office.crew.agents[1]
    leaves(leaver, dt.date(2026, 5, 4))
    finance = client_for(make_account(Roles.FINANCE))
    url = reverse("payroll:run-new")
    bad = finance.post(url, {"kind": "final"})
    assert (bad.status_code, "请填写这一项" in bad.content.decode()) == (422, True)
    finance.post(url, {"kind": "supplement", "site": site_of(office).pk, "month": "2026-04"})
    finance.post(url, {"kind": "final", "employee": leaver.pk})
    kinds = list(PayRun.objects.order_by("pk").values_list("kind", "employee_id"))
    assert kinds == [("regular", None), ("supplement", None), ("final", leaver.pk)]
    listed = finance.get(reverse("payroll:list")).content.decode()
    assert "补发" in listed
    assert "离职结算" in listed
    for run in PayRun.objects.all():
        assert finance.get(reverse("payroll:run", args=[run.pk])).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_supplements_begun_at_once_are_one():
    office = make_office(2)
    locked(office)

    def begin(by):
        try:
            return actions.start_supplement(site=office.agent.site, month=APRIL, by=by, at=LATER).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        found = set(both.map(begin, [office.hr, office.finance]))
    assert len(found) == 1
    assert PayRun.objects.filter(kind="supplement").count() == 1


@pytest.mark.requirement("L11")
def test_tax_takes_a_supplement_up_in_the_month_after(office):
    """The year's income holds what a supplement paid; the allowance of a month counts once."""
    actions.set_terms(
        employee=office.agent, from_date=APRIL, base_pay=Decimal(9000), by=office.hr, at=MAY,
        reason="调薪", tax="cumulative",
    )  # fmt: skip
    locked(office)
    extra = supplement(office)
    missed(office, "1000.00")
    settle(extra, office)
    assert PaySlip.objects.get(run=extra).tax == 0
    may = slip_of(calculated(office, at=JUNE, month=MAY_MONTH), office.agent)
    april = PaySlip.objects.get(employee=office.agent, month=APRIL, part=0)
    income = april.gross + 1000 + may.gross - 2 * 5000
    assert may.tax + april.tax == (income * 3 / 100).quantize(Decimal("0.01"))
