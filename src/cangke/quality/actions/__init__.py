"""What people do in quality inspection."""

from .appeals import appeal_check, decide_appeal
from .drawing import add_check, draw_weeks
from .scoring import CheckIncomplete, CheckOver, score_check, skip_check

__all__ = [
    "CheckIncomplete",
    "CheckOver",
    "add_check",
    "appeal_check",
    "decide_appeal",
    "draw_weeks",
    "score_check",
    "skip_check",
]
