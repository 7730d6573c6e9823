"""What a rule answers: the value, and everything needed to open it again later (S6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Sentence:
    """
    Words with facts in them: ``Sentence("%(a)s − %(b)s", {"a": …, "b": …})``.

    ``text`` is a Chinese msgid marked with a ``gettext_noop`` of the room's own; it is translated
    where it is shown.
    """

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.text % dict(self.facts) if self.facts else self.text


@dataclass(frozen=True)
class Fact:
    """
    One recorded thing the decision rests on.

    ``label`` is a msgid; ``kind`` and ``id`` name the record ("desk.message", 512), so that the
    reader can open it; ``value`` is what it said when the rule was asked.
    """

    label: str
    value: object
    kind: str = ""
    id: int | None = None


@dataclass(frozen=True)
class Decision(Generic[Value]):
    """
    The answer of a rule.

    ``clause`` is the code of a clause in a ``clauses.toml`` ("desk.first_response");
    ``arithmetic`` says in words how the value came about, unrounded and rounded.
    """

    value: Value
    clause: str
    facts: tuple[Fact, ...] = ()
    arithmetic: Sentence | str = ""

    def trace(self) -> dict[str, Any]:
        """Facts and arithmetic as they are stored."""
        sentence = self.arithmetic
        if isinstance(sentence, str):
            sentence = Sentence(sentence)
        return {
            "facts": [
                {"label": fact.label, "kind": fact.kind, "id": fact.id, "value": str(fact.value)}
                for fact in self.facts
            ],
            "arithmetic": {
                "text": sentence.text,
                "facts": {name: str(value) for name, value in sentence.facts.items()},
            },
        }
