"""Who sits in a step: those wanted, whoever steps in, until when, and what time brings."""

import datetime as dt

import pytest

from cangke.approvals import actions, ports
from cangke.approvals.models import ApprovalCase, ApprovalTask
from cangke.approvals.tests.factories import (
    AT,
    MATTERS,
    decide,
    make_ladder,
    names,
    open_of,
    publish,
    step,
    submit,
)
from cangke.foundation.access.public import Account, Grant, disable_account
from cangke.people.models import Employee
from cangke.people.tests.factories import make_employee

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ladder():
    MATTERS.clear()
    return make_ladder()


def test_reminders_and_escalation_go_out_once_and_approve_nothing(ladder):
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent)
    for hours in (12, 12, 24, 25):
        actions.sweep(at=AT + hours * HOUR)
    assert case.decisions.filter(action="remind").count() == 2
    actions.sweep(at=AT + 36 * HOUR)
    actions.sweep(at=AT + 40 * HOUR)
    assert case.decisions.filter(action="escalate").count() == 1
    assert ladder.leader.username in open_of(case)
    assert ladder.boss.username in open_of(case), "the next person up may decide too"
    case.refresh_from_db()
    assert case.state == "running"


def test_a_role_at_a_place_and_a_group_of_people_may_be_asked(ladder):
    far = make_ladder()
    publish(step("a", "role:hr@site"), step("b", "role:supervisor@department"))
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.hr)
    decide(case, ladder.hr)
    assert open_of(case) == names(ladder.boss)
    team = far.employees["agent"].team
    publish(step("a", f"team:{team.code}"))
    asked = open_of(submit(ladder.agent, 2))
    assert set(asked) == {each.account.username for each in Employee.objects.filter(team=team)}


def test_a_place_without_the_role_falls_back_and_is_not_sought_elsewhere(ladder):
    make_ladder()
    Employee.objects.filter(account=ladder.hr).update(status="left")
    disable_account(account_id=ladder.hr.pk, by=None, at=AT, reason="离职")
    publish(step("a", "role:hr@site"))
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.leader)
    assert case.tasks.get().reason == "vacant"


def test_a_task_nobody_can_take_over_holds_no_reminder_of_others_up(ladder):
    publish(step("a", "manager:1", hours=24))
    stuck, other = submit(ladder.agent), submit(make_ladder().agent, 2)
    Employee.objects.exclude(pk__in=Employee.objects.filter(account__in=[ladder.agent])).filter(
        team=ladder.employees["agent"].team
    ).update(status="left")
    for each in (ladder.leader, ladder.boss, ladder.hr, ladder.manager):
        disable_account(account_id=each.pk, by=None, at=AT, reason="离职")
    ApprovalTask.objects.filter(case=stuck).update(account=ladder.leader)
    for holder in ("hr", "manager", "admin"):
        Grant.objects.filter(role=holder).delete()
    assert actions.sweep(at=AT + 12 * HOUR) >= 1
    assert other.decisions.filter(action="remind").count() == 1
    stuck.refresh_from_db()
    assert (stuck.state, stuck.decisions.count()) == ("running", 1)


def test_a_seat_whose_holder_left_goes_to_whoever_steps_in(ladder):
    """Design security 85: the approver left."""
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent)
    disable_account(account_id=ladder.leader.pk, by=None, at=AT, reason="离职")
    actions.sweep(at=AT + HOUR)
    assert open_of(case) == names(ladder.boss)
    assert case.decisions.filter(action="reroute").count() == 1


def test_a_vacant_post_never_blocks(ladder):
    """Design security 85: a vacant post."""
    publish(step("a", "post:nobody-holds-it"))
    case = submit(ladder.agent)
    assert open_of(case)
    assert case.tasks.first().reason == "vacant"


def test_with_nobody_at_all_it_is_refused_and_nothing_is_kept(ladder):
    publish(step("a", "manager:1"))
    Employee.objects.exclude(account=ladder.agent).update(status="left")
    for each in (ladder.leader, ladder.boss, ladder.hr, ladder.manager):
        disable_account(account_id=each.pk, by=None, at=AT, reason="离职")
    with pytest.raises(actions.NobodyDecides):
        submit(ladder.agent)
    assert not ApprovalCase.objects.exists()


