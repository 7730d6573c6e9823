"""What goes wrong around a month's pay: twice, at once, clocks that jump, rules that change."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cangke.attendance import actions as attendance
from cangke.attendance import public
from cangke.attendance import queries as attendance_queries
from cangke.attendance.models import DayRecord, RawPunch
from cangke.attendance.queries import months
from cangke.attendance.rules.sharing import share_out
from cangke.attendance.tests.factories import judge, publish
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions
from cangke.payroll.actions import NotReady, RunClosed, runs
from cangke.payroll.actions.telling import tell_people
from cangke.payroll.models import AbsenceMeasure, PayRun, PaySlip

from .factories import APRIL, LATER, MAY, calculated, local, locked, make_office, punch, work

pytestmark = pytest.mark.django_db


def test_a_second_click_on_any_step_of_a_run_does_nothing_twice(office):
    """Design security 57: start, hand in, lock and pay are each done once."""
    work(office, 6, 7)
    first = actions.start_run(site=office.agent.site, month=APRIL, by=office.hr, at=MAY)
    again = actions.start_run(site=office.agent.site, month=APRIL, by=office.finance, at=MAY)
    assert first.pk == again.pk
    run = locked(office)
    assert PayRun.objects.count() == 1
    before = run.digest
    with pytest.raises(RunClosed):
        actions.lock_run(run_id=run.pk, by=office.finance, at=LATER)
    with pytest.raises(RunClosed):
        actions.calculate(run_id=run.pk, by=office.hr, at=LATER)
    run.refresh_from_db()
    assert (run.digest, run.locked_at) == (before, MAY)


def test_the_days_are_settled_before_the_lock_and_a_refused_lock_closes_nothing(office):
    """Design security 57, 58: a stopped lock closes nothing."""
    work(office, 6, arrives="08:41")
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    PaySlip.objects.update(digest="0" * 64)
    with pytest.raises(NotReady):
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    assert DayRecord.objects.get(employee=office.agent).minutes_late == 11
    assert public.closed_among([office.agent.pk], [APRIL]) == set()
    run.refresh_from_db()
    assert run.state == "in_review"


def test_a_clock_that_jumps_back_makes_no_negative_time(office):
    """Design security 82: punches are taken by their instants, whatever order they come in."""
    work(office, 6, arrives="08:41", leaves="17:31")
    punch(office.agent, local(6, "08:29"))  # ten minutes back
    judge(office.agent, at=MAY)
    day = DayRecord.objects.get(employee=office.agent)
    assert (day.in_at, day.minutes_late) == (local(6, "08:29"), 0)
    assert day.out_at == local(6, "17:31")
    assert RawPunch.objects.filter(employee=office.agent).count() == 3


@pytest.mark.parametrize(
    ("amount", "parts"), [("0.05", 5), ("10.00", 5), ("20.00", 3), ("50.01", 5), ("0.07", 5)]
)
def test_parts_of_a_packet_are_a_cent_at_least_and_sum_to_the_whole(amount, parts):
    """Design security 87: a cent cannot be lost between the parts."""
    for seed in range(40):
        shares = share_out(Decimal(amount), parts, chance=random.Random(seed))
        assert sum(shares) == Decimal(amount)
        assert len(shares) == parts
        assert min(shares) >= Decimal("0.01")


def test_a_punch_after_the_lock_waits_for_the_next_month(office):
    """Design security 58, 88: the locked slip and the closed day stay as they were."""
    work(office, 6, arrives="09:01")
    run = locked(office)
    slip = PaySlip.objects.get(run=run, employee=office.agent)
    kept = slip.digest
    attendance.take_punches(
        punches=[(office.agent, local(6, "08:25"), "")],
        source="sheet",
        by=None,
        at=LATER,
    )
    judge(office.agent, at=LATER)
    slip.refresh_from_db()
    assert slip.digest == kept
    assert DayRecord.objects.get(employee=office.agent).absent_days == Decimal("0.5")
    june = LATER + dt.timedelta(days=21)
    assert public.closed_among([office.agent.pk], [APRIL])
    with pytest.raises(RunClosed):
        actions.calculate(run_id=run.pk, by=office.hr, at=june)


@pytest.mark.requirement("L11")
def test_locking_judges_each_month_once_and_notices_what_changes_meanwhile(monkeypatch):
    """A punch between the days being settled and the lock: that person is judged anew, no other."""
    office = make_office(3)
    publish(office.crew, *[(who, 7, "day*") for who in office.crew.agents[:1]])
    publish(office.crew, *[(who, 7, "day") for who in office.crew.agents[1:]])
    for who in office.crew.agents:
        punch(who, local(7, "08:41"), local(7, "17:31"))
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    judged: list[int] = []
    plain = months._judge

    def counted(recorded, *rest, **more):
        judged.append(recorded.employee.pk)
        return plain(recorded, *rest, **more)

    def disturbed(**asked):
        found = settle(**asked)
        punch(office.agent, local(7, "08:26"), local(7, "17:32"), source="terminal")
        judged.clear()
        return found

    settle = runs.attendance.settle_months
    people = sorted(each.pk for each in attendance_queries.employed_in(APRIL))
    monkeypatch.setattr(months, "_judge", counted)
    with monkeypatch.context() as patched:
        patched.setattr(runs.attendance, "settle_months", disturbed)
        with pytest.raises(NotReady) as refused:
            actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    assert [each.code for each in refused.value.blockers] == ["stale"]
    assert public.closed_among(people, [APRIL]) == set()
    assert judged == [office.agent.pk]
    run = actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    judged.clear()
    assert actions.lock_run(run_id=run.pk, by=office.finance, at=MAY).digest == run.digest
    assert sorted(judged) == people, "each once"
    assert DayRecord.objects.get(employee=office.agent).minutes_late == 0


@pytest.mark.requirement("L11", "K21")
def test_locking_takes_the_same_queries_however_many_were_absent():
    """Days, packets, explanations, notices, drafts and proposals are written set by set."""
    counts = []
    for agents in (2, 7):
        office = make_office(agents)
        cells = [(who, day, "day*") for who in office.crew.agents for day in (7, 8, 9, 28)]
        publish(office.crew, *cells)
        for who in office.crew.agents:
            punch(who, local(28, "08:41"), local(28, "17:31"))
        run = calculated(office)
        actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
        for slip in run.slips.all():
            if slip.needs_confirmation:
                actions.confirm_guard(slip_id=slip.pk, reason="x", by=office.finance, at=MAY)
        with CaptureQueriesContext(connection) as asked:
            actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
        assert AbsenceMeasure.objects.filter(slip__run=run).count() == 2 * agents
        counts.append(sum("rulebook_edition" not in each["sql"] for each in asked))
    assert counts[0] == counts[1]


@pytest.mark.requirement("L11")
def test_telling_many_of_their_slips_takes_the_same_queries_however_many_there_are():
    """Each is told of the own slip with the own address."""
    counts = []
    for agents in (1, 6):
        office = make_office(agents)
        run = locked(office)
        told = Notice.objects.filter(kind="payroll.slip", account=office.agent.account).last()
        slip = PaySlip.objects.get(run=run, employee=office.agent)
        assert told.url == reverse("payroll:slip", args=[slip.pk])
        slips = list(run.slips.select_related("employee__account"))
        with CaptureQueriesContext(connection) as asked:
            tell_people(slips, "工资已发放", at=LATER)
        counts.append(len(asked))
    assert counts[0] == counts[1]
