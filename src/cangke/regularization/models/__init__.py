from .files import (
    OPEN_STATES,
    Conclusion,
    FileQuerySet,
    RegularizationFile,
    file_state_choices,
    outcome_choices,
)
from .templates import ProcessTemplate, TemplateVersion, version_state_choices

__all__ = [
    "OPEN_STATES",
    "Conclusion",
    "FileQuerySet",
    "ProcessTemplate",
    "RegularizationFile",
    "TemplateVersion",
    "file_state_choices",
    "outcome_choices",
    "version_state_choices",
]
