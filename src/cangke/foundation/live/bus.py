"""
The wake-up call between the process that wrote a row and the processes that hold streams.

It carries nothing: whoever is woken reads the rows. In one process it is a callback into the
event loop; with Redis it is one publish. A lost call costs a second, never an event.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)
CHANNEL = "cangke:live"

_lock = threading.Lock()
_listeners: set[Callable[[], None]] = set()


def listen(callback: Callable[[], None]) -> None:
    """Call ``callback`` (thread-safe, quick) whenever this process is woken."""
    with _lock:
        _listeners.add(callback)


def unlisten(callback: Callable[[], None]) -> None:
    with _lock:
        _listeners.discard(callback)


def wake_here() -> None:
    """Wake the streams of this process."""
    with _lock:
        listeners = list(_listeners)
    for callback in listeners:
        callback()


@cache
def _redis() -> Any:
    import redis

    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, health_check_interval=30
    )


def wake() -> None:
    """Wake the streams of every process."""
    wake_here()
    if settings.REDIS_URL:
        import redis

        try:
            _redis().publish(CHANNEL, b"1")
        except redis.RedisError:
            log.warning("redis did not take a wake-up; streams catch up within a second")
