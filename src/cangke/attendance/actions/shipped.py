"""What the room brings to every installation: two shifts, and who approves leave and make-ups."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cangke.approvals import public as approvals

from . import correcting, leave
from .shifts import ensure_shift_types


def _flow(key: str, name: str, name_en: str) -> dict[str, Any]:
    return {
        "step": [{"key": key, "name": name, "name_en": name_en, "who": ["manager:1"], "hours": 24}]
    }


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Make what is missing; what the company has made of it stays."""
    ensure_shift_types(at=at)
    approvals.ensure_flow(
        key=leave.MATTER,
        name="请假与休假",
        name_en="Leave and rest days",
        body=_flow("superior", "直属上级", "Direct superior"),
        at=at,
    )
    approvals.ensure_flow(
        key=correcting.MATTER,
        name="补卡证明",
        name_en="Certificate of a make-up punch",
        body=_flow("certifier", "直属上级证明", "Certified by the direct superior"),
        at=at,
    )
