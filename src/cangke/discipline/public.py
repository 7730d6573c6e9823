"""The front door of discipline."""

from .actions import (
    announce_case,
    clear_incident,
    ensure,
    note_coaching,
    note_incident,
    propose_reward,
    report_case,
)
from .models import Coaching, ConductCase, Incident, Reward
from .ports import monthly_scores
from .queries import barred, extras, pay_reason, standing, url_of
from .rules import CaseState, Effect, Source

__all__ = [
    "CaseState",
    "Coaching",
    "ConductCase",
    "Effect",
    "Incident",
    "Reward",
    "Source",
    "announce_case",
    "barred",
    "clear_incident",
    "ensure",
    "extras",
    "monthly_scores",
    "note_coaching",
    "note_incident",
    "pay_reason",
    "propose_reward",
    "report_case",
    "standing",
    "url_of",
]
