"""The front door of live."""

from .actions import forget_old, signal, signal_all, signal_each
from .hub import close_hubs, listen
from .models import LiveEvent
from .ports import topics_of
from .threads import PageHandler, SharedThreads

__all__ = [
    "LiveEvent",
    "PageHandler",
    "SharedThreads",
    "close_hubs",
    "forget_old",
    "listen",
    "signal",
    "signal_all",
    "signal_each",
    "topics_of",
]
