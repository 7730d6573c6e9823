import datetime as dt
import timeit
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import pytest
from django.utils import timezone

from cangke.rulebook import queries, rules
from cangke.rulebook.models import PolicySet, RulebookVersion
from cangke.rulebook.public import forget, policy

CLAUSES = """
[[clause]]
code = "test.waiting"
number = "A5"
chapter = "norms"
title = "首次响应"
title_en = "First response"
text = "聊天须在 {test.chat_seconds} 秒内回复，超过 {test.factor} 倍升级。"
text_en = "Answer chats within {test.chat_seconds} seconds; at {test.factor} times it goes up."
[clause.parameters]
"test.chat_seconds" = {type="int", default=60, min=1, max=86400, unit="seconds", label="首次响应", label_en="First response"}
"test.factor" = {type="decimal", default="2", min=1, max=10, label="倍数", label_en="Times"}
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class WaitingPolicy:
    PREFIX: ClassVar[str] = "test"
    chat_seconds: int = 60
    factor: Decimal = Decimal(2)


@pytest.fixture(autouse=True)
def _clauses(monkeypatch):
    known = rules.Catalogue(rules.parse_clauses(CLAUSES))
    monkeypatch.setattr(queries, "catalogue", lambda: known)
    forget()
    yield
    forget()


def publish(policy_set, number, day, **values):
    body = rules.new_body(queries.catalogue())
    body = rules.change_values(body, values, queries.catalogue())
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
    version = publish(default, 1, dt.date(2026, 1, 1), **{"test.chat_seconds": 45})
    del version.body["values"]["test.factor"]
    RulebookVersion.objects.all().delete()
    version.pk = None
    version.save(force_insert=True)
    forget()
    held = policy(WaitingPolicy, on=dt.date(2026, 2, 1))
    assert held == WaitingPolicy(chat_seconds=45, factor=Decimal(2))


def test_a_warm_look_up_asks_nobody_and_is_quick(default, django_assert_num_queries):
    publish(default, 1, dt.date(2026, 1, 1))
    day = dt.date(2026, 2, 1)
    policy(WaitingPolicy, on=day)
    with django_assert_num_queries(0):
        policy(WaitingPolicy, on=day)
    best = min(timeit.repeat(lambda: policy(WaitingPolicy, on=day), number=200, repeat=5)) / 200
    assert best < 50e-6
