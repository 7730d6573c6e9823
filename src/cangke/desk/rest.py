"""Conversations over REST, to be read (X11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from cangke.foundation.access.public import Account, can, get_visible, scope, shown
from cangke.foundation.api.public import MOST_KEY, PROBLEMS, caller, page_of_rows

from .models import Conversation, Message

router = Router(tags=["conversations"])
MOST_SEQ = 2_000_000_000


class MessageOut(Schema):
    seq: int
    direction: str
    sender_kind: str
    body: str = Field(description="empty once recalled")
    event: str
    at: dt.datetime
    recalled_at: dt.datetime | None


class ConversationOut(Schema):
    number: str
    channel: str
    shop: str
    customer: str
    subject: str
    stage: str
    state: str
    opened_at: dt.datetime
    first_human_reply_at: dt.datetime | None
    last_message_at: dt.datetime
    closed_at: dt.datetime | None


class ConversationPage(Schema):
    rows: list[ConversationOut]
    next_after: int | None = Field(description="pass as ``after`` to go on; null at the end")


class ThreadOut(ConversationOut):
    messages: list[MessageOut]
    next_after_seq: int | None = Field(
        description="pass as ``after_seq`` to go on; null at the end"
    )


def _out(account: Account, row: Conversation) -> dict[str, Any]:
    return {
        **{name: shown(account, row, name) for name in ("number", "subject", "stage", "state")},
        "channel": row.channel.code,
        "shop": row.shop.code if row.shop else "",
        "customer": row.customer.number if row.customer else "",
        "opened_at": row.opened_at,
        "first_human_reply_at": row.first_human_reply_at,
        "last_message_at": row.last_message_at,
        "closed_at": row.closed_at,
    }


def _message(account: Account, message: Message) -> dict[str, Any]:
    return {
        "seq": message.seq,
        "direction": message.direction,
        "sender_kind": message.sender_kind,
        "body": "" if message.recalled_at else shown(account, message, "body"),
        "event": message.event,
        "at": message.at,
        "recalled_at": message.recalled_at,
    }


@router.get("/conversations", response={200: ConversationPage, **PROBLEMS})
def conversation_list(
    request: HttpRequest,
    state: str = Query("", max_length=20),
    after: int = Query(0, ge=0, le=MOST_KEY),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """Conversations, oldest first."""
    account = caller(request, "desk.view")
    rows = scope(account, Conversation, "view").select_related("channel", "shop", "customer")
    if state:
        rows = rows.filter(state=state)
    found, following = page_of_rows(rows, after=after, limit=limit)
    return {"rows": [_out(account, each) for each in found], "next_after": following}


@router.get("/conversations/{number}", response={200: ThreadOut, **PROBLEMS})
def conversation_get(
    request: HttpRequest,
    number: str,
    after_seq: int = Query(0, ge=0, le=MOST_SEQ),
    limit: int = Query(100, ge=1, le=200),
) -> Any:
    """One conversation with its messages; internal notes only for who may write them."""
    account = caller(request, "desk.view")
    rows = scope(account, Conversation, "view").select_related("channel", "shop", "customer")
    conversation = get_visible(account, Conversation, rows=rows, number=number)
    messages = conversation.messages.filter(seq__gt=after_seq).order_by("seq")
    if not can(account, "desk.reply"):
        messages = messages.exclude(direction="note")
    found = list(messages[: limit + 1])
    return {
        **_out(account, conversation),
        "messages": [_message(account, each) for each in found[:limit]],
        "next_after_seq": found[limit - 1].seq if len(found) > limit else None,
    }
