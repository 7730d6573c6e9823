import datetime as dt

import pytest

from cangke.foundation.access.public import Account, Grant, can, scope
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.calendar import public as calendar
from cangke.foundation.events.models import EventRecord
from cangke.foundation.refusal import Refusal
from cangke.people import actions, rules
from cangke.people import public as people
from cangke.people.models import Employee, EmployeeTerm, Headcount, Post
from cangke.people.public import Status
from tests.factories import make_account

from .factories import (
    AT,
    make_department,
    make_employee,
    make_shop,
    make_site,
    make_team,
    post,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 4, 3)


def days(n):
    return AT + dt.timedelta(days=n)


def fresh(employee):
    return Employee.objects.select_related("account").get(pk=employee.pk)


@pytest.mark.requirement("R2", "R3")
def test_the_catalogue_is_loaded_once_and_keeps_what_the_company_changed():
    assert people.load_post_catalogue(by=None, at=AT) == len(rules.POSTS)
    leader = Post.objects.get(code="cs-leader")
    assert leader.reports_to.code == "cs-deputy"
    people.save_post(pk=leader.pk, name="班长", by=None, at=AT)
    Post.objects.filter(code="hr-clerk").delete()
    assert people.load_post_catalogue(by=None, at=AT) == 1
    leader.refresh_from_db()
    assert leader.name == "班长"


@pytest.mark.requirement("R2", "Q5")
def test_hiring_opens_an_account_with_the_posts_role_over_its_reach():
    team = make_team(make_shop())
    employee = make_employee("pre-sales", team, name="张三")
    account = employee.account
    grant = Grant.objects.get(account=account)
    assert (grant.role, grant.scope_kind) == ("pre_sales", "team")
    assert can(account, "orders.view")
    assert EmployeeTerm.objects.get().grant == grant
    assert people.employee_of(account) == employee
    assert EventRecord.objects.get(name="people.EmployeeHired").payload == {
        "employee_id": employee.pk,
        "account_id": account.pk,
    }


def test_a_taken_login_name_refuses_the_hire_and_leaves_nothing():
    make_employee(username="zhang")
    before = Employee.objects.count()
    with pytest.raises(Refusal):
        make_employee(username="ZHANG")
    assert Employee.objects.count() == before
    assert EmployeeTerm.objects.count() == before


def test_a_transfer_today_takes_the_new_role_and_keeps_the_old_terms():
    team, other = make_team(), make_team()
    employee = make_employee("pre-sales", team)
    people.transfer(
        employee_id=employee.pk,
        from_date=TODAY,
        department=other.department,
        team=other,
        post=post("after-sales"),
        site=other.site,
        superior=None,
        by=None,
        at=AT,
        reason="轮岗",
    )
    employee = fresh(employee)
    assert (employee.team, employee.post.code) == (other, "after-sales")
    roles = Grant.objects.filter(account=employee.account)
    assert {(each.role, each.revoked_at is None) for each in roles} == {
        ("pre_sales", False),
        ("after_sales", True),
    }
    old, new = employee.terms.all()
    assert (old.to_date, new.from_date, new.to_date) == (dt.date(2025, 4, 2), TODAY, None)
    assert people.term_on(employee.pk, dt.date(2025, 4, 2)).team == team
    assert people.term_on(employee.pk, TODAY).team == other


def test_a_planned_transfer_waits_for_its_day():
    team, other = make_team(), make_team()
    employee = make_employee("pre-sales", team)
    people.transfer(
        employee_id=employee.pk,
        from_date=dt.date(2025, 4, 10),
        department=other.department,
        team=other,
        post=employee.post,
        site=other.site,
        superior=None,
        by=None,
        at=AT,
    )
    assert fresh(employee).team == team
    assert people.apply_due_terms(at=days(6)) == 0
    # 10 April begins in Shanghai at 16:00 UTC of the day before.
    assert people.apply_due_terms(at=dt.datetime(2025, 4, 9, 16, 0, tzinfo=dt.UTC)) == 1
    assert fresh(employee).team == other
    assert people.apply_due_terms(at=days(8)) == 0


def test_a_second_change_before_a_planned_one_is_refused():
    employee = make_employee()
    people.leave(
        employee_id=employee.pk, last_date=dt.date(2025, 4, 20), by=None, at=AT, reason="辞职"
    )
    with pytest.raises(Refusal):
        people.transfer(
            employee_id=employee.pk,
            from_date=dt.date(2025, 4, 10),
            department=employee.department,
            team=None,
            post=employee.post,
            site=employee.site,
            superior=None,
            by=None,
            at=AT,
        )
    assert employee.terms.count() == 2
    assert fresh(employee).team == employee.team


