"""Scripts, styles and icons, without a detour for pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class StaticMiddleware:
    """
    Serve static files by ServeStatic, and hand everything else on as it came.

    ServeStatic is asynchronous only: in the midst of a chain that is not, it would send every page
    through an event loop and two threads.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)
            self.static = ServeStaticMiddleware(get_response)
        else:
            self.static = ServeStaticMiddleware(sync_to_async(get_response))

    def __call__(self, request: HttpRequest) -> Any:
        if self.asynchronous:
            return self.static(request)
        if request.path_info.startswith(self.static.static_prefix):
            return async_to_sync(self.static.__call__)(request)
        return self.get_response(request)
