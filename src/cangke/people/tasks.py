import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=300)
def apply_terms(at: dt.datetime) -> int:
    """Transfers and leavings planned for a day take effect when the site reaches it."""
    return actions.apply_due_terms(at=at)
