"""What comes of a decision: regular, longer, rejected, returned; closed for good (N11–N16)."""

import datetime as dt

import pytest

from cangke.approvals import public as approvals
from cangke.foundation.notices.models import Notice
from cangke.people import public as people
from cangke.regularization import actions, queries
from cangke.regularization.models import (
    Conclusion,
    ProcessTemplate,
    RegularizationFile,
)
from cangke.regularization.rules import FileState
from cangke.regularization.tests.factories import (
    AT,
    ENDS,
    WORDS,
    decide,
    make_file,
    on,
    submit,
    through,
    waiting,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.mark.requirement("N11", "L22")
def test_n11_approved_on_28_june_status_and_pay_change_on_1_july(ladder, deliver):
    employee = ladder.employees["agent"]
    file = submit(make_file(ladder, "v1"))
    at = on(dt.date(2026, 6, 28))
    through(file, at=at)
    deliver(
        lambda: decide(file, ladder.boss, at=at, pay_scheme="正式客服方案", benefits="补充医疗")
    )
    file.refresh_from_db()
    employee.refresh_from_db()
    assert (file.state, file.effective_on) == (FileState.PASSED, dt.date(2026, 7, 1))
    assert employee.status == people.Status.PROBATION, "not before the day"
    assert people.term_on(employee.pk, dt.date(2026, 6, 30)).pay_scheme == ""
    people.apply_due_terms(at=on(dt.date(2026, 6, 30), 15))  # 23:00 in Shanghai
    employee.refresh_from_db()
    assert employee.status == people.Status.PROBATION
    people.apply_due_terms(at=on(dt.date(2026, 6, 30), 16))  # midnight there
    employee.refresh_from_db()
    assert employee.status == people.Status.REGULAR
    term = people.term_on(employee.pk, dt.date(2026, 7, 1))
    assert (term.pay_scheme, term.benefits, term.status) == ("正式客服方案", "补充医疗", "regular")
    told = Notice.objects.filter(kind="regularization.result", account=ladder.agent)
    assert told.count() == 1
    conclusion = file.conclusions.get()
    assert (conclusion.outcome, conclusion.by) == ("pass", ladder.boss)


@pytest.mark.requirement("N14")
def test_n14_extended_by_a_month_it_has_a_new_end_and_a_new_reminder(ladder, deliver):
    employee = ladder.employees["agent"]
    file = make_file(ladder, "v1")
    actions.sweep(at=on(dt.date(2026, 6, 16)))
    submit(file)
    through(file)
    with pytest.raises(approvals.BadAnswers) as refused:
        decide(file, ladder.boss, outcome="extend")
    assert refused.value.field == "answer_months"
    deliver(lambda: decide(file, ladder.boss, outcome="extend", months="1", comment="响应还慢"))
    file.refresh_from_db()
    employee.refresh_from_db()
    until = dt.date(2026, 7, 31)
    assert (file.state, file.ends_on, employee.probation_until) == (FileState.OPEN, until, until)
    assert (file.extended, file.submitted_at, file.performance) == (1, None, WORDS["performance"])
    Notice.objects.all().delete()
    actions.sweep(at=on(dt.date(2026, 7, 16)))
    assert not Notice.objects.filter(kind="regularization.due").exists()
    actions.sweep(at=on(dt.date(2026, 7, 17)))
    assert Notice.objects.filter(kind="regularization.due").count() == 2
    submit(file, at=on(dt.date(2026, 7, 20)))
    through(file, at=on(dt.date(2026, 7, 20)))
    with pytest.raises(approvals.BadAnswers):
        decide(file, ladder.boss, outcome="extend", months="1", at=on(dt.date(2026, 7, 20)))
    assert [each.outcome for each in file.conclusions.all()] == ["extend"], "once only"


@pytest.mark.requirement("N14")
def test_n14_a_refusal_rejects_with_its_reason(ladder, deliver):
    file = submit(make_file(ladder, "v1"))
    through(file)
    deliver(lambda: decide(file, ladder.boss, "refuse", comment="多次没有按流程退款"))
    file.refresh_from_db()
    assert file.state == FileState.REJECTED
    assert file.conclusions.get().reason == "多次没有按流程退款"
    assert ladder.employees["agent"].status == people.Status.PROBATION
    told = Notice.objects.filter(account=ladder.hr, kind="regularization.overdue")
    assert told.exists(), "personnel sees to what follows"


@pytest.mark.requirement("N14")
@pytest.mark.parametrize("step", ["evaluate", "interview", "final"])
def test_n14_it_can_be_returned_for_completion_at_any_step(ladder, deliver, step):
    file = submit(make_file(ladder, "v1"))
    through(file, until=step)
    who = waiting(file)[0]
    deliver(lambda: decide(file, who, "return", comment="请补充业绩"))
    file.refresh_from_db()
    assert file.state == FileState.RETURNED
    first = file.submitted_at
    submit(file, performance="补充：每天 60 位", at=on(ENDS + DAY))
    file.refresh_from_db()
    assert (file.state, file.submitted_at, file.is_late) == (FileState.RUNNING, first, False)
    assert waiting(file) == [ladder.leader], "a new round from the first step"
    assert file.case.round == 2


@pytest.mark.requirement("N14")
def test_n14_it_can_go_back_to_an_earlier_step_too(ladder):
    file = submit(make_file(ladder, "v1"))
    through(file)
    decide(file, ladder.boss, "return", comment="面谈记录太短", back_to="interview")
    assert set(waiting(file)) == {ladder.leader, ladder.hr}
    assert queries.ratings_of(file)["teamwork"] == 4, "the evaluation stands"
    people.edit_employee(
        employee_id=file.employee_id, by=ladder.hr, at=AT, probation_until=dt.date(2026, 7, 31)
    )
    actions.sweep(at=AT)
    assert waiting(file) == [ladder.leader], "but not for another period"


def test_what_was_decided_is_carried_out_once_and_only_as_approved(ladder, deliver):
    file = submit(make_file(ladder, "v1"))
    through(file)
    decide(file, ladder.boss)
    file.refresh_from_db()
    case = file.case
    RegularizationFile.objects.filter(pk=file.pk).update(performance="改过的")
    assert actions.carry_out(case_id=case.pk, fingerprint=case.fingerprint) is None
    file.refresh_from_db()
    assert (file.state, Conclusion.objects.count()) == (FileState.RUNNING, 0)
    RegularizationFile.objects.filter(pk=file.pk).update(performance=WORDS["performance"])
    assert actions.carry_out(case_id=case.pk, fingerprint=case.fingerprint) is not None
    assert actions.carry_out(case_id=case.pk, fingerprint=case.fingerprint) is None
    assert Conclusion.objects.count() == 1
    assert ladder.employees["agent"].terms.count() == 2


def test_an_application_taken_back_can_be_handed_in_anew(ladder, deliver):
    file = submit(make_file(ladder, "v1"))
    deliver(lambda: approvals.withdraw(case_id=file.case.pk, by=ladder.agent, at=AT))
    file.refresh_from_db()
    assert (file.state, file.submitted_at, file.case) == (FileState.OPEN, None, None)
    assert submit(file).state == FileState.RUNNING


def test_a_leaver_s_file_ends_and_waits_for_nobody(ladder, deliver):
    file = submit(make_file(ladder, "v1"))
    day = dt.date(2026, 6, 16)
    deliver(
        lambda: people.leave(
            employee_id=ladder.employees["agent"].pk, last_date=day, by=ladder.hr, at=AT,
            reason="个人原因",
        )
    )  # fmt: skip
    file.refresh_from_db()
    assert file.state == FileState.ENDED
    assert file.case.state == approvals.CaseState.WITHDRAWN
    actions.sweep(at=on(ENDS))
    assert not Notice.objects.filter(kind="regularization.overdue").exists()


@pytest.mark.requirement("N16")
def test_n16_after_closing_every_change_is_refused(ladder, deliver):
    file = submit(make_file(ladder, "v1"))
    through(file)
    deliver(lambda: decide(file, ladder.boss))
    kept = RegularizationFile.objects.values().get(pk=file.pk)
    v2 = ProcessTemplate.objects.get(key="v2")
    tries = [
        lambda: actions.write_application(file_id=file.pk, by=ladder.agent, at=AT, wish="改"),
        lambda: actions.submit_application(file_id=file.pk, by=ladder.agent, at=AT, **WORDS),
        lambda: actions.change_template(file_id=file.pk, template=v2, by=ladder.hr, at=AT),
        lambda: actions.set_period(
            file_id=file.pk, ends_on=ENDS + DAY, reason="改", by=ladder.hr, at=AT
        ),
    ]
    for each in tries:
        with pytest.raises(actions.FileClosed):
            each()
    assert RegularizationFile.objects.values().get(pk=file.pk) == kept
