import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=300)
def apply_terms(at: dt.datetime) -> int:
    """Transfers and leavings planned for a day take effect when the site reaches it."""
    return actions.apply_due_terms(at=at)


@every(seconds=24 * 3600)
def know_calendars(at: dt.datetime) -> None:
    """A new site's days off, and next year's once they are published."""
    actions.know_calendars(at=at)
