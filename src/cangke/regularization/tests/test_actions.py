import datetime as dt
from decimal import Decimal

import pytest

from cangke.approvals import public as approvals
from cangke.approvals.actions import AlreadyObjected
from cangke.attendance.models import DayRecord, ShiftType
from cangke.attendance.public import ensure as ensure_shifts
from cangke.foundation.notices.models import Notice
from cangke.people import public as people
from cangke.people.tests.factories import make_employee, make_team
from cangke.regularization import actions, ports, queries
from cangke.regularization.models import (
    Conclusion,
    ProcessTemplate,
    RegularizationFile,
    TemplateVersion,
)
from cangke.regularization.rules import Answer, FileState, Recorded, Sheet
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
    submit,
    through,
    waiting,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def on(day: dt.date, hour: int = 2) -> dt.datetime:
    """That day at 10:00 in Shanghai."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


@pytest.fixture
def ladder():
    return make_ladder()


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run a piece of work with what follows its commit."""

    def run(work):
        with django_capture_on_commit_callbacks(execute=True):
            return work()

    return run


@pytest.fixture
def recorded():
    """Let a source of facts answer; all fall silent afterwards."""
    plugged = []

    def plug(key: str, value: str, count: int = 100, url: str = "/records/"):
        ports.EVIDENCE[key].plug(lambda **_asked: Recorded(Decimal(value), count, url))
        plugged.append(key)

    yield plug
    for key in plugged:
        ports.EVIDENCE[key].unplug()


# --- templates (N1)


@pytest.mark.requirement("N1")
def test_n1_choosing_v3_gives_six_steps_and_a_copy_can_be_edited(ladder):
    file = make_file(ladder, "v3")
    names = [line.step.name for line in queries.track_of(file, language="zh-hans")]
    assert names == [
        "填写申请表", "提交直属上级或人事", "直属上级评价审核", "跨部门意见", "人事终审",
        "通知本人",
    ]  # fmt: skip
    origin = ProcessTemplate.objects.get(key="v3")
    made = actions.copy_template(
        template_id=origin.pk, key="ours", name="我们的流程", by=ladder.hr, at=AT
    )
    draft = made.versions.get()
    body = {**draft.body, "step": [s for s in draft.body["step"] if s["key"] != "opinions"]}
    actions.save_template(template_id=made.pk, name="我们的流程", body=body, by=ladder.hr, at=AT)
    published = actions.publish_template(version_id=draft.pk, by=ladder.hr, at=AT)
    assert len(published.parsed.steps) == 5
    assert len(queries.version_in_force(origin).parsed.steps) == 6, "the original is as it was"
    moved = actions.change_template(file_id=file.pk, template=made, by=ladder.hr, at=AT)
    assert moved.version == published


@pytest.mark.requirement("N1")
def test_n1_a_published_version_never_changes_and_files_stay_with_theirs(ladder):
    file = make_file(ladder, "v1")
    origin = file.version.template
    body = {**file.version.body, "criterion": file.version.body["criterion"][:3]}
    actions.save_template(template_id=origin.pk, name="流程一", body=body, by=ladder.hr, at=AT)
    draft = origin.versions.get(state="draft")
    actions.publish_template(version_id=draft.pk, by=ladder.hr, at=AT)
    file.refresh_from_db()
    assert file.version.number == 1
    assert TemplateVersion.objects.get(pk=file.version_id).state == "superseded"
    with pytest.raises(actions.NotADraft):
        actions.publish_template(version_id=file.version_id, by=ladder.hr, at=AT)
    with pytest.raises(actions.NotADraft):
        actions.discard_draft(version_id=draft.pk, by=ladder.hr, at=AT)
    submit(file)
    assert file.version.flow_id == RegularizationFile.objects.get(pk=file.pk).case.flow_id


def test_a_bad_template_is_refused_with_its_place_and_changes_nothing(ladder):
    template = ProcessTemplate.objects.get(key="v1")
    with pytest.raises(actions.BadTemplate, match="步骤 2 · kind"):
        actions.read_text(
            '[[step]]\nkey="a"\nkind="apply"\nname="x"\n[[step]]\nkey="b"\nkind="vote"\nname="y"'
        )
    with pytest.raises(actions.BadTemplate, match="第 1 行：括号或引号没有收尾"):
        actions.read_text("[[step")
    with pytest.raises(actions.BadTemplate):
        actions.save_template(
            template_id=template.pk, name="坏的", body={"step": []}, by=ladder.hr, at=AT
        )
    template.refresh_from_db()
    assert (template.name, template.versions.count()) == ("流程一", 1)


@pytest.mark.requirement("N1")
def test_n1_a_department_has_its_template_and_those_below_follow(ladder):
    v4 = ProcessTemplate.objects.get(key="v4")
    below = people.save_department(
        code="below", name="下级", kind="ecommerce", parent=ladder.department, by=None, at=AT
    )
    assert queries.template_for(below.pk).template.key == "merged"
    actions.use_template(
        template_id=v4.pk, departments=[ladder.department], is_default=False, by=ladder.hr, at=AT
    )
    assert queries.template_for(below.pk).template == v4
    v2 = ProcessTemplate.objects.get(key="v2")
    actions.use_template(
        template_id=v2.pk, departments=[ladder.department], is_default=True, by=ladder.hr, at=AT
    )
    assert queries.template_for(below.pk).template == v2
    assert v4.departments.count() == 0
    assert list(ProcessTemplate.objects.filter(is_default=True)) == [v2]
    with pytest.raises(actions.BadTemplate):
        actions.use_template(
            template_id=v2.pk, departments=[], is_default=False, by=ladder.hr, at=AT
        )


# --- the file and its application (N2, N3, N4)


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


# --- the way (N5–N10)


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


# --- results (N11, N14)


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


# --- the sheet (N12, N13)


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


# --- objections to what a criterion is held against (S7)


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
