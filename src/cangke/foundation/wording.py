"""Words put together the way the reader's language does it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


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
