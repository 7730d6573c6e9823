"""What pages and other rooms read of approvals."""

from ..permissions import concerning
from .cases import (
    Happened,
    StepView,
    case_about,
    case_of,
    decisions_of,
    listed_cases,
    may_copy,
    open_tasks_for,
    steps_of,
    visible_cases,
)
from .objections import (
    concerned_by,
    objected_title,
    objecting,
    objection_of,
    objection_until,
    standing,
    visible_objections,
)
from .people import deciders_of, delegations_of, givers_to, may_decide_for
from .waiting import menu_badge, waiting_cases, waiting_tasks

__all__ = [
    "Happened",
    "StepView",
    "case_about",
    "case_of",
    "concerned_by",
    "concerning",
    "deciders_of",
    "decisions_of",
    "delegations_of",
    "givers_to",
    "may_copy",
    "may_decide_for",
    "menu_badge",
    "objected_title",
    "objecting",
    "objection_of",
    "objection_until",
    "open_tasks_for",
    "standing",
    "steps_of",
    "listed_cases",
    "visible_cases",
    "visible_objections",
    "waiting_cases",
    "waiting_tasks",
]
