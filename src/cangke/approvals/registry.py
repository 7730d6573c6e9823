"""The kinds of matter that go through approval, as their rooms declare them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Snapshot = Callable[[int], Mapping[str, Any]]


class Check(Protocol):
    """
    A room's last word before somebody agrees or objects in a step: what the answers must hold to.

    Raises `BadAnswers` with the field at fault; it changes nothing.
    """

    def __call__(
        self,
        *,
        subject_id: int,
        step: str,
        agrees: bool,
        answers: Mapping[str, str],
        comment: str,
        at: dt.datetime,
    ) -> None: ...


@dataclass(frozen=True)
class ApprovalKind:
    """
    A kind of matter.

    ``snapshot`` returns what is to be approved as plain values (text, numbers as text, lists), or
    raises ``LookupError`` if the subject is gone. ``url_name`` opens the subject's own page, for
    whom the gate of ``model`` ("payroll.PayItem") lets see it; without ``model``, for everybody
    with the page's permission.
    ``check`` looks at a decision before it is kept, whichever page it came from. With
    ``own_page`` that page of the subject holds the forms of a decision, and ours leads there.
    ``panel`` is a fragment about the subject that is shown beside the buttons.
    """

    code: str
    label: Any
    snapshot: Snapshot
    flow: str
    url_name: str = ""
    check: Check | None = None
    own_page: bool = False
    panel: str = ""
    model: str = ""


@dataclass(frozen=True)
class Concerned:
    """Whom a record's figures are about, since when they could know them, what it is called."""

    account_id: int | None
    since: dt.datetime | None = None
    name: str = ""


KINDS: dict[str, ApprovalKind] = {}
HOMES: dict[str, str] = {}
# model label → whom its figures are about
OBJECTIONABLE: dict[str, Callable[[Any], Concerned]] = {}


def approval_kind(
    code: str,
    label: Any,
    *,
    snapshot: Snapshot,
    flow: str = "",
    url_name: str = "",
    check: Check | None = None,
    own_page: bool = False,
    panel: str = "",
    model: str = "",
) -> ApprovalKind:
    """Declare a kind ``room.noun``; its flow bears the same key unless another is named."""
    kind = KINDS[code] = ApprovalKind(
        code, label, snapshot, flow or code, url_name, check, own_page, panel, model
    )
    return kind


def kind_label(code: str) -> Any:
    """The name of a kind on screen; a kind whose room is gone keeps its code."""
    known = KINDS.get(code)
    return known.label if known else code


def flows_written_in(prefix: str, url_name: str) -> None:
    """Say that another page writes the flows whose key begins so; here they are only shown."""
    HOMES[prefix] = url_name


def home_of(key: str) -> str:
    """The address name of the page that writes a flow, or "" where approvals does."""
    return next((name for prefix, name in HOMES.items() if key.startswith(prefix)), "")


def objectionable(label: str, concerned: Callable[[Any], Concerned]) -> None:
    """
    Let the person a record's explained figures are about object to them (S7).

    ``since`` is when they could know the figure; left out, it is when it was worked out.
    """
    OBJECTIONABLE[label] = concerned