@pytest.mark.requirement("Q8")
@pytest.mark.parametrize("how", ["suspend", "leave"])
def test_who_is_suspended_or_leaves_is_shut_out_at_once(how):
    employee = make_employee()
    if how == "suspend":
        people.suspend(employee_id=employee.pk, by=None, at=AT, reason="调查")
    else:
        people.leave(employee_id=employee.pk, last_date=TODAY, by=None, at=AT, reason="辞退")
    account = Account.objects.get(pk=employee.account_id)
    assert not account.is_active
    assert EventRecord.objects.filter(name="people.EmployeeLeft").count() == 1
    assert fresh(employee).status == (Status.SUSPENDED if how == "suspend" else Status.LEFT)


def test_a_later_last_day_keeps_the_account_until_then():
    employee = make_employee()
    people.leave(
        employee_id=employee.pk, last_date=dt.date(2025, 4, 10), by=None, at=AT, reason="辞职"
    )
    assert fresh(employee).account.is_active
    assert fresh(employee).status == Status.PROBATION
    assert people.apply_due_terms(at=dt.datetime(2025, 4, 10, 15, 59, tzinfo=dt.UTC)) == 0
    assert people.apply_due_terms(at=dt.datetime(2025, 4, 10, 16, 0, tzinfo=dt.UTC)) == 1
    employee = fresh(employee)
    assert (employee.status, employee.employed_to) == (Status.LEFT, dt.date(2025, 4, 10))
    assert not employee.account.is_active
    assert not Grant.objects.filter(account=employee.account, revoked_at=None).exists()


def test_reinstating_opens_the_account_and_leaving_twice_is_refused():
    employee = make_employee()
    people.suspend(employee_id=employee.pk, by=None, at=AT, reason="调查")
    people.reinstate(employee_id=employee.pk, by=None, at=days(1), reason="查清")
    assert fresh(employee).account.is_active
    assert fresh(employee).status == Status.PROBATION
    people.leave(
        employee_id=employee.pk, last_date=dt.date(2025, 4, 4), by=None, at=days(1), reason="辞职"
    )
    with pytest.raises(Refusal):
        people.leave(
            employee_id=employee.pk,
            last_date=dt.date(2025, 4, 5),
            by=None,
            at=days(2),
            reason="再辞",
        )
    with pytest.raises(Refusal):
        people.suspend(employee_id=employee.pk, by=None, at=days(2), reason="?")


@pytest.mark.requirement("N11")
def test_nobody_becomes_regular_by_coming_back_to_work():
    employee = make_employee()
    with pytest.raises(people.NotPossible):
        people.reinstate(employee_id=employee.pk, by=None, at=AT, reason="?")
    assert fresh(employee).status == Status.PROBATION
    people.confirm(employee_id=employee.pk, from_date=TODAY, by=None, at=AT)
    people.suspend(employee_id=employee.pk, by=None, at=AT, reason="调查")
    people.reinstate(employee_id=employee.pk, by=None, at=AT, reason="查清")
    assert fresh(employee).status == Status.REGULAR


@pytest.mark.requirement("Q8")
def test_a_change_planned_for_later_does_not_hold_up_a_suspension():
    employee, other = make_employee(), make_team()
    planned = dt.date(2025, 4, 10)
    people.transfer(
        employee_id=employee.pk,
        from_date=planned,
        department=other.department,
        team=other,
        post=employee.post,
        site=other.site,
        superior=None,
        by=None,
        at=AT,
    )
    people.suspend(employee_id=employee.pk, by=None, at=AT, reason="调查")
    assert not fresh(employee).account.is_active
    people.apply_due_terms(at=days(8))
    assert (fresh(employee).status, fresh(employee).team) == (Status.SUSPENDED, other)
    people.reinstate(employee_id=employee.pk, by=None, at=days(9), reason="查清")
    assert (fresh(employee).status, fresh(employee).team) == (Status.PROBATION, other)


@pytest.mark.requirement("Q8")
def test_who_is_dismissed_today_does_not_wait_for_a_change_planned_for_later():
    employee, other = make_employee(), make_team()
    people.transfer(
        employee_id=employee.pk,
        from_date=dt.date(2025, 4, 10),
        department=other.department,
        team=other,
        post=employee.post,
        site=other.site,
        superior=None,
        by=None,
        at=AT,
    )
    people.leave(employee_id=employee.pk, last_date=TODAY, by=None, at=AT, reason="辞退")
    assert fresh(employee).status == Status.LEFT
    assert not fresh(employee).account.is_active
    assert not employee.terms.filter(applied_at=None).exists()


