"""
A flow as data: which steps, who decides each, how many must, by when (X12).

Written as TOML by people, kept as JSON. Nothing in it is evaluated: every word is one of a closed
list, every number has its limits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cangke.foundation.tomltext import DECIMAL, unprintable

MOST_STEPS = 30
MOST_FIELDS = 40
MOST_HOURS = 24 * 365
_CURRENCY = re.compile(r"[A-Z]{3}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Mode(StrEnum):
    """How many of a step's people must agree."""

    ANY = "any"
    ALL = "all"
    SEQUENCE = "sequence"
    OPINION = "opinion"


class FieldKind(StrEnum):
    """What a step's form asks for."""

    TEXT = "text"
    RATING = "rating"  # 1 to 5, with words
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


SEATS = ("manager", "head", "role", "post", "team", "account", "authority", "chosen")
NEEDS_VALUE = ("role", "post", "team", "account", "authority")
PLACES = ("site", "department")  # of the applicant, behind a role: role:hr@site


@dataclass(frozen=True)
class Who:
    """
    One seat of a step, written ``seat`` or ``seat:value``.

    ``manager:2`` the second superior, ``head`` the head of the department, ``role:hr`` (nearest
    first, ``role:hr@site`` and ``role:supervisor@department`` those of the applicant's own only),
    ``post:cs-supervisor``, ``team:day-shift`` everybody in that group, ``account:zhanghui``,
    ``authority:regularization`` whom that table of approval authority names (N10), ``chosen``
    whoever was named for the matter.
    """

    seat: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.seat}:{self.value}" if self.value else self.seat


@dataclass(frozen=True)
class Route:
    """Other people for a step, where the applicant's post or the amount asks for it."""

    who: tuple[Who, ...]
    posts: tuple[str, ...] = ()
    above: Decimal | None = None  # strictly more than this amount
    currency: str = ""  # that ``above`` is in; empty for any

    def fits(self, *, post: str, amount: Decimal | None) -> bool:
        """Whether the route holds; both conditions must, where both are set."""
        if self.posts and post not in self.posts:
            return False
        return self.above is None or (amount is not None and amount > self.above)

    def limits(self, currency: str) -> bool:
        """Whether the route's limit is one for amounts in a currency."""
        return self.above is None or self.currency in ("", currency)


@dataclass(frozen=True)
class Field:
    """One question of a step's form; ``labels`` are the words of its choices, one for each."""

    key: str
    label: str
    label_en: str
    kind: FieldKind
    required: bool
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    labels_en: tuple[str, ...] = ()

    def label_in(self, language: str) -> str:
        return self.label_en if language.startswith("en") and self.label_en else self.label

    def said(self, value: str, *, english: bool) -> str:
        """A choice in words."""
        words = (english and self.labels_en) or self.labels or self.choices
        return dict(zip(self.choices, words, strict=True)).get(value, value)


@dataclass(frozen=True)
class Step:
    """One step; those of the same stage run side by side."""

    key: str
    name: str
    name_en: str
    who: tuple[Who, ...]
    mode: Mode
    stage: int
    required: bool
    hours: int | None
    routes: tuple[Route, ...] = ()
    fields: tuple[Field, ...] = ()

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name

    def seats(self, *, post: str, amount: Decimal | None, currency: str = "") -> tuple[Who, ...]:
        """
        Who decides for this applicant and amount: the first route that fits, or the rule.

        Clause Q6. An amount in a currency that no limit of the step names is above them all.
        """
        limits = [route for route in self.routes if route.above is not None]
        known = [route for route in limits if route.limits(currency)]
        for route in self.routes:
            if known and not route.limits(currency):
                continue
            boundless = amount is not None and not known
            if route.fits(post=post, amount=Decimal("Infinity") if boundless else amount):
                return route.who
        return self.who


