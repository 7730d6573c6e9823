"""What pages and other rooms read of regularization."""

from .evidence import (
    criteria_policy,
    criterion_figure,
    evaluation_of,
    held_back,
    probation_policy,
    ratings_of,
    sheet_on,
    unmet,
)
from .files import (
    StepLine,
    conclusions_of,
    file_of,
    managed_file,
    may_manage,
    open_tasks,
    own_file,
    procedure_url,
    today_of,
    track_of,
    visible_files,
)
from .templates import final_approvers, list_templates, template_for, units_of, version_in_force

__all__ = [
    "StepLine",
    "conclusions_of",
    "criteria_policy",
    "criterion_figure",
    "evaluation_of",
    "file_of",
    "final_approvers",
    "held_back",
    "list_templates",
    "managed_file",
    "may_manage",
    "open_tasks",
    "own_file",
    "probation_policy",
    "procedure_url",
    "ratings_of",
    "sheet_on",
    "template_for",
    "today_of",
    "track_of",
    "units_of",
    "unmet",
    "version_in_force",
    "visible_files",
]
