"""Making conversations and messages findable, in batches behind the talk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice

from django.db.models import Max, Model
from django.urls import reverse

from cangke.foundation.search.public import Entry, SearchDoc, index_many

from ..models import Conversation, Message
from ..rules.facts import Direction

MOST_AT_ONCE = 2000
BATCH = 250  # one transaction: a writer on SQLite waits for it
# A transaction that began earlier may commit a lower number later: look back a little.
LOOK_BACK = 500


def index_new(*, at: dt.datetime) -> int:
    """Index what has been said since the last time; return how much that was."""
    return _in_batches(_conversations(), at) + _in_batches(_messages(), at)


def _in_batches(entries: Iterable[Entry], at: dt.datetime) -> int:
    """Index in small transactions, so that nobody's reply waits for the lock."""
    left, done = iter(entries), 0
    while batch := list(islice(left, BATCH)):
        index_many(batch, at=at)
        done += len(batch)
    return done


def _after(kind: str, model: type[Model]) -> tuple[int, set[int]]:
    """Return from which id on to look, and the ids after it that are indexed already."""
    docs = SearchDoc.objects.filter(kind=kind)
    last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
    # The index of object ids is read from the last row of this kind, not from that of another.
    below = docs.filter(object_id__lte=last).order_by("-object_id")
    newest = below.values_list("object_id", flat=True).first() or 0
    start = max(0, newest - LOOK_BACK)
    known = set(docs.filter(object_id__range=(start + 1, last)).values_list("object_id", flat=True))
    return start, known


def _conversations() -> list[Entry]:
    start, known = _after("conversation", Conversation)
    rows = (
        Conversation.objects.filter(pk__gt=start)
        .select_related("customer")
        .order_by("pk")[: MOST_AT_ONCE + LOOK_BACK]
    )
    return [
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


def _messages() -> list[Entry]:
    start, known = _after("message", Message)
    rows = (
        Message.objects.filter(pk__gt=start)
        .exclude(direction=Direction.EVENT)
        .exclude(body="")
        .select_related("conversation__customer")
        .order_by("pk")[: MOST_AT_ONCE + LOOK_BACK]
    )
    return [
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
