"""The periodic duty of regularization."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=3600)
def look_after_probations(at: dt.datetime) -> int:
    """Files for newcomers, reminders before the end, telling of ends without a decision."""
    return actions.sweep(at=at)
