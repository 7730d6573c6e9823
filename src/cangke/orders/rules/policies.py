"""What the rulebook says about orders, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """What the rulebook says about promised ship times and warehouse chases (C15, C16)."""

    PREFIX: ClassVar[str] = "orders"
    amber_minutes: int = 240
    chase_repeat_minutes: int = 10


@dataclass(frozen=True, slots=True)
class RemarkPolicy:
    """How empty parts and commas of a remark are written (AMB-24)."""

    PREFIX: ClassVar[str] = "remark"
    empty_word: str = "无"
    inner_comma: str = "、"
