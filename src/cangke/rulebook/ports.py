"""What the rulebook asks of the rooms above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from cangke.foundation.ports import Port


@dataclass(frozen=True)
class Unit:
    """A unit of the organisation that may live by a policy set: site, department or team."""

    kind: str
    id: int
    name: str


class Units(Protocol):
    def __call__(self) -> Sequence[Unit]:
        """Return the sites, departments and teams that exist, in the order they are read."""


def _none() -> Sequence[Unit]:
    return ()


units: Port[Units] = Port("rulebook.units", _none)


@dataclass(frozen=True)
class Member:
    """Somebody who works here and has an account, with the units they belong to."""

    account_id: int
    name: str
    team: str
    units: tuple[tuple[str, int], ...]


class Staff(Protocol):
    def __call__(self, *, account_ids: Collection[int] | None = None) -> Sequence[Member]:
        """Return those at work whose account works, of these accounts or all of them."""


def _no_staff(*, account_ids: Collection[int] | None = None) -> Sequence[Member]:
    return ()


class Approval(Protocol):
    def __call__(
        self,
        *,
        kind: str,
        subject_id: int,
        title: Callable[[], str],
        facts: Callable[[], Sequence[tuple[str, str]]],
        by: Any,
        at: dt.datetime,
    ) -> str:
        """
        Hand a matter in to whoever decides about it; return where it can be followed.

        Title and facts are made anew for each language they can be read in.

        Raises a `Refusal` if nobody can decide. An empty answer means that nobody was asked.
        """


def _nobody(
    *,
    kind: str,
    subject_id: int,
    title: Callable[[], str],
    facts: Callable[[], Sequence[tuple[str, str]]],
    by: Any,
    at: dt.datetime,
) -> str:
    return ""


class LockedUntil(Protocol):
    def __call__(self) -> dt.date | None:
        """Return the last day of the latest closed pay period, or None without any."""


def _never() -> dt.date | None:
    return None


@dataclass(frozen=True)
class Effect:
    """What the rules of a month come to for one person, in one figure."""

    person: int
    name: str
    team: str
    figure: str
    label: str
    value: Decimal


class Effects(Protocol):
    def __call__(self, *, account: Any, month: dt.date, at: dt.datetime) -> Sequence[Effect]:
        """
        Return what the month (its first day) comes to under the rules as they answer now.

        Only people and figures that the account may see; nothing is stored.
        """


def _no_effects(*, account: Any, month: dt.date, at: dt.datetime) -> Sequence[Effect]:
    return ()


@dataclass(frozen=True)
class Objecting:
    """What the reader of an explanation is told about objecting: words, and where to go on."""

    words: str
    url: str = ""
    label: str = ""


class Objections(Protocol):
    def __call__(self, *, account: Any, subject: Any, explanation: Any) -> Objecting | None:
        """How the newest explanation of a figure stands to objections (S7)."""


def _unheard(*, account: Any, subject: Any, explanation: Any) -> Objecting | None:
    return None


class Named(Protocol):
    def __call__(self, kind: str, codes: Collection[str]) -> Mapping[str, str]:
        """What codes are called in the reader's language: posts ("post"), seats ("seat")."""


def _unnamed(kind: str, codes: Collection[str]) -> Mapping[str, str]:
    return {}


named: Port[Named] = Port("rulebook.named", _unnamed)
objections: Port[Objections] = Port("rulebook.objections", _unheard)
staff: Port[Staff] = Port("rulebook.staff", _no_staff)
# Approvals answer; without them nothing is published on anybody's word alone.
approval: Port[Approval] = Port("rulebook.approval", _nobody)
# The pay run will answer; without it no period is closed.
locked_until: Port[LockedUntil] = Port("rulebook.locked_until", _never)
effects: Port[Effects] = Port("rulebook.effects", _no_effects)
