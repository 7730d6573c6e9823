"""The periodic duty of the rulebook."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=600)
def ask_readers(at: dt.datetime) -> int:
    """Ask for confirmations that are open: newcomers, new versions, again after some days."""
    return actions.ask_readers(at=at)
