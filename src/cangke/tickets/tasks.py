"""The periodic duties of the work items."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=20)
def sweep_pledges(at: dt.datetime) -> int:
    """Reminders before promises are due; what is due and undone is broken."""
    return actions.sweep_pledges(at=at)
