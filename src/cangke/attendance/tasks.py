"""The periodic duties of attendance."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=300)
def settle_days(at: dt.datetime) -> int:
    """Shifts that have ended are judged once their data are there."""
    return actions.settle_days(at=at)


@every(seconds=300)
def publish_weeks(at: dt.datetime) -> int:
    """Last week's attendance is published at the hour of each site; forgotten packets double."""
    return actions.publish_weeks(at=at) + actions.double_packets(at=at)


@every(seconds=6 * 3600)
def grant_rest(at: dt.datetime) -> int:
    """The month's rest days are granted as soon as it begins."""
    return actions.grant_month(at=at)
