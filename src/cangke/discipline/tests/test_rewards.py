"""Rewards, standing and help (L13, L14, L23)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke import wiring
from cangke.approvals import public as approvals
from cangke.discipline import actions, queries
from cangke.discipline.actions import ConductIncomplete, WrongPerson
from cangke.discipline.models import Reward
from cangke.discipline.rules import CaseState

from .factories import AT, DAY, TODAY, fact, told

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("L14")
def test_a_commendation_stays_in_the_file_and_in_regularization(office):
    made = actions.propose_reward(
        employee=office.agent,
        kind="commendation",
        date=TODAY,
        reason="主动帮同事处理积压",
        by=office.leader,
        at=AT,
        public=True,
    )
    assert made.state == "granted"
    assert "您获得了奖励" in told(office.by)
    assert "表彰" in told(office.decider)
    office.decided()
    actions.sweep_appeals(at=AT + 6 * DAY)
    recorded = wiring._penalties(
        employee_id=office.agent.pk, from_date=TODAY - 30 * DAY, to_date=TODAY + 30 * DAY
    )
    assert recorded.value == 1
    assert ("奖励", 1) in recorded.parts


@pytest.mark.requirement("L14")
def test_without_any_record_the_criterion_has_its_answer(office):
    recorded = wiring._penalties(employee_id=office.agent.pk, from_date=TODAY, to_date=TODAY)
    assert recorded.value == 0
    warned = office.decided(kind="warning")
    actions.sweep_appeals(at=AT + 6 * DAY)
    warned.refresh_from_db()
    assert warned.state == CaseState.FINAL
    recorded = wiring._penalties(
        employee_id=office.agent.pk, from_date=TODAY, to_date=TODAY + 30 * DAY
    )
    assert (recorded.value, recorded.count) == (0, 1), "a warning is shown and does not count"


@pytest.mark.requirement("L14", "L13")
def test_an_award_with_money_is_paid_once_it_is_approved(office):
    made = actions.propose_reward(
        employee=office.agent,
        kind="award",
        date=TODAY,
        reason="挽回大客户",
        amount=Decimal("300"),
        by=office.leader,
        at=AT,
    )
    april = dt.date(2026, 4, 1)
    assert made.state == "asked"
    assert queries.extras(employee_ids=[office.agent.pk], month=april) == []
    actions.settle_reward(
        reward_id=made.pk,
        approved=True,
        fingerprint=approvals.fingerprint(actions.reward_snapshot(made)),
        at=AT,
    )
    (extra,) = wiring._month_extras(employee_ids=[office.agent.pk], month=april)
    assert (extra.kind, extra.amount, extra.source) == ("award", Decimal("300.00"), "discipline")
    assert actions.settle_reward(reward_id=made.pk, approved=False, at=AT) is None


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "commendation", "amount": Decimal(5)},
        {"kind": "award", "amount": Decimal(0)},
        {"kind": "medal"},
        {"reason": " "},
        {"date": TODAY + DAY},
    ],
)
def test_a_reward_that_does_not_fit_is_refused(office, given):
    values = {"kind": "commendation", "date": TODAY, "reason": "好", **given}
    with pytest.raises(ConductIncomplete):
        actions.propose_reward(employee=office.agent, by=office.leader, at=AT, **values)
    assert not Reward.objects.exists()


def test_nobody_rewards_or_coaches_themselves(office):
    with pytest.raises(WrongPerson):
        actions.propose_reward(
            employee=office.agent,
            kind="commendation",
            date=TODAY,
            reason="好",
            by=office.by,
            at=AT,
        )
    with pytest.raises(WrongPerson):
        actions.note_coaching(
            employee=office.agent, ground="noise", date=TODAY, text="x", by=office.by, at=AT
        )


@pytest.mark.requirement("L23")
def test_help_on_the_same_matter_comes_first_and_the_trend_is_shown(office):
    for ground, days in (("games_installed", 20), ("noise", 2)):
        actions.note_coaching(
            employee=office.agent,
            ground=ground,
            date=TODAY - days * DAY,
            text=f"谈话：{ground}",
            by=office.leader,
            at=AT,
        )
    found = queries.coaching_for(office.agent, "games_installed", TODAY)
    assert [each.ground for each in found] == ["games_installed", "noise"]
    fact(office, 1, day=dt.date(2026, 3, 2))
    fact(office, 2)
    fact(office, 3)
    trend = queries.trend(office.agent, TODAY)
    assert [(each.month.month, each.count) for each in trend[-2:]] == [(3, 1), (4, 2)]
    assert len(trend) == 6
