"""What is done with notices: telling, choosing, and sending to the outside."""

from .choosing import choose, delete_webhook, mark_read, save_webhook
from .outbox import deliver, discard, post_mail, retry, sweep
from .telling import announce, digest, forget_old, notify, notify_each

__all__ = [
    "announce",
    "choose",
    "delete_webhook",
    "deliver",
    "digest",
    "discard",
    "forget_old",
    "mark_read",
    "notify",
    "notify_each",
    "post_mail",
    "retry",
    "save_webhook",
    "sweep",
]
