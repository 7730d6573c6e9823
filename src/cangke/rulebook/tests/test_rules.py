import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import pytest

from cangke.rulebook import rules
from cangke.rulebook.tests.factories import CLAUSES, EVALUATORS, case

CATALOGUE = rules.Catalogue(rules.parse_clauses(CLAUSES), evaluators=EVALUATORS)
BODY = rules.new_body(CATALOGUE)


def words_of(code, body=BODY, language="zh"):
    clause = next(c for c in body["clauses"] if c["code"] == code)
    text = clause["text_en" if language == "en" else "text"]
    pieces = rules.read_text(text, body["values"], CATALOGUE.parameters, language)
    return "".join(piece.text for piece in pieces)


@pytest.mark.requirement("S1")
def test_the_paragraph_reads_with_live_values_and_changes_with_them():
    assert words_of("test.late") == (
        "迟到：10 分钟以内 10 元；20 分钟以内 20 元。每周一公布，上班时间 08:30。"
    )
    tiers = [{"to": 10, "packet": "15"}, {"to": 20, "packet": "20"}]
    changed = rules.change_values(BODY, {"test.tiers": tiers, "test.weekday": "tue"}, CATALOGUE)
    assert "10 分钟以内 15 元；20 分钟以内 20 元。每周二" in words_of("test.late", changed)
    assert "up to 10 minutes 15; up to 20 minutes 20. Published on Tuesday" in words_of(
        "test.late", changed, "en"
    )


def test_a_list_of_choices_reads_by_its_labels_and_takes_nothing_else():
    spec = {
        "type": "texts", "default": ["out"], "label": "停表", "label_en": "Stands", "empty": True,
        "options": [
            {"value": "out", "label": "等仓库", "label_en": "waiting for warehouse"},
            {"value": "away", "label": "等客户", "label_en": "waiting for customer"},
        ],
    }  # fmt: skip
    parameter = rules.parse_parameter("test.pauses", spec)
    assert rules.shown_value(parameter, ["out", "away"]) == "等仓库、等客户"
    assert "waiting for customer" in rules.shown_value(parameter, ["away"], "en")
    assert rules.check(parameter, []) == []
    with pytest.raises(rules.BadValue) as refused:
        rules.check(parameter, ["out", "gone"])
    assert refused.value.problem.code == "value.not_choice"
    assert refused.value.problem.place == "test.pauses[2]"


def test_codes_are_read_by_the_names_they_have():
    """What a code stands for is asked of the rooms that know; what nobody knows stays."""
    spec = {
        "type": "rows", "label": "表", "label_en": "Table", "row": "{post} → {days}",
        "columns": [
            {"name": "post", "type": "text", "default": "x", "names": "post", "label": "岗位",
             "label_en": "Post"},
            {"name": "days", "type": "int", "default": 1, "label": "天", "label_en": "Days"},
        ],
        "default": [{"post": "cs-leader", "days": 3}, {"post": "gone", "days": 4}],
    }  # fmt: skip
    parameter = rules.parse_parameter("test.table", spec)
    known = {"cs-leader": "客服组长"}
    shown = rules.shown_value(parameter, spec["default"], named=lambda kind, codes: known)
    assert shown == "客服组长 → 3；gone → 4"
    assert rules.shown_value(parameter, spec["default"]) == "cs-leader → 3；gone → 4"
    with pytest.raises(ValueError, match="only a text"):
        rules.parse_parameter(
            "a.b", {"type": "int", "default": 1, "names": "post", "label": "", "label_en": ""}
        )


def test_pieces_name_the_parameter_they_show():
    pieces = rules.read_text("须在 {test.chat_seconds} 秒内", {}, CATALOGUE.parameters)
    assert [(p.text, p.key) for p in pieces] == [
        ("须在 ", ""),
        ("60", "test.chat_seconds"),
        (" 秒内", ""),
    ]


def test_chapters_come_in_reading_order():
    assert [clause.code for clause in CATALOGUE] == ["test.general", "test.waiting", "test.late"]


