"""Which posts may have a sales target (B12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .organisation import Stage


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """Whether after-sales posts may have a sales target; the house says they carry none."""

    PREFIX: ClassVar[str] = "target"

    aftersale: bool = False


def may_have_target(stage: str, *, policy: TargetPolicy) -> bool:
    """
    Whether a post of the stage may have a sales target.

    Clause B12: a post that serves after-sales alone has none, unless the policy lets it.
    """
    return stage != Stage.AFTER_SALES or policy.aftersale
