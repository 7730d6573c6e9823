"""What a draft would have changed in the last closed month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from cangke.foundation.access.public import Account

from .. import ports, rules
from ..models import RulebookVersion
from .force import catalogue, trial

MOST_SHOWN = 30
NONE = Decimal(0)


@dataclass(frozen=True)
class Sum:
    """One figure over everybody the account may see."""

    label: str
    before: Decimal
    after: Decimal
    people: int


@dataclass(frozen=True)
class Shift:
    """One figure of one person that would have been another."""

    person: int
    name: str
    team: str
    label: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Impact:
    """The month, how many people it has facts about, and what differs."""

    month: dt.date
    people: int
    sums: Sequence[Sum]
    shifts: Sequence[Shift]

    @property
    def shown(self) -> Sequence[Shift]:
        return self.shifts[:MOST_SHOWN]

    @property
    def hidden(self) -> int:
        return max(0, len(self.shifts) - MOST_SHOWN)

    @property
    def affected(self) -> int:
        return len({each.person for each in self.shifts})


def last_month(at: dt.datetime) -> dt.date:
    """The first day of the last month that is over, in the house's zone."""
    today = timezone.localtime(at).date()
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def impact_of(version: RulebookVersion, *, account: Account, at: dt.datetime) -> Impact:
    """
    Compute the last closed month once as it is and once with the version's values.

    Nothing is stored, and nobody sees more than they see anyway.
    """
    month = last_month(at)
    before = {
        (each.person, each.figure): each
        for each in ports.effects.ask(account=account, month=month, at=at)
    }
    values = rules.new_body(catalogue(), version.body)["values"]
    with trial(version.policy_set.key, values):
        after = {
            (each.person, each.figure): each
            for each in ports.effects.ask(account=account, month=month, at=at)
        }
    shifts = []
    sums: dict[str, list[Decimal]] = {}
    labels: dict[str, str] = {}
    touched: dict[str, set[int]] = {}
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        told = new or old
        assert told is not None  # the key is of one of them
        was = old.value if old else NONE
        now = new.value if new else NONE
        labels[told.figure] = told.label
        total = sums.setdefault(told.figure, [NONE, NONE])
        total[0] += was
        total[1] += now
        if was != now:
            touched.setdefault(told.figure, set()).add(told.person)
            shifts.append(Shift(told.person, told.name, told.team, told.label, was, now))
    shifts.sort(key=lambda each: (-abs(each.after - each.before), each.name))
    return Impact(
        month=month,
        people=len({person for person, _figure in {*before, *after}}),
        sums=[
            Sum(labels[figure], old, new, len(touched.get(figure, ())))
            for figure, (old, new) in sums.items()
        ],
        shifts=shifts,
    )
