"""The file and its way: the application, the evaluations, the opinions (N2–N10)."""

import datetime as dt

import pytest

from cangke.approvals import public as approvals
from cangke.foundation.notices.models import Notice
from cangke.people import public as people
from cangke.regularization import actions, queries
from cangke.regularization.models import (
    ProcessTemplate,
    RegularizationFile,
)
from cangke.regularization.rules import FileState
from cangke.regularization.tests.factories import (
    AT,
    BEGAN,
    ENDS,
    WORDS,
    answers_for,
    decide,
    make_file,
    make_ladder,
    make_other_department,
    on,
    submit,
    through,
    waiting,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.mark.requirement("N3")
def test_a_file_opens_by_itself_with_the_length_of_the_rulebook(deliver):
    ladder = make_ladder(probation_until=None)
    agent = ladder.employees["agent"]
    assert actions.sweep(at=on(BEGAN)) >= 1
    file = RegularizationFile.objects.get(employee=agent)
    agent.refresh_from_db()
    assert (file.begins_on, file.ends_on, agent.probation_until) == (BEGAN, ENDS, ENDS)
    assert file.version.template.key == "merged"
    assert actions.open_file(employee_id=agent.pk, at=on(BEGAN)) is None, "one a probation"
    actions.sweep(at=on(BEGAN))
    assert RegularizationFile.objects.filter(employee=agent).count() == 1
    regular = ladder.employees["leader"]
    assert not RegularizationFile.objects.filter(employee=regular).exists()


@pytest.mark.requirement("N2")
@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"performance": "  "}, "performance"),
        ({"wish": ""}, "wish"),
        ({"declared": False}, "declared"),
    ],
)
def test_n2_an_application_without_what_is_needed_is_refused(ladder, missing, field):
    file = make_file(ladder)
    with pytest.raises(actions.Incomplete) as refused:
        submit(file, **missing)
    assert refused.value.field == field
    file.refresh_from_db()
    assert (file.state, file.case, file.performance) == (FileState.OPEN, None, "")
    assert not approvals.ApprovalCase.objects.exists()


@pytest.mark.requirement("N4")
def test_n4_v4_asks_for_the_self_evaluation_and_v1_does_not(ladder):
    file = make_file(ladder, "v4")
    with pytest.raises(actions.Incomplete) as refused:
        submit(file, self_evaluation="")
    assert refused.value.field == "self_evaluation"
    actions.change_template(
        file_id=file.pk, template=ProcessTemplate.objects.get(key="v1"), by=ladder.hr, at=AT
    )
    assert submit(file, self_evaluation="").state == FileState.RUNNING


@pytest.mark.requirement("N2")
def test_n2_a_draft_is_kept_and_only_by_the_employee(ladder):
    file = make_file(ladder)
    actions.write_application(file_id=file.pk, by=ladder.agent, at=AT, performance="写到一半")
    with pytest.raises(actions.NotYours):
        actions.write_application(file_id=file.pk, by=ladder.leader, at=AT, performance="代写")
    with pytest.raises(actions.NotYours):
        actions.submit_application(file_id=file.pk, by=ladder.hr, at=AT, **WORDS)
    file.refresh_from_db()
    assert (file.performance, file.state) == ("写到一半", FileState.OPEN)


@pytest.mark.requirement("N3")
@pytest.mark.parametrize(("day", "late"), [(ENDS, False), (ENDS + DAY, True)])
def test_n3_handed_in_after_the_end_is_marked_late(ladder, day, late):
    file = submit(make_file(ladder), at=on(day, 15))  # 23:00 in Shanghai
    assert file.is_late is late


