"""The front door of jobs."""

from .actions import (
    Cancelled,
    Progress,
    cancel_job,
    do_due_duties,
    run_job,
    start_job,
    sweep_jobs,
)
from .models import Job, JobState
from .registry import every, job_kind

__all__ = [
    "Cancelled",
    "Job",
    "JobState",
    "Progress",
    "cancel_job",
    "do_due_duties",
    "every",
    "job_kind",
    "run_job",
    "start_job",
    "sweep_jobs",
]
