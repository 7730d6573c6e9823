"""Letters that came by post, and answers that go by post (A1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.customers.public import find_or_create_by_identity
from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.files.public import store
from cangke.foundation.refusal import Refusal

from ..models import Channel, Message
from .receive import Received, receive_message
from .reply import note_delivery
from .thread import acting_employee


class LetterIncomplete(Refusal):
    """A letter names its sender, its day and what it says."""


@transaction.atomic
def log_letter(
    *,
    sender: str,
    contact: str,
    received_date: dt.date,
    subject: str,
    body: str,
    by: Account,
    at: dt.datetime,
    address: str = "",
    registered_no: str = "",
    scans: Sequence[Any] = (),
) -> Received:
    """
    Take in a letter; its answer is due from the moment it is registered.

    ``contact`` is the sender's phone or e-mail, by which they are known again. The same registered
    mail number comes in once.

    :raises LetterIncomplete: if the day lies in the future
    """
    acting_employee(by)
    channel = Channel.objects.filter(kind="letter", is_active=True).order_by("pk").first()
    if channel is None:
        raise Refusal(_("还没有来信渠道，请管理员先在设置里添加。"))
    if received_date > site_day(at, channel.site.zone):
        raise LetterIncomplete(_("收信日期不能晚于今天。"), field="received_date")
    customer = find_or_create_by_identity(
        kind="email" if "@" in contact else "phone",
        value=contact,
        display_name=sender.strip(),
        shop_id=channel.shop_id,
        by=by,
        at=at,
    )
    kept = [store(each, purpose="desk.message", by=by, at=at) for each in scans]
    found = receive_message(
        channel=channel,
        customer=customer,
        subject=subject,
        body=body,
        external_id=registered_no.strip(),
        files=kept,
        data={
            "received_date": received_date.isoformat(),
            "address": address.strip(),
            "registered_no": registered_no.strip(),
        },
        at=at,
    )
    if not found.duplicate:
        record(
            "desk.letter_logged",
            obj=found.conversation,
            by=by,
            at=at,
            changes={"message": found.message.pk, "received_date": received_date.isoformat()},
        )
    return found


@transaction.atomic
def post_letter(*, message_id: int, tracking_no: str, by: Account, at: dt.datetime) -> Message:
    """Note that an answer was taken to the post; again changes nothing."""
    message = get_visible(by, Message, "reply", pk=message_id)
    if message.channel.kind != "letter" or message.direction != "out":
        raise Http404
    posted = note_delivery(message_id=message_id, state="sent", note=tracking_no.strip(), at=at)
    record(
        "desk.letter_posted",
        obj=message.conversation,
        by=by,
        at=at,
        changes={"message": message_id, "tracking_no": tracking_no.strip()},
    )
    return posted
