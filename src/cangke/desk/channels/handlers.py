"""What the channels do when the desk has said something."""

from __future__ import annotations

from django.utils import timezone

from ..events import ReplySent
from ..models import Channel
from . import duties
from .connector import outgoing as tool
from .mail import outgoing
from .wecom import outgoing as wecom


def send_reply(event: ReplySent) -> None:
    """Put a message on its way at once; a sweeper sends what this misses."""
    at = timezone.now()
    channel = Channel.objects.filter(pk=event.channel_id)
    kind, connector_id = channel.values_list("kind", "connector").get()
    if kind == "email":
        mail = outgoing.take_on(event.message_id, at=at)
        if mail is not None:
            duties.send_mail.enqueue(mail.pk)
    elif kind == "wecom":
        sent = wecom.take_on(event.message_id, at=at)
        if sent is not None:
            duties.send_wecom.enqueue(sent.pk)
    elif connector_id is not None:
        handed = tool.take_on(event.message_id, at=at)
        if handed is not None and handed.connector.url:
            duties.hand_over.enqueue(handed.pk)
