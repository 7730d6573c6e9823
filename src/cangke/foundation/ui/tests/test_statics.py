"""A page takes no detour: not by the files, and not from thread to thread."""

import asyncio
import threading

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import RequestFactory

from cangke.foundation.live.public import PageHandler
from cangke.foundation.ui import statics


def answered(request):
    return HttpResponse("a page")


def test_only_what_lies_among_the_files_goes_through_an_event_loop(monkeypatch):
    loops = []
    plain = statics.async_to_sync
    monkeypatch.setattr(statics, "async_to_sync", lambda each: loops.append(each) or plain(each))
    middleware = statics.StaticMiddleware(answered)
    assert middleware(RequestFactory().get("/desk/")).content == b"a page"
    assert loops == []
    missing = middleware(RequestFactory().get("/static/ui/dist/nothing.css"))
    assert missing.content == b"a page"
    assert len(loops) == 1


@pytest.mark.django_db
def test_a_page_is_answered_in_one_go_of_one_thread(monkeypatch):
    """From the first middleware to the view: no step of it is handed to another thread."""
    seen = []

    def noted(handler, request):
        seen.append(threading.get_ident())
        return HttpResponse("x")

    monkeypatch.setattr(BaseHandler, "_get_response", noted)
    handler = PageHandler()
    monkeypatch.setattr(
        handler, "_middleware_chain", lambda request, chain=handler._middleware_chain: (
            seen.append(threading.get_ident()), chain(request))[1],
    )  # fmt: skip
    request = RequestFactory().get("/healthz")
    assert asyncio.run(handler.get_response_async(request)).status_code == 200
    assert len(set(seen)) == 1
    assert len(seen) == 2
