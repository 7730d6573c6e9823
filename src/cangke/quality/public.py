"""The front door of quality inspection."""

from .actions import add_check, appeal_check, decide_appeal, draw_weeks, score_check
from .models import Check
from .queries import item_scores_of, scores_of
from .rules import CheckReason, CheckState

__all__ = [
    "Check",
    "CheckReason",
    "CheckState",
    "add_check",
    "appeal_check",
    "decide_appeal",
    "draw_weeks",
    "item_scores_of",
    "score_check",
    "scores_of",
]
