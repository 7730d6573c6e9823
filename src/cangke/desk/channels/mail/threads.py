"""
Which conversation a mail belongs to: by our signed Message-IDs, not by what anybody can write.

Ours read ``c.<conversation>.<message>.<hmac>@host``; whoever answers us sends one back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.crypto import constant_time_compare, salted_hmac

_OURS = re.compile(r"c\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{32})@[^\s@]{1,190}")
_ANSWER = re.compile(r"^((re|aw|fw|fwd|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
_NUMBER = re.compile(r"\[#([A-Za-z0-9-]{3,24})\]")


def _sign(conversation_id: int, message_id: int) -> str:
    value = f"{conversation_id}.{message_id}"
    return salted_hmac("cangke.desk.mail", value, algorithm="sha256").hexdigest()[:32]


def new_message_id(*, conversation_id: int, message_id: int, host: str) -> str:
    """Return the Message-ID of a message of ours, without brackets; the same each time."""
    signature = _sign(conversation_id, message_id)
    return f"c.{conversation_id}.{message_id}.{signature}@{host}"


def read_message_id(text: str) -> tuple[int, int] | None:
    """Return (conversation id, message id) if the id is one of ours, unaltered."""
    found = _OURS.fullmatch(text.strip())
    if found is None:
        return None
    conversation_id, message_id = int(found[1]), int(found[2])
    if not constant_time_compare(found[3], _sign(conversation_id, message_id)):
        return None
    return conversation_id, message_id


def answered(references: Iterable[str]) -> tuple[int, int] | None:
    """Return (conversation id, message id) of the newest of our mails that is referred to."""
    for each in reversed(list(references)):
        ours = read_message_id(each)
        if ours is not None:
            return ours
    return None


def named_number(subject: str) -> str:
    """Return the conversation number a subject names; only a hint, for anybody can write it."""
    found = _NUMBER.search(subject)
    return found[1] if found else ""


def bare_subject(subject: str) -> str:
    """Return what a mail is about, without ``Re:`` and our number."""
    return _ANSWER.sub("", _NUMBER.sub("", subject).strip()).strip()


def with_number(subject: str, number: str) -> str:
    """Return the subject of an answer, with the conversation's number in it once."""
    return f"Re: {bare_subject(subject)[:180]} [#{number}]".replace("  ", " ")