@pytest.mark.requirement("N3")
def test_n3_employee_and_superior_are_reminded_on_16_june_once(ladder):
    file = make_file(ladder)
    Notice.objects.all().delete()
    ladder.leader.language = "en"
    ladder.leader.save()

    def told(kind):
        return set(Notice.objects.filter(kind=kind).values_list("account_id", flat=True))

    actions.sweep(at=on(dt.date(2026, 6, 15)))
    assert told("regularization.due") == set()
    actions.sweep(at=on(dt.date(2026, 6, 16)))
    actions.sweep(at=on(dt.date(2026, 6, 17)))
    assert told("regularization.due") == {ladder.agent.pk, ladder.leader.pk}
    assert Notice.objects.filter(kind="regularization.due").count() == 2
    words = dict(Notice.objects.values_list("account", "body"))
    assert "2026-06-30." in words[ladder.leader.pk]
    assert "试用期" not in words[ladder.leader.pk]
    assert words[ladder.agent.pk] == "试用期到 2026-06-30 为止。"
    assert told("regularization.overdue") == set()
    for day in (ENDS, ENDS, ENDS + DAY):
        actions.sweep(at=on(day))
    assert told("regularization.overdue") == {ladder.leader.pk, ladder.hr.pk}
    assert Notice.objects.filter(kind="regularization.overdue").count() == 4, "each day once"
    file.refresh_from_db()
    assert file.told_on == ENDS + DAY


def test_a_changed_end_in_the_personnel_file_is_followed(ladder):
    file = make_file(ladder)
    employee = ladder.employees["agent"]
    people.edit_employee(
        employee_id=employee.pk, by=ladder.hr, at=AT, probation_until=dt.date(2026, 7, 31)
    )
    actions.sweep(at=AT)
    file.refresh_from_db()
    assert file.ends_on == dt.date(2026, 7, 31)
    with pytest.raises(actions.NotPossible):
        actions.set_period(
            file_id=file.pk, ends_on=dt.date(2026, 12, 31), reason="太长", by=ladder.hr, at=AT
        )


def test_a_changed_end_on_the_way_is_decided_about_anew(ladder):
    file = submit(make_file(ladder, "v1"))
    through(file)
    people.edit_employee(
        employee_id=file.employee_id, by=ladder.hr, at=AT, probation_until=dt.date(2026, 7, 31)
    )
    actions.sweep(at=AT)
    assert waiting(file) == [ladder.leader], "what was agreed to was another period"
    through(file)
    decide(file, ladder.boss)
    file.case.refresh_from_db()
    assert (file.case.state, file.case.round) == ("approved", 2)


@pytest.mark.requirement("N5")
def test_n5_each_item_needs_rating_and_text(ladder):
    file = submit(make_file(ladder, "v5"))
    good = answers_for(file, "evaluate")
    task = file.case.tasks.get(state="open")
    for missing in ("performance", "attitude_words"):
        with pytest.raises(approvals.BadAnswers) as refused:
            decide(file, ladder.leader, **{missing: ""})
        assert refused.value.field == f"answer_{missing}"
    task.refresh_from_db()
    assert task.state == "open"
    decide(file, ladder.leader)
    assert queries.ratings_of(file)["performance"] == 4
    assert good.keys() >= {"performance", "performance_words"}


@pytest.mark.requirement("N6")
def test_n6_v1_is_not_approved_before_the_interview_with_its_notes(ladder):
    file = submit(make_file(ladder, "v1"))
    decide(file, ladder.leader)
    assert set(waiting(file)) == {ladder.leader, ladder.hr}, "superior or personnel hold it"
    for missing in ("held_on", "feelings", "career"):
        with pytest.raises(approvals.BadAnswers):
            decide(file, ladder.hr, **{missing: ""})
    assert ladder.boss not in waiting(file)
    decide(file, ladder.hr, career="两年内带组")
    assert waiting(file) == [ladder.boss]


@pytest.mark.requirement("N7")
def test_n7_two_departments_are_asked_and_the_step_ends_when_both_answered(ladder):
    file = submit(make_file(ladder, "v2"))
    first, second = make_other_department(), make_other_department()
    actions.ask_departments(file_id=file.pk, departments=[first, second], by=ladder.leader, at=AT)
    decide(file, ladder.leader)
    assert set(waiting(file)) == {first.head.account, second.head.account}
    decide(file, first.head.account, comment="配合很好")
    assert waiting(file) == [second.head.account]
    with pytest.raises(approvals.AlreadyDecided):
        actions.ask_departments(file_id=file.pk, departments=[first], by=ladder.leader, at=AT)
    decide(file, second.head.account, "refuse", comment="有一次没有回复")
    assert waiting(file) == [ladder.boss], "an objection there is an opinion and ends nothing"


