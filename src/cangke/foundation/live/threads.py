"""Few threads for many requests: each thread keeps a connection to the database open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Application = Callable[[Any, Any, Any], Awaitable[None]]
STREAMS = ("/live/", "/stream/")
STREAM_THREADS = 4
PAGE_THREADS = 8


class PageHandler(ASGIHandler):
    """Answer a page in one go of one thread, from the first middleware to the last."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


class Threads:
    """Threads of which each request is given the one with the fewest requests."""

    def __init__(self, many: int, name: str) -> None:
        # Each of its own: what a request leaves in its thread is there when it comes back.
        pools = [ThreadPoolExecutor(1, thread_name_prefix=name) for _ in range(many)]
        self.requests = dict.fromkeys(pools, 0)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Do the database work of a request in one of the threads."""
        pool = min(self.requests, key=self.requests.__getitem__)
        self.requests[pool] += 1
        try:
            async with ThreadSensitiveContext(executor=pool):
                yield
        finally:
            self.requests[pool] -= 1


class SharedThreads:
    """
    Serve pages and event streams from a few threads.

    Django gives each request a thread of its own, and with it a new connection to the database: on
    SQLite opening one costs more than most pages do, and a thousand open streams, which ask twice
    a minute, would hold a thousand of them.
    """

    def __init__(self, streams: Application, pages: Application) -> None:
        self.streams, self.pages = streams, pages
        self.stream_threads = Threads(STREAM_THREADS, "stream")
        self.page_threads = Threads(PAGE_THREADS, "page")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(settings.STATIC_URL):
            await self.streams(scope, receive, send)
        elif path.endswith(STREAMS):
            async with self.stream_threads.one():
                await self.streams(scope, receive, send)
        else:
            async with self.page_threads.one():
                await self.pages(scope, receive, send)
