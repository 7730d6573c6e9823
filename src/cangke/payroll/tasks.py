"""Long work and periodic duties of payroll."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.jobs.public import Progress, every, job_kind

from . import actions


@job_kind("payroll.calculate", gettext_lazy("核算工资"))
def calculate(progress: Progress) -> None:
    """Work out a run in pieces; a job whose worker died is done again and ends the same."""
    run = actions.calculate(
        run_id=progress.arguments["run"],
        by=Account.objects.get(pk=progress.arguments["by"]),
        at=timezone.now(),
        step=lambda done, total: progress.step(done, total),
    )
    progress.result(
        message=_("已核算 %d 人。") % run.people, url=reverse("payroll:run", args=[run.pk])
    )


@every(seconds=3600)
def remind(at: dt.datetime) -> int:
    """Remind of pay day, and open the run of the month that ended."""
    return actions.open_due_runs(at=at) + actions.remind(at=at)
