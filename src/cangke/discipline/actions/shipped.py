"""What the room brings to every installation: who approves measures and rewards."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.approvals import public as approvals

from .deciding import DECISION
from .rewarding import REWARD


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Make what is missing; what the company has made of it stays."""
    approvals.ensure_flow(
        key=DECISION,
        name="处分",
        name_en="Disciplinary measures",
        body={
            "step": [
                {
                    "key": "manager",
                    "name": "管理层",
                    "name_en": "Management",
                    "who": ["role:manager"],
                    "hours": 72,
                },
            ]
        },
        at=at,
    )
    approvals.ensure_flow(
        key=REWARD,
        name="嘉奖与表扬",
        name_en="Awards and commendations",
        body={
            "step": [
                {
                    "key": "superior",
                    "name": "直属上级",
                    "name_en": "Direct superior",
                    "who": ["manager:1"],
                    "hours": 48,
                },
            ]
        },
        at=at,
    )
