"""The front door of numbering."""

from .actions import next_number, next_numbers
from .rules import Period, Series, UnknownSeries, register_series

__all__ = [
    "Period",
    "Series",
    "UnknownSeries",
    "next_number",
    "next_numbers",
    "register_series",
]
