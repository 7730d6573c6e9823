"""
TOML that people write, read within limits: whatever stands in it is read or refused at once.

Pure: every refusal is a stable code with its facts and a Chinese msgid, translated where it is
shown. Four rooms take such texts (rulebook, flows, templates of regularization, kinds of ticket).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

LONGEST_LINE = 1_500
LONG_NUMBER = re.compile(r"[0-9][0-9_]{4200}")  # more digits than Python turns into a number
DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
# Reading a key of hundreds of parts costs their square; ours have three.
MANY_PARTS = re.compile(
    r"""\s*\[{0,2}[ \t]*(?:(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')[ \t]*\.[ \t]*){30}"""
)
PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")
# Signs that change how the text around them is read without being seen: marks of direction,
# blanks without width, separators, interlinear notes, the mark of byte order. What joins the
# parts of an emoji stays.
UNSEEN = frozenset(
    [0xAD, 0x061C, 0x180E, 0x200B, *range(0x200E, 0x2010), *range(0x2028, 0x202F)]
    + [*range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC), 0xFEFF, *range(0xE0000, 0xE0080)]
)


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


SENTENCES: Mapping[str, str] = {
    "toml.too_large": gettext_noop("文件超过 %(limit)s KB"),
    "toml.long_line": gettext_noop("第 %(line)s 行超过 %(limit)s 个字"),
    "toml.many_parts": gettext_noop("第 %(line)s 行的键分段太多"),
    "toml.encoding": gettext_noop("文件须是 UTF-8 编码"),
    "toml.twice": gettext_noop("第 %(line)s 行：这个名字前面已经写过"),
    "toml.unclosed": gettext_noop("第 %(line)s 行：括号或引号没有收尾"),
    "toml.date": gettext_noop("第 %(line)s 行：没有这个日期或时间"),
    "toml.sign": gettext_noop("第 %(line)s 行：有不能出现在这里的字符"),
    "toml.number": gettext_noop("第 %(line)s 行：%(number)s 不是能用的数，不写 nan、inf 或指数"),
    "toml.nested": gettext_noop("括号套得太深"),
    "toml.syntax": gettext_noop("第 %(line)s 行第 %(column)s 个字：不合 TOML 的写法"),
}
# How the message of the parser begins → what it means
MEANINGS = {
    "Cannot overwrite": "toml.twice",
    "Cannot declare": "toml.twice",
    "Cannot redefine": "toml.twice",
    "Cannot mutate": "toml.twice",
    "Duplicate inline": "toml.twice",
    "Unclosed": "toml.unclosed",
    "Unterminated": "toml.unclosed",
    "Expected ']": "toml.unclosed",
    "Invalid date": "toml.date",
    "Illegal character": "toml.sign",
    "Found invalid character": "toml.sign",
    "Escaped character": "toml.sign",
}


class Unreadable(Exception):
    """A text that is not read: a stable code, and the facts of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = tuple((name, str(value)) for name, value in facts.items())
        super().__init__(f"{code} {dict(self.facts)}")

    @property
    def sentence(self) -> str:
        """The Chinese msgid, still with its placeholders."""
        return SENTENCES[self.code]

    def told(self, translate: Callable[[str], str]) -> str:
        """The sentence in somebody's language."""
        return translate(self.sentence) % dict(self.facts)


class _BadNumber(ValueError):
    pass


def _decimal(text: str) -> Decimal:
    """Decimals without quotation marks are taken as they are written, never as binary floats."""
    if not DECIMAL.fullmatch(text):
        raise _BadNumber(text)
    return Decimal(text)


def read_limited(
    given: str | bytes, *, most_bytes: int, longest_line: int = LONGEST_LINE
) -> dict[str, Any]:
    """
    Return the tables of a text.

    A room whose lists stand on one line allows longer ones, and fewer of them.

    :raises Unreadable: with the line at fault, before anything large or deep is parsed
    """
    text = _checked(given, most_bytes, longest_line)
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except _BadNumber as error:
        number = str(error)
        line = _line_of(text, text.find(number))
        raise Unreadable("toml.number", line=line, number=number[:40]) from None
    except RecursionError:
        raise Unreadable("toml.nested") from None
    except ValueError as error:
        raise _meant(str(error), text) from None


def _checked(given: str | bytes, most_bytes: int, longest_line: int) -> str:
    raw = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    if len(raw) > most_bytes:
        raise Unreadable("toml.too_large", limit=most_bytes // 1024)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("toml.encoding") from None
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > longest_line:
            raise Unreadable("toml.long_line", line=number, limit=longest_line)
        if MANY_PARTS.match(line):
            raise Unreadable("toml.many_parts", line=number)
        if digits := LONG_NUMBER.search(line):
            raise Unreadable("toml.number", line=number, number=f"{digits[0][:40]}…")
    return text


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, max(place, 0)) + 1


def _meant(message: str, text: str) -> Unreadable:
    place = PLACE.search(message)
    line, column = place.groups() if place else (_line_of(text, len(text.rstrip())), 1)
    code = next((code for start, code in MEANINGS.items() if message.startswith(start)), None)
    if code is None:
        return Unreadable("toml.syntax", line=line, column=column)
    return Unreadable(code, line=line)


def unprintable(text: str) -> bool:
    """Whether the text holds signs nobody sees, other than tab and line break, or half a sign."""
    return any(_unseen(ord(sign)) for sign in text if sign not in "\n\t")


def _unseen(code: int) -> bool:
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0xD800 <= code <= 0xDFFF
        or code in UNSEEN
        or code & 0xFFFE == 0xFFFE
    )
