"""Who is shut out hears nothing more."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils import timezone

from cangke.foundation.access.public import Roles, disable_account
from cangke.foundation.live import hub as hubs
from cangke.foundation.live.public import close_hubs
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_hubs():
    close_hubs()
    yield
    close_hubs()


async def _open(account):
    client = AsyncClient()
    await client.aforce_login(account, backend="django.contrib.auth.backends.ModelBackend")
    response = await client.get("/live/")
    assert response.status_code == 200
    return client, response.streaming_content


async def _until_hello(stream):
    async for chunk in stream:
        if b"hello" in chunk:
            return


async def _until_end(stream):
    return b"".join([chunk async for chunk in stream])


@pytest.mark.requirement("Q8")
async def test_q8_the_open_stream_of_a_disabled_account_ends_within_seconds():
    """Design security 14: open streams end."""
    account = await sync_to_async(make_account)(Roles.HR)
    client, stream = await _open(account)
    await asyncio.wait_for(_until_hello(stream), 5)
    began = time.monotonic()
    await sync_to_async(disable_account)(
        account_id=account.pk, by=None, at=timezone.now(), reason="离职"
    )
    rest = await asyncio.wait_for(_until_end(stream), 60)
    assert time.monotonic() - began < 60
    assert b"account" not in rest, "the word that ends the stream is not sent on"
    assert (await client.get("/live/")).status_code == 401
    assert not hubs.hub().streams


@pytest.mark.requirement("Q8")
async def test_q8_a_stream_asks_by_itself_when_the_word_was_lost(monkeypatch):
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(hubs, "PING_SECONDS", 0.2)
    account = await sync_to_async(make_account)(Roles.HR)
    _client, stream = await _open(account)
    await asyncio.wait_for(_until_hello(stream), 5)
    account.is_active = False
    await sync_to_async(account.save)()
    await asyncio.wait_for(_until_end(stream), 10)


async def test_others_go_on_hearing():
    first, second = [await sync_to_async(make_account)(Roles.HR) for _n in range(2)]
    _client, stream = await _open(second)
    await asyncio.wait_for(_until_hello(stream), 5)
    await sync_to_async(disable_account)(
        account_id=first.pk, by=None, at=timezone.now(), reason="离职"
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_until_end(stream), 1.5)