@pytest.mark.requirement("N7")
def test_n7_the_step_ends_with_a_note_when_the_time_has_passed(ladder):
    file = submit(make_file(ladder, "v2"))
    other = make_other_department()
    actions.ask_departments(file_id=file.pk, departments=[other], by=ladder.hr, at=AT)
    decide(file, ladder.leader)
    approvals.sweep(at=AT + 3 * DAY)
    assert waiting(file) == [ladder.boss]
    assert file.case.decisions.filter(action="lapse", step="opinions").count() == 1


@pytest.mark.requirement("N7")
def test_n7_nobody_asked_and_the_optional_step_is_passed_over(ladder):
    file = submit(make_file(ladder, "v2"))
    decide(file, ladder.leader)
    assert waiting(file) == [ladder.boss]
    states = {line.step.key: line.state for line in queries.track_of(file, language="zh-hans")}
    assert (states["opinions"], states["final"]) == ("skipped", "now")


def test_only_superior_and_personnel_say_who_is_asked(ladder):
    file = make_file(ladder, "v2")
    other = make_other_department()
    for account in (ladder.agent, ladder.manager):
        with pytest.raises(actions.NotYours):
            actions.ask_departments(file_id=file.pk, departments=[other], by=account, at=AT)
    with pytest.raises(actions.NotPossible):
        actions.ask_departments(
            file_id=file.pk, departments=[ladder.department], by=ladder.hr, at=AT
        )
    headless = people.save_department(code="empty", name="没有人", kind="office", by=None, at=AT)
    with pytest.raises(actions.Incomplete):
        actions.ask_departments(file_id=file.pk, departments=[headless], by=ladder.hr, at=AT)
    assert file.asked.count() == 0


@pytest.mark.requirement("N8")
def test_n8_the_head_signs_with_name_and_time_and_a_rejection_needs_a_reason(ladder, deliver):
    file = submit(make_file(ladder, "v5"))
    decide(file, ladder.leader)
    with pytest.raises(approvals.BadAnswers):
        decide(file, ladder.boss, signed="")
    with pytest.raises(approvals.BadAnswers):
        decide(file, ladder.boss, "refuse", comment=" ")
    decide(file, ladder.boss, at=AT + DAY, signed="同意转正")
    signed = file.case.decisions.get(step="review")
    assert (signed.by, signed.at, signed.answers["signed"]) == (ladder.boss, AT + DAY, "同意转正")


@pytest.mark.requirement("N10", "Q6")
@pytest.mark.parametrize(("post", "who"), [("pre-sales", "boss"), ("cs-leader", "manager")])
def test_n10_an_agent_ends_with_the_head_and_a_leader_with_the_general_manager(post, who):
    ladder = make_ladder(post)
    file = submit(make_file(ladder, "v1"))
    through(file)
    assert waiting(file) == [getattr(ladder, who)]


@pytest.mark.requirement("N10", "Q7")
def test_n10_nobody_decides_on_their_own_application():
    ladder = make_ladder("cs-supervisor")
    agent = ladder.employees["agent"]
    ladder.department.head = agent
    ladder.department.save()
    file = submit(make_file(ladder, "v5"))
    decide(file, ladder.leader)
    assert ladder.agent not in waiting(file), "the head's own seat goes to the next person up"
    task = file.case.tasks.filter(state="open").first()
    with pytest.raises(approvals.NotYours):
        approvals.decide(
            task_id=task.pk, action="approve", by=ladder.agent, at=AT, seen=file.case.fingerprint
        )


def test_v2_goes_through_the_leaders_one_after_another(ladder):
    file = submit(make_file(ladder, "v2"))
    through(file)
    assert waiting(file) == [ladder.boss]
    decide(file, ladder.boss)
    assert waiting(file) == [ladder.manager]
