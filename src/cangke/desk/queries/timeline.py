"""What the desk lends to a customer's timeline (G3, A1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.customers.public import TimelineRow
from cangke.foundation.access.public import scope

from ..models import Conversation


def conversations_in_timeline(
    account: Any,
    customer_ids: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> list[TimelineRow]:
    """Return the customers' conversations as rows, one query."""
    rows = (
        scope(account, Conversation, "view")
        .filter(customer_id__in=customer_ids, opened_at__gte=since, opened_at__lt=until)
        .select_related("channel", "assignee")
        .order_by("-opened_at")[:limit]
    )
    return [
        TimelineRow(
            at=row.opened_at,
            kind="conversation",
            title=_("%(channel)s会话 %(number)s")
            % {"channel": row.channel.get_kind_display(), "number": row.number},
            text=row.preview,
            url=reverse("desk:conversation", args=[row.pk]),
            who="" if row.assignee is None else row.assignee.name,
            tone="wait" if row.waiting_since is not None and row.is_open else "",
        )
        for row in rows
    ]
