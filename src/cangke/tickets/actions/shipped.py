"""What the room brings to every installation: kinds of ticket, the flow of large promises."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.approvals import public as approvals

from .kinds import ensure_kinds
from .pledge_keeping import PLEDGE_MATTER

FLOW = {
    "step": [
        {
            "key": "leader",
            "name": "直属上级",
            "name_en": "Direct superior",
            "who": ["manager:1"],
            "hours": 4,
        }
    ]
}


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Bring the shipped kinds and the flow, unless the company has its own."""
    ensure_kinds()
    approvals.ensure_flow(
        key=PLEDGE_MATTER,
        name="超额承诺",
        name_en="Promise above the limit",
        body=FLOW,
        at=at,
    )
