"""The criteria sheet, and objections to its values (N12, N13, S7)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.approvals import public as approvals
from cangke.approvals.actions import AlreadyObjected
from cangke.attendance.models import DayRecord, ShiftType
from cangke.attendance.public import ensure as ensure_shifts
from cangke.people import public as people
from cangke.people.tests.factories import make_employee, make_team
from cangke.regularization import actions, queries
from cangke.regularization.models import (
    Conclusion,
    RegularizationFile,
)
from cangke.regularization.rules import Answer, FileState, Sheet
from cangke.regularization.tests.factories import (
    AT,
    BEGAN,
    ENDS,
    decide,
    make_file,
    on,
    submit,
    through,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def line_of(file: RegularizationFile, measure: str):
    file.refresh_from_db()
    sheet = Sheet.read(file.sheet)
    return next(line for row in sheet.rows for line in row.lines if line.measure == measure)


@pytest.mark.requirement("N12")
def test_n12_satisfaction_93_is_met_with_its_link(ladder, recorded):
    recorded("satisfaction", "93", url="/surveys/?agent=1")
    file = submit(make_file(ladder))
    line = line_of(file, "satisfaction")
    assert (line.answer, line.value, line.threshold) == (Answer.MET, Decimal(93), Decimal(90))
    assert line.url == "/surveys/?agent=1"


@pytest.mark.requirement("N12")
def test_n12_a_demerit_in_probation_fails_no_serious_violation(ladder, recorded):
    recorded("demerits", "1", count=1)
    file = submit(make_file(ladder))
    row = next(row for row in Sheet.read(file.sheet).rows if row.key == "violation")
    assert (row.code, row.answer) == ("C8", Answer.NOT_MET)


@pytest.mark.requirement("N12")
def test_n12_absence_comes_from_the_judged_days(ladder):
    ensure_shifts(at=AT)
    shift = ShiftType.objects.first()
    employee = ladder.employees["agent"]
    judged = [(2, "0", 4, "marked"), (3, "0.5", 0, "marked"), (4, "1", 0, "waiting")]
    for day, absent, late, state in judged:
        at = on(dt.date(2026, 6, day))
        DayRecord.objects.create(
            employee=employee, date=at.date(), shift_type=shift, starts_at=at, ends_at=at + DAY,
            absent_days=Decimal(absent), minutes_late=late, state=state, input_hash="x",
            computed_at=at,
        )  # fmt: skip
    file = submit(make_file(ladder))
    away, late = line_of(file, "absence"), line_of(file, "lateness")
    assert (away.answer, away.value, away.count) == (Answer.NOT_MET, Decimal("0.5"), 2)
    assert (late.answer, late.value) == (Answer.SHOWN, Decimal(1))
    assert "date_min=2026-04-01" in away.url


@pytest.mark.requirement("N12")
def test_n12_the_sheet_is_frozen_at_submission_and_part_of_what_is_approved(ladder, recorded):
    recorded("satisfaction", "93")
    file = submit(make_file(ladder))
    before = file.case.fingerprint
    recorded("satisfaction", "70")
    assert line_of(file, "satisfaction").value == Decimal(93)
    assert approvals.fingerprint(actions.snapshot_of(file)) == before
    changed = {**actions.snapshot_of(file), "sheet": None}
    assert approvals.fingerprint(changed) != before


@pytest.mark.requirement("N12", "N14")
def test_n12_who_passes_in_spite_of_a_criterion_says_why(ladder, recorded, deliver):
    file = submit(make_file(ladder))
    through(file)
    recorded("demerits", "1", count=1)  # since the sheet was frozen
    with pytest.raises(approvals.BadAnswers) as refused:
        decide(file, ladder.boss)
    assert refused.value.field == "answer_overrule"
    assert "无严重违纪" in str(refused.value)
    deliver(lambda: decide(file, ladder.boss, overrule="已经申诉撤销"))
    file.refresh_from_db()
    assert (file.state, file.conclusions.get().reason) == (FileState.PASSED, "已经申诉撤销")


def test_a_formal_day_that_has_passed_is_refused(ladder):
    file = submit(make_file(ladder))
    through(file)
    with pytest.raises(approvals.BadAnswers) as refused:
        decide(file, ladder.boss, effective_on="2026-06-15")
    assert refused.value.field == "answer_effective_on"


def test_a_transfer_planned_for_later_does_not_undo_the_confirmation(ladder):
    employee = ladder.employees["agent"]
    people.confirm(employee_id=employee.pk, from_date=dt.date(2026, 7, 1), by=None, at=AT)
    other = make_team(department=ladder.department)
    people.transfer(
        employee_id=employee.pk, from_date=dt.date(2026, 7, 10), department=ladder.department,
        team=other, post=employee.post, site=employee.site, superior=None, by=None, at=AT,
    )  # fmt: skip
    people.apply_due_terms(at=on(dt.date(2026, 7, 11)))
    employee.refresh_from_db()
    assert (employee.status, employee.team) == (people.Status.REGULAR, other)


def test_a_confirmation_keeps_what_was_planned_before_it(ladder):
    employee = ladder.employees["agent"]
    other = make_team(department=ladder.department)
    people.transfer(
        employee_id=employee.pk, from_date=dt.date(2026, 6, 20), department=ladder.department,
        team=other, post=employee.post, site=employee.site, superior=None, by=None, at=AT,
    )  # fmt: skip
    people.confirm(employee_id=employee.pk, from_date=dt.date(2026, 7, 1), by=None, at=AT)
    people.apply_due_terms(at=on(dt.date(2026, 7, 2)))
    employee.refresh_from_db()
    assert (employee.status, employee.team) == (people.Status.REGULAR, other)
    with pytest.raises(people.NotPossible):
        people.confirm(employee_id=employee.pk, from_date=dt.date(2026, 8, 1), by=None, at=AT)


def test_somebody_without_an_account_is_not_asked_to_apply(ladder):
    make_employee("warehouse-clerk", make_team(), username="", employed_from=BEGAN)
    assert actions.sweep(at=on(ENDS)) >= 1


def objection_to(file: RegularizationFile, measure: str, by, *, at=AT):
    figure = queries.criterion_figure(file, measure)
    return approvals.object_to(
        subject=file, figure=figure, reason="两条处分是同名同事的。", by=by, at=at
    )


def answered(objection, by, action: str):
    task = objection.case.tasks.get(state="open")
    approvals.decide(
        task_id=task.pk, action=action, by=by, at=AT, seen=objection.case.fingerprint,
        comment="已核对处分单。",
    )  # fmt: skip


@pytest.fixture
def disputed(ladder, recorded):
    """A file handed in with a demerit that is somebody else's."""
    approvals.ensure(at=AT)
    recorded("demerits", "1", count=1)
    return submit(make_file(ladder))


