"""The front door of payroll."""

from .queries import BadMonth, simulate_month

__all__ = ["BadMonth", "simulate_month"]