def test_an_account_locked_for_another_reason_is_not_opened_by_a_transfer():
    from cangke.foundation.access.public import disable_account

    employee = make_employee()
    disable_account(account_id=employee.account_id, by=None, at=AT, reason="密码外泄")
    people.transfer(
        employee_id=employee.pk,
        from_date=TODAY,
        department=employee.department,
        team=employee.team,
        post=post("after-sales"),
        site=employee.site,
        superior=None,
        by=None,
        at=AT,
    )
    assert not fresh(employee).account.is_active


def test_editing_records_only_what_changed():
    employee = make_employee(name="张三")
    people.edit_employee(employee_id=employee.pk, name="张三丰", skills=["退款"], by=None, at=AT)
    entry = AuditEntry.objects.get(action="people.edited")
    assert entry.changes == {"fields": ["name", "skills"]}
    assert fresh(employee).account.display_name == "张三丰"
    people.edit_employee(employee_id=employee.pk, name="张三丰", by=None, at=AT)
    assert AuditEntry.objects.filter(action="people.edited").count() == 1


# --- organisation


@pytest.mark.requirement("R1")
def test_org_chart_shows_planned_and_actual_by_unit_and_post(django_assert_num_queries):
    head = make_department(name="客服部")
    team = make_team(department=make_department(name="电商客服", parent=head))
    for _ in range(2):
        make_employee("pre-sales", team)
    gone = make_employee("pre-sales", team)
    people.leave(employee_id=gone.pk, last_date=TODAY, by=None, at=AT, reason="辞职")
    people.set_headcount(
        department_id=team.department_id,
        team_id=team.pk,
        post_id=post("pre-sales").pk,
        planned=5,
        by=None,
        at=AT,
    )
    people.set_headcount(
        department_id=head.pk, post_id=post("cs-supervisor").pk, planned=1, by=None, at=AT
    )
    with django_assert_num_queries(5):
        (root,) = people.org_chart()
    assert root.unit == head
    assert (root.planned, root.actual) == (6, 2)
    (below,) = root.children
    (seat,) = below.teams[0].seats
    assert (seat.post.code, seat.planned, seat.actual, seat.vacant) == ("pre-sales", 5, 2, 3)


def test_headcount_zero_takes_the_plan_away_and_a_foreign_team_is_refused():
    team = make_team()
    where = {"department_id": team.department_id, "post_id": post("pre-sales").pk}
    people.set_headcount(**where, planned=3, by=None, at=AT)
    people.set_headcount(**where, planned=0, by=None, at=AT)
    assert not Headcount.objects.exists()
    with pytest.raises(Refusal):
        people.set_headcount(**where, team_id=make_team().pk, planned=1, by=None, at=AT)
    assert not Headcount.objects.exists()


def test_a_department_cannot_hang_below_itself():
    top = make_department()
    low = make_department(parent=top)
    with pytest.raises(Refusal):
        people.save_department(pk=top.pk, parent=low, by=None, at=AT)
    top.refresh_from_db()
    assert top.parent is None


@pytest.mark.requirement("R10")
def test_areas_off_come_from_the_department_and_those_above():
    top = make_department(features_off=["billing"])
    team = make_team(department=make_department(parent=top, features_off=["warehouse"]))
    employee = make_employee(team=team)
    assert people.areas_off(account_id=employee.account_id) == {"billing", "warehouse"}
    assert people.areas_off(account_id=make_employee().account_id) == frozenset()
    assert people.areas_off(account_id=0) == frozenset()


@pytest.mark.requirement("B3")
@pytest.mark.parametrize(
    ("state", "launch", "live"),
    [
        ("live", None, True),
        ("live", dt.date(2025, 5, 1), False),
        ("upcoming", dt.date(2025, 4, 4), False),
        ("upcoming", dt.date(2025, 4, 3), True),
        ("closed", None, False),
    ],
)
def test_an_upcoming_shop_is_live_from_its_launch_date(state, launch, live):
    shop = make_shop(state=state, launch_date=launch)
    assert shop.is_live(TODAY) is live


def test_an_upcoming_shop_needs_a_launch_date():
    with pytest.raises(Refusal):
        make_shop(state="upcoming")


