"""The front door of the rulebook."""

from .actions import explain, explanation_url
from .queries import InForce, catalogue, forget, policy, set_for, version_in_force
from .rules import Decision, Fact, PolicyMismatch, Sentence

__all__ = [
    "Decision",
    "Fact",
    "InForce",
    "PolicyMismatch",
    "Sentence",
    "catalogue",
    "explain",
    "explanation_url",
    "forget",
    "policy",
    "set_for",
    "version_in_force",
]
