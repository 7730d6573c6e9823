"""The front door of events."""

from .actions import NotInTransaction, deliver, forget_old, publish, sweep
from .models import Delivery, EventRecord
from .registry import event_name, wire

__all__ = [
    "Delivery",
    "EventRecord",
    "NotInTransaction",
    "deliver",
    "event_name",
    "forget_old",
    "publish",
    "sweep",
    "wire",
]
