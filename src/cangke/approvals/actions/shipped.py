"""The flows that ship with the room: requests for instruction, and matters of the rulebook."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from django.db import transaction

from .flows import ensure_flow

SHIPPED = Path(__file__).resolve().parent.parent / "flows.toml"


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Publish the shipped flows, except where the company has its own."""
    for flow in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["flow"]:
        ensure_flow(
            key=flow["key"],
            name=flow["name"],
            name_en=flow["name_en"],
            body={"step": flow["step"]},
            at=at,
        )
