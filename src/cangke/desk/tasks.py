"""The desk's periodic duties."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions
from .channels import duties

__all__ = ["compare_turns", "duties", "index_new_messages", "keep_sums", "sweep_desk"]


@every(seconds=5)
def sweep_desk(at: dt.datetime) -> None:
    """Lapsed transfers, unanswered conversations, idle agents, silent customers, routing."""
    actions.sweep(at=at)


@every(seconds=5)
def index_new_messages(at: dt.datetime) -> None:
    """Let new messages be found within seconds, without slowing down the talk."""
    actions.index_new(at=at)


@every(seconds=15)
def keep_sums(at: dt.datetime) -> None:
    """Sum past days up for the reports, the stale ones again."""
    actions.keep_sums(at=at)


@every(seconds=60)
def compare_turns(at: dt.datetime) -> None:
    """Hold the minute's share of turns against their messages; a difference is put right."""
    actions.compare_some_turns(at=at)