class Weekday(StrEnum):
    MONDAY = "mon"
    TUESDAY = "tue"


@dataclass(frozen=True, slots=True)
class Tier:
    to: int
    packet: Decimal


@dataclass(frozen=True, slots=True)
class LatePolicy:
    PREFIX: ClassVar[str] = "test"
    weekday: Weekday = Weekday.MONDAY
    start: dt.time = dt.time(8, 30)
    steps: tuple[int, ...] = (60, 100)
    phrases: tuple[str, ...] = ("稍等", "hold on")
    name: str = ""
    tiers: tuple[Tier, ...] = (Tier(10, Decimal(10)), Tier(20, Decimal(20)))


def test_stored_values_become_a_typed_policy():
    assert rules.build(LatePolicy, BODY["values"]) == LatePolicy()
    assert rules.build(LatePolicy, {}) == LatePolicy()
    values = {"test.start": "17:00", "test.tiers": [{"to": 5, "packet": "1.50"}]}
    held = rules.build(LatePolicy, values)
    assert (held.start, held.tiers) == (dt.time(17), (Tier(5, Decimal("1.50")),))


@pytest.mark.parametrize(
    "values",
    [{"test.start": "25:00"}, {"test.weekday": "never"}, {"test.name": 3}, {"test.steps": ["1"]}],
)
def test_a_stored_value_that_does_not_fit_is_never_guessed(values):
    with pytest.raises(rules.PolicyMismatch):
        rules.build(LatePolicy, values)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("test.chat_seconds", 86401, "value.too_large"),
        ("test.chat_seconds", 10**400, "value.too_large"),
        ("test.chat_seconds", 60.0, "value.not_int"),
        ("test.chat_seconds", None, "value.not_int"),
        ("test.factor", "1e3", "value.not_decimal"),
        ("test.factor", "NaN", "value.not_decimal"),
        ("test.factor", "٢", "value.not_decimal"),
        ("test.factor", Decimal("Infinity"), "value.not_decimal"),
        ("test.factor", 10**400, "value.too_large"),
        ("test.factor", "10.01", "value.too_large"),
        ("test.auto", 1, "value.not_bool"),
        ("test.auto", "true", "value.not_bool"),
        ("test.weekday", "sun", "value.not_choice"),
        ("test.start", "8:30", "value.not_time"),
        ("test.start", "24:00", "value.not_time"),
        ("test.steps", [], "value.empty"),
        ("test.steps", [2, 1], "value.not_rising"),
        ("test.steps", list(range(1, 202)), "value.too_many"),
        ("test.phrases", ["a", 3], "value.not_text"),
        ("test.phrases", "稍等", "value.not_list"),
        ("test.name", "x" * 21, "value.too_long"),
        ("test.name", "a\x00b", "value.unprintable"),
        ("test.name", "a\ud800", "value.unprintable"),
        ("test.tiers", [3], "value.not_row"),
        ("test.tiers", [{"to": "__import__('os')"}], "value.not_int"),
    ],
)
def test_values_are_refused_with_a_reason(key, value, code):
    with pytest.raises(rules.BadValue) as refused:
        rules.check(CATALOGUE.parameters[key], value)
    assert refused.value.problem.code == code
    assert refused.value.problem.place.startswith(key)
    assert refused.value.problem.words


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "int", "default": 1, "label": "甲"},
        {"type": "float", "default": 1, "label": "甲", "label_en": "A"},
        {"type": "int", "default": "1", "label": "甲", "label_en": "A"},
        {"type": "int", "default": 1, "label": "甲", "label_en": "A", "formula": "x+1"},
        {"type": "choice", "default": "a", "label": "甲", "label_en": "A"},
    ],
)
def test_a_wrong_specification_does_not_load(spec):
    with pytest.raises(ValueError):
        rules.parse_parameter("test.a", spec)