@dataclass(frozen=True)
class Flow:
    """The steps of one kind of matter, in their order."""

    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    def stages(self) -> list[int]:
        return sorted({step.stage for step in self.steps})

    def of_stage(self, stage: int) -> list[Step]:
        return [step for step in self.steps if step.stage == stage]


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: ``place`` like "step 2, who"; ``code`` names the sentence."""

    place: str
    code: str
    value: str = ""


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def bad(self, place: str, code: str, value: object = "") -> None:
        self.problems.append(Problem(place, code, str(value)[:80]))

    def text(self, row: Mapping[str, Any], key: str, place: str, *, most: int = 80) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or len(value) > most or unprintable(value):
            self.bad(f"{place}, {key}", "flow.text", value)
            return ""
        return value.strip()

    def whole(self, row: Mapping[str, Any], key: str, place: str, default: int, most: int) -> int:
        value = row.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.bad(f"{place}, {key}", "flow.number", value)
            return default
        return value

    def flag(self, row: Mapping[str, Any], key: str, place: str, *, default: bool) -> bool:
        value = row.get(key, default)
        if not isinstance(value, bool):
            self.bad(f"{place}, {key}", "flow.yes_no", value)
            return default
        return value

    def tables(self, row: Mapping[str, Any], key: str, place: str, most: int) -> Iterator[Any]:
        value = row.get(key, [])
        if not isinstance(value, list) or any(not isinstance(each, Mapping) for each in value):
            self.bad(f"{place}, {key}", "flow.tables", value)
            return
        if len(value) > most:
            self.bad(f"{place}, {key}", "flow.too_many", len(value))
            return
        yield from value

    def words(self, row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or any(
            not isinstance(each, str) or len(each) > 60 or unprintable(each) for each in value
        ):
            self.bad(f"{place}, {key}", "flow.text", value)
            return ()
        return tuple(value)

    def unknown(self, row: Mapping[str, Any], place: str, *known: str) -> None:
        for key in row:
            if key not in known:
                self.bad(f"{place}, {str(key)[:40]}", "flow.unknown", key)

    def who(self, row: Mapping[str, Any], place: str) -> tuple[Who, ...]:
        value = row.get("who")
        if not isinstance(value, list) or not value:
            self.bad(f"{place}, who", "flow.nobody")
            return ()
        found = []
        for each in value:
            seat, _colon, rest = str(each).partition(":")
            fits = isinstance(each, str) and seat in SEATS and len(rest) <= 60
            fits = fits and not unprintable(rest)
            if fits and seat in NEEDS_VALUE:
                name, at, where = rest.partition("@")
                fits = bool(name) and (not at or (seat == "role" and where in PLACES))
            elif fits and seat == "manager":
                fits = rest == "" or (rest.isascii() and rest.isdigit() and 1 <= int(rest) <= 9)
            elif fits:
                fits = not rest
            if not fits:
                self.bad(f"{place}, who", "flow.seat", each)
                continue
            found.append(Who(seat, rest or ("1" if seat == "manager" else "")))
        return tuple(found)


def read_flow(body: Mapping[str, Any]) -> tuple[Flow, list[Problem]]:
    """
    Read a flow from its data; with problems, the flow is not to be used.

    Every step needs a key of its own, a name, and at least one seat; a flow needs a step that is
    more than an opinion and cannot be left out: nothing is approved without anybody's saying so.
    """
    reader = _Reader()
    reader.unknown(body, "flow", "step")
    steps = [
        _step(reader, row, n)
        for n, row in enumerate(reader.tables(body, "step", "flow", MOST_STEPS), 1)
    ]
    if not steps and not reader.problems:
        reader.bad("flow", "flow.empty")
    seen: set[str] = set()
    for number, step in enumerate(steps, 1):
        if step.key in seen:
            reader.bad(f"step {number}, key", "flow.twice", step.key)
        seen.add(step.key)
    if steps and all(step.mode == Mode.OPINION for step in steps):
        reader.bad("flow", "flow.only_opinions")
    elif steps and not any(step.required for step in steps if step.mode != Mode.OPINION):
        reader.bad("flow", "flow.all_optional")
    ordered = sorted(steps, key=lambda step: step.stage)
    return Flow(tuple(ordered)), reader.problems


def _step(reader: _Reader, row: Mapping[str, Any], number: int) -> Step:
    place = f"step {number}"
    reader.unknown(
        row, place, "key", "name", "name_en", "who", "mode", "stage", "required", "hours",
        "route", "field",
    )  # fmt: skip
    key = reader.text(row, "key", place, most=40)
    if not _KEY.fullmatch(key):
        reader.bad(f"{place}, key", "flow.key", key)
    name = reader.text(row, "name", place)
    if not name:
        reader.bad(f"{place}, name", "flow.unnamed")
    mode = row.get("mode", Mode.ANY)
    if mode not in list(Mode):
        reader.bad(f"{place}, mode", "flow.mode", mode)
        mode = Mode.ANY
    hours = reader.whole(row, "hours", place, 1, MOST_HOURS) if "hours" in row else None
    if mode == Mode.OPINION and hours is None:
        reader.bad(f"{place}, hours", "flow.opinion_needs_time")
    return Step(
        key=key,
        name=name,
        name_en=reader.text(row, "name_en", place),
        who=reader.who(row, place),
        mode=Mode(mode),
        stage=reader.whole(row, "stage", place, number, 99),
        required=reader.flag(row, "required", place, default=True),
        hours=hours,
        routes=tuple(
            _route(reader, each, place) for each in reader.tables(row, "route", place, 20)
        ),
        fields=_fields(reader, row, place),
    )


def _route(reader: _Reader, row: Mapping[str, Any], place: str) -> Route:
    place = f"{place}, route"
    reader.unknown(row, place, "who", "posts", "above", "currency")
    posts = row.get("posts", [])
    if not isinstance(posts, list) or any(not isinstance(each, str) for each in posts):
        reader.bad(f"{place}, posts", "flow.text", posts)
        posts = []
    above = None
    if "above" in row:
        text = row["above"]
        if isinstance(text, str) and DECIMAL.fullmatch(text):
            above = Decimal(text)
        if above is None or not 0 <= above < Decimal(10) ** 12:
            reader.bad(f"{place}, above", "flow.amount", row["above"])
            above = None
    currency = row.get("currency", "")
    if not isinstance(currency, str) or (currency and not _CURRENCY.fullmatch(currency)):
        reader.bad(f"{place}, currency", "flow.currency", currency)
        currency = ""
    elif currency and "above" not in row:
        reader.bad(f"{place}, currency", "flow.currency", currency)
    if not posts and above is None:
        reader.bad(place, "flow.route_without_condition")
    return Route(reader.who(row, place), tuple(posts), above, currency)


def _fields(reader: _Reader, row: Mapping[str, Any], place: str) -> tuple[Field, ...]:
    found: list[Field] = []
    for each in reader.tables(row, "field", place, MOST_FIELDS):
        where = f"{place}, field {len(found) + 1}"
        reader.unknown(
            each, where, "key", "label", "label_en", "kind", "required", "choices", "labels",
            "labels_en",
        )  # fmt: skip
        key = reader.text(each, "key", where, most=40)
        if not _KEY.fullmatch(key) or key in {known.key for known in found}:
            reader.bad(f"{where}, key", "flow.key", key)
        kind = each.get("kind", FieldKind.TEXT)
        if kind not in list(FieldKind):
            reader.bad(f"{where}, kind", "flow.field_kind", kind)
            kind = FieldKind.TEXT
        choices = reader.words(each, "choices", where)
        labels = reader.words(each, "labels", where)
        labels_en = reader.words(each, "labels_en", where)
        for name, given in (("labels", labels), ("labels_en", labels_en)):
            if given and len(given) != len(choices):
                reader.bad(f"{where}, {name}", "flow.labels")
        if (kind == FieldKind.CHOICE) != bool(choices):
            reader.bad(f"{where}, choices", "flow.choices")
        label = reader.text(each, "label", where)
        if not label:
            reader.bad(f"{where}, label", "flow.unnamed")
        found.append(
            Field(
                key,
                label,
                reader.text(each, "label_en", where),
                FieldKind(kind),
                reader.flag(each, "required", where, default=True),
                choices,
                labels if len(labels) == len(choices) else (),
                labels_en if len(labels_en) == len(choices) else (),
            )
        )
    return tuple(found)


def fingerprint(snapshot: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return the SHA-256 of a snapshot of plain values: equal content, equal fingerprint."""
    plain = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
