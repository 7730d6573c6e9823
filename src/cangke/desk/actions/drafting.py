"""A draft asked of an outside model. It is only ever shown; a person sends, or does not."""

from __future__ import annotations

import datetime as dt
import json
import logging

from django.conf import settings
from django.utils.translation import gettext as _

from cangke.foundation import limits
from cangke.foundation.access.public import CLASSES, Account, FieldClass, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import CallFailed, CallRefused, call
from cangke.foundation.refusal import Refusal

from ..models import Conversation, Message
from ..queries.answering import answers_for
from ..rules.drafting import MOST_SAID, Said, Unusable, asked_of, drafted
from ..rules.facts import Direction

log = logging.getLogger(__name__)
SECONDS = 20.0
MOST_BYTES = 256 * 1024
limits.limit("desk.draft.account", 20, 60)


class NoDraft(Refusal):
    """No draft came; the sentence says why. The panel goes on without."""

    status = 422


def may_draft() -> bool:
    """Whether the installation names a model: address, name and key."""
    named = (settings.CANGKE_ASSIST_URL, settings.CANGKE_ASSIST_MODEL, settings.CANGKE_ASSIST_KEY)
    return all(named)


def draft_reply(*, conversation_id: int, by: Account, at: dt.datetime) -> str:
    """
    Ask the model for a reply to what was said last; outside any transaction (A15).

    The talk and what the panel found go out without personal data. What was asked is on record by
    its size, not by its words.

    :raises NoDraft: if there is no model, or nothing of use came in time
    """
    conversation = get_visible(by, Conversation, "reply", pk=conversation_id)
    if not may_draft():
        raise NoDraft(_("没有设置拟稿的模型。"))
    limits.spend("desk.draft.account", str(by.pk))
    said = Message.objects.filter(
        conversation=conversation,
        direction__in=[Direction.IN, Direction.OUT],
        recalled_at__isnull=True,
    )
    talk = [
        Said(each.direction == Direction.IN, each.body)
        for each in reversed(list(said.order_by("-seq")[:MOST_SAID]))
    ]
    found = answers_for(by, conversation, text="", category="", at=at)
    what = asked_of(
        model=settings.CANGKE_ASSIST_MODEL,
        language=conversation.language or conversation.channel.language,
        talk=talk,
        material=[(each.title, each.text) for each in found],
        known=_personal(conversation),
    )
    body = json.dumps(what, ensure_ascii=False).encode()
    text, failure = _ask(body)
    record(
        "desk.draft_asked",
        obj=conversation,
        by=by,
        at=at,
        changes={
            "model": settings.CANGKE_ASSIST_MODEL,
            "sent_bytes": len(body),
            "draft_signs": len(text),
        },
        reason=failure,
    )
    if failure:
        raise NoDraft(failure)
    return text


def _ask(body: bytes) -> tuple[str, str]:
    """Return the draft, or what went wrong."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Bearer {settings.CANGKE_ASSIST_KEY}",
    }
    url = f"{settings.CANGKE_ASSIST_URL}/chat/completions"
    try:
        answer = call(
            "POST", url, headers=headers, body=body, seconds=SECONDS, most_bytes=MOST_BYTES
        )
    except CallRefused:
        return "", _("拟稿模型的地址不允许访问，请管理员检查设置。")
    except CallFailed as error:
        log.warning("no draft: %s", error)
        return "", _("拟稿模型没有及时回答，请自己写，或稍后再试。")
    if answer.status in (401, 403):
        return "", _("拟稿模型不接受密钥，请管理员检查设置。")
    if not answer.ok:
        return "", _("拟稿模型出错（HTTP %d），请自己写，或稍后再试。") % answer.status
    try:
        return drafted(answer.body), ""
    except Unusable:
        return "", _("拟稿模型的回答不能用，请自己写，或稍后再试。")


def _personal(conversation: Conversation) -> set[str]:
    """What is known of the customer that only a logged reveal shows, and the name."""
    customer, order = conversation.customer, conversation.order
    known = {customer.display_name, order.buyer_name if order else ""}
    rows = [*customer.identities.all(), *customer.addresses.all(), customer.client, order]
    for row in rows:
        if row is None or type(row) not in CLASSES:
            continue
        for name, kind in CLASSES[type(row)].by_field.items():
            if kind in (FieldClass.PERSONAL, FieldClass.SENSITIVE):
                known.add(str(getattr(row, name, "") or ""))
    return known
