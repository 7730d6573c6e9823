"""What the rulebook tells the rooms above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RulebookPublished:
    """A version was published; ``effective_from`` is an ISO date, today or later."""

    version_id: int
    set_key: str
    number: int
    effective_from: str
    at: datetime


@dataclass(frozen=True)
class RulebookWithdrawn:
    """A published version was taken back before its first day."""

    version_id: int
    set_key: str
    number: int
    at: datetime