@pytest.mark.requirement("S7", "N12")
def test_s7_a_criterion_under_objection_waits_for_the_superiors_answer(ladder, disputed, deliver):
    assert [row.key for row in queries.unmet(disputed, AT.date())] == ["violation"]
    objection = deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    assert objection.case.tasks.get().account == ladder.leader
    assert queries.unmet(disputed, AT.date()) == []
    assert line_of(disputed, "demerits").answer == Answer.NOT_MET  # what was frozen stays frozen
    deliver(lambda: answered(objection, ladder.leader, "refuse"))
    through(disputed)
    with pytest.raises(approvals.BadAnswers):
        decide(disputed, ladder.boss)


@pytest.mark.requirement("S7", "N10")
def test_s7_nothing_is_concluded_before_an_objection_to_the_sheet_is_answered(
    ladder, disputed, deliver
):
    objection = deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    with pytest.raises(approvals.BadAnswers, match="处分"):
        decide(disputed, ladder.leader, "refuse")  # a refusal concludes in any step
    through(disputed)
    said = disputed.case.decisions.count()
    for action, given in (
        ("approve", {}),
        ("approve", {"outcome": "extend", "months": "1"}),
        ("refuse", {}),
    ):
        with pytest.raises(approvals.BadAnswers, match="处分"):
            decide(disputed, ladder.boss, action, **given)
    disputed.refresh_from_db()
    assert (disputed.state, disputed.case.decisions.count()) == (FileState.RUNNING, said)
    assert Conclusion.objects.count() == 0
    deliver(lambda: answered(objection, ladder.leader, "refuse"))
    deliver(lambda: decide(disputed, ladder.boss, "refuse", comment="确有一次处分"))
    disputed.refresh_from_db()
    assert disputed.state == FileState.REJECTED


@pytest.mark.requirement("S7", "N14")
def test_s7_an_application_may_be_given_back_while_an_objection_waits(ladder, disputed, deliver):
    deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    through(disputed)
    deliver(lambda: decide(disputed, ladder.boss, "return", comment="附上处分单"))
    disputed.refresh_from_db()
    assert disputed.state == FileState.RETURNED


@pytest.mark.requirement("S7", "N12")
def test_s7_a_value_found_to_be_wrong_counts_neither_for_nor_against(ladder, disputed, deliver):
    objection = deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    deliver(lambda: answered(objection, ladder.leader, "approve"))
    through(disputed)
    deliver(lambda: decide(disputed, ladder.boss))
    disputed.refresh_from_db()
    assert (disputed.state, disputed.conclusions.get().reason) == (FileState.PASSED, "")


@pytest.mark.requirement("S7")
def test_s7_nobody_objects_for_somebody_else_or_twice_or_to_the_period(ladder, disputed, deliver):
    for other in (ladder.leader, ladder.hr):
        with pytest.raises(approvals.NotYours):
            objection_to(disputed, "demerits", other)
    with pytest.raises(approvals.NotYours):
        objection_to(disputed, "probation", ladder.agent)
    deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    with pytest.raises(AlreadyObjected):
        objection_to(disputed, "demerits", ladder.agent)
    assert queries.held_back(disputed) == {"demerits"}


@pytest.mark.requirement("S7", "N14")
def test_s7_a_prolonged_probation_is_judged_by_values_of_its_own(ladder, disputed, deliver):
    objection = deliver(lambda: objection_to(disputed, "demerits", ladder.agent))
    deliver(lambda: answered(objection, ladder.leader, "approve"))
    through(disputed)
    assert queries.held_back(disputed) == {"demerits"}
    deliver(lambda: decide(disputed, ladder.boss, outcome="extend", months="1", comment="再看"))
    disputed.refresh_from_db()
    assert (disputed.extended, queries.held_back(disputed)) == (1, set())
