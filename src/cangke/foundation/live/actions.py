from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import bus
from .models import LiveEvent

KEEP = dt.timedelta(hours=24)


def signal(topic: str, kind: str, payload: Mapping[str, Any] | None = None) -> LiveEvent:
    """
    Tell open pages that listen to ``topic`` that something changed, once it is committed.

    The payload carries ids, never text: pages fetch what they may see through the gate.
    """
    event = LiveEvent.objects.create(
        topic=topic, kind=kind, payload=dict(payload or {}), at=timezone.now()
    )
    transaction.on_commit(bus.wake, robust=True)
    return event


def signal_all(topics: list[str], kind: str, payload: Mapping[str, Any] | None = None) -> None:
    """The same for several topics in one write."""
    signal_each([(topic, kind, dict(payload or {})) for topic in topics])


def signal_each(signals: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    """Tell several topics a kind and a payload of their own, in one write."""
    now = timezone.now()
    LiveEvent.objects.bulk_create(
        [LiveEvent(topic=topic, kind=kind, payload=told, at=now) for topic, kind, told in signals]
    )
    transaction.on_commit(bus.wake, robust=True)


def forget_old(*, at: dt.datetime) -> int:
    """Drop what is older than a day."""
    return LiveEvent.objects.filter(at__lt=at - KEEP).delete()[0]
