"""What the rulebook says about scripts (J3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ScriptPolicy:
    """Until when after a script was sent an order counts as won by it."""

    PREFIX: ClassVar[str] = "script"
    credit_days: int = 4
