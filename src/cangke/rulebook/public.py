"""The front door of the rulebook."""

from .actions import (
    approve_version,
    ensure_first_version,
    explain,
    explain_many,
    explanation_url,
    give_back_version,
    snapshot_of,
)
from .ports import Effect
from .queries import (
    InForce,
    catalogue,
    check_values,
    forget,
    policy,
    register_evaluator,
    register_fact,
    register_figure,
    set_for,
    shipped_policy,
    trial,
    trial_policy,
    version_in_force,
)
from .rules import Decision, Fact, PolicyMismatch, Sentence

__all__ = [
    "Decision",
    "Effect",
    "Fact",
    "InForce",
    "PolicyMismatch",
    "Sentence",
    "approve_version",
    "catalogue",
    "check_values",
    "ensure_first_version",
    "explain",
    "explain_many",
    "explanation_url",
    "forget",
    "give_back_version",
    "policy",
    "register_evaluator",
    "register_fact",
    "register_figure",
    "set_for",
    "shipped_policy",
    "snapshot_of",
    "trial",
    "trial_policy",
    "version_in_force",
]
