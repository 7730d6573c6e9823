"""Many streams share few threads; what one leaves behind does not disturb the others."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async

from cangke.foundation.live.public import close_hubs, listen, signal
from cangke.foundation.live.threads import PAGE_THREADS, STREAM_THREADS, SharedThreads

from .test_stream import _allowed, _next


def _thread() -> tuple[str, int]:
    return threading.current_thread().name, threading.get_ident()


async def _threads(path: str, many: int) -> set[tuple[str, int]]:
    """The threads in which so many requests at once do their database work."""
    seen, all_in = set(), asyncio.Event()

    async def application(scope, receive, send):
        async with ThreadSensitiveContext():
            seen.add(await sync_to_async(_thread)())
            await asyncio.wait_for(all_in.wait(), 10)

    served = SharedThreads(application, application)
    scope = {"type": "http", "path": path}
    requests = [asyncio.create_task(served(scope, None, None)) for _ in range(many)]
    await asyncio.sleep(0.1)
    all_in.set()
    await asyncio.gather(*requests)
    return seen


async def test_fifty_streams_take_four_threads_and_fifty_pages_eight():
    assert len(await _threads("/live/", 50)) == STREAM_THREADS
    assert len(await _threads("/chat/key/stream/", 50)) == STREAM_THREADS
    pages = await _threads("/desk/", 50)
    assert len(pages) == PAGE_THREADS
    assert not any(name.startswith("stream") for name, _ident in pages)


async def test_a_page_is_not_kept_waiting_behind_a_slow_one():
    """Each request is given the thread with the fewest; an upload that drags on needs none."""
    served, running = SharedThreads(None, None), []
    for _n in range(PAGE_THREADS):
        running.append(served.page_threads.one())
        await running[-1].__aenter__()
    assert set(served.page_threads.requests.values()) == {1}
    await running.pop(3).__aexit__(None, None, None)
    async with served.page_threads.one():
        assert set(served.page_threads.requests.values()) == {1}
    for each in running:
        await each.__aexit__(None, None, None)
    assert set(served.page_threads.requests.values()) == {0}


@pytest.mark.django_db(transaction=True)
async def test_the_hub_goes_on_when_the_stream_that_started_it_ends():
    close_hubs()
    first_ended, second_ready = asyncio.Event(), asyncio.Event()
    pool = ThreadPoolExecutor(1)

    async def first():
        async with ThreadSensitiveContext(executor=pool):
            stream = listen(frozenset(["a"]), after=None, still_allowed=_allowed)
            await _next(stream)
            await second_ready.wait()
            await stream.aclose()
        first_ended.set()

    async def second():
        stream = listen(frozenset(["a"]), after=None, still_allowed=_allowed)
        await _next(stream)
        second_ready.set()
        await first_ended.wait()
        await sync_to_async(signal)("a", "message", {"id": 7})
        heard = await _next(stream)
        await stream.aclose()
        return heard["id"]

    started = asyncio.create_task(first())
    await asyncio.sleep(0.1)
    assert await second() == 7
    await started
    close_hubs()
    pool.shutdown()
