"""A mail's own words and the mail it quotes."""

from __future__ import annotations

from django import template

from cangke.desk.models import Message
from cangke.foundation.access.public import mask_email

register = template.Library()


def _boundary(message: Message) -> int:
    mail = message.data.get("mail") if isinstance(message.data, dict) else None
    place = mail.get("quote_at") if isinstance(mail, dict) else None
    return place if isinstance(place, int) else len(message.body)


@register.filter
def own_words(message: Message) -> str:
    """What the writer wrote, without the quotation."""
    return message.body[: _boundary(message)].rstrip()


@register.filter
def quoted_words(message: Message) -> str:
    """What is quoted below; empty if nothing is."""
    return message.body[_boundary(message) :].strip()


@register.filter
def masked_email(address: object) -> str:
    """An address as everybody at the desk may see it; the customer's file reveals it."""
    return mask_email(str(address or ""))
