from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.jobs.public import Cancelled, Progress, every, job_kind
from cangke.foundation.refusal import Refusal

from . import actions, reading, words
from .models import ImportRun, RunState


@every(seconds=86_400)
def forget_old(at: dt.datetime) -> None:
    """Drop old imports with their files."""
    actions.forget_old(at=at)


@job_kind("sheets.check", gettext_lazy("检查导入文件"))
def check(progress: Progress) -> None:
    """Try a file."""
    _work(progress, actions.check_run, state=RunState.CHECKING)


@job_kind("sheets.commit", gettext_lazy("导入文件"))
def commit(progress: Progress) -> None:
    """Take a file in; taken up again after a crash, it goes on where it stopped."""
    _work(progress, actions.commit_run, state=RunState.RUNNING)


def _work(progress: Progress, stage: Callable[..., ImportRun], *, state: str) -> None:
    run = (
        ImportRun.objects.select_related("file", "table", "started_by")
        .filter(pk=progress.arguments["run"], state=state)
        .first()
    )
    if run is None:
        return
    stop = partial(actions.stop_run, run.pk)
    try:
        stage(run, step=partial(_step, progress), clock=timezone.now)
    except Cancelled:
        stop(state=RunState.CANCELLED, message="", at=timezone.now())
        raise
    except reading.Unreadable as error:
        message = words.refused_file(error.code)
        stop(state=RunState.FAILED, message=message, at=timezone.now())
        raise Refusal(message) from error
    except Exception:
        message = _("导入中断，已导入的保留；请点“继续”。编号 %s") % run.key
        stop(state=RunState.FAILED, message=message, at=timezone.now())
        raise
    progress.result(message=_summary(run), url=f"/sheets/{run.key}")


def _step(progress: Progress, done: int, total: int) -> None:
    progress.step(done, total)


def _summary(run: ImportRun) -> str:
    facts: dict[str, Any] = {
        "lines": run.lines_in,
        "taken": run.taken,
        "unchanged": run.unchanged,
        "refused": run.refused,
    }
    return _("共 %(lines)d 行：导入 %(taken)d，已存在 %(unchanged)d，未导入 %(refused)d") % facts
