"""Tables of approvals: flows, cases on their way, delegations, free requests, objections."""

from .cases import (
    ApprovalCase,
    ApprovalDecision,
    ApprovalTask,
    action_choices,
    case_state_choices,
    task_state_choices,
)
from .delegations import Delegation
from .flows import ApprovalFlow, flow_state_choices
from .objections import AWAITED, STANDING, Objection, objection_state_choices
from .requests import Request

__all__ = [
    "ApprovalCase",
    "ApprovalDecision",
    "ApprovalFlow",
    "ApprovalTask",
    "Delegation",
    "Objection",
    "Request",
    "AWAITED",
    "STANDING",
    "action_choices",
    "case_state_choices",
    "flow_state_choices",
    "objection_state_choices",
    "task_state_choices",
]
