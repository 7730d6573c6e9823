"""What outgoing text may not say, and what sounds like a promise (A11, A18)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

_WORD = re.compile(r"[^\W_]+")
# Scripts that write words without spaces between them.
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class CourtesyPolicy:
    """
    Words that stop a reply, and words that ask whether a promise is to be kept.

    A word in Chinese signs is found anywhere, whatever stands between its signs; one in letters
    only as a whole word, or a row of whole words.
    """

    PREFIX: ClassVar[str] = "courtesy"

    banned_words: tuple[str, ...] = (
        "傻逼", "煞笔", "滚蛋", "你去死", "神经病", "脑子有病", "他妈的", "王八蛋", "白痴", "弱智",
        "爱买不买", "fuck", "shit", "idiot", "stupid", "shut up", "asshole", "bitch",
    )  # fmt: skip
    promise_words: tuple[str, ...] = (
        "今天发", "今天就发", "明天发", "保证", "一定到", "一定给", "给您退", "补发", "回电",
        "赠送", "i promise", "guarantee", "will ship today", "will call you",
    )  # fmt: skip


def find_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return those of the words that the text says, in the order of the list."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    signs = "".join(c for c in plain if unicodedata.category(c)[0] in "LN")
    spoken = f" {' '.join(_WORD.findall(plain))} "
    found = []
    for word in words:
        wanted = unicodedata.normalize("NFKC", word).casefold()
        parts = _WORD.findall(wanted)
        if not parts:
            continue
        if _UNSPACED.search(wanted):
            hit = "".join(parts) in signs
        else:
            hit = f" {' '.join(parts)} " in spoken
        if hit:
            found.append(word)
    return tuple(found)
