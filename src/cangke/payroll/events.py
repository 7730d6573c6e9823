import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class PayRunLocked:
    """A site's pay of a month is settled; its facts do not change any more."""

    run_id: int
    month: dt.date


@dataclass(frozen=True)
class PayRunReopened:
    """A settled run goes back to be checked anew."""

    run_id: int
    month: dt.date


@dataclass(frozen=True)
class PayRunPaid:
    """A site's pay of a month was paid."""

    run_id: int
    month: dt.date