def test_passed_on_and_signed_beside(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    with pytest.raises(actions.BadAnswers):
        actions.pass_on(
            task_id=case.tasks.get().pk, to=ladder.hr, by=ladder.leader, at=AT, comment=""
        )
    given = actions.pass_on(
        task_id=case.tasks.get().pk, to=ladder.hr, by=ladder.leader, at=AT, comment="归人事"
    )
    actions.add_signer(task_id=given.pk, to=ladder.manager, before=True, by=ladder.hr, at=AT)
    assert open_of(case) == names(ladder.manager)
    decide(case, ladder.manager)
    assert open_of(case) == names(ladder.hr)
    decide(case, ladder.hr)
    case.refresh_from_db()
    assert case.state == "approved"


def test_two_who_must_agree_stay_two(ladder):
    """Nobody gives a seat to who has one already, nor to themselves for more time."""
    publish(step("a", "manager:1", "head", mode="all", hours=24))
    case = submit(ladder.agent)
    mine = case.tasks.get(account=ladder.leader)
    for to in (ladder.boss, ladder.leader):
        with pytest.raises(actions.NotYours):
            actions.pass_on(task_id=mine.pk, to=to, by=ladder.leader, at=AT, comment="给")
    decide(case, ladder.boss)
    with pytest.raises(actions.NotYours):
        actions.pass_on(task_id=mine.pk, to=ladder.boss, by=ladder.leader, at=AT, comment="给")
    assert open_of(case) == names(ladder.leader)
    assert case.decisions.count() == 2


def test_a_look_at_the_clock_locks_only_what_moved_on(ladder, django_assert_num_queries):
    """However many are open: the late one behind them is not left waiting."""
    publish(step("a", "manager:1", hours=24))
    for number in range(1, 8):
        submit(ladder.agent, number, at=AT + 12 * HOUR)
    late = submit(ladder.agent, 8)
    with django_assert_num_queries(4):  # and who is on leave
        assert actions.sweep(at=AT + HOUR) == 0
    assert actions.sweep(at=AT + 12 * HOUR) == 1
    assert late.decisions.filter(action="remind").count() == 1


@pytest.mark.parametrize("mode", ["all", "sequence"])
@pytest.mark.parametrize("decider", ["hr", "boss"])
def test_where_all_must_agree_either_of_the_late_one_and_the_next_up_is_enough(
    ladder, mode, decider
):
    """At one and a half of the time the next person up has the same seat, in every kind of step."""
    publish(step("a", f"account:{ladder.hr.username}", "manager:1", mode=mode, hours=24))
    case = submit(ladder.agent)
    if mode == "all":
        decide(case, ladder.leader)
    assert open_of(case) == names(ladder.hr)
    actions.sweep(at=AT + 36 * HOUR)
    assert open_of(case) == names(ladder.hr, ladder.boss)
    decide(case, getattr(ladder, decider), at=AT + 37 * HOUR)
    case.refresh_from_db()
    if mode == "sequence":
        assert (case.state, open_of(case)) == ("running", names(ladder.leader))
        decide(case, ladder.leader, at=AT + 38 * HOUR)
        case.refresh_from_db()
    assert (case.state, open_of(case)) == ("approved", [])


def test_who_steps_in_for_another_fills_one_seat_and_no_second(ladder):
    """Two must agree; the one up sits already, so somebody else is asked for the late one."""
    publish(step("a", "manager:1", "head", mode="all", hours=24))
    case = submit(ladder.agent)
    actions.sweep(at=AT + 36 * HOUR)
    stepped_in = set(open_of(case)) - set(names(ladder.leader, ladder.boss))
    assert stepped_in
    decide(case, ladder.boss, at=AT + 37 * HOUR)
    case.refresh_from_db()
    assert case.state == "running", "whoever stepped in for the leader has not agreed"
    assert ladder.boss.username not in open_of(case)
    decide(case, ladder.leader, at=AT + 38 * HOUR)
    case.refresh_from_db()
    assert (case.state, open_of(case)) == ("approved", [])


def test_a_late_signer_who_was_asked_in_has_a_seat_that_one_may_fill(ladder):
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent)
    actions.add_signer(
        task_id=case.tasks.get().pk, to=ladder.hr, before=False, by=ladder.leader, at=AT
    )
    decide(case, ladder.leader)
    actions.sweep(at=AT + 36 * HOUR)
    assert open_of(case) == names(ladder.hr, ladder.boss)
    decide(case, ladder.boss, at=AT + 37 * HOUR)
    case.refresh_from_db()
    assert (case.state, open_of(case)) == ("approved", [])


