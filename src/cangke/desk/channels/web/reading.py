"""What a visitor is told and sees: rows that were said to and fro under their own key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404

from cangke.foundation.calendar.public import site_day
from cangke.rulebook.public import policy

from ...models import Channel, Conversation, Message, Rating
from ...queries.duty import Staffing, staffing
from ...queries.stages import group_for
from ...rules.facts import HUMAN_ORIGINS, Direction, SenderKind
from ...rules.replies import GreetingPolicy, choose_greeting
from ...rules.states import ConversationState
from ..visitors import sign_file

MOST_SHOWN = 50
SECONDS_KEPT = 10
SHOWN = (Direction.IN, Direction.OUT)


@dataclass(frozen=True)
class VisitorFile:
    name: str
    size: int
    url: str
    is_picture: bool
    width: int | None
    height: int | None


@dataclass(frozen=True)
class VisitorMessage:
    """A line as the visitor may see it. ``state`` is of own messages: received or read."""

    id: int
    mine: bool
    auto: bool
    who: str
    text: str
    at: dt.datetime
    state: str
    recalled: bool
    files: tuple[VisitorFile, ...] = ()


@dataclass(frozen=True)
class Ending:
    """
    That the visitor's conversation has ended, and what they may say of it.

    ``rating_id`` is what they are asked now; ``score`` what they have said.
    """

    rating_id: int | None = None
    score: int | None = None


@dataclass(frozen=True)
class Welcome:
    """What the chat says before anybody has written."""

    greeting: str
    is_open: bool
    opens_at: dt.datetime | None
    away: str
    staffing: Staffing = Staffing.NOBODY


def chat_channel(public_key: str) -> Channel:
    """
    Return the web chat of a public key.

    :raises Http404: if there is none, or it is switched off
    """
    channel = (
        Channel.objects.select_related("site", "shop", "opening")
        .filter(public_key=public_key, kind="web_chat", is_active=True)
        .first()
    )
    if channel is None:
        raise Http404
    return channel


def is_open_channel(public_key: str) -> bool:
    """Whether the web chat still takes visitors."""
    return Channel.objects.filter(public_key=public_key, kind="web_chat", is_active=True).exists()


def welcome(channel: Channel, *, language: str, at: dt.datetime) -> Welcome:
    """Return greeting, and outside hours when somebody will be there (A4, A25)."""
    standard = policy(GreetingPolicy, on=site_day(at, channel.site.zone)).standard()
    greeting = choose_greeting(
        channel_kind=channel.kind,
        language=language,
        own=channel.greetings,
        standard=standard,
        default_language=channel.language,
    )
    hours = None if channel.opening is None else channel.opening.opening_hours()
    if hours is None or hours.is_open(at):
        there = _staffing(channel, language=language, at=at)
        return Welcome(greeting, True, None, "", there)
    away = choose_greeting(
        channel_kind="",
        language=language,
        own=channel.away_notices,
        standard={},
        default_language=channel.language,
    )
    return Welcome(greeting, False, hours.next_opening(at), away)


def _staffing(channel: Channel, *, language: str, at: dt.datetime) -> Staffing:
    """Who is there for somebody who comes anew; looked up once in ten seconds for a channel."""
    key = f"desk.staffing:{channel.pk}:{language}"
    kept = cache.get(key)
    if kept is not None:
        return Staffing(kept)
    visitor = Conversation(channel=channel, shop_id=channel.shop_id, language=language)
    group_id, _because = group_for(visitor)
    found = staffing(group_id, at=at)
    cache.set(key, found.value, SECONDS_KEPT)
    return found


def conversation_of(channel: Channel, visitor_key: str) -> Conversation | None:
    """Return state and customer of the visitor's newest conversation in the channel."""
    return (
        Conversation.objects.select_related("customer")
        .only("state", "customer__number")
        .filter(channel=channel, visitor_key=visitor_key)
        .order_by("-pk")
        .first()
    )


def has_begun(channel: Channel, visitor_key: str) -> bool:
    """Whether the visitor has ever written in the channel."""
    return Conversation.objects.filter(channel=channel, visitor_key=visitor_key).exists()


def ending_of(channel: Channel, visitor_key: str, *, at: dt.datetime) -> Ending | None:
    """Return that the visitor's newest conversation has ended, or None; two queries."""
    conversation = conversation_of(channel, visitor_key)
    if conversation is None or conversation.state != ConversationState.CLOSED:
        return None
    asked = Rating.objects.filter(conversation=conversation, withdrawn_at__isnull=True)
    newest = asked.order_by("-asked_at").first()
    if newest is None:
        return Ending()
    if newest.score is not None:
        return Ending(score=newest.score)
    return Ending(rating_id=newest.pk if at <= newest.open_until else None)


def lines_of(channel: Channel, visitor_key: str) -> QuerySet[Message]:
    return Message.objects.filter(
        conversation__visitor_key=visitor_key, channel=channel, direction__in=SHOWN
    )


def visitor_messages(
    channel: Channel,
    visitor_key: str,
    *,
    before: int | None = None,
    language: str = "",
    limit: int = MOST_SHOWN,
) -> list[VisitorMessage]:
    """Return the newest lines, or those before one of them, oldest first; three queries."""
    rows = lines_of(channel, visitor_key)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows = rows.select_related("conversation", "agent").prefetch_related("attachments__file")
    newest = list(rows.order_by("-pk")[:limit])
    return [_shown(each, channel, visitor_key, language) for each in reversed(newest)]


def _shown(message: Message, channel: Channel, visitor_key: str, language: str) -> VisitorMessage:
    mine = message.direction == Direction.IN
    recalled = message.recalled_at is not None
    read = message.seq <= message.conversation.read_seq
    return VisitorMessage(
        id=message.pk,
        mine=mine,
        auto=not mine and message.origin not in HUMAN_ORIGINS,
        who="" if mine else _who(message, channel, language),
        text="" if recalled else message.body,
        at=message.at,
        state=("read" if read else "received") if mine else "",
        recalled=recalled,
        files=() if recalled else _files(message, visitor_key),
    )


def _who(message: Message, channel: Channel, language: str) -> str:
    """Return who answers, as the shop wants it shown: by name, or as the shop."""
    agent = message.agent
    if message.sender_kind != SenderKind.AGENT or agent is None:
        return ""
    if not channel.config.get("show_agents", True):
        return ""
    return agent.english_name or agent.name if language == "en" else agent.name


def _files(message: Message, visitor_key: str) -> tuple[VisitorFile, ...]:
    return tuple(
        VisitorFile(
            name=each.file.name,
            size=each.file.size,
            url=f"{each.file.get_absolute_url()}?v={sign_file(each.file.key, visitor_key)}",
            is_picture=each.file.is_picture,
            width=each.file.width,
            height=each.file.height,
        )
        for each in message.attachments.all()
    )
