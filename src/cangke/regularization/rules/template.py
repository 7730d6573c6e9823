"""
A way to regularize somebody, as data (N1): which steps, who acts, by when; which criteria count.

Steps that decide something become the approval flow (`flow_body`); the others are the employee's
own part and the telling of the result. Nothing is evaluated: every word is one of a closed list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cangke.approvals.rules import Mode, Problem, Who, read_flow
from cangke.foundation.tomltext import DECIMAL, unprintable

from ..measures import MEASURES
from .items import ITEMS

MOST_STEPS = 20
MOST_CRITERIA = 40
MOST_DAYS = 365
MOST_WEIGHT = 100
MOST_THRESHOLD = 1_000_000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Kind(StrEnum):
    """What happens in a step."""

    APPLY = "apply"  # the employee fills in the application
    SELF = "self"  # … and evaluates themselves
    SUBMIT = "submit"  # … and hands it in
    EVALUATE = "evaluate"  # the superior rates
    INTERVIEW = "interview"
    OPINIONS = "opinions"  # of other departments, side by side
    REVIEW = "review"  # by the department, signed
    HR = "hr"  # personnel looks at everything
    FINAL = "final"  # the decision
    TELL = "tell"  # the result goes to the employee


OWN = frozenset({Kind.APPLY, Kind.SELF, Kind.SUBMIT})
DECIDING = frozenset(
    {Kind.EVALUATE, Kind.INTERVIEW, Kind.OPINIONS, Kind.REVIEW, Kind.HR, Kind.FINAL}
)


@dataclass(frozen=True)
class Step:
    """One step in its order; those of the same ``stage`` run side by side. ``days`` to act."""

    key: str
    kind: Kind
    name: str
    name_en: str
    who: tuple[str, ...]
    mode: Mode
    stage: int
    required: bool
    days: int | None
    items: tuple[str, ...] = ()

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name

    @property
    def decides(self) -> bool:
        return self.kind in DECIDING


@dataclass(frozen=True)
class Criterion:
    """
    One condition: recorded facts that speak for it (``measures``), and what the superior rates.

    One that is not ``required`` is looked at but does not ask for a reason when it is not met.
    ``thresholds`` are those of the template's own, by measure; for all others the rulebook's hold.
    """

    code: str
    key: str
    name: str
    name_en: str
    measures: tuple[str, ...]
    item: str
    required: bool
    weight: int = 1
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name


@dataclass(frozen=True)
class Template:
    """Steps and criteria of one version."""

    steps: tuple[Step, ...]
    criteria: tuple[Criterion, ...]

    def of_kind(self, kind: Kind) -> Step | None:
        return next((step for step in self.steps if step.kind == kind), None)

    @property
    def self_evaluation(self) -> bool:
        """Whether the application asks for one (N4)."""
        return any(step.kind == Kind.SELF for step in self.steps)

    @property
    def opinions(self) -> Step | None:
        return self.of_kind(Kind.OPINIONS)

    @property
    def items(self) -> tuple[str, ...]:
        """What the superior rates: the step's own items, then those the criteria ask for."""
        wanted = [item for step in self.steps for item in step.items]
        wanted += [each.item for each in self.criteria if each.item]
        return tuple(item for item in ITEMS if item in wanted)


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def bad(self, place: str, code: str, value: object = "") -> None:
        self.problems.append(Problem(place, code, str(value)[:80]))

    def text(self, row: Mapping[str, Any], key: str, place: str, most: int = 60) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or len(value) > most or unprintable(value):
            self.bad(f"{place}, {key}", "template.text", value)
            return ""
        return value.strip()

    def whole(
        self, row: Mapping[str, Any], key: str, place: str, most: int, default: int | None
    ) -> int | None:
        value = row.get(key, default)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.bad(f"{place}, {key}", "template.number", value)
            return default
        return value

    def flag(self, row: Mapping[str, Any], key: str, place: str) -> bool:
        value = row.get(key, True)
        if not isinstance(value, bool):
            self.bad(f"{place}, {key}", "template.yes_no", value)
            return True
        return value

    def words(
        self, row: Mapping[str, Any], key: str, place: str, known: Mapping[str, Any] | None = None
    ) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or any(not isinstance(each, str) for each in value):
            self.bad(f"{place}, {key}", "template.words", value)
            return ()
        for each in value:
            if known is not None and each not in known:
                self.bad(f"{place}, {key}", "template.unknown_word", each)
        return tuple(each for each in value if known is None or each in known)

    def rows(self, body: Mapping[str, Any], key: str, most: int) -> Iterator[Mapping[str, Any]]:
        value = body.get(key, [])
        if not isinstance(value, list) or any(not isinstance(each, Mapping) for each in value):
            self.bad(key, "template.tables", value)
            return
        if len(value) > most:
            self.bad(key, "template.too_many", len(value))
            return
        yield from value

    def unknown(self, row: Mapping[str, Any], place: str, *known: str) -> None:
        for key in row:
            if key not in known:
                self.bad(f"{place}, {str(key)[:40]}", "template.unknown", key)


