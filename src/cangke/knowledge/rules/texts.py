"""
Texts with variables: ``{{customer.name}}`` from a closed list, ``{{?补发日期}}`` to fill by hand.

A text is cut into parts once and the values are put in as they are: what a customer calls
himself is never read as a variable, and nothing is ever evaluated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .wording import BadText, gettext_noop

VARIABLES: Mapping[str, str] = {
    "customer.name": gettext_noop("客户称呼"),
    "order.number": gettext_noop("订单号"),
    "order.tracking_no": gettext_noop("运单号"),
    "order.promised_at": gettext_noop("约定发货时间"),
    "agent.name": gettext_noop("客服姓名"),
    "shop.name": gettext_noop("店铺名"),
}
MARK = re.compile(r"\{\{(\?)?([^{}]*)\}\}")
LONGEST = 4_000
LONGEST_BLANK = 30
MOST_MARKS = 40
SHORTCUT = re.compile(r"[a-z0-9]{1,12}")


class PartKind(StrEnum):
    WORDS = "words"
    VARIABLE = "variable"
    BLANK = "blank"


@dataclass(frozen=True)
class Part:
    """A stretch of a text: words, the name of a variable, or what is to be filled in."""

    kind: PartKind
    text: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a filled text; ``open`` is still to be filled in by hand."""

    text: str
    filled: bool = False
    open: bool = False


@dataclass(frozen=True)
class ScriptContext:
    """
    What a conversation knows, as it is to be read by the customer; empty where it knows nothing.

    ``language`` is the customer's ("en…" takes the English text where there is one).
    """

    customer_name: str = ""
    order_number: str = ""
    order_tracking_no: str = ""
    order_promised_at: str = ""
    agent_name: str = ""
    shop_name: str = ""
    language: str = "zh-hans"
    labels: Mapping[str, str] = field(default_factory=lambda: VARIABLES)

    def value(self, variable: str) -> str:
        """The value of a variable of the closed list."""
        values = {
            "customer.name": self.customer_name,
            "order.number": self.order_number,
            "order.tracking_no": self.order_tracking_no,
            "order.promised_at": self.order_promised_at,
            "agent.name": self.agent_name,
            "shop.name": self.shop_name,
        }
        return values[variable]


def check_text(text: str, *, longest: int = LONGEST) -> str:
    """
    Return the text as it may be kept.

    :raises BadText: if it is empty, too long, names an unknown variable or leaves brackets open
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadText("text.empty")
    if len(text) > longest:
        raise BadText("text.long", limit=longest)
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise BadText("text.unprintable")
    marks = MARK.findall(text)
    if len(marks) > MOST_MARKS:
        raise BadText("text.many", limit=MOST_MARKS)
    for blank, name in marks:
        if blank and not 1 <= len(name.strip()) <= LONGEST_BLANK:
            raise BadText("text.blank")
        if not blank and name.strip() not in VARIABLES:
            raise BadText("text.unknown", name=name.strip()[:40], known="、".join(VARIABLES))
    rest = MARK.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise BadText("text.brace")
    return text


def check_shortcut(shortcut: str) -> str:
    """:raises BadText: if it is no shortcut; empty is allowed"""
    shortcut = shortcut.strip().lower()
    if shortcut and not SHORTCUT.fullmatch(shortcut):
        raise BadText("shortcut.bad")
    return shortcut


def cut(text: str) -> list[Part]:
    """Cut a kept text into words, variables and blanks."""
    parts = []
    end = 0
    for found in MARK.finditer(text):
        if found.start() > end:
            parts.append(Part(PartKind.WORDS, text[end : found.start()]))
        kind = PartKind.BLANK if found[1] else PartKind.VARIABLE
        parts.append(Part(kind, found[2].strip()))
        end = found.end()
    if end < len(text):
        parts.append(Part(PartKind.WORDS, text[end:]))
    return parts


def blanks_of(text: str) -> list[str]:
    """What is asked of the agent by a text, in order, each once."""
    asked = [part.text for part in cut(text) if part.kind is PartKind.BLANK]
    return list(dict.fromkeys(asked))


def fill(text: str, context: ScriptContext) -> list[Piece]:
    """
    Put the context's values into a text.

    What the context does not know and what is asked of the agent stays in 【brackets】 to fill in.
    """
    pieces = []
    for part in cut(text):
        if part.kind is PartKind.WORDS:
            pieces.append(Piece(part.text))
        elif part.kind is PartKind.BLANK:
            pieces.append(Piece(f"【{part.text}】", open=True))
        elif part.text in VARIABLES and context.value(part.text):
            pieces.append(Piece(context.value(part.text), filled=True))
        else:
            label = context.labels.get(part.text, part.text)
            pieces.append(Piece(f"【{label}】", open=True))
    return pieces


def spell_promise(at: dt.datetime, *, now: dt.datetime, language: str) -> str:
    """
    Spell a promised moment for a customer; both moments in the site's zone.

    Today and tomorrow are called so in Chinese; English always names the day.
    """
    clock = f"{at:%H:%M}"
    if language.startswith("en"):
        return f"{at.day} {at:%b} {clock}"
    days = (at.date() - now.date()).days
    if days in (0, 1):
        return f"{('今天', '明天')[days]} {clock}"
    return f"{at.month}月{at.day}日 {clock}"
