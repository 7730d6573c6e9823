"""What people do about conduct: put forward, hear, decide, appeal, reward, help."""

from .appealing import OUTCOMES, answer_appeal, appeal_case, sweep_appeals
from .deciding import (
    DECISION,
    Measure,
    acknowledge,
    ask_person,
    decide_case,
    decision_snapshot,
    settle_decision,
    state_view,
)
from .effects import announce_case, sweep_suspensions
from .proposing import (
    clear_incident,
    drop_case,
    note_incident,
    propose_poor,
    report_case,
)
from .refusals import ConductIncomplete, ConductOver, WrongPerson
from .rewarding import REWARD, note_coaching, propose_reward, reward_snapshot, settle_reward
from .shipped import ensure

__all__ = [
    "DECISION",
    "OUTCOMES",
    "REWARD",
    "ConductIncomplete",
    "ConductOver",
    "Measure",
    "WrongPerson",
    "acknowledge",
    "announce_case",
    "answer_appeal",
    "appeal_case",
    "ask_person",
    "clear_incident",
    "decide_case",
    "decision_snapshot",
    "drop_case",
    "ensure",
    "note_coaching",
    "note_incident",
    "propose_poor",
    "propose_reward",
    "report_case",
    "reward_snapshot",
    "settle_decision",
    "settle_reward",
    "state_view",
    "sweep_appeals",
    "sweep_suspensions",
]
