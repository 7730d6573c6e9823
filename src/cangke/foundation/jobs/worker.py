"""What a worker process, or the worker threads of ``cangke up``, run."""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from . import actions

log = logging.getLogger(__name__)
TICK_SECONDS = 1.0


class Worker:
    """Queue threads and the clock that does periodic duties."""

    def __init__(self, *, threads: int = 2) -> None:
        autodiscover_modules("tasks")
        from huey.contrib.djhuey import HUEY

        self.consumer: Any = HUEY.create_consumer(
            workers=threads, periodic=False, initial_delay=0.05, backoff=1.15, max_delay=1.0
        )
        self.stopping = threading.Event()
        self.clock = threading.Thread(target=self._tick, name="clock", daemon=True)

    def start(self) -> None:
        # The consumer wants to own the process' signals; here the server owns them.
        self.consumer._set_signal_handlers = lambda: None
        self.consumer.start()
        self.clock.start()

    def stop(self) -> None:
        self.stopping.set()
        self.consumer.stop(graceful=True)
        self.clock.join(timeout=10)

    def _tick(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            try:
                actions.do_due_duties(at=timezone.now())
            except Exception:  # noqa: BLE001  # the database may be away for a moment
                log.exception("the clock could not tick")
            finally:
                close_old_connections()
