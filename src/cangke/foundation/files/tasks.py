import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=3600)
def drop_orphans(at: dt.datetime) -> None:
    """Delete files that nothing refers to."""
    actions.drop_orphans(at=at)
