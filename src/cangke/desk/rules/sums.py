"""
What a report adds up, as whole numbers by their part: a day's sums may be kept and added to others.

Waits are milliseconds, people are counted once a day, so sums of several days lose nothing. What
cases cost is kept apart: microseconds, and money in hundredths of its currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Pair = tuple[int, int]  # numerator and denominator
Pairs = dict[str, Pair]
NOTHING: Pair = (0, 0)
Case = tuple[int | None, int | None]  # question type and client
# Names of a case's costs: how many, and how long agents held them. The others are currencies.
CASES, HELD_US = "cases", "held_us"
# Breakdowns by agent of what customers were asked and have said.
RATED = ("asked", "rated", "satisfied")


@dataclass
class Sums:
    """
    ``agents`` and ``whole`` hold each figure's pair, of one agent and of all together.

    The whole is no sum of the agents' where a customer counts once a day. ``counts`` are numbers
    of conversations by the name of a breakdown and its value, as text; an empty one is no value.
    ``cases`` are costs of the conversations that ended, by `case_key` and the name of a cost.
    """

    agents: dict[int, Pairs] = field(default_factory=dict)
    whole: Pairs = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    cases: dict[str, dict[str, int]] = field(default_factory=dict)

    def count(self, name: str, value: object, number: int) -> None:
        """Add to a breakdown; None is the empty value."""
        if number:
            key = "" if value is None else str(value)
            counted = self.counts.setdefault(name, {})
            counted[key] = counted.get(key, 0) + number

    def spend(self, case: str, name: str, number: int) -> None:
        """Add to a cost of a case type and client."""
        if number:
            costs = self.cases.setdefault(case, {})
            costs[name] = costs.get(name, 0) + number

    def counted(self, name: str) -> Mapping[str, int]:
        return self.counts.get(name, {})

    def add(self, other: "Sums") -> None:
        """Add other days' sums to these."""
        for agent_id, pairs in other.agents.items():
            _add_pairs(self.agents.setdefault(agent_id, {}), pairs.items())
        _add_pairs(self.whole, other.whole.items())
        for name, counted in other.counts.items():
            for key, number in counted.items():
                self.count(name, key, number)
        for case, costs in other.cases.items():
            for name, number in costs.items():
                self.spend(case, name, number)


def case_key(case: Case) -> str:
    """Return a question type and client as text: ``7:12``, or ``7:`` without a client."""
    return ":".join("" if value is None else str(value) for value in case)


def case_of(key: str) -> Case:
    """Return the question type and client of a key."""
    kind, client = (int(value) if value else None for value in key.split(":"))
    return kind, client


def _add_pairs(mine: Pairs, others: Iterable[tuple[str, Pair]]) -> None:
    for key, (top, bottom) in others:
        before = mine.get(key, NOTHING)
        mine[key] = (before[0] + top, before[1] + bottom)


def kept(sums: Sums, keys: Sequence[str]) -> dict[str, Any]:
    """Return the sums as plain data: numbers in the order of ``keys``, which are named once."""
    return {
        "keys": list(keys),
        "agents": {str(agent_id): _flat(pairs, keys) for agent_id, pairs in sums.agents.items()},
        "whole": _flat(sums.whole, keys),
        "counts": sums.counts,
    }


def _flat(pairs: Pairs, keys: Sequence[str]) -> list[int]:
    return [number for key in keys for number in pairs.get(key, NOTHING)]


def taken(data: Mapping[str, Any], keys: Sequence[str]) -> Sums:
    """Return kept sums, of the figures asked for."""
    places = [(key, 2 * list(data["keys"]).index(key)) for key in keys]
    return Sums(
        agents={
            int(agent_id): {key: (flat[at], flat[at + 1]) for key, at in places}
            for agent_id, flat in data["agents"].items()
        },
        whole={key: (data["whole"][at], data["whole"][at + 1]) for key, at in places},
        counts=data["counts"],
    )