def test_a_text_may_only_name_parameters_of_its_clause():
    with pytest.raises(ValueError, match="no parameter of this clause"):
        rules.parse_clauses(CLAUSES.replace("客户第一。", "{test.factor}"))


def test_differences_are_told_by_value_words_and_clause():
    new = rules.change_values(BODY, {"test.chat_seconds": 90}, CATALOGUE)
    new["clauses"] = [dict(c) for c in new["clauses"]]
    new["clauses"][0]["title"] = "目的"
    new["clauses"].append({**new["clauses"][0], "code": "own.a", "title": "附则"})
    told = {(c.kind, c.clause, c.name, c.old, c.new) for c in rules.diff(BODY, new, CATALOGUE)}
    assert told == {
        ("value", "test.waiting", "test.chat_seconds", 60, 90),
        ("words", "test.general", "title", "宗旨", "目的"),
        ("added", "own.a", "", None, "附则"),
    }
    assert rules.diff(BODY, BODY, CATALOGUE) == []
    assert ("removed", "own.a") in {(c.kind, c.clause) for c in rules.diff(new, BODY, CATALOGUE)}


def test_what_a_new_release_ships_is_added_and_what_it_dropped_is_left_out():
    old = {
        "clauses": [c for c in BODY["clauses"] if c["code"] != "test.late"]
        + [{**BODY["clauses"][0], "code": "gone.rule"}],
        "values": {"test.chat_seconds": 45, "gone.value": 1},
    }
    held = rules.new_body(CATALOGUE, old)
    assert {c["code"] for c in held["clauses"]} == set(CATALOGUE.clauses)
    assert held["values"]["test.chat_seconds"] == 45
    assert held["values"]["test.start"] == "08:30"
    assert "gone.value" not in held["values"]
    assert rules.validate(held, CATALOGUE) == (held, [])


@pytest.mark.parametrize(
    ("given", "place", "code"),
    [
        ("x", "case", "value.not_list"),
        ([1], "case[1]", "body.not_table"),
        ([case() | {"rule": "__import__"}], "case[1].rule", "case.unknown_rule"),
        ([case() | {"rule": ["test.wait"]}], "case[1].rule", "case.unknown_rule"),
        ([case() | {"formula": "1+1"}], "case[1].formula", "body.unknown"),
        ([case() | {"given": {"seconds": -1}}], "case[1].given.seconds", "value.too_small"),
        ([case() | {"given": {"minutes": 1}}], "case[1].given.minutes", "case.unknown_key"),
        ([case(), case() | {"expect": {}}], "case[2].expect", "value.empty"),
        ([case() | {"expect": {"late": 1}}], "case[1].expect.late", "value.not_bool"),
        ([case() | {"name": "a\nb"}], "case[1].name", "value.not_text"),
        ([case()] * 201, "case", "value.too_many"),
    ],
)
def test_an_example_that_does_not_hold_is_refused_with_its_place(given, place, code):
    _body, problems = rules.validate({**BODY, "cases": given}, CATALOGUE)
    assert (problems[0].place, problems[0].code) == (place, code)


def test_an_example_with_facts_that_make_no_sense_fails_and_says_so():
    body = {**BODY, "cases": [case(200_000)]}
    outcome = rules.run_cases(body, EVALUATORS)[0]
    assert not outcome.passed
    assert outcome.error == "too long"


def test_numbers_are_compared_as_numbers():
    body = {**BODY, "cases": [case(90, times="1.50")]}
    assert rules.run_cases(body, EVALUATORS)[0].passed


def test_examples_taken_out_and_put_in_are_differences():
    old = {**BODY, "cases": [case(61, "一分钟")]}
    new = {**BODY, "cases": [case(62)]}
    kinds = [(each.kind, each.old, each.new) for each in rules.diff(old, new, CATALOGUE)]
    assert kinds == [
        ("case", "一分钟：seconds 61 → late True", None),
        ("case", None, "seconds 62 → late True"),
    ]
    without = {name: value for name, value in BODY.items() if name != "cases"}
    assert rules.diff(without, new, CATALOGUE) == []
