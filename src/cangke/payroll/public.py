"""The front door of payroll."""

from .actions import ensure
from .models import PayRun, PaySlip
from .ports import Extra, extras, paused
from .queries import BadMonth, simulate_month

__all__ = [
    "BadMonth",
    "Extra",
    "PayRun",
    "PaySlip",
    "ensure",
    "extras",
    "paused",
    "simulate_month",
]
