"""What is done with tables: staging a file, running it, giving rows out."""

from .exporting import UnknownExport, export_response, run_export, write_rows
from .running import check_run, commit_run, stop_run
from .staging import (
    begin_commit,
    cancel_run,
    choose_reading,
    drop_template,
    forget_old,
    map_run,
    start_check,
    start_commit,
    upload,
)

__all__ = [
    "UnknownExport",
    "begin_commit",
    "cancel_run",
    "check_run",
    "choose_reading",
    "commit_run",
    "drop_template",
    "export_response",
    "forget_old",
    "map_run",
    "run_export",
    "start_check",
    "start_commit",
    "stop_run",
    "upload",
    "write_rows",
]
