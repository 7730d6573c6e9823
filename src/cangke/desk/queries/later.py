"""Replies that wait for their time, and conversations that may become one."""

from __future__ import annotations

from django.db.models import QuerySet

from cangke.foundation.access.public import Account, scope

from ..models import Conversation, LaterReply


def unsent_in(conversation: Conversation) -> list[LaterReply]:
    """What is still to be sent in a conversation, soonest first."""
    rows = LaterReply.objects.filter(conversation=conversation, state__in=["waiting", "held"])
    return list(rows.select_related("employee").order_by("send_at", "pk"))


def mergeable(account: Account, conversation: Conversation) -> QuerySet[Conversation]:
    """The customer's other open conversations in the same channel, newest first."""
    rows = scope(account, Conversation, "close").filter(
        customer_id=conversation.customer_id, channel_id=conversation.channel_id
    )
    open_ones = Conversation.objects.open().filter(pk__in=rows.values("pk"))
    return open_ones.exclude(pk=conversation.pk).order_by("-last_message_at", "-pk")
