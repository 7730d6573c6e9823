"""What the world says about a message after it went out, and trying again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Conflict

from ..models import Message


class NotFailed(Conflict):
    """Only what could not be delivered is sent again."""


@transaction.atomic
def resend(*, message_id: int, by: Account, at: dt.datetime) -> Message:
    """
    Put a message that could not be delivered back on its way (重新发送).

    :raises NotFailed: if it is on its way, was delivered, or was recalled
    """
    get_visible(by, Message, "reply", pk=message_id)
    message = Message.objects.select_for_update().select_related("conversation").get(pk=message_id)
    if message.delivery != "failed" or message.recalled_at is not None:
        raise NotFailed(_("这条消息不需要重新发送，请刷新后查看。"))
    message.delivery, message.delivery_note = "queued", ""
    message.save(update_fields=["delivery", "delivery_note"])
    record("desk.resent", obj=message.conversation, by=by, at=at, changes={"message": message.pk})
    signal(f"conversation:{message.conversation_id}", "delivery", {"message": message.pk})
    return message


@transaction.atomic
def note_returned(*, message_id: int, note: str, at: dt.datetime) -> Message:
    """Note that what had been sent came back: the one step a delivery goes backwards."""
    message = Message.objects.select_for_update().select_related("conversation").get(pk=message_id)
    if message.delivery != "sent":
        return message
    message.delivery, message.delivery_note = "failed", note[:200]
    message.save(update_fields=["delivery", "delivery_note"])
    record(
        "desk.delivery_returned",
        obj=message.conversation,
        by=None,
        at=at,
        changes={"message": message.pk, "note": note[:200]},
    )
    signal(f"conversation:{message.conversation_id}", "delivery", {"message": message.pk})
    return message
