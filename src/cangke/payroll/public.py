"""The front door of payroll."""

from .actions import ensure
from .models import PayRun, PaySlip
from .ports import Extra, extras, paused
from .queries import BadMonth, locked_until, month_effects, simulate_month

__all__ = [
    "BadMonth",
    "Extra",
    "PayRun",
    "PaySlip",
    "ensure",
    "extras",
    "locked_until",
    "month_effects",
    "paused",
    "simulate_month",
]
