"""The tasks of a hub end when they are told to, whatever they were doing."""

import asyncio
import time

import pytest

from cangke.foundation.live import hub as hubs


@pytest.fixture(autouse=True)
def _fresh_hubs():
    hubs.close_hubs()
    yield
    hubs.close_hubs()


async def _reading(monkeypatch):
    """A hub that has just begun a slow reading of the database."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read(cursor, missing):
        loop.call_soon_threadsafe(begun.set)
        time.sleep(0.1)
        return []

    monkeypatch.setattr(hubs, "_newest", lambda: 0)
    monkeypatch.setattr(hubs, "_read", read)
    room = hubs.hub()
    await room.join(hubs.Stream(frozenset(["a"])))
    room.woken.set()
    await asyncio.wait_for(begun.wait(), 5)
    return room


async def test_a_hub_told_to_stop_while_it_reads_ends(monkeypatch):
    room = await _reading(monkeypatch)
    for task in room.tasks:
        task.cancel()
    _done, pending = await asyncio.wait(room.tasks, timeout=5)
    assert not pending


async def test_a_closed_hub_ends(monkeypatch):
    room = await _reading(monkeypatch)
    room.close()
    _done, pending = await asyncio.wait(room.tasks, timeout=5)
    assert not pending


@pytest.mark.parametrize("seconds", [0, 0.0005, 0.002, 0.02, 0.2])
async def test_a_hub_told_to_stop_at_any_moment_of_its_start_ends(monkeypatch, seconds):
    monkeypatch.setattr(hubs, "_newest", lambda: 0)
    monkeypatch.setattr(hubs, "_read", lambda cursor, missing: [])
    room = hubs.hub()
    await room.join(hubs.Stream(frozenset(["a"])))
    await asyncio.sleep(seconds)
    for task in room.tasks:
        task.cancel()
    _done, pending = await asyncio.wait(room.tasks, timeout=5)
    assert not pending
