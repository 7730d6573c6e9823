"""What scripts achieve: how often they were sent, solved and won an order (J3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from cangke.desk.public import Message, ReportFilter
from cangke.foundation.access.public import Account, scope
from cangke.knowledge.public import Script, ScriptPolicy, ScriptUse
from cangke.orders.public import Order
from cangke.rulebook.public import policy

USED_FOR = "desk.message:"
BATCH = 5000


@dataclass(frozen=True)
class ScriptLine:
    """One script in the period; ``solved`` and ``won`` count conversations."""

    script: Script
    uses: int
    people: int
    conversations: int
    solved: int
    won: int

    @property
    def solved_share(self) -> Fraction | None:
        return Fraction(self.solved, self.conversations) if self.conversations else None

    @property
    def won_share(self) -> Fraction | None:
        return Fraction(self.won, self.conversations) if self.conversations else None


@dataclass
class _Talk:
    """A conversation in which a script was sent: whose, when first, and whether it was solved."""

    customer_id: int
    first: dt.datetime
    solved: bool


@dataclass
class _Tally:
    uses: int = 0
    people: set[int] = field(default_factory=set)
    talks: dict[int, _Talk] = field(default_factory=dict)


def script_lines(account: Account, chosen: ReportFilter) -> list[ScriptLine]:
    """Return what the scripts that the account may see achieved, the most used first."""
    days = policy(ScriptPolicy, on=chosen.last_date).credit_days
    mine = scope(account, Script, "view")
    uses = list(
        ScriptUse.objects.filter(
            script__in=mine.values("pk"), at__gte=chosen.since, at__lt=chosen.until
        ).order_by("at", "pk")
    )
    ids = {int(use.used_for.removeprefix(USED_FOR)): use for use in uses if _is_message(use)}
    tallies: dict[int, _Tally] = {}
    for use in uses:
        tally = tallies.setdefault(use.script_id, _Tally())
        tally.uses += 1
        if use.account_id is not None:
            tally.people.add(use.account_id)
    for pk, talk_id, customer_id, solved in _said(list(ids), chosen):
        use = ids[pk]
        talks = tallies[use.script_id].talks
        talks.setdefault(talk_id, _Talk(customer_id, use.at, bool(solved)))
    customers = {talk.customer_id for tally in tallies.values() for talk in tally.talks.values()}
    placed = _placed(sorted(customers), chosen, days)
    scripts = {row.pk: row for row in mine.filter(pk__in=tallies)}
    within = dt.timedelta(days=days)
    lines = [
        ScriptLine(
            scripts[pk],
            tally.uses,
            len(tally.people),
            len(tally.talks),
            sum(talk.solved for talk in tally.talks.values()),
            sum(
                any(
                    talk.first <= at <= talk.first + within
                    for at in placed.get(talk.customer_id, ())
                )
                for talk in tally.talks.values()
            ),
        )
        for pk, tally in tallies.items()
        if pk in scripts
    ]
    return sorted(lines, key=lambda each: (-each.uses, each.script.title, each.script.pk))


def _is_message(use: ScriptUse) -> bool:
    return use.used_for.startswith(USED_FOR) and use.used_for.removeprefix(USED_FOR).isdecimal()


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while batch := list(islice(left, BATCH)):
        yield batch


def _said(ids: Sequence[int], chosen: ReportFilter) -> Iterator[tuple[int, int, int, bool | None]]:
    """Message, its conversation, whose it is, and whether it was solved."""
    narrowed = {
        f"conversation__{name}": value
        for name, value in (
            ("channel_id", chosen.channel_id),
            ("shop_id", chosen.shop_id),
            ("customer__client_id", chosen.client_id),
        )
        if value is not None
    }
    for batch in _batches(ids):
        rows = Message.objects.filter(pk__in=batch, recalled_at__isnull=True, **narrowed)
        yield from rows.order_by("pk").values_list(
            "pk",
            "conversation_id",
            "conversation__customer_id",
            "conversation__handling_result__is_solved",
        )


def _placed(
    customers: Sequence[int], chosen: ReportFilter, days: int
) -> dict[int, list[dt.datetime]]:
    """Customer → when they placed orders from the period's start to so many days after its end."""
    found: dict[int, list[dt.datetime]] = {}
    until = chosen.until + dt.timedelta(days=days)
    for batch in _batches(customers):
        rows = Order.objects.sales().filter(
            customer_id__in=batch, placed_at__gte=chosen.since, placed_at__lt=until
        )
        for customer_id, at in rows.order_by("placed_at").values_list("customer_id", "placed_at"):
            if customer_id is not None and at is not None:
                found.setdefault(customer_id, []).append(at)
    return found
