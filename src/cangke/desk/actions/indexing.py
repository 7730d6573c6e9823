"""Making conversations and messages findable, in batches behind the talk."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from cangke.foundation.search.public import Entry, SearchDoc, index_many

from ..models import Conversation, Message
from ..rules.facts import Direction

BATCH = 2000
# A transaction that began earlier may commit a lower number later: look back a little.
LOOK_BACK = 500


@transaction.atomic
def index_new(*, at: dt.datetime) -> int:
    """Index what has been said since the last time; return how much that was."""
    return _index_conversations(at) + _index_messages(at)


def _after(kind: str) -> tuple[int, set[int]]:
    """Return from which id on to look, and the ids after it that are indexed already."""
    docs = SearchDoc.objects.filter(kind=kind)
    newest = docs.order_by("-object_id").values_list("object_id", flat=True).first() or 0
    start = max(0, newest - LOOK_BACK)
    known = set(docs.filter(object_id__gt=start).values_list("object_id", flat=True))
    return start, known


def _index_conversations(at: dt.datetime) -> int:
    start, known = _after("conversation")
    rows = (
        Conversation.objects.filter(pk__gt=start)
        .select_related("customer")
        .order_by("pk")[: BATCH + LOOK_BACK]
    )
    entries = [
        Entry(
            "conversation",
            row.pk,
            title=f"{row.number} {row.customer.display_name}",
            subtitle=row.subject,
            text=row.subject,
            url=reverse("desk:conversation", args=[row.pk]),
            numbers=[row.number],
        )
        for row in rows
        if row.pk not in known
    ]
    index_many(entries, at=at)
    return len(entries)


def _index_messages(at: dt.datetime) -> int:
    start, known = _after("message")
    rows = (
        Message.objects.filter(pk__gt=start)
        .exclude(direction=Direction.EVENT)
        .exclude(body="")
        .select_related("conversation__customer")
        .order_by("pk")[: BATCH + LOOK_BACK]
    )
    entries = [
        Entry(
            "message",
            row.pk,
            title=f"{row.conversation.number} {row.conversation.customer.display_name}",
            subtitle=row.body[:120],
            text=row.body,
            url=f"{reverse('desk:conversation', args=[row.conversation_id])}#m{row.seq}",
        )
        for row in rows
        if row.pk not in known
    ]
    index_many(entries, at=at)
    return len(entries)
