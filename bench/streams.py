"""W6: a thousand open event streams on one process; who hears what, how soon, and what it costs."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from .figures import Report, percentile
from .stage import Browser, Stage
from .workloads import Seeded, conversation_of

STREAMS = 1_000
WATCHED = 4
REPLIES = 40
PATIENCE = 10.0


@dataclass
class Watchers:
    """Streams held open by one loop; ``heard`` has the moments a conversation's word came."""

    stage: Stage
    open: int = 0
    lost: int = 0
    heard: dict[str, list[float]] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    async def watch(self, conversation: str, cookies: Mapping[str, str]) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stage.live_port)
        writer.write(
            f"GET /live/?topic=conversation:{conversation} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.stage.live_port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        await writer.drain()
        first = await reader.readline()
        if b" 200 " not in first:
            self.lost += 1
            return
        self.open += 1
        try:
            while not self.stop.is_set():
                try:
                    line = await asyncio.wait_for(reader.readline(), 1)
                except TimeoutError:
                    continue
                if not line:
                    self.lost += 1
                    return
                if line.startswith(b"data:") and b'"message"' in line:
                    self.heard[conversation].append(time.perf_counter())
        finally:
            self.open -= 1
            writer.close()

    async def _hold(self, watched: list[tuple[str, dict[str, str]]]) -> None:
        tasks = []
        for number in range(STREAMS):
            tasks.append(asyncio.ensure_future(self.watch(*watched[number % len(watched)])))
            if number % 50 == 49:  # as browsers come back, not all in one instant
                await asyncio.sleep(0.05)
        await asyncio.gather(*tasks)

    def start(self, watched: list[tuple[str, dict[str, str]]]) -> threading.Thread:
        self.heard = {conversation: [] for conversation, _cookies in watched}
        thread = threading.Thread(target=lambda: asyncio.run(self._hold(watched)), daemon=True)
        thread.start()
        return thread


def streams(stage: Stage, seeded: Seeded, report: Report) -> None:
    """Open them, let agents answer, and count who heard; then the same again for the memory."""
    people = [Browser(stage, name, seeded["password"]) for name in seeded["agents"][:WATCHED]]
    talks = [conversation_of(each) for each in people]
    watched = [(talk, dict(each.http.cookies)) for talk, each in zip(talks, people, strict=True)]
    before = stage.memory_mb()
    watchers = Watchers(stage)
    thread = watchers.start(watched)
    deadline = time.monotonic() + 60
    while watchers.open + watchers.lost < STREAMS and time.monotonic() < deadline:
        time.sleep(0.1)
    report.require(watchers.open == STREAMS, f"W6: {watchers.open} of {STREAMS} streams opened")
    held = stage.memory_mb()
    taken: list[float] = []
    missed = 0
    for number in range(REPLIES):
        talk, person = talks[number % WATCHED], people[number % WATCHED]
        audience = STREAMS // WATCHED
        before_it = len(watchers.heard[talk])
        started = time.perf_counter()
        person.post(
            f"/desk/c/{talk}/reply/", {"body": f"all {number}", "client_token": f"all-{number}"}
        )
        end = time.perf_counter() + PATIENCE
        while len(watchers.heard[talk]) - before_it < audience and time.perf_counter() < end:
            time.sleep(0.005)
        times = watchers.heard[talk][before_it:]
        missed += max(0, audience - len(times))
        taken += [(at - started) * 1000 for at in times]
    after = stage.memory_mb()
    watchers.stop.set()
    thread.join(10)
    report.require(missed == 0, f"W6: {missed} of {len(taken) + missed} deliveries did not come")
    report.require(watchers.lost == 0, f"W6: {watchers.lost} streams ended by themselves")
    report.add(
        "W6",
        f"a reply to {STREAMS // WATCHED} watchers, {STREAMS} streams open",
        p50_ms=round(percentile(taken, 0.5), 1),
        p95_ms=round(percentile(taken, 0.95), 1),
    )
    report.add("W6", f"{STREAMS} streams, a stream", mb=round((held - before) / STREAMS, 3))
    report.add("W6", f"{STREAMS} streams, after {REPLIES} replies", mb=round(after - held, 1))
