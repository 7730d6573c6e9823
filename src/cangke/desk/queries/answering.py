"""What there is to say to a customer: scripts, articles, and why the stage is what it is."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import site_day
from cangke.knowledge.public import (
    Answer,
    FilledScript,
    ScriptContext,
    Situation,
    answers,
    context_of,
    fill_scripts,
)

from ..models import (
    Conversation,
    Message,
)
from ..rules.facts import Direction
from ..rules.wording import SENTENCES


def stage_words(conversation: Conversation) -> str:
    """Why the conversation is before or after the line, in words (B1)."""
    kept = conversation.stage_because or {}
    sentence = SENTENCES.get(kept.get("code", ""))
    facts = kept.get("facts", {})
    if sentence is None or not isinstance(facts, dict):
        return ""
    return _(sentence) % {**{"order": ""}, **facts}


def _context_of(account: Account, conversation: Conversation, at: dt.datetime) -> ScriptContext:
    return context_of(
        account,
        at=at,
        customer_name=conversation.customer.display_name,
        order=conversation.order,
        shop=conversation.shop,
        language=conversation.language or conversation.channel.language,
    )


def scripts_for(
    account: Account, conversation: Conversation, *, text: str, at: dt.datetime
) -> list[FilledScript]:
    """The scripts that fit what was typed, filled from the conversation and its order (J3)."""
    context = _context_of(account, conversation, at)
    return fill_scripts(account, context, text=text, stage=conversation.stage)


def answers_for(
    account: Account, conversation: Conversation, *, text: str, category: str, at: dt.datetime
) -> list[Answer]:
    """
    What there is to tell this customer: for what was typed, or for what was last asked (A15).
    """
    newest = (
        Message.objects.filter(conversation=conversation, direction=Direction.IN)
        .order_by("-seq")
        .values_list("body", flat=True)
        .first()
    )
    order = conversation.order
    clients = {conversation.customer.client_id, order.client_id if order else None} - {None}
    return answers(
        account,
        Situation(
            clients=[pk for pk in clients if pk is not None],
            shop_id=conversation.shop_id,
            stage=conversation.stage,
        ),
        _context_of(account, conversation, at),
        text=text.strip(),
        asked=newest or "",
        category=category,
        on=site_day(at, conversation.channel.site.zone),
    )
