"""
What answers a question: how alike texts are by the pairs of signs they share (A15).

A pair that few texts have says more than one that all have; in a title it says more than in a body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from math import log
from typing import TypeVar

IN_TITLE = 3.0
LEAST_SHARED = 2
MOST_LINES = 3
LONGEST = 500

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Words:
    """The tokens of a text's title and of its body."""

    title: frozenset[str]
    body: frozenset[str]


def most_alike(asked: Collection[str], texts: Mapping[Key, Words], *, most: int) -> list[Key]:
    """
    Return the keys of the texts that share the most with what was asked, the best first.

    Single signs count for nothing. One shared pair is chance, unless it is in the title or all that
    was asked.
    """
    wanted = {token for token in asked if len(token) > 1}
    found = {key: wanted & (text.title | text.body) for key, text in texts.items()}
    spread = Counter(token for shared in found.values() for token in shared)
    weight = {token: log(1 + len(texts) / count) for token, count in spread.items()}
    least = max(1, min(LEAST_SHARED, len(wanted)))
    scores = {
        key: sum(
            weight[token] * (IN_TITLE if token in texts[key].title else 1.0)
            for token in sorted(shared)
        )
        for key, shared in found.items()
        if len(shared) >= least or shared & texts[key].title
    }
    return sorted(scores, key=lambda key: -scores[key])[:most]


def telling_lines(body: str, lines: Mapping[str, Collection[str]], asked: Collection[str]) -> str:
    """
    Return the lines of a body that answer best, in their order; its beginning if none stands out.

    ``lines`` gives the tokens of each line.
    """
    wanted = {token for token in asked if len(token) > 1}
    kept = [line.strip() for line in body.splitlines() if line.strip()]
    shared = [len(wanted.intersection(lines.get(line, ()))) for line in kept]
    best = max(shared, default=0)
    if best:
        chosen = [line for line, count in zip(kept, shared, strict=True) if count == best]
        return "\n".join(chosen[:MOST_LINES])[:LONGEST]
    return "\n".join(kept)[:LONGEST]
