"""What becomes known after the lock is corrected once in the next run (L11)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.attendance import actions as attendance
from cangke.payroll import actions, queries
from cangke.payroll.models import (
    LateChange,
    PaySlip,
)

from .factories import (
    APRIL,
    JUNE,
    LATER,
    MAY,
    absent,
    april,
    calculated,
    leave,
    lines,
    lines_of,
    local,
    locked,
    punch,
    rest,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db
MONTH_OF_MAY = dt.date(2026, 5, 1)


def note(office):
    """What the event of attendance brings."""
    from cangke.attendance.models import LateFact

    for fact in LateFact.objects.all():
        actions.note_change(
            employee_id=fact.employee_id,
            month=fact.month,
            source="attendance",
            reference=str(fact.pk),
            at=LATER,
        )


@pytest.mark.requirement("L11")
def test_l11_a_late_punch_is_an_adjustment_of_the_next_run_once(office):
    """Design security 58, 88: a closed month is corrected by a line of a later one."""
    work(office, 12, arrives="09:01")
    rest(office, 20, 21)
    april_run = locked(office)
    before = slip_of(april_run, office.agent)
    punch(office.agent, local(12, "08:25"), local(12, "17:31"), source="terminal")
    attendance.recompute(employee_ids=[office.agent.pk], months=[APRIL], at=LATER)
    note(office)
    after = slip_of(april_run, office.agent)
    assert (after.digest, lines_of(after)) == (before.digest, lines_of(before))
    may_run = calculated(office, at=JUNE, month=MONTH_OF_MAY)
    found = lines(may_run, office.agent)
    assert found["adjustment.2026-04.absence"] == "220.00"
    assert found["adjustment.2026-04.full_attendance"] == "200.00"
    again = actions.calculate(run_id=may_run.pk, by=office.hr, at=JUNE)
    assert again.digest == may_run.digest
    locked(office, at=JUNE, month=MONTH_OF_MAY)
    assert LateChange.objects.get().settled_in == may_run
    june = calculated(office, at=dt.datetime(2026, 7, 2, tzinfo=dt.UTC), month=dt.date(2026, 6, 1))
    assert not [code for code in lines(june, office.agent) if code.startswith("adjustment")]


@pytest.mark.requirement("L11")
def test_l11_two_facts_of_one_day_correct_it_only_by_what_is_left(office):
    work(office, 12, arrives="09:01")
    locked(office)
    for clock in ("09:02", "08:25"):
        punch(office.agent, local(12, clock), local(12, "17:31"), source="terminal")
        attendance.recompute(employee_ids=[office.agent.pk], months=[APRIL], at=LATER)
        note(office)
    may_run = calculated(office, at=JUNE, month=MONTH_OF_MAY)
    assert lines(may_run, office.agent)["adjustment.2026-04.absence"] == "220.00"


@pytest.mark.requirement("L11")
def test_l11_a_raise_entered_late_is_paid_afterwards(office):
    locked(office)
    actions.set_terms(
        employee=office.agent,
        from_date=april(16),
        base_pay=Decimal(2500),
        by=office.hr,
        at=LATER,
        reason="补登",
    )
    may_run = calculated(office, at=JUNE, month=MONTH_OF_MAY)
    found = lines(may_run, office.agent)
    assert found["adjustment.2026-04.base_pay"] == "150.00"
    assert found["base_pay"] == "2500.00"


@pytest.mark.requirement("L11", "S3")
def test_rules_do_not_begin_within_a_locked_month(office):
    assert queries.locked_until() is None
    locked(office)
    assert queries.locked_until() == dt.date(2026, 4, 30)


@pytest.mark.requirement("K14", "L11")
def test_leave_approved_after_the_absence_was_paid_for_is_corrected(office):
    work(office, 1, 2)
    absent(office, 8)
    rest(office, 20, 21)
    locked(office)
    leave(office.agent, 8, override_reason="住院补假", at=LATER)
    note(office)
    found = lines(calculated(office, at=JUNE, month=MONTH_OF_MAY), office.agent)
    assert found["adjustment.2026-04.absence"] == "366.67"
    assert found["adjustment.2026-04.leave"] == "-73.33"


def test_more_than_three_days_of_leave_in_a_leavers_last_month(office):
    work(office, *range(1, 9))
    for day in (5, 6, 7, 8):
        leave(office.agent, day)
    office.agent.employed_to = april(15)
    office.agent.save()
    found = lines(calculated(office), office.agent)
    assert found == {"base_pay": "1100.00", "unused_rest": "73.33", "leave": "-293.33"}
    may = calculated(office, at=JUNE, month=MONTH_OF_MAY)
    assert not may.slips.filter(employee=office.agent).exists()


@pytest.mark.requirement("L11", "K16")
def test_leave_cancelled_after_it_was_paid_for_is_corrected(office):
    """The day turns into absence; the locked slip stays."""
    work(office, 1, 2)
    absent(office, 8)
    rest(office, 20, 21)
    made = leave(office.agent, 8)
    run = locked(office)
    before = lines(run, office.agent)
    assert before["leave"] == "-73.33"
    attendance.cancel_leave(
        request_id=made.pk, reason="其实没有请", by=office.hr, at=LATER, anytime=True
    )
    note(office)
    assert lines(run, office.agent) == before
    found = lines(calculated(office, at=JUNE, month=MONTH_OF_MAY), office.agent)
    assert found["adjustment.2026-04.leave"] == "73.33"
    assert found["adjustment.2026-04.absence"] == "-366.67"


@pytest.mark.requirement("K11", "L11")
def test_leave_across_two_months_is_paid_for_in_each(office):
    work(office, 1, 2)
    absent(office, 29, 30)
    rest(office, 20, 21)
    attendance.approve_leave(
        request_id=attendance.ask_leave(
            employee=office.agent,
            kind="personal",
            first=april(29),
            last=MONTH_OF_MAY,
            reason="搬家",
            by=office.agent.account,
            at=local(20, "09:00"),
        ).pk,
        by=None,
        at=local(20, "09:00"),
    )
    assert lines(calculated(office), office.agent)["leave"] == "-146.67"
    may = calculated(office, at=JUNE, month=MONTH_OF_MAY)
    assert lines(may, office.agent)["leave"] == "-70.97"


@pytest.mark.requirement("L2")
def test_who_moves_to_another_site_within_the_month_is_paid_once_and_by_the_new_one(office):
    """Design security 89: a transfer; the month before stays where it was."""
    from cangke.people import public as people
    from cangke.people.tests.factories import make_team

    other = make_team()
    people.transfer(
        employee_id=office.agent.pk,
        from_date=april(16),
        department=other.department,
        team=other,
        post=office.agent.post,
        site=other.site,
        superior=None,
        by=None,
        at=local(2, "09:00"),
    )
    here = office.agent.site
    assert office.agent.pk not in [each.pk for each in queries.people_of(here, APRIL)]
    assert office.agent.pk in [each.pk for each in queries.people_of(other.site, APRIL)]
    march = dt.date(2026, 3, 1)
    assert office.agent.pk in [each.pk for each in queries.people_of(here, march)]
    run = actions.start_run(site=other.site, month=APRIL, by=office.hr, at=MAY)
    run = actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    assert lines(run, office.agent)["base_pay"] == "2200.00"
    assert PaySlip.objects.filter(employee=office.agent).count() == 1
