"""What runs by the clock."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=6 * 3600)
def forget_once_keys(at: dt.datetime) -> None:
    """Delete the kept answers of one-time submits after 48 hours."""
    actions.forget_once_keys(at=at)
