"""How the rulebook itself is read and confirmed (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Blocks(StrEnum):
    """Whom a missing confirmation keeps from going online."""

    NEW = "new"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """When people are reminded to read, and whom it keeps from going online (S4)."""

    PREFIX: ClassVar[str] = "reading"
    remind_days: int = 3
    blocks: Blocks = Blocks.NEW


def keeps_offline(*, read_this: bool, read_any: bool, policy: ReadingPolicy) -> bool:
    """Whether somebody has to confirm before going online."""
    if policy.blocks is Blocks.NEVER or read_this:
        return False
    return policy.blocks is Blocks.ALWAYS or not read_any
