"""The front door of the rulebook."""

from .actions import ensure_first_version, explain, explain_many, explanation_url
from .queries import (
    InForce,
    catalogue,
    check_values,
    forget,
    policy,
    register_fact,
    register_figure,
    set_for,
    shipped_policy,
    trial_policy,
    version_in_force,
)
from .rules import Decision, Fact, PolicyMismatch, Sentence

__all__ = [
    "Decision",
    "Fact",
    "InForce",
    "PolicyMismatch",
    "Sentence",
    "catalogue",
    "check_values",
    "ensure_first_version",
    "explain",
    "explain_many",
    "explanation_url",
    "forget",
    "policy",
    "register_fact",
    "register_figure",
    "set_for",
    "shipped_policy",
    "trial_policy",
    "version_in_force",
]
