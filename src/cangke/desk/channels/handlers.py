"""What the channels do when the desk has said something."""

from __future__ import annotations

from django.utils import timezone

from ..events import ReplySent
from ..models import Message
from . import duties
from .mail import outgoing


def send_reply(event: ReplySent) -> None:
    """Put a message for an e-mail channel on its way at once; a sweeper sends what this misses."""
    if not Message.objects.filter(pk=event.message_id, channel__kind="email").exists():
        return
    row = outgoing.take_on(event.message_id, at=timezone.now())
    if row is not None:
        duties.send_mail.enqueue(row.pk)
