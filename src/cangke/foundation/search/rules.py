"""
Cutting text into tokens that find any Chinese word of one sign or more, in plain Python.

Chinese, Japanese and Korean signs have no spaces between words: a run of them becomes its
overlapping pairs and its last single sign, so that every piece of it is a row of neighbours (or the
start of a token). Other letters and digits stay whole words, in lower case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_QUERY = 120
MOST_TERMS = 8
LONGEST_TOKEN = 64
MOST_TOKENS = 12_000  # the highest place a position in PostgreSQL can name is 16,383
SHORTEST_NUMBER = 3
BLOCKS = (50_000, 400_000, 3_200_000)  # documents that a search asks for at a time, by step

_PAIRED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303f\u3040-\u30ff\u3100-\u312f\u3130-\u318f"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U000323af"
)
_RUN = re.compile(rf"[{_PAIRED}]+|[^\W_{_PAIRED}]+")
_IS_PAIRED = re.compile(rf"[{_PAIRED}]")


def normalise(text: str) -> str:
    """Return the text in one spelling: NFKC, lower case, Latin letters without accents."""
    text = unicodedata.normalize("NFKC", text).lower()
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    without = "".join(sign for sign in plain if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFKC", without)


def _runs(text: str) -> Iterator[str]:
    for run in _RUN.findall(normalise(text)):
        if _IS_PAIRED.match(run):
            yield run
        else:
            yield run[:LONGEST_TOKEN]


def bigrams(run: str) -> list[str]:
    """Return the overlapping pairs of a run and its last single sign: ``破损险`` → 破损 损险 险."""
    return [*(run[n : n + 2] for n in range(len(run) - 1)), run[-1]]


def tokens(text: str, *, most: int = MOST_TOKENS) -> list[str]:
    """Return the tokens of a text in order; what goes past ``most`` is not found."""
    found: list[str] = []
    for run in _runs(text):
        found.extend(bigrams(run) if _IS_PAIRED.match(run) else [run])
        if len(found) >= most:
            break
    return found[:most]


@dataclass(frozen=True)
class Phrase:
    """Neighbouring tokens; with ``open_end`` the last may go on."""

    tokens: tuple[str, ...]
    open_end: bool


@dataclass(frozen=True)
class Query:
    """What somebody typed: phrases that must all be found, and the number it may be."""

    phrases: tuple[Phrase, ...] = ()
    number: str = ""
    whole: str = field(default="")

    def __bool__(self) -> bool:
        return bool(self.phrases or self.number or self.whole)


def parse_query(text: str) -> Query:
    """Read a query; whatever is typed, nothing in it is an operator."""
    text = text[:LONGEST_QUERY]
    phrases = []
    for term in text.split()[:MOST_TERMS]:
        phrase = _phrase(term)
        if phrase is not None and phrase not in phrases:
            phrases.append(phrase)
    return Query(tuple(phrases), number=_as_number(text), whole=squeeze(text))


def _phrase(term: str) -> Phrase | None:
    """Turn a term into neighbouring tokens; the last run may go on in the text."""
    runs = list(_runs(term))
    if not runs:
        return None
    found: list[str] = []
    for run in runs[:-1]:
        found.extend(bigrams(run) if _IS_PAIRED.match(run) else [run])
    last = runs[-1]
    if not _IS_PAIRED.match(last):
        return Phrase((*found, last), open_end=True)
    if len(last) == 1:
        return Phrase((*found, last), open_end=True)
    return Phrase((*found, *bigrams(last)[:-1]), open_end=False)


def squeeze(text: str) -> str:
    """Return letters and digits alone: how numbers, phones and addresses are compared whole."""
    return "".join(sign for sign in normalise(text) if sign.isalnum())[:LONGEST_QUERY]


def _as_number(text: str) -> str:
    """Return the query as a number, or nothing if it is none: ASCII, a digit, three signs."""
    squeezed = squeeze(text)
    is_number = (
        squeezed.isascii()
        and len(squeezed) >= SHORTEST_NUMBER
        and any(sign.isdigit() for sign in squeezed)
    )
    return squeezed if is_number else ""


def fts5_query(query: Query) -> str:
    """Spell the phrases for SQLite; tokens are letters and digits, so nothing needs escaping."""
    spelled = [
        f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.open_end else "")
        for phrase in query.phrases
    ]
    return " AND ".join(spelled)


def block_token(pk: int, step: int) -> str:
    """
    Return the token of the block a document lies in; no text has such a token.

    PostgreSQL's text index collects every document that holds the words. With the token of a block
    among them it collects those of the block alone.
    """
    return f"#{step}:{pk // BLOCKS[step]}"


def tsquery(query: Query, block: str = "") -> str:
    """Spell the phrases for PostgreSQL, in a block of documents if one is named."""
    spelled = []
    for phrase in query.phrases:
        last = len(phrase.tokens) - 1
        parts = []
        for place, token in enumerate(phrase.tokens):
            parts.append(f"'{token}'" + (":*" if phrase.open_end and place == last else ""))
        spelled.append("(" + " <-> ".join(parts) + ")")
    if block:
        spelled.append(f"'{block}'")
    return " & ".join(spelled)


def tsvector(pk: int, title: list[str], body: list[str]) -> str:
    """
    Spell the tokens of a document with their places for PostgreSQL, and its blocks.

    A gap keeps title and body apart.
    """
    places: dict[str, list[str]] = {}
    for place, token in enumerate(title, start=1):
        places.setdefault(token, []).append(f"{place}A")
    for place, token in enumerate(body, start=len(title) + 3):
        places.setdefault(token, []).append(str(place))
    spelled = [f"'{token}':{','.join(where[:255])}" for token, where in places.items()]
    return " ".join([*spelled, *(f"'{block_token(pk, step)}'" for step in range(len(BLOCKS)))])
