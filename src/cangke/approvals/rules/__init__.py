"""The rules of approvals, in plain Python."""

from .course import (
    Action,
    CaseState,
    Course,
    Mode,
    Seat,
    TaskFacts,
    TaskState,
    fallback_seat,
    progress,
    stage_after,
    warnings_due,
)
from .flow import Field, FieldKind, Flow, Problem, Route, Step, Who, fingerprint, read_flow
from .objecting import ObjectionPolicy, last_day

__all__ = [
    "Action",
    "CaseState",
    "Course",
    "Field",
    "FieldKind",
    "Flow",
    "Mode",
    "ObjectionPolicy",
    "Problem",
    "Route",
    "Seat",
    "Step",
    "TaskFacts",
    "TaskState",
    "Who",
    "fallback_seat",
    "fingerprint",
    "last_day",
    "progress",
    "read_flow",
    "stage_after",
    "warnings_due",
]
