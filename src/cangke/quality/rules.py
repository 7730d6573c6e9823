"""Which conversations are read, and what a reading comes to (A23)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import ClassVar

from cangke.rulebook.rules import Decision, Fact, Sentence

CLAUSE = "quality.inspection"
HUNDRED = 100


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


class CheckReason(StrEnum):
    """Why a conversation is read."""

    RANDOM = "random"
    MAJOR = "major"
    CONDUCT = "conduct"
    PROMISE = "promise"
    MANUAL = "manual"


class CheckState(StrEnum):
    """To be read; scored; under appeal; left out."""

    OPEN = "open"
    SCORED = "scored"
    APPEALED = "appealed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """One line of the score sheet; ``calls_only`` counts where there was a phone call."""

    code: str
    name: str
    name_en: str
    points: int
    calls_only: bool


@dataclass(frozen=True, slots=True)
class FatalItem:
    """What makes a conversation worth nothing."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class InspectionPolicy:
    """The sample, the score sheet and the time to appeal (A23)."""

    PREFIX: ClassVar[str] = "inspection"
    percent: Decimal = Decimal(5)
    least: int = 1
    due_days: int = 7
    fatal_points: int = 0
    appeal_days: int = 3
    items: tuple[ScoreItem, ...] = (
        ScoreItem("expression", "表达清楚", "Expression", 15, False),
        ScoreItem(
            "listening",
            "倾听：不打断、不断章取义",
            "Listening: no interrupting, nothing out of context",
            15,
            False,
        ),
        ScoreItem("empathy", "同理心", "Empathy", 15, False),
        ScoreItem("product", "产品知识", "Product knowledge", 15, False),
        ScoreItem("attitude", "服务态度", "Attitude", 20, False),
        ScoreItem("truth", "真实：不虚假承诺", "Truthfulness: no false promises", 20, False),
        ScoreItem("sincerity", "通话真诚", "Sincerity on the phone", 10, True),
        ScoreItem("pace", "语速适中", "Moderate pace of speech", 10, True),
    )
    fatal: tuple[FatalItem, ...] = (
        FatalItem("abuse", "辱骂客户", "abusing a customer"),
        FatalItem("blocking", "拉黑客户", "blocking a customer"),
        FatalItem("false_promise", "虚假承诺", "a false promise"),
    )

    def items_for(self, *, is_call: bool) -> tuple[ScoreItem, ...]:
        return tuple(each for each in self.items if is_call or not each.calls_only)


def sample_size(count: int, *, policy: InspectionPolicy) -> int:
    """How many of so many conversations are read: the share rounded up, at least so many."""
    share = ceil(Fraction(policy.percent) * count / HUNDRED)
    return min(count, max(share, policy.least))


def draw(
    ids: Collection[int], *, size: int, secret: bytes, week: dt.date, employee_id: int
) -> list[int]:
    """Choose so many by chance: the same draw comes out again, and nobody can foresee it."""

    def place(pk: int) -> bytes:
        words = f"{week:%Y-%m-%d}|{employee_id}|{pk}".encode()
        return hmac.new(secret, words, hashlib.sha256).digest()

    return sorted(ids, key=place)[:size]


def total_of(
    items: Sequence[ScoreItem],
    scores: Mapping[str, int],
    fatal: Collection[str],
    *,
    policy: InspectionPolicy,
) -> Decision[Decimal]:
    """
    Points given of points possible, in hundredths, rounded once.

    ``scores`` holds every item's points, each from nothing to the item's own.
    """
    given = sum(scores[each.code] for each in items)
    possible = sum(each.points for each in items)
    facts = [
        Fact(
            gettext_noop("评分项"),
            f"{each.name} · {each.name_en}: {scores[each.code]}/{each.points}",
        )
        for each in items
    ]
    named = {each.code: each.name for each in policy.fatal}
    for code in sorted(fatal):
        facts.append(Fact(gettext_noop("否决项"), named.get(code, code)))
    if fatal:
        words = Sentence(
            gettext_noop("有否决项，总分为 %(points)s"), {"points": str(policy.fatal_points)}
        )
        return Decision(Decimal(policy.fatal_points), CLAUSE, tuple(facts), words)
    total = (Decimal(given) * HUNDRED / Decimal(possible)).quantize(
        Decimal("0.01"), rounding=ROUND_HALF_UP
    )
    words = Sentence(
        gettext_noop("%(given)s ÷ %(possible)s × 100 = %(total)s"),
        {"given": str(given), "possible": str(possible), "total": str(total)},
    )
    return Decision(total, CLAUSE, tuple(facts), words)