def test_of_several_who_step_in_for_an_empty_seat_one_is_enough(ladder):
    """A vacant seat where all must agree: personnel are asked together, and not each of them."""
    second = make_employee("hr-clerk", ladder.employees["leader"].team).account
    publish(step("a", "manager:1", "post:nobody-holds-it", mode="all"))
    Employee.objects.filter(account=ladder.agent).update(superior=None)
    Employee.objects.filter(account__in=[ladder.leader, ladder.boss]).update(status="left")
    for each in (ladder.leader, ladder.boss):
        disable_account(account_id=each.pk, by=None, at=AT, reason="离职")
    case = submit(ladder.agent)
    assert set(open_of(case)) == set(names(ladder.hr, second))
    decide(case, second)
    case.refresh_from_db()
    assert (case.state, open_of(case)) == ("approved", [])


def test_passing_a_task_on_wins_no_time(ladder):
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent)
    actions.sweep(at=AT + 13 * HOUR)
    mine = case.tasks.get()
    given = actions.pass_on(
        task_id=mine.pk, to=ladder.hr, by=ladder.leader, at=AT + 20 * HOUR, comment="归人事"
    )
    assert (given.opened_at, given.due_at) == (AT, AT + 24 * HOUR)
    actions.sweep(at=AT + 21 * HOUR)
    assert case.decisions.filter(action="remind").count() == 1, "half of the time was told before"
    actions.sweep(at=AT + 24 * HOUR)
    assert case.decisions.filter(action="remind").count() == 2
    actions.sweep(at=AT + 36 * HOUR)
    assert case.decisions.filter(action="escalate").count() == 1


@pytest.fixture
def on_leave():
    """Who is on leave, as the room that knows would say."""
    gone: set[int] = set()
    ports.away.plug(lambda *, account_ids, at: gone & set(account_ids))
    yield gone
    ports.away.unplug()


@pytest.mark.requirement("X12")
@pytest.mark.parametrize("decider", ["leader", "boss"])
def test_x12_beside_an_approver_on_leave_whoever_steps_in_is_asked(ladder, on_leave, decider):
    """Design security 85: on leave, rerouted by rule, never self, never stuck."""
    publish(step("a", "manager:1", "role:hr", mode="all", hours=24))
    on_leave.add(ladder.leader.pk)
    case = submit(ladder.agent)
    assert set(open_of(case)) == set(names(ladder.leader, ladder.boss, ladder.hr))
    assert case.tasks.get(account=ladder.boss).reason == "away"
    actions.sweep(at=AT + HOUR)
    assert case.tasks.count() == 3, "once"
    decide(case, ladder.hr)
    decide(case, getattr(ladder, decider))
    case.refresh_from_db()
    assert (case.state, open_of(case)) == ("approved", [])


def test_who_goes_on_leave_with_open_tasks_is_covered_and_a_delegate_is_enough(ladder, on_leave):
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent)
    other = submit(ladder.employees["leader"].account, 2)
    assert open_of(other) == names(ladder.boss)
    on_leave.update({ladder.leader.pk, ladder.boss.pk})
    actions.delegate(
        giver=ladder.boss, taker=ladder.manager, from_at=AT, until_at=AT + 48 * HOUR,
        reason="休假", by=ladder.boss, at=AT,
    )  # fmt: skip
    actions.sweep(at=AT + HOUR)
    assert set(open_of(case)) == set(names(ladder.leader, ladder.hr)), "the boss is away, too"
    assert open_of(other) == names(ladder.boss), "the delegate decides"
    decide(other, ladder.manager, at=AT + HOUR)
    other.refresh_from_db()
    assert other.state == "approved"


def test_with_everybody_on_leave_the_matter_waits_where_it_is(ladder, on_leave):
    publish(step("a", "manager:1", hours=24))
    on_leave.update(Account.objects.values_list("pk", flat=True))
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.leader)


def test_nobody_stands_in_for_an_opinion(ladder, on_leave):
    publish(step("ask", "role:hr", mode="opinion", hours=24), step("end", "manager:1"))
    on_leave.add(ladder.hr.pk)
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.hr)
