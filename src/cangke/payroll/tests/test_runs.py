"""A month's pay: calculated, checked, locked, paid (L3, L11)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions, queries
from cangke.payroll.models import (
    PayLine,
    PayRun,
    PaySlip,
)
from cangke.rulebook.models import Explanation

from .factories import (
    APRIL,
    JUNE,
    LATER,
    MAY,
    absent,
    calculated,
    leave,
    lines,
    local,
    locked,
    make_office,
    performance,
    punch,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db
MONTH_OF_MAY = dt.date(2026, 5, 1)


def pay(office, run, at=LATER):
    for slip in PaySlip.objects.filter(run=run):
        actions.set_bank_account(
            employee=slip.employee,
            bank="宁波银行",
            holder=slip.employee.name,
            number=f"62220000{slip.employee_id:08d}",
            by=office.hr,
            at=at,
        )
    _run, content = actions.make_bank_file(run_id=run.pk, by=office.finance, at=at)
    day = at.date()
    return content, actions.mark_paid(run_id=run.pk, paid_on=day, by=office.finance, at=at)


def bank(office, employee, number):
    actions.set_bank_account(
        employee=employee, bank="宁波银行", holder="x", number=number, by=office.hr, at=LATER
    )


@pytest.mark.requirement("L11", "Q7")
def test_l11_who_calculates_does_not_lock_and_a_locked_run_does_not_change(office):
    work(office, 1, 2)
    run = calculated(office)
    with pytest.raises(actions.NotReady, match="提交"):
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    with pytest.raises(actions.SamePerson):
        actions.lock_run(run_id=run.pk, by=office.hr, at=MAY)
    assert PayRun.objects.get().state == "in_review"
    run = actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    digest = slip_of(run, office.agent).digest
    with pytest.raises(actions.RunClosed, match="更正"):
        actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    with pytest.raises(actions.MonthSettled):
        performance(office)
    assert slip_of(run, office.agent).digest == digest
    assert Notice.objects.filter(kind="payroll.slip", account=office.agent.account).count() == 1


@pytest.mark.requirement("L11")
def test_l11_the_lock_names_everything_that_is_open(office):
    absent(office, 7, 8)
    punch(office.agent, local(7, "08:20"))
    asked = leave(office.agent, 14, kind="rest", override_reason="x", approve=False)
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    with pytest.raises(actions.NotReady) as refused:
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    codes = {each.code for each in refused.value.blockers}
    assert {"open", "asked_leave"} <= codes
    assert office.agent.name in str(refused.value.message)
    assert asked.state == "asked"
    assert PayRun.objects.get().state == "in_review"


def test_a_month_that_runs_is_not_locked(office):
    at = dt.datetime(2026, 4, 20, 3, tzinfo=dt.UTC)
    run = calculated(office, at=at)
    actions.submit_run(run_id=run.pk, by=office.hr, at=at)
    with pytest.raises(actions.NotReady, match="还没有结束"):
        actions.lock_run(run_id=run.pk, by=office.finance, at=at)


@pytest.mark.requirement("L11")
def test_facts_that_change_after_the_calculation_are_found_at_the_lock(office):
    """Design security 58: a run is one snapshot; what changes meanwhile is found."""
    work(office, 1, 2)
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    performance(office)
    with pytest.raises(actions.NotReady, match="重新核算"):
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)


@pytest.mark.requirement("L11", "Q7")
def test_l11_a_run_goes_back_only_by_a_second_person_with_a_reason(office):
    work(office, 12, arrives="09:01")
    run = locked(office)
    with pytest.raises(actions.SamePerson):
        actions.reopen_run(run_id=run.pk, reason="x", by=office.finance, at=LATER)
    actions.reopen_run(run_id=run.pk, reason="漏了绩效", by=office.hr, at=LATER)
    run.refresh_from_db()
    assert (run.state, run.reopened_reason) == ("in_review", "漏了绩效")
    assert AuditEntry.objects.get(action="payroll.reopened").reason == "漏了绩效"
    performance(office)
    punch(office.agent, local(12, "08:25"), local(12, "17:31"), source="terminal")
    run = locked(office, at=LATER)
    assert lines(run, office.agent)["performance_pay"] == "600.00"
    assert "absence" not in lines(run, office.agent)


@pytest.mark.requirement("L11")
def test_l11_paid_needs_the_file_and_its_fingerprint(office):
    run = locked(office)
    with pytest.raises(actions.NotReady, match="银行文件"):
        actions.mark_paid(run_id=run.pk, paid_on=LATER.date(), by=office.finance, at=LATER)
    with pytest.raises(actions.NotReady, match="收款账户"):
        actions.make_bank_file(run_id=run.pk, by=office.finance, at=LATER)
    content, run = pay(office, run)
    assert run.state == "paid"
    slip = slip_of(run, office.agent)
    assert f"{office.agent.number},{office.agent.name}" in content.decode("utf-8-sig")
    assert str(slip.net) in content.decode("utf-8-sig")
    with pytest.raises(actions.RunClosed):
        actions.reopen_run(run_id=run.pk, reason="x", by=office.hr, at=LATER)


def test_an_account_changed_after_the_file_needs_a_new_file(office):
    run = locked(office)
    for slip in run.slips.all():
        bank(office, slip.employee, "6222000000000001")
    actions.make_bank_file(run_id=run.pk, by=office.finance, at=LATER)
    bank(office, office.agent, "6222000000000002")
    with pytest.raises(actions.NotReady, match="重新导出"):
        actions.mark_paid(run_id=run.pk, paid_on=LATER.date(), by=office.finance, at=LATER)


@pytest.mark.requirement("L3")
def test_l3_due_on_the_working_day_before_with_reminder_and_overdue(office):
    run = actions.start_run(site=office.agent.site, month=APRIL, by=office.hr, at=MAY)
    assert run.due_on == dt.date(2026, 5, 9), "the 10th is a Sunday, the 9th a make-up working day"

    def at(day):
        return dt.datetime(2026, 5, day, 3, tzinfo=dt.UTC)

    assert [actions.remind(at=at(day)) for day in (3, 4, 5, 9)] == [0, 1, 0, 0]
    assert [actions.remind(at=at(day)) for day in (10, 10, 11)] == [1, 0, 1]
    titles = Notice.objects.filter(account=office.finance).order_by("pk")
    assert [str(each.title) for each in titles] == [
        "发薪日快到了",
        "工资逾期未发放",
        "工资逾期未发放",
    ]


def test_the_run_of_the_month_that_ended_opens_by_itself_where_there_was_one(office):
    assert actions.open_due_runs(at=JUNE) == 0
    locked(office)
    assert actions.open_due_runs(at=JUNE) == 1
    assert actions.open_due_runs(at=JUNE) == 0
    assert PayRun.objects.get(month=MONTH_OF_MAY).state == "draft"


@pytest.mark.requirement("L11")
def test_the_same_facts_give_the_same_bytes_and_write_nothing(office):
    work(office, *range(1, 8))
    run = calculated(office)
    first = list(PaySlip.objects.order_by("pk").values())
    kept = list(PayLine.objects.order_by("pk").values_list("pk", flat=True))
    again = actions.calculate(run_id=run.pk, by=office.hr, at=LATER)
    assert again.digest == run.digest
    assert list(PaySlip.objects.order_by("pk").values()) == first
    assert list(PayLine.objects.order_by("pk").values_list("pk", flat=True)) == kept
    assert Explanation.objects.count() == len(kept)


def test_the_number_of_queries_does_not_depend_on_how_many_people_there_are():
    def counted(agents):
        office = make_office(agents)
        people = queries.people_of(office.agent.site, APRIL)
        with CaptureQueriesContext(connection) as caught:
            queries.reckon(people, APRIL, at=MAY)
        return len(caught)

    assert counted(2) == counted(12)


@pytest.mark.requirement("L11")
def test_a_killed_calculation_is_taken_up_again(office, monkeypatch):
    """Design security 57: a killed process is taken up, nothing counts twice."""
    work(office, 1, 2)
    run = actions.start_run(site=office.agent.site, month=APRIL, by=office.hr, at=MAY)
    from cangke.payroll.actions import calculating

    monkeypatch.setattr(calculating, "BATCH", 1)

    class Killed(Exception):
        pass

    def dies(done, total):
        raise Killed

    with pytest.raises(Killed):
        actions.calculate(run_id=run.pk, by=office.hr, at=MAY, step=dies)
    run.refresh_from_db()
    assert (run.complete, run.slips.count(), run.state) == (False, 1, "draft")
    with pytest.raises(actions.NotReady):
        actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    run = actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    assert (run.complete, run.slips.count()) == (True, run.people)
