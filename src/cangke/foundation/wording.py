"""Words put together the way the reader's language does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, override, pgettext

Made = TypeVar("Made")


def in_english() -> bool:
    """Whether the reader's language is English; all that is written twice goes by this."""
    return (get_language() or "").startswith("en")


def either(chinese: str, english: str) -> str:
    """Of words kept in both languages the reader's; the Chinese ones where the others lack."""
    return english if english and in_english() else chinese


def in_both(made: Callable[[], Made]) -> tuple[Made, Made]:
    """What the program words, made in Chinese and in English, to be kept for every reader."""
    with override(settings.LANGUAGE_CODE):
        chinese = made()
    with override("en"):
        return chinese, made()


def _worded(text: str, facts: Mapping[str, object]) -> str:
    return gettext(text) % facts


# A sentence with facts in it, put into words once it is known for whom: ``worded(msgid, facts)``.
worded = lazy(_worded, str)


def comma() -> str:
    """What stands between the words of a list: 、 in Chinese, a comma and a space in English."""
    return pgettext("between words", "、")


def phrased(words: Iterable[object]) -> str:
    """What is said of one thing, in one breath: ， in Chinese, a comma and a space in English."""
    return pgettext("between phrases", "，").join(str(word) for word in words)


def strung(sayings: Iterable[object]) -> str:
    """Several short sayings in one line, each its own: ； in Chinese, a semicolon in English."""
    return pgettext("between sayings", "；").join(str(saying) for saying in sayings)


def listed(words: Iterable[object]) -> str:
    """Several words in one line."""
    return comma().join(str(word) for word in words)
