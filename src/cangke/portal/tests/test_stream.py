"""The visitor's stream: own topic, nothing lost on the way, no ear for anybody else's."""

import asyncio
import gc
import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.utils import timezone

from cangke.desk import actions
from cangke.desk.channels.tests.factories import make_channel
from cangke.desk.models import Conversation
from cangke.desk.public import visitors, web_chat
from cangke.foundation.access.public import grant
from cangke.foundation.live.public import LiveEvent, close_hubs, signal
from cangke.people.tests.factories import AT, make_employee, make_shop, make_team
from cangke.portal.views import live as streams

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _fresh_hubs():
    close_hubs()
    streams._open.clear()
    yield
    close_hubs()
    await sync_to_async(connections.close_all)()


class Visit:
    def __init__(self) -> None:
        self.channel = make_channel("web_chat", make_shop())
        self.visitor = visitors.new_visitor()
        self.key = self.visitor.key(self.channel.public_key)
        employee = make_employee(team=make_team(self.channel.shop))
        grant(account=employee.account, role="supervisor", scope_kind="all", by=None, at=AT)
        self.agent = employee.account

    def say(self, body: str) -> None:
        web_chat.write_as_visitor(
            channel=self.channel,
            visitor_key=self.key,
            body=body,
            client_token=body,
            at=timezone.now(),
        )

    def reply(self, body: str) -> None:
        actions.reply(
            conversation_id=Conversation.objects.get(visitor_key=self.key).pk,
            body=body,
            reason="先来的已在电话里",
            by=self.agent,
            at=timezone.now(),
        )

    def note(self, body: str) -> None:
        actions.write_note(
            conversation_id=Conversation.objects.get(visitor_key=self.key).pk,
            body=body,
            by=self.agent,
            at=timezone.now(),
        )

    async def listen(self, **headers: str):
        return await AsyncClient().get(
            f"/chat/{self.channel.public_key}/stream/",
            headers={"X-Visitor": self.visitor.ticket, **headers},
        )


async def heard(events, count: int) -> list[dict]:
    found: list[dict] = []
    while len(found) < count:
        chunk = await asyncio.wait_for(anext(events), 5)
        found += [
            json.loads(line[5:]) for line in chunk.decode().splitlines() if line.startswith("data:")
        ]
    return found


async def leave(events) -> None:
    """Go away as a browser does: nobody asks for the next event."""
    await events.aclose()
    gc.collect()
    await asyncio.sleep(0.05)


async def test_an_answer_is_heard_at_once_and_a_note_never():
    visit = await sync_to_async(Visit)()
    await sync_to_async(visit.say)("你好")
    response = await visit.listen()
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    events = aiter(response.streaming_content)
    del response
    assert (await heard(events, 1))[0]["kind"] == "hello"
    await sync_to_async(visit.note)("内部备注")
    await sync_to_async(visit.reply)("您好")
    (event,) = await heard(events, 1)
    assert event["kind"] == "message"
    assert event["topic"] == f"visitor:{visit.key}"
    assert "您好" not in json.dumps(event, ensure_ascii=False)
    await leave(events)
    assert not streams._open


async def test_what_was_missed_is_told_after_a_dropped_line():
    visit = await sync_to_async(Visit)()
    await sync_to_async(visit.say)("你好")
    newest = await LiveEvent.objects.order_by("-id").afirst()
    await sync_to_async(visit.reply)("一")
    await sync_to_async(visit.reply)("二")
    response = await visit.listen(**{"Last-Event-ID": str(newest.pk)})
    events = aiter(response.streaming_content)
    kinds = [event["kind"] for event in await heard(events, 2)]
    assert kinds.count("message") >= 2
    await leave(events)


async def test_asking_for_the_past_of_all_shows_ones_own():
    mine, other = await sync_to_async(Visit)(), await sync_to_async(Visit)()
    await sync_to_async(other.say)("别人的话")
    await sync_to_async(mine.say)("我的话")
    response = await mine.listen(**{"Last-Event-ID": "0"})
    events = aiter(response.streaming_content)
    first = await heard(events, 1)
    await sync_to_async(signal)(f"visitor:{other.key}", "message", {})
    await sync_to_async(signal)("board", "message", {})
    await sync_to_async(visit_reply := mine.reply)("答")
    assert visit_reply
    later = await heard(events, 1)
    assert {event["topic"] for event in first + later} == {f"visitor:{mine.key}"}
    await leave(events)


async def test_a_browser_holds_a_few_lines_and_no_more():
    visit = await sync_to_async(Visit)()
    await sync_to_async(visit.say)("你好")
    opened = []
    for _line in range(streams.MOST_A_VISITOR):
        events = aiter((await visit.listen()).streaming_content)
        await heard(events, 1)
        opened.append(events)
    refused = await visit.listen()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    for events in opened:
        await leave(events)
    again = await visit.listen()
    assert again.status_code == 200
    await leave(again.streaming_content)


async def test_a_foreign_ticket_hears_nothing():
    visit = await sync_to_async(Visit)()
    for ticket in ("x" * 60, visit.visitor.ticket[:-2], ""):
        response = await AsyncClient().get(
            f"/chat/{visit.channel.public_key}/stream/", headers={"X-Visitor": ticket}
        )
        assert response.status_code == 404
    nobody = await AsyncClient().get(f"/chat/{visit.channel.public_key}/stream/")
    assert nobody.status_code == 404
