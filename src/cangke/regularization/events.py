from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class EmployeeRegularized:
    """Somebody passed: formal employee from ``from_date`` on."""

    file_id: int
    employee_id: int
    from_date: dt.date


@dataclass(frozen=True)
class ProbationExtended:
    """Somebody's probation now ends on ``until`` (inclusive)."""

    file_id: int
    employee_id: int
    until: dt.date


@dataclass(frozen=True)
class RegularizationRejected:
    """Somebody was not made a formal employee."""

    file_id: int
    employee_id: int