def read_template(body: Mapping[str, Any]) -> tuple[Template, list[Problem]]:
    """
    Read a template from its data; with problems, it is not to be used.

    It begins with the application, has one final decision that is never left out, and nothing is
    decided after it.
    """
    reader = _Reader()
    reader.unknown(body, "template", "step", "criterion")
    steps = tuple(
        _step(reader, row, n) for n, row in enumerate(reader.rows(body, "step", MOST_STEPS), 1)
    )
    criteria = tuple(
        _criterion(reader, row, n)
        for n, row in enumerate(reader.rows(body, "criterion", MOST_CRITERIA), 1)
    )
    template = Template(tuple(sorted(steps, key=lambda step: step.stage)), criteria)
    _whole(reader, template)
    if not reader.problems:
        _flow, problems = read_flow(flow_body(template))
        for each in problems:
            reader.bad(each.place, each.code, each.value)
    return template, reader.problems


def _step(reader: _Reader, row: Mapping[str, Any], number: int) -> Step:
    place = f"step {number}"
    reader.unknown(
        row, place, "key", "kind", "name", "name_en", "who", "mode", "stage", "required", "days",
        "items",
    )  # fmt: skip
    key = reader.text(row, "key", place, 40)
    if not _KEY.fullmatch(key):
        reader.bad(f"{place}, key", "template.key", key)
    kind = row.get("kind", "")
    if kind not in list(Kind):
        reader.bad(f"{place}, kind", "template.kind", kind)
        kind = Kind.TELL
    kind = Kind(kind)
    name = reader.text(row, "name", place)
    if not name:
        reader.bad(f"{place}, name", "template.unnamed")
    mode = row.get("mode", Mode.OPINION if kind == Kind.OPINIONS else Mode.ANY)
    if mode not in list(Mode) or (kind == Kind.OPINIONS) != (mode == Mode.OPINION):
        reader.bad(f"{place}, mode", "template.mode", mode)
        mode = Mode.OPINION if kind == Kind.OPINIONS else Mode.ANY
    who = reader.words(row, "who", place)
    if (kind in DECIDING) != bool(who):
        reader.bad(f"{place}, who", "template.who" if kind in DECIDING else "template.nobody", who)
    days = reader.whole(row, "days", place, MOST_DAYS, None)
    if kind == Kind.OPINIONS and days is None:
        reader.bad(f"{place}, days", "template.opinion_days")
    items = reader.words(row, "items", place, ITEMS)
    if items and kind != Kind.EVALUATE:
        reader.bad(f"{place}, items", "template.items")
    return Step(
        key=key,
        kind=kind,
        name=name,
        name_en=reader.text(row, "name_en", place),
        who=who,
        mode=Mode(mode),
        stage=reader.whole(row, "stage", place, 99, number) or number,
        required=reader.flag(row, "required", place),
        days=days,
        items=items,
    )


def _criterion(reader: _Reader, row: Mapping[str, Any], number: int) -> Criterion:
    place = f"criterion {number}"
    reader.unknown(
        row, place, "code", "key", "name", "name_en", "measures", "item", "required",
        "weight", "thresholds",
    )  # fmt: skip
    key = reader.text(row, "key", place, 40)
    if not _KEY.fullmatch(key):
        reader.bad(f"{place}, key", "template.key", key)
    name = reader.text(row, "name", place)
    if not name:
        reader.bad(f"{place}, name", "template.unnamed")
    item = reader.text(row, "item", place, 40)
    if item and item not in ITEMS:
        reader.bad(f"{place}, item", "template.unknown_word", item)
    measures = reader.words(row, "measures", place, MEASURES)
    if not item and not measures:
        reader.bad(place, "template.nothing_to_see")
    return Criterion(
        code=reader.text(row, "code", place, 12),
        key=key,
        name=name,
        name_en=reader.text(row, "name_en", place),
        measures=measures,
        item=item,
        required=reader.flag(row, "required", place),
        weight=reader.whole(row, "weight", place, MOST_WEIGHT, 1) or 1,
        thresholds=_thresholds(reader, row, place, measures),
    )


