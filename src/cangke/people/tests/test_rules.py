import datetime as dt

import pytest

from cangke.foundation.access.public import Roles, ScopeKind
from cangke.people import rules
from cangke.people.rules import Stage, Status, Term, Unit


@pytest.mark.requirement("R2")
def test_the_catalogue_holds_the_posts_of_customer_service():
    names = {spec.name for spec in rules.POSTS if spec.family == "service"}
    assert names >= {
        "客服主管", "客服副主管", "客服组长", "售前客服", "售后客服", "客服专员", "仓库客服专员",
        "物流客服专员", "仓储客服专员", "仓库售后专员", "物流客服", "营销中心接待客服",
    }  # fmt: skip


@pytest.mark.requirement("R3", "AMB-31")
def test_the_catalogue_holds_the_posts_of_the_warehouse_under_one_manager():
    by_code = {spec.code: spec for spec in rules.POSTS}
    warehouse = [spec for spec in rules.POSTS if spec.family == "warehouse"]
    assert {spec.name: spec.headcount for spec in warehouse} == {
        "仓储部经理": 1, "成品仓主管": 1, "半成品仓主管": 1, "协调员": 1, "收发组组长": 1,
        "职能组组长": 1, "仓务员": 20, "打单文员": 2, "物控员": 1, "仓库财务文员": 1,
    }  # fmt: skip
    for spec in warehouse:
        step = spec
        while step.code != "warehouse-manager":
            step = by_code[step.reports_to]


def test_every_post_names_a_role_a_reach_and_a_post_above_that_exist():
    codes = {spec.code for spec in rules.POSTS}
    assert len(codes) == len(rules.POSTS)
    for spec in rules.POSTS:
        assert spec.role in list(Roles)
        assert spec.reach in list(ScopeKind)
        assert spec.reports_to in codes or not spec.reports_to


@pytest.mark.requirement("B1")
def test_pre_sales_and_after_sales_posts_serve_their_side():
    stages = {spec.code: spec.stage for spec in rules.POSTS}
    assert stages["pre-sales"] == Stage.PRE_SALES
    assert stages["after-sales"] == Stage.AFTER_SALES
    assert stages["warehouse-clerk"] == Stage.NONE


@pytest.mark.parametrize(
    ("status", "wanted", "allowed"),
    [
        (Status.PROBATION, Status.REGULAR, True),
        (Status.REGULAR, Status.PROBATION, False),
        (Status.REGULAR, Status.SUSPENDED, True),
        (Status.SUSPENDED, Status.REGULAR, True),
        (Status.LEFT, Status.REGULAR, False),
        (Status.PROBATION, Status.LEFT, True),
    ],
)
def test_status_changes(status, wanted, allowed):
    assert rules.may_become(status, wanted) is allowed


def test_below_takes_all_levels_and_survives_a_ring():
    units = [Unit(1, None), Unit(2, 1), Unit(3, 2), Unit(4, None), Unit(5, 6), Unit(6, 5)]
    assert rules.below(units, [1]) == {1, 2, 3}
    assert rules.below(units, [4]) == {4}
    assert rules.below(units, [5]) == {5, 6}
    assert rules.below(units, []) == frozenset()


@pytest.mark.requirement("R10")
def test_what_a_department_or_one_above_it_switched_off_is_off():
    assert rules.features_off([["warehouse"], [], ["billing", "nonsense"]]) == {
        "warehouse",
        "billing",
    }


def day(n):
    return dt.date(2025, 4, n)


@pytest.mark.parametrize(("on", "index"), [(1, None), (2, 0), (9, 0), (10, 1), (30, 1)])
def test_the_term_in_force(on, index):
    terms = [Term(day(2), day(9)), Term(day(10), None)]
    assert rules.term_on(terms, day(on)) == index
