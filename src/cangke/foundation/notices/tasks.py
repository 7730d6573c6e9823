import datetime as dt

from cangke.foundation.jobs.public import every

from . import actions


@every(seconds=15)
def send_outbox(at: dt.datetime) -> None:
    """Put on the queue what is due and what a crash left."""
    actions.sweep(at=at)


@every(seconds=300)
def send_digests(at: dt.datetime) -> None:
    """Send the daily mails whose hour has come."""
    actions.digest(at=at)


@every(seconds=86_400)
def forget_old(at: dt.datetime) -> None:
    """Drop old notices."""
    actions.forget_old(at=at)