@pytest.mark.requirement("B3")
def test_own_scopes_are_the_own_team_its_shops_and_the_departments_below():
    shop, other = make_shop(), make_shop()
    top = make_department()
    team = make_team(shop, department=make_department(parent=top))
    agent = make_employee("pre-sales", team)
    supervisor = people.hire(
        name="主管",
        username="boss",
        department=top,
        post=post("cs-supervisor"),
        site=team.site,
        employed_from=TODAY,
        by=None,
        at=AT,
    )
    own = people.own_scope_ids
    assert own(account_id=agent.account_id, kind="team") == {team.pk}
    assert own(account_id=agent.account_id, kind="shop") == {shop.pk}
    assert own(account_id=supervisor.account_id, kind="department") == {
        top.pk,
        team.department_id,
    }
    assert own(account_id=agent.account_id, kind="warehouse") == ()
    assert set(people.shops_of_departments([top.pk, team.department_id])) == {shop}
    assert other not in people.shops_of_teams([team.pk])
    people.suspend(employee_id=agent.pk, by=None, at=AT, reason="调查")
    assert own(account_id=agent.account_id, kind="team") == ()


@pytest.mark.requirement("B1", "B3")
def test_agents_by_shop_and_side():
    shop = make_shop()
    team = make_team(shop)
    pre, after = make_employee("pre-sales", team), make_employee("after-sales", team)
    leader = make_employee("cs-leader", team)
    make_employee("pre-sales")
    make_employee("warehouse-clerk", team)
    assert set(people.agents(shop_id=shop.pk, stage="pre_sales")) == {pre, leader}
    assert set(people.agents(shop_id=shop.pk, stage="after_sales")) == {after, leader}
    assert set(people.agents(team_ids=[team.pk])) == {pre, after, leader}


@pytest.mark.requirement("B6")
def test_the_ladder_goes_leader_superior_head():
    department = make_department()
    team = make_team(department=department)
    boss = make_employee("cs-supervisor", team)
    deputy = make_employee("cs-deputy", team, superior=boss)
    leader = make_employee("cs-leader", team, superior=deputy)
    people.save_team(pk=team.pk, leader=leader, by=None, at=AT)
    people.save_department(pk=department.pk, head=boss, by=None, at=AT)
    agent = make_employee("pre-sales", make_team(department=department), superior=leader)
    assert people.leaders_above(agent) == [leader, deputy, boss]
    team.refresh_from_db()
    own = make_employee("pre-sales", team, superior=leader)
    assert people.leaders_above(own) == [leader, deputy, boss], "the leader is the first superior"
    assert people.leaders_above(fresh(boss)) == [leader]


@pytest.mark.requirement("Q1")
def test_an_agent_cannot_open_other_peoples_files():
    team = make_team()
    agent = make_employee("pre-sales", team)
    make_employee("after-sales", team)
    site = make_site()
    assert site.pk
    assert not scope(agent.account, Employee, "view").exists()
    leader = make_employee("cs-leader", team, employed_from=dt.date(2025, 1, 1))
    assert scope(leader.account, Employee, "view").count() == 3


@pytest.mark.requirement("Q5")
def test_what_a_post_may_do_is_changed_by_account_managers_only():
    hr, admin = make_account("hr"), make_account("admin")
    agent = post("pre-sales")
    for by, role in ((hr, "manager"), (admin, "admin")):
        with pytest.raises(Refusal):
            people.save_post(pk=agent.pk, role=role, by=by, at=AT)
    agent.refresh_from_db()
    assert agent.role == "pre_sales"
    people.save_post(pk=agent.pk, role="pre_sales", name="售前", by=hr, at=AT)
    people.save_post(pk=agent.pk, role="agent", by=admin, at=AT)
    agent.refresh_from_db()
    assert (agent.role, agent.name) == ("agent", "售前")


def test_days_off_are_known_where_sites_are_and_hand_made_days_stay():
    make_site(country="US")
    make_site(country="ZZ")  # nothing is published for it
    at = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    found = actions.know_calendars(at=at)
    assert ("US", 2025) in found
    assert ("US", 2026) in found
    day = dt.date(2025, 7, 4)
    assert not calendar.is_working_day(day, "US")
    calendar.set_day(
        region="US", date=day, kind=calendar.DayKind.WORKDAY, by=None, at=at, name="open"
    )
    actions.know_calendars(at=at)
    assert calendar.is_working_day(day, "US")
    assert actions.know_calendars(at=at) == []
