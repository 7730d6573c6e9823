"""What quality inspection tells the rooms above."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class CheckScored:
    """A conversation was scored; ``total`` in points of a hundred, as text."""

    check_id: int
    employee_id: int
    total: str
    at: dt.datetime


@dataclass(frozen=True)
class CheckChanged:
    """An appeal changed a score."""

    check_id: int
    employee_id: int
    total: str
    at: dt.datetime
