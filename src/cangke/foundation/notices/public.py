"""The front door of notices."""

from .actions import announce, mark_read, notify, notify_each, post_mail
from .models import Notice, OutboxItem, OutboxState, Webhook
from .outbound import Answer, CallFailed, CallRefused, call
from .queries import count_unread
from .registry import notice_kind
from .rules import BadAddress, is_callable_address, is_signed, read_url, sign

__all__ = [
    "Answer",
    "BadAddress",
    "CallFailed",
    "CallRefused",
    "Notice",
    "OutboxItem",
    "OutboxState",
    "Webhook",
    "announce",
    "call",
    "count_unread",
    "is_callable_address",
    "is_signed",
    "mark_read",
    "notice_kind",
    "notify",
    "notify_each",
    "post_mail",
    "read_url",
    "sign",
]
