import datetime as dt
import timeit
from decimal import Decimal

import pytest
from django.utils import timezone

from cangke.rulebook import queries, rules
from cangke.rulebook.models import PolicySet, RulebookVersion
from cangke.rulebook.public import forget, policy, set_for
from cangke.rulebook.queries import force
from cangke.rulebook.tests.factories import WaitingPolicy

pytestmark = pytest.mark.usefixtures("clauses")
LOOK_AGAIN_SECONDS = force.LOOK_AGAIN_SECONDS  # as shipped: tests look less often


def publish(policy_set, number, day, *, without=(), **values):
    catalogue = queries.catalogue()
    body = rules.change_values(rules.new_body(catalogue), values, catalogue)
    for key in without:
        del body["values"][key]
    now = timezone.now()
    version = RulebookVersion.objects.create(
        policy_set=policy_set,
        number=number,
        state="published",
        effective_from=day,
        body=body,
        sha256=rules.fingerprint(body),
        created_at=now,
        published_at=now,
    )
    forget()
    return version


@pytest.fixture
def default(db):
    return PolicySet.objects.create(
        key="default", name="客服管理制度", is_default=True, created_at=timezone.now()
    )


@pytest.mark.django_db
def test_without_any_version_the_shipped_defaults_hold():
    assert policy(WaitingPolicy, on=dt.date(2026, 1, 1)) == WaitingPolicy()
    assert set_for([("team", 1)], on=dt.date(2026, 1, 1)) is None


@pytest.mark.requirement("S3")
def test_a_change_on_1_may_leaves_april_unchanged(default):
    publish(default, 1, dt.date(2026, 1, 1), **{"test.chat_seconds": 60})
    publish(default, 2, dt.date(2026, 5, 1), **{"test.chat_seconds": 90, "test.factor": "2.5"})
    assert policy(WaitingPolicy, on=dt.date(2026, 4, 30)).chat_seconds == 60
    assert policy(WaitingPolicy, on=dt.date(2026, 5, 1)).chat_seconds == 90
    assert policy(WaitingPolicy, on=dt.date(2026, 5, 1)).factor == Decimal("2.5")


def test_days_before_the_first_version_take_the_first(default):
    publish(default, 1, dt.date(2026, 3, 1), **{"test.chat_seconds": 45})
    assert policy(WaitingPolicy, on=dt.date(2020, 1, 1)).chat_seconds == 45


@pytest.mark.requirement("S2")
def test_two_sets_answer_side_by_side(default):
    other = PolicySet.objects.create(key="b", name="乙", created_at=timezone.now())
    publish(default, 1, dt.date(2026, 1, 1))
    publish(other, 1, dt.date(2026, 1, 1), **{"test.chat_seconds": 30})
    day = dt.date(2026, 2, 1)
    assert policy(WaitingPolicy, on=day).chat_seconds == 60
    assert policy(WaitingPolicy, on=day, group="b").chat_seconds == 30
    with pytest.raises(LookupError):
        policy(WaitingPolicy, on=day, group="c")


def test_an_older_version_without_the_key_has_the_shipped_default(default):
    publish(default, 1, dt.date(2026, 1, 1), without=["test.factor"], **{"test.chat_seconds": 45})
    held = policy(WaitingPolicy, on=dt.date(2026, 2, 1))
    assert held == WaitingPolicy(chat_seconds=45, factor=Decimal(2))


def test_another_process_notices_a_publication_within_two_seconds(default, monkeypatch):
    from cangke.rulebook.actions.edition import new_edition

    clock = [1000.0]
    monkeypatch.setattr(force.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(force, "LOOK_AGAIN_SECONDS", LOOK_AGAIN_SECONDS)
    publish(default, 1, dt.date(2026, 1, 1))
    day = dt.date(2026, 2, 1)
    assert policy(WaitingPolicy, on=day).chat_seconds == 60
    here = force._shelf  # what another process still holds when this one publishes
    publish(default, 2, dt.date(2026, 1, 15), **{"test.chat_seconds": 90})
    new_edition()
    monkeypatch.setattr(force, "_shelf", here)
    assert policy(WaitingPolicy, on=day).chat_seconds == 60
    clock[0] += 2.1
    assert policy(WaitingPolicy, on=day).chat_seconds == 90


def test_an_unchanged_edition_costs_one_query_and_keeps_what_is_known(
    default, monkeypatch, django_assert_num_queries
):
    clock = [1000.0]
    monkeypatch.setattr(force.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(force, "LOOK_AGAIN_SECONDS", LOOK_AGAIN_SECONDS)
    publish(default, 1, dt.date(2026, 1, 1))
    policy(WaitingPolicy, on=dt.date(2026, 2, 1))
    clock[0] += 5
    with django_assert_num_queries(1):
        policy(WaitingPolicy, on=dt.date(2026, 2, 1))


def test_a_warm_look_up_asks_nobody_and_is_quick(default, django_assert_num_queries):
    publish(default, 1, dt.date(2026, 1, 1))
    day = dt.date(2026, 2, 1)
    policy(WaitingPolicy, on=day)
    with django_assert_num_queries(0):
        policy(WaitingPolicy, on=day)
    best = min(timeit.repeat(lambda: policy(WaitingPolicy, on=day), number=200, repeat=5)) / 200
    assert best < 50e-6
