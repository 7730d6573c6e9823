"""
One cell: from text to a value, or a reason why not; and from text to a cell no program runs.

Parsers are made by the functions below: ``whole(least=1)`` returns a function of the cell's text.
They raise `BadValue` with a code; the sentence is found elsewhere, in the person's language.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Parser = Callable[[str], Any]

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0{1,6})?")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")
_DAY_SHORT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_EMAIL = re.compile(r"[^\s@<>,;\"']{1,64}@[^\s@<>,;\"']{1,190}\.[^\s@<>,;\"']{2,63}")
_STARTERS = frozenset("=+-@＝＋－＠")
_YES = frozenset({"1", "y", "yes", "true", "是", "有", "对", "√"})
_NO = frozenset({"0", "n", "no", "false", "否", "无", "错", "×", ""})


class BadValue(ValueError):
    """A cell that cannot be taken; ``code`` and ``facts`` make the sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def _hidden(sign: str) -> bool:
    """Blanks and signs without a shape, behind which a formula could hide."""
    return sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def _starts_formula(text: str) -> bool:
    for sign in text:
        if sign in _STARTERS:
            return True
        if not _hidden(sign):
            return False
    return False


def _is_dangerous(text: str) -> bool:
    return bool(text) and (_starts_formula(text) or unicodedata.category(text[0]) == "Cc")


def safe_cell(text: str) -> str:
    """
    Return the text as a cell that a spreadsheet shows and never runs.

    A leading ``=``, ``+``, ``-``, ``@`` (also full width, also behind blanks), tab or carriage
    return gets an apostrophe before it; NUL is dropped. Numbers are written as numbers.
    """
    text = text.replace("\x00", "")
    return f"'{text}" if _is_dangerous(text) else text


def plain_cell(text: str) -> str:
    """Return a cell's text as meant: without NUL, surrounding blanks, and our own apostrophe."""
    text = text.replace("\x00", "")
    for each in (text, _bare(text)):
        if each.startswith("'") and _is_dangerous(each[1:]):
            return _bare(each[1:])
    return _bare(text)


def _bare(text: str) -> str:
    return text.strip().strip("\ufeff").strip()


def text(*, most: int = 200) -> Parser:
    """Any text of at most ``most`` signs."""

    def parse(cell: str) -> str:
        if len(cell) > most:
            raise BadValue("long", most=most)
        return cell

    return parse


def whole(*, least: int | None = None, most: int | None = None) -> Parser:
    """A whole number in plain digits; ``6.0`` is 6."""

    def parse(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise BadValue("whole")
        value = int(cell.partition(".")[0])
        _within(value, least, most)
        return value

    return parse


def amount(*, digits: int = 2, least: Decimal | None = None, most: Decimal | None = None) -> Parser:
    """A decimal number of at most ``digits`` places; separators of thousands are refused."""

    def parse(cell: str) -> Decimal:
        if not _AMOUNT.fullmatch(cell):
            raise BadValue("amount")
        value = Decimal(cell)
        rounded = round(value, digits)
        if rounded != value:
            raise BadValue("digits", digits=digits)
        _within(value, least, most)
        return rounded or abs(rounded)

    return parse


def _within(value: Any, least: Any, most: Any) -> None:
    if least is not None and value < least:
        raise BadValue("least", least=least)
    if most is not None and value > most:
        raise BadValue("most", most=most)


def day() -> Parser:
    """A day with the year first: ``2026-11-23``, ``2026/11/23``, ``2026年11月23日`` …"""

    def parse(cell: str) -> dt.date:
        return _take_day(cell.split("T")[0].split(" ")[0])

    return parse


def _take_day(cell: str) -> dt.date:
    found = _DAY.fullmatch(cell) or _DAY_SHORT.fullmatch(cell)
    if not found:
        raise BadValue("day")
    try:
        value = dt.date(*map(int, found.groups()))
    except ValueError as error:
        raise BadValue("day") from error
    if not 1900 <= value.year <= 2200:
        raise BadValue("day")
    return value


def moment(*, zone: str) -> Parser:
    """A day and a clock time; without an offset it is read in the zone. Returned in UTC."""

    def parse(cell: str) -> dt.datetime:
        return on_clock(local_moment(cell), ZoneInfo(zone))

    return parse


def local_moment(cell: str) -> dt.datetime:
    """
    A day and a clock time, in UTC if it has an offset, else naive.

    For rows whose clock is known only with the row's shop, channel or person: `on_clock` ends it.
    """
    head, _gap, tail = cell.replace("T", " ").partition(" ")
    date = _take_day(head)
    found = _TIME.fullmatch(tail.strip() or "00:00")
    if not found:
        raise BadValue("moment")
    hour, minute, second, offset = found.groups()
    try:
        time = dt.time(int(hour), int(minute), int(second or 0))
    except ValueError as error:
        raise BadValue("moment") from error
    read = dt.datetime.combine(date, time)
    return read.replace(tzinfo=_offset(offset)).astimezone(dt.UTC) if offset else read


def on_clock(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the moment in UTC; a naive one is read on the zone's clock."""
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(dt.UTC)


def _offset(text: str) -> dt.tzinfo:
    if text == "Z":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise BadValue("moment")
    length = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-length if text[0] == "-" else length)


def choice(values: Mapping[str, Any]) -> Parser:
    """One of the spellings, whatever their case and width."""
    known = {_plain(each): value for each, value in values.items()}

    def parse(cell: str) -> Any:
        try:
            return known[_plain(cell)]
        except KeyError:
            raise BadValue("choice", allowed=" / ".join(list(values)[:12])) from None

    return parse


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def yes_no() -> Parser:
    """Yes or no, as people write it."""

    def parse(cell: str) -> bool:
        plain = _plain(cell)
        if plain in _YES:
            return True
        if plain in _NO:
            return False
        raise BadValue("yes_no")

    return parse


def email() -> Parser:
    """One address of mail, in lower case."""

    def parse(cell: str) -> str:
        if not _EMAIL.fullmatch(cell) or len(cell) > 254:
            raise BadValue("email")
        return cell.lower()

    return parse
