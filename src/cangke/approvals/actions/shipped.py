"""The flow that ships with the room: instruction from the superior, large amounts higher up."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from django.db import transaction

from .asking import KIND
from .flows import ensure_flow

SHIPPED = Path(__file__).resolve().parent.parent / "flows.toml"


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Publish the shipped flow of requests, unless the company has its own."""
    body = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    ensure_flow(key=KIND, name="请示", name_en="Request for instruction", body=body, at=at)