def _thresholds(
    reader: _Reader, row: Mapping[str, Any], place: str, measures: tuple[str, ...]
) -> dict[str, Decimal]:
    """The template's own thresholds: decimals as text, only for measures that are held to one."""
    value = row.get("thresholds", {})
    place = f"{place}, thresholds"
    if not isinstance(value, Mapping):
        reader.bad(place, "template.thresholds", value)
        return {}
    found = {}
    for key, text in value.items():
        if key not in measures or not MEASURES[key].threshold:
            reader.bad(place, "template.no_threshold", key)
            continue
        good = isinstance(text, str) and DECIMAL.fullmatch(text)
        if not good or not 0 <= Decimal(text) <= MOST_THRESHOLD:
            reader.bad(place, "template.threshold", text)
            continue
        found[key] = Decimal(text)
    return found


def _whole(reader: _Reader, template: Template) -> None:
    lists = {
        "step": [step.key for step in template.steps],
        "criterion": [each.key for each in template.criteria],
    }
    for noun, keys in lists.items():
        for number, key in enumerate(keys, 1):
            if key in keys[: number - 1]:
                reader.bad(f"{noun} {number}, key", "template.twice", key)
    kinds = [step.kind for step in template.steps]
    for kind in (Kind.APPLY, Kind.FINAL):
        if kinds.count(kind) != 1:
            reader.bad("step", f"template.one_{kind}")
    for kind in (Kind.SELF, Kind.SUBMIT, Kind.OPINIONS, Kind.EVALUATE, Kind.TELL):
        if kinds.count(kind) > 1:
            reader.bad("step", "template.once", kind)
    if kinds and kinds[0] != Kind.APPLY:
        reader.bad("step 1", "template.apply_first")
    if Kind.FINAL in kinds:
        final = next(step.stage for step in template.steps if step.kind == Kind.FINAL)
        decided = [s for s in template.steps if s.decides and s.kind != Kind.FINAL]
        if any(step.stage >= final for step in decided):
            reader.bad("step", "template.final_last")
        if not all(step.required for step in template.steps if step.kind == Kind.FINAL):
            reader.bad("step", "template.final_required")
    first = min((s.stage for s in template.steps if s.decides), default=0)
    if any(step.stage >= first for step in template.steps if step.kind in OWN and first):
        reader.bad("step", "template.own_first")
    if template.items and Kind.EVALUATE not in kinds:
        reader.bad("step", "template.nobody_rates")


def _field(key: str, label: str, label_en: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "label_en": label_en, "kind": kind, **more}


def _fields(step: Step, template: Template) -> list[dict[str, Any]]:
    """The questions that somebody who decides in the step answers."""
    if step.kind == Kind.EVALUATE:
        asked = []
        for key in template.items:
            item = ITEMS[key]
            asked.append(_field(key, item.label, item.label_en, "rating"))
            asked.append(_field(f"{key}_words", f"{item.label}说明", f"{item.label_en}: words"))
        return asked
    if step.kind == Kind.INTERVIEW:
        return [
            _field("held_on", "面谈日期", "Held on", "date"),
            _field("feelings", "对工作的感受", "Feelings about the work"),
            _field("career", "职业规划", "Career plan"),
        ]
    if step.kind == Kind.REVIEW:
        return [_field("signed", "签署意见", "Signed opinion")]
    if step.kind == Kind.FINAL:
        return [
            _field(
                "outcome", "结论", "Result", "choice", choices=["pass", "extend"],
                labels=["通过", "延长试用"], labels_en=["Pass", "Extend probation"],
            ),
            _field("effective_on", "转正生效日", "Formal from", "date", required=False),
            _field("pay_scheme", "转正后薪资方案", "Pay scheme from then on", required=False),
            _field("benefits", "福利", "Benefits", required=False),
            _field(
                "months", "延长几个月", "Months longer", "choice", required=False,
                choices=["1", "2", "3"],
            ),
            _field(
                "overrule", "对未达标项的说明", "Why in spite of criteria not met", required=False
            ),
        ]  # fmt: skip
    return []


def flow_body(template: Template) -> dict[str, Any]:
    """Return the deciding steps as the body of an approval flow, in their order."""
    body: list[dict[str, Any]] = []
    for step in template.steps:
        if not step.decides:
            continue
        row: dict[str, Any] = {
            "key": step.key,
            "name": step.name,
            "name_en": step.name_en,
            "who": list(step.who),
            "mode": str(step.mode),
            "stage": step.stage,
            "required": step.required,
        }
        if step.days is not None:
            row["hours"] = step.days * 24
        fields = _fields(step, template)
        if fields:
            row["field"] = fields
        body.append(row)
    return {"step": body}


def seats_of(step: Step) -> Sequence[Who]:
    """The seats of a step as approvals reads them, for saying who acts."""
    found = []
    for each in step.who:
        seat, _colon, value = each.partition(":")
        found.append(Who(seat, value or ("1" if seat == "manager" else "")))
    return found
