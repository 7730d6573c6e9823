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
        .order_by("pk")
        .values_list("pk", "number", "subject", "customer__display_name")
    )
    return [
        Entry(
            "conversation",
            pk,
            title=f"{number} {name}",
            subtitle=subject,
            text=subject,
            url=reverse("desk:conversation", args=[pk]),
            numbers=[number],
        )
        for pk, number, subject, name in rows[: MOST_AT_ONCE + LOOK_BACK]
        if pk not in known
    ]


def _messages() -> list[Entry]:
    start, known = _after("message", Message)
    rows = (
        Message.objects.filter(pk__gt=start)
        .exclude(direction=Direction.EVENT)
        .exclude(body="")
        .order_by("pk")
        .values_list(
            "pk",
            "seq",
            "body",
            "conversation_id",
            "conversation__number",
            "conversation__customer__display_name",
        )
    )
    said = [row for row in rows[: MOST_AT_ONCE + LOOK_BACK] if row[0] not in known]
    pages = {talk: reverse("desk:conversation", args=[talk]) for talk in {row[3] for row in said}}
    return [
        Entry(
            "message",
            pk,
            title=f"{number} {name}",
            subtitle=body[:120],
            text=body,
            url=f"{pages[talk]}#m{seq}",
        )
        for pk, seq, body, talk, number, name in said
    ]
