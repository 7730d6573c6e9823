"""The duties of the foundation itself."""

import datetime as dt

from cangke.foundation.audit import public as audit
from cangke.foundation.events import public as events
from cangke.foundation.live import public as live
from cangke.foundation.sqlite.public import keep_statistics
from cangke.foundation.ui import public as ui

from .actions import sweep_jobs
from .registry import every


@every(seconds=30)
def redeliver_events(at: dt.datetime) -> None:
    events.sweep(at=at)


@every(seconds=30)
def requeue_jobs(at: dt.datetime) -> None:
    sweep_jobs(at=at)


@every(seconds=10)
def seal_audit(at: dt.datetime) -> None:
    audit.seal_entries(at=at)


@every(seconds=3600)
def count_for_the_planner(at: dt.datetime) -> None:
    keep_statistics()


@every(seconds=3600)
def forget_old_rows(at: dt.datetime) -> None:
    live.forget_old(at=at)
    events.forget_old(at=at)
    ui.forget_once_keys(at=at)
