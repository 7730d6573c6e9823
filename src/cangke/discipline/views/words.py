"""What pages show of kinds, grounds and states."""

from __future__ import annotations

from typing import Any

from .. import queries, rules
from ..models import Coaching, ConductCase, Reward
from ..rules import CaseState

TONES = {
    CaseState.PROPOSED: "wait",
    CaseState.HEARING: "wait",
    CaseState.APPROVAL: "accent",
    CaseState.DECIDED: "accent",
    CaseState.APPEALED: "wait",
    CaseState.FINAL: "",
    CaseState.LIFTED: "done",
    CaseState.DROPPED: "done",
}
EVENT_TONES = {
    "asked": "wait",
    "stated": "accent",
    "decided": "accent",
    "appealed": "wait",
    "lifted": "done",
    "dropped": "done",
    "final": "late",
}


def look_at(case: ConductCase) -> ConductCase:
    """Attach what templates draw."""
    row: Any = case
    row.tone = TONES[CaseState(case.state)]
    day = case.happened_on
    row.ground_name = queries.in_words(queries.ground_policy(day).ground(case.ground), case.ground)
    row.kind_name = ""
    if case.kind:
        row.kind_name = queries.in_words(
            queries.conduct_policy(case.employee, day).kind(case.kind), case.kind
        )
    return case


def look_at_reward(reward: Reward) -> Reward:
    row: Any = reward
    row.kind_name = queries.in_words(
        queries.reward_policy(reward.date).kind(reward.kind), reward.kind
    )
    return reward


def look_at_coaching(coaching: Coaching) -> Coaching:
    row: Any = coaching
    row.ground_name = queries.in_words(
        queries.ground_policy(coaching.date).ground(coaching.ground), coaching.ground
    )
    return coaching


def proposed_kind(case: ConductCase) -> str:
    """The code of the kind that the ground proposes (L18)."""
    found = queries.ground_policy(case.happened_on).ground(case.ground)
    return found.proposes if found else ""


def milder_kinds(case: ConductCase, policy: rules.ConductPolicy) -> list[rules.Kind]:
    """What an appeal may change a measure to: only recorded, without approval."""
    return [
        each
        for each in policy.kinds
        if each.effect == rules.Effect.NONE and not each.approval and each.code != case.kind
    ]
