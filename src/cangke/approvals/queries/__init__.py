"""What pages and other rooms read of approvals."""

from ..permissions import concerning
from .cases import (
    Happened,
    StepView,
    case_about,
    case_of,
    decisions_of,
    open_tasks_for,
    steps_of,
    visible_cases,
)
from .people import deciders_of, delegations_of, givers_to, may_decide_for
from .waiting import menu_badge, waiting_cases

__all__ = [
    "Happened",
    "StepView",
    "case_about",
    "case_of",
    "concerning",
    "deciders_of",
    "decisions_of",
    "delegations_of",
    "givers_to",
    "may_decide_for",
    "menu_badge",
    "open_tasks_for",
    "steps_of",
    "visible_cases",
    "waiting_cases",
]
