"""What people see of their own long work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from cangke.foundation.access.public import Account, scope

from . import registry
from .models import Job, JobState

RECENT = dt.timedelta(hours=12)
MOST_IN_PANEL = 6
TONES = {
    JobState.QUEUED: "",
    JobState.RUNNING: "accent",
    JobState.DONE: "done",
    JobState.FAILED: "late",
    JobState.CANCELLED: "block",
}


def own_jobs(account: Account) -> QuerySet[Job]:
    """The jobs the account itself started; a wide reach does not show those of others."""
    return scope(account, Job, "view").filter(started_by=account)


def decorate(jobs: list[Job]) -> list[Job]:
    """Attach tone and kind in words."""
    rows: list[Any] = list(jobs)
    for job in rows:
        job.tone = TONES[JobState(job.state)]
        known = registry.KINDS.get(job.kind)
        job.kind_label = str(known.label) if known else job.kind
    return jobs


def running(account: Account, *, at: dt.datetime) -> list[Job]:
    """What runs, and what ended lately, newest first: for the small panel."""
    found = own_jobs(account).filter(
        Q(state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(finished_at__gte=at - RECENT)
    )
    return decorate(list(found.order_by("-pk")[:MOST_IN_PANEL]))
