"""Promises to customers: what goes beyond policy, what was kept, what was broken (A18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from cangke.rulebook.rules import Decision, Fact, Sentence

from .wording import gettext_noop


class PledgeKind(StrEnum):
    """What was promised."""

    GIFT = "gift"
    COUPON = "coupon"
    SHIP_DATE = "ship_date"
    CALL_BACK = "call_back"
    RESHIP = "reship"
    OTHER = "other"


class PledgeState(StrEnum):
    """Waiting for approval; open; and how it ended."""

    WAITING = "waiting"
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WAIVED = "waived"
    DECLINED = "declined"


RUNNING = frozenset({PledgeState.WAITING, PledgeState.OPEN})


@dataclass(frozen=True, slots=True)
class AmountLimit:
    """What an agent may promise alone in one currency."""

    currency: str
    most: Decimal


@dataclass(frozen=True, slots=True)
class PledgePolicy:
    """What may be promised without asking, and when the keeper is reminded (A17, A18)."""

    PREFIX: ClassVar[str] = "pledge"
    limits: tuple[AmountLimit, ...] = (
        AmountLimit("CNY", Decimal("50.00")),
        AmountLimit("USD", Decimal("8.00")),
    )
    most_days: int = 30
    remind_minutes: int = 60

    def limit_of(self, currency: str) -> Decimal:
        """The most an agent may promise alone; nothing in a currency without a limit."""
        return next((each.most for each in self.limits if each.currency == currency), Decimal(0))


@dataclass(frozen=True, slots=True)
class Excess:
    """One way in which a promise goes beyond policy: a code and the values of its sentence."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be said before a promise is registered, and whether somebody must agree."""

    excesses: tuple[Excess, ...]
    needs_approval: bool

    def __str__(self) -> str:
        return f"needs_approval={self.needs_approval}"


def review(
    *,
    kind: str,
    amount: Decimal | None,
    currency: str,
    due_at: dt.datetime,
    at: dt.datetime,
    promised_ship_at: dt.datetime | None,
    policy: PledgePolicy,
) -> Decision[Review]:
    """
    Hold a promise against policy before it is registered (A18).

    An amount above the limit of its currency needs approval (Q6: the limit itself does not). A due
    time further away than ``most_days``, and a ship date earlier than the order's promised ship
    time, are warned against only.
    """
    found: list[Excess] = []
    limit = policy.limit_of(currency)
    above = amount is not None and amount > limit
    if above:
        found.append(Excess("amount", {"amount": f"{currency} {amount}", "limit": str(limit)}))
    if due_at - at > dt.timedelta(days=policy.most_days):
        found.append(Excess("far", {"days": str(policy.most_days)}))
    ships = kind in (PledgeKind.SHIP_DATE, PledgeKind.RESHIP)
    if ships and promised_ship_at is not None and due_at < promised_ship_at:
        found.append(Excess("before_order", {"promised": promised_ship_at.isoformat()}))
    facts = (
        Fact(gettext_noop("金额"), amount if amount is not None else "—"),
        Fact(gettext_noop("限额"), limit),
    )
    words = (
        Sentence(
            gettext_noop("%(amount)s > %(limit)s，需要批准"),
            {"amount": str(amount), "limit": str(limit)},
        )
        if above
        else Sentence(gettext_noop("没有超过限额"))
    )
    return Decision(Review(tuple(found), above), "tickets.pledge", facts, words)


def outcome(*, due_at: dt.datetime, done_at: dt.datetime | None) -> Decision[PledgeState]:
    """
    Whether a promise was kept by fact (A18): done at the due moment or before is kept.

    ``done_at`` is None where nothing was done; the due moment has passed then.
    """
    kept = done_at is not None and done_at <= due_at
    facts = (
        Fact(gettext_noop("约定时间"), due_at.isoformat()),
        Fact(gettext_noop("兑现时间"), done_at.isoformat() if done_at else "—"),
    )
    if kept:
        words = Sentence(gettext_noop("在约定时间之前兑现"))
    elif done_at is None:
        words = Sentence(gettext_noop("到约定时间仍未兑现"))
    else:
        words = Sentence(gettext_noop("约定时间之后才兑现"))
    return Decision(
        PledgeState.KEPT if kept else PledgeState.BROKEN, "tickets.pledge", facts, words
    )


def remind_at(*, made_at: dt.datetime, due_at: dt.datetime, minutes: int) -> dt.datetime:
    """When the keeper is reminded: so long before the due time, for short promises at half-time."""
    return max(due_at - dt.timedelta(minutes=minutes), made_at + (due_at - made_at) / 2)
