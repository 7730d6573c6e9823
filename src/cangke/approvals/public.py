"""The front door of approvals."""

from .actions import (
    AlreadyDecided,
    AlreadyRunning,
    BadAnswers,
    NobodyDecides,
    NoFlow,
    NotYours,
    StaleMatter,
    decide,
    ensure,
    ensure_flow,
    resubmit,
    subject_changed,
    submit_case,
    sweep,
    withdraw,
)
from .models import ApprovalCase, ApprovalFlow
from .ports import approvers, post_of, substitutes
from .queries import case_of, decisions_of, menu_badge, steps_of
from .registry import KINDS, ApprovalKind, approval_kind
from .rules import fingerprint

__all__ = [
    "KINDS",
    "AlreadyDecided",
    "AlreadyRunning",
    "ApprovalCase",
    "ApprovalFlow",
    "ApprovalKind",
    "BadAnswers",
    "NoFlow",
    "NobodyDecides",
    "NotYours",
    "StaleMatter",
    "approval_kind",
    "approvers",
    "case_of",
    "decide",
    "decisions_of",
    "ensure",
    "ensure_flow",
    "fingerprint",
    "menu_badge",
    "post_of",
    "resubmit",
    "steps_of",
    "subject_changed",
    "submit_case",
    "substitutes",
    "sweep",
    "withdraw",
]
