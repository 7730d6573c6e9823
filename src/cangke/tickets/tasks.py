"""The periodic duties of the work items."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=20)
def sweep_pledges(at: dt.datetime) -> int:
    """Reminders before promises are due; what is due and undone is broken."""
    return actions.sweep_pledges(at=at)


@every(seconds=30)
def sweep_tickets(at: dt.datetime) -> int:
    """Overdue tickets are told of; solved ones close by themselves."""
    return actions.sweep_tickets(at=at)


@every(seconds=30)
def sweep_errands(at: dt.datetime) -> int:
    """Replies that do not come in time are asked for, and told of."""
    return actions.sweep_errands(at=at)
