"""Few threads for many open streams: a stream waits, so it needs none of its own."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext

Application = Callable[[Any, Any, Any], Awaitable[None]]
STREAMS = ("/live/", "/stream/")
THREADS = 4


class SharedThreads:
    """
    Serve event streams from a few threads, everything else as Django does.

    Django gives each request a thread, and with it a connection to the database, for as long as
    the request lasts. A stream lasts hours and asks the database twice a minute: a thousand of them
    would hold a thousand connections.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        # One thread each: what a request leaves in its thread is there when it comes back.
        pools = [ThreadPoolExecutor(1, thread_name_prefix="stream") for _ in range(THREADS)]
        self.turn = itertools.cycle(pools)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(STREAMS):
            await self.application(scope, receive, send)
            return
        async with ThreadSensitiveContext(executor=next(self.turn)):
            await self.application(scope, receive, send)
