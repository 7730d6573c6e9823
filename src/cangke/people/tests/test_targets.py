"""Sales targets of posts: none after the sale, unless the rulebook lets them (B12)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404
from django.urls import reverse

from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.refusal import Refusal
from cangke.people import actions, queries, rules
from cangke.people.models import SalesTarget
from cangke.rulebook import actions as rulebook
from cangke.rulebook.public import default_set_key, trial
from tests.factories import client_for

from .factories import AT, make_employee, post

pytestmark = pytest.mark.django_db
MAY = dt.date(2025, 5, 1)


@pytest.fixture
def manager():
    return make_employee("hr-clerk").account


def target(code, by, amount="120000.00", month=MAY):
    return actions.set_sales_target(
        post_id=post(code).pk, month=month, amount=Decimal(amount), currency="CNY", by=by, at=AT
    )


@pytest.mark.parametrize(
    ("stage", "switch", "may"),
    [
        (rules.Stage.PRE_SALES, False, True),
        (rules.Stage.BOTH, False, True),
        (rules.Stage.NONE, False, True),
        (rules.Stage.AFTER_SALES, False, False),
        (rules.Stage.AFTER_SALES, True, True),
    ],
)
def test_b12_only_after_sales_carries_no_target(stage, switch, may):
    assert rules.may_have_target(stage, policy=rules.TargetPolicy(aftersale=switch)) is may


@pytest.mark.requirement("B12")
def test_a_target_of_an_after_sales_post_is_refused_unless_the_policy_allows_it(manager):
    rulebook.ensure_first_version(at=AT)
    with pytest.raises(actions.NoTargetHere) as refused:
        target("after-sales", manager)
    assert "B12" in str(refused.value.message)
    assert not SalesTarget.objects.exists()
    assert not AuditEntry.objects.filter(action="people.sales_target_set").exists()
    assert target("pre-sales", manager).amount == Decimal("120000.00")
    with trial(default_set_key(), {"target.aftersale": True}):
        target("after-sales", manager)
    assert queries.targets_of(post("after-sales").pk)[0].month == MAY


def test_a_target_is_corrected_by_a_new_row_and_taken_back_by_zero(manager):
    target("pre-sales", manager, "100", month=dt.date(2025, 5, 20))
    target("pre-sales", manager, "200")
    target("pre-sales", manager, "300", month=dt.date(2025, 6, 1))
    pk = post("pre-sales").pk
    assert [(row.month.month, row.amount) for row in queries.targets_of(pk)] == [(6, 300), (5, 200)]
    target("pre-sales", manager, "0")
    assert [row.month.month for row in queries.targets_of(pk)] == [6]
    assert SalesTarget.objects.count() == 4
    with pytest.raises(Refusal):
        target("pre-sales", manager, "-1")
    assert SalesTarget.objects.count() == 4


def test_who_may_not_organise_sets_no_target():
    with pytest.raises(Http404):
        target("pre-sales", make_employee("pre-sales").account)
    assert not SalesTarget.objects.exists()


def test_the_page_of_a_post_sets_and_shows_it(manager):
    client = client_for(manager)
    before, after = post("pre-sales"), post("after-sales")
    where = reverse("people:post-target", args=[before.pk])
    assert client.get(where).status_code == 200
    values = {"month": "2025-05", "amount": "120000", "currency": "CNY"}
    assert client.post(where, values).status_code == 302
    page = client.get(reverse("people:post", args=[before.pk])).content.decode()
    assert "2025-05" in page
    assert "120,000" in page
    answer = client.post(reverse("people:post-target", args=[after.pk]), values)
    assert answer.status_code == 422
    assert "售后岗位" in answer.content.decode()
    page = client.get(reverse("people:post", args=[after.pk])).content.decode()
    assert "售后岗位不定销售目标" in page
    assert "定目标" not in page


def test_targets_are_shown_to_whom_they_concern():
    row = post("pre-sales")
    own = client_for(make_employee("pre-sales").account)
    other = client_for(make_employee("after-sales").account)
    where = reverse("people:post", args=[row.pk])
    assert "销售目标" in own.get(where).content.decode()
    assert "target-title" not in other.get(where).content.decode()
