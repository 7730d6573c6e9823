"""The front door of regularization."""

from .actions import ensure, open_file, submit_application, sweep, write_application
from .models import ProcessTemplate, RegularizationFile
from .ports import EVIDENCE, Evidence
from .queries import final_approvers, procedure_url
from .rules import FileState, Recorded

__all__ = [
    "EVIDENCE",
    "Evidence",
    "FileState",
    "ProcessTemplate",
    "Recorded",
    "RegularizationFile",
    "ensure",
    "final_approvers",
    "open_file",
    "procedure_url",
    "submit_application",
    "sweep",
    "write_application",
]
