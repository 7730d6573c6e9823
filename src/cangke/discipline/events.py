"""What discipline tells the rooms above."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class CandidateProposed:
    """Recorded facts were put forward; nobody has decided anything (L20)."""

    case_id: int
    employee_id: int
    ground: str
    at: dt.datetime


@dataclass(frozen=True)
class MeasureFinal:
    """A measure holds from now on: no appeal, or decided."""

    case_id: int
    employee_id: int
    kind: str
    at: dt.datetime


@dataclass(frozen=True)
class RewardGranted:
    """Somebody was rewarded (L14)."""

    reward_id: int
    employee_id: int
    kind: str
    at: dt.datetime
