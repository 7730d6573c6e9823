"""The periodic duty of quality inspection."""

import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=1800)
def draw_samples(at: dt.datetime) -> int:
    """When a week has ended at a site, its sample is drawn."""
    return actions.draw_weeks(at=at)
