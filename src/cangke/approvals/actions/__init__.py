"""What people do with approvals."""

from .asking import ask, complete_request
from .deciding import add_signer, comment_on, copy_to, decide, name_people, pass_on
from .delegating import delegate, end_delegation
from .flows import discard_flow, ensure_flow, publish_flow, read_text, save_flow
from .foreseeing import Ahead, foresee
from .lawgiving import hand_in
from .objecting import complete_objection, object_to, settle_objection
from .refusals import (
    AlreadyDecided,
    AlreadyObjected,
    AlreadyRunning,
    BadAnswers,
    BadDelegation,
    BadFlow,
    NobodyDecides,
    NoFlow,
    NotYours,
    StaleMatter,
    TooLate,
)
from .shipped import ensure
from .submitting import resubmit, subject_changed, submit_case, withdraw
from .sweeping import sweep

__all__ = [
    "Ahead",
    "AlreadyDecided",
    "AlreadyObjected",
    "AlreadyRunning",
    "BadAnswers",
    "BadDelegation",
    "BadFlow",
    "NoFlow",
    "NobodyDecides",
    "NotYours",
    "StaleMatter",
    "TooLate",
    "add_signer",
    "ask",
    "comment_on",
    "complete_objection",
    "complete_request",
    "copy_to",
    "decide",
    "delegate",
    "discard_flow",
    "end_delegation",
    "ensure",
    "ensure_flow",
    "foresee",
    "hand_in",
    "name_people",
    "object_to",
    "pass_on",
    "publish_flow",
    "read_text",
    "resubmit",
    "save_flow",
    "settle_objection",
    "subject_changed",
    "submit_case",
    "sweep",
    "withdraw",
]
