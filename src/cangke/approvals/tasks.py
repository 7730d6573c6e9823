"""The periodic duty of approvals."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=60)
def sweep_approvals(at: dt.datetime) -> int:
    """Reminders, escalation, lapsed opinions, seats whose holder has left."""
    return actions.sweep(at=at)
