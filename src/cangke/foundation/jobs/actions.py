from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Refusal

from . import carrier, registry
from .models import Job, JobState, Tick

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 5


class Cancelled(Exception):
    """Raised inside the work at its next step after somebody asked to cancel."""


class Progress:
    """What the work uses to say how far it is; each step renews the lease."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.arguments: dict[str, Any] = job.arguments
        self._told_at = timezone.now()

    def step(self, done: int, total: int | None = None, *, message: str | None = None) -> None:
        """
        Note progress.

        :raises Cancelled: if the person who started the job asked to stop it
        """
        now = timezone.now()
        values: dict[str, Any] = {"done": done, "lease_until": now + LEASE}
        if total is not None:
            values["total"] = total
        if message is not None:
            values["message"] = message[:500]
        Job.objects.filter(pk=self.job.pk).update(**values)
        if now - self._told_at > dt.timedelta(seconds=0.5):
            self._told_at = now
            _tell(self.job)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise Cancelled

    def result(self, *, message: str, url: str = "") -> None:
        """Say what came out of it, with a page or file to open."""
        Job.objects.filter(pk=self.job.pk).update(message=message[:500], result_url=url)


def _tell(job: Job) -> None:
    if job.started_by_id:
        signal(f"account:{job.started_by_id}", "job", {"job": job.key})


@transaction.atomic
def start_job(
    kind: str,
    arguments: dict[str, Any],
    *,
    by: Account | None,
    at: dt.datetime,
    title: str = "",
) -> Job:
    """Write the job down and put it on the queue once the caller's change is committed."""
    known = registry.KINDS[kind]
    job = Job.objects.create(
        kind=kind,
        title=title or str(known.label),
        arguments=arguments,
        started_by=by,
        created_at=at,
        lease_until=at + LEASE,
    )
    transaction.on_commit(lambda: carrier.carry(job.pk))
    return job


@transaction.atomic
def cancel_job(*, key: str, by: Account) -> Job:
    """Ask a job to stop at its next step; what it has finished by then stays."""
    job = Job.objects.select_for_update().get(key=key, started_by=by)
    if not job.is_open:
        raise Refusal(_("任务已经结束，无法取消。"))
    job.cancel_requested = True
    job.save(update_fields=["cancel_requested"])
    return job


def run_job(job_id: int) -> None:
    """Run one job if nobody else does: claimed by a conditional update under a lease."""
    now = timezone.now()
    claimed = (
        Job.objects.filter(pk=job_id)
        .filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now))
        .update(state=JobState.RUNNING, started_at=now, lease_until=now + LEASE)
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    Job.objects.filter(pk=job_id).update(attempts=job.attempts + 1)
    try:
        registry.KINDS[job.kind].work(Progress(job))
    except Cancelled:
        _finish(job, JobState.CANCELLED, None)
    except Refusal as refusal:
        _finish(job, JobState.FAILED, str(refusal.message))
    except Exception:  # noqa: BLE001  # the row must say that the work failed, whatever it was
        log.exception("job %s failed", job)
        _finish(
            job, JobState.FAILED, _("任务出错，已记录；请重试或联系管理员，编号 %s。") % job.key
        )
    else:
        _finish(job, JobState.DONE, None)


def _finish(job: Job, state: str, message: str | None) -> None:
    values: dict[str, Any] = {"state": state, "finished_at": timezone.now(), "lease_until": None}
    if message is not None:
        values["message"] = message[:500]
    Job.objects.filter(pk=job.pk).update(**values)
    _tell(job)


def sweep_jobs(*, at: dt.datetime) -> int:
    """Put jobs back on the queue whose worker died or whose queue entry was lost."""
    lost = Job.objects.filter(
        state__in=[JobState.QUEUED, JobState.RUNNING], lease_until__lt=at
    ).order_by("pk")
    count = 0
    for job in lost[:100]:
        if job.attempts >= MOST_ATTEMPTS:
            _finish(
                job, JobState.FAILED, _("任务多次中断，已停止；请联系管理员，编号 %s。") % job.key
            )
            continue
        count += 1
        Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(lease_until=at + LEASE)
        carrier.carry(job.pk)
    return count


def do_due_duties(*, at: dt.datetime) -> list[str]:
    """Do the periodic duties that are due; of several workers exactly one does each."""
    done = []
    known = dict(Tick.objects.values_list("name", "due_at"))
    for name, periodic in registry.PERIODIC.items():
        following = at + dt.timedelta(seconds=periodic.seconds)
        if name not in known:
            if not Tick.objects.get_or_create(name=name, defaults={"due_at": following})[1]:
                continue
        elif known[name] > at or not Tick.objects.filter(name=name, due_at=known[name]).update(
            due_at=following
        ):
            continue
        try:
            periodic.duty(at)
        except Exception:  # noqa: BLE001  # one duty's fault must not stop the others
            log.exception("periodic duty %s failed", name)
        done.append(name)
    return done
