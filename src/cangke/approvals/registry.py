"""The kinds of matter that go through approval, as their rooms declare them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Snapshot = Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True)
class ApprovalKind:
    """
    A kind of matter.

    ``snapshot`` returns what is to be approved as plain values (text, numbers as text, lists), or
    raises ``LookupError`` if the subject is gone. ``url_name`` opens the subject's own page.
    """

    code: str
    label: Any
    snapshot: Snapshot
    flow: str
    url_name: str = ""


KINDS: dict[str, ApprovalKind] = {}


def approval_kind(
    code: str, label: Any, *, snapshot: Snapshot, flow: str = "", url_name: str = ""
) -> ApprovalKind:
    """Declare a kind ``room.noun``; its flow bears the same key unless another is named."""
    kind = KINDS[code] = ApprovalKind(code, label, snapshot, flow or code, url_name)
    return kind


def kind_label(code: str) -> Any:
    """The name of a kind on screen; a kind whose room is gone keeps its code."""
    known = KINDS.get(code)
    return known.label if known else code
