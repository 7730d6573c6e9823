"""What the room brings to every installation: who approves awards and dismissals."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.approvals import public as approvals

from .items import AWARD
from .measures import DISMISSAL


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Make what is missing; what the company has made of it stays."""
    approvals.ensure_flow(
        key=AWARD,
        name="奖励",
        name_en="Awards",
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
    approvals.ensure_flow(
        key=DISMISSAL,
        name="辞退",
        name_en="Dismissal",
        body={
            "step": [
                {
                    "key": "manager",
                    "name": "总经理",
                    "name_en": "General manager",
                    "who": ["role:manager"],
                    "hours": 72,
                },
            ]
        },
        at=at,
    )
