"""One reader per process hands new rows to the streams that listen to their topic."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextvars import Context
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from . import bus
from .models import LiveEvent

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0  # without a wake-up
PAUSE_SECONDS = 0.01  # between two readings, so that a burst is read in one go
PING_SECONDS = 15.0
CHECK_SECONDS = 30.0  # how often a stream asks whether its listener may still hear
GAP_SECONDS = 10.0  # how long a skipped id may still be committed by another process
BACKLOG = 500  # events a slow stream may owe before it is told to reload
REPLAY = 1000


@dataclass(frozen=True)
class Row:
    id: int
    topic: str
    kind: str
    payload: dict[str, object]


@dataclass(eq=False)
class Stream:
    topics: frozenset[str]
    queue: asyncio.Queue[Row | None] = field(default_factory=lambda: asyncio.Queue(BACKLOG))
    overflown: bool = False


def _rows(queryset: object) -> list[Row]:
    return [Row(*values) for values in queryset.values_list("id", "topic", "kind", "payload")]  # type: ignore[attr-defined]


def _newest() -> int:
    close_old_connections()
    return LiveEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _read(cursor: int, missing: Collection[int]) -> list[Row]:
    close_old_connections()
    rows = _rows(LiveEvent.objects.filter(id__gt=cursor).order_by("id")[:2000])
    if missing:
        rows = _rows(LiveEvent.objects.filter(id__in=list(missing)).order_by("id")) + rows
    return rows


def _replay(topics: frozenset[str], after: int) -> list[Row]:
    return _rows(
        LiveEvent.objects.filter(id__gt=after, topic__in=topics).order_by("id")[: REPLAY + 1]
    )


class Hub:
    """The streams of one event loop and the task that feeds them."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.woken = asyncio.Event()
        self.by_topic: dict[str, set[Stream]] = defaultdict(set)
        self.streams: set[Stream] = set()
        self.cursor = 0
        self.missing: dict[int, float] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self.closing = False
        bus.listen(self.wake)

    def wake(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.woken.set)

    async def join(self, stream: Stream) -> None:
        if not self.tasks:
            self.cursor = await sync_to_async(_newest)()
            # They outlive the stream that starts them, so they take nothing of its context along.
            self.tasks = [asyncio.create_task(self._feed(), context=Context())]
            if settings.REDIS_URL:
                self.tasks.append(asyncio.create_task(self._hear_redis(), context=Context()))
        self.streams.add(stream)
        for topic in stream.topics:
            self.by_topic[topic].add(stream)

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for topic in stream.topics:
            self.by_topic[topic].discard(stream)
            if not self.by_topic[topic]:
                del self.by_topic[topic]

    def close(self) -> None:
        """End every stream; browsers come back to another process or after the restart."""
        self.closing = True
        bus.unlisten(self.wake)
        for task in self.tasks:
            task.cancel()
        for stream in self.streams:
            self._put(stream, None)

    def _goes_on(self) -> bool:
        """
        Whether the running task of the hub was not told to stop.

        Asked at each round: a call to the database or to Redis that was under way when the word
        came may take it and return as if nothing had been said.
        """
        task = asyncio.current_task()
        return not self.closing and not (task and task.cancelling())

    async def _feed(self) -> None:
        while self._goes_on():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self.woken.wait()
            self.woken.clear()
            try:
                rows = await sync_to_async(_read)(self.cursor, tuple(self.missing))
            except Exception:  # noqa: BLE001  # the database may be restarting; the next round reads on
                log.exception("live rows could not be read")
                await asyncio.sleep(POLL_SECONDS)
                continue
            self._note(rows)
            for row in rows:
                for stream in tuple(self.by_topic.get(row.topic, ())):
                    self._put(stream, row)
            await asyncio.sleep(PAUSE_SECONDS)

    def _note(self, rows: list[Row]) -> None:
        """Move the cursor and remember ids that were skipped: another process may commit them."""
        now = time.monotonic()
        for row in rows:
            self.missing.pop(row.id, None)
            if row.id > self.cursor:
                for skipped in range(max(self.cursor + 1, row.id - 200), row.id):
                    self.missing[skipped] = now
                self.cursor = row.id
        for skipped, since in list(self.missing.items()):
            if now - since > GAP_SECONDS:
                del self.missing[skipped]

    @staticmethod
    def _put(stream: Stream, row: Row | None) -> None:
        try:
            stream.queue.put_nowait(row)
        except asyncio.QueueFull:
            stream.overflown = True

    async def _hear_redis(self) -> None:
        import redis.asyncio
        from redis import RedisError

        while self._goes_on():
            try:
                client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
                async with client, client.pubsub() as channel:
                    await channel.subscribe(bus.CHANNEL)
                    while self._goes_on():
                        if await channel.get_message(True, timeout=POLL_SECONDS):
                            self.woken.set()
            except (RedisError, OSError):
                await asyncio.sleep(POLL_SECONDS)


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known.loop is not loop or known.closing:
        known = _hubs[id(loop)] = Hub()
    return known


def close_hubs() -> None:
    for each in list(_hubs.values()):
        if not each.loop.is_closed():
            each.loop.call_soon_threadsafe(each.close)
    _hubs.clear()


def _event(row: Row) -> bytes:
    data = json.dumps(
        {"topic": row.topic, "kind": row.kind, **row.payload}, ensure_ascii=False, default=str
    )
    return f"id: {row.id}\ndata: {data}\n\n".encode()


async def listen(
    topics: frozenset[str],
    *,
    after: int | None,
    still_allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """
    Yield server-sent events of the topics: first what was missed since ``after``, then live.

    Events may come twice around a reconnect; pages fetch by id, so twice is as good as once. A
    listener too far behind is told to reload. The stream ends when ``still_allowed`` says no.
    """
    stream = Stream(topics)
    room = hub()
    await room.join(stream)
    try:
        yield b"retry: 1500\n\n"
        if after is not None:
            # Ids a little before the last one seen may have been committed after it.
            missed = await sync_to_async(_replay)(topics, max(after - 20, 0))
            if len(missed) > REPLAY:
                yield b'data: {"kind": "reload"}\n\n'
            else:
                for row in missed:
                    yield _event(row)
        else:
            yield f'id: {room.cursor}\ndata: {{"kind": "hello"}}\n\n'.encode()
        checked = time.monotonic()
        while not room.closing:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    heard = await stream.queue.get()
            except TimeoutError:
                yield b": ping\n\n"
            else:
                if heard is None or heard.kind == "signed_out":
                    return
                if stream.overflown:
                    yield b'data: {"kind": "reload"}\n\n'
                    return
                yield _event(heard)
            if time.monotonic() - checked > CHECK_SECONDS:
                checked = time.monotonic()
                if not await still_allowed():
                    return
    finally:
        room.leave(stream)
