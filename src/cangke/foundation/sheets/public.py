"""The front door of sheets."""

from .actions import UnknownExport, export_response, run_export
from .console import run_import
from .models import ImportRun, RunState
from .registry import (
    BadRow,
    Column,
    Field,
    Importer,
    Option,
    Outcome,
    Row,
    Task,
    refused,
    register_exporter,
    register_importer,
    taken,
    unchanged,
)
from .rules import (
    BadValue,
    amount,
    choice,
    day,
    email,
    moment,
    safe_cell,
    text,
    whole,
    yes_no,
)
from .words import sentence

__all__ = [
    "BadRow",
    "BadValue",
    "Column",
    "Field",
    "ImportRun",
    "Importer",
    "Option",
    "Outcome",
    "Row",
    "RunState",
    "Task",
    "UnknownExport",
    "amount",
    "choice",
    "day",
    "email",
    "export_response",
    "moment",
    "refused",
    "register_exporter",
    "register_importer",
    "run_export",
    "run_import",
    "safe_cell",
    "sentence",
    "taken",
    "text",
    "unchanged",
    "whole",
    "yes_no",
]
