"""
The rulebook's own examples: what given facts must come to, held before anything is published.

An example names one of the evaluators that rooms declare; nothing else can be called, and facts and
results are typed like parameters. Nothing in an example is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cangke.foundation.tomltext import unprintable

from .policies import build
from .values import BadValue, Parameter, check, parse_parameter, read_typed
from .wording import Problem

MOST_CASES = 200
LONGEST_NAME = 120
CASE_FIELDS = ("rule", "name", "given", "expect")

Ask = Callable[[type[Any]], Any]
Run = Callable[[Mapping[str, Any], Ask], Mapping[str, Any]]
Case = dict[str, Any]


@dataclass(frozen=True)
class Evaluator:
    """
    A rule that examples may ask, with what it is given and what it answers.

    ``run`` gets the given facts as Python works with them and a way to ask for policies; it returns
    a value for each of ``expect`` and may raise ``ValueError`` for facts that make no sense.
    """

    code: str
    label: str
    label_en: str
    given: tuple[Parameter, ...]
    expect: tuple[Parameter, ...]
    run: Run

    def label_in(self, language: str) -> str:
        return self.label_en if language == "en" else self.label


def parse_evaluator(
    code: str,
    *,
    label: str,
    label_en: str,
    given: Mapping[str, Mapping[str, Any]],
    expect: Mapping[str, Mapping[str, Any]],
    run: Run,
) -> Evaluator:
    """
    Read what a room declares; facts and results are specified as in a ``clauses.toml``.

    :raises ValueError: if a specification does not hold
    """
    return Evaluator(
        code,
        label,
        label_en,
        tuple(parse_parameter(key, spec) for key, spec in given.items()),
        tuple(parse_parameter(key, spec) for key, spec in expect.items()),
        run,
    )


def check_cases(
    given: Any, evaluators: Mapping[str, Evaluator], problems: list[Problem]
) -> list[Case]:
    """Return the examples in stored form; what speaks against them is added to ``problems``."""
    if not isinstance(given, list):
        problems.append(Problem("case", "value.not_list"))
        return []
    if len(given) > MOST_CASES:
        problems.append(Problem("case", "value.too_many", (("limit", str(MOST_CASES)),)))
        return []
    held = []
    for n, each in enumerate(given, 1):
        case = _check_case(each, f"case[{n}]", evaluators, problems)
        if case is not None:
            held.append(case)
    return held


def _check_case(
    given: Any, place: str, evaluators: Mapping[str, Evaluator], problems: list[Problem]
) -> Case | None:
    if not isinstance(given, Mapping):
        problems.append(Problem(place, "body.not_table"))
        return None
    before = len(problems)
    for name in given:
        if name not in CASE_FIELDS:
            fact = (("name", str(name)[:80]),)
            problems.append(Problem(f"{place}.{str(name)[:80]}", "body.unknown", fact))
    rule = given.get("rule")
    evaluator = evaluators.get(rule) if isinstance(rule, str) else None
    if evaluator is None:
        facts = (("rule", str(rule)[:80]), ("rules", " / ".join(evaluators)))
        problems.append(Problem(f"{place}.rule", "case.unknown_rule", facts))
        return None
    name = given.get("name", "")
    if not isinstance(name, str) or unprintable(name) or "\n" in name:
        problems.append(Problem(f"{place}.name", "value.not_text"))
        name = ""
    elif len(name) > LONGEST_NAME:
        fact = (("limit", str(LONGEST_NAME)),)
        problems.append(Problem(f"{place}.name", "value.too_long", fact))
    held = _table(given.get("given", {}), f"{place}.given", evaluator.given, problems)
    wanted = _table(given.get("expect"), f"{place}.expect", evaluator.expect, problems)
    if not wanted and len(problems) == before:
        problems.append(Problem(f"{place}.expect", "value.empty"))
    if len(problems) > before:
        return None
    return {"rule": rule, "name": name, "given": held, "expect": wanted}


def _table(
    given: Any, place: str, known: Sequence[Parameter], problems: list[Problem]
) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        problems.append(Problem(place, "body.not_table"))
        return {}
    kept: dict[str, Any] = {}
    by_key = {each.key: each for each in known}
    for key, value in given.items():
        if key not in by_key:
            facts = (("key", str(key)[:80]), ("keys", " / ".join(by_key)))
            problems.append(Problem(f"{place}.{str(key)[:80]}", "case.unknown_key", facts))
            continue
        try:
            kept[key] = check(by_key[key], value, f"{place}.{key}")
        except BadValue as refused:
            problems.append(refused.problem)
    return kept


@dataclass(frozen=True)
class Outcome:
    """What an example came to: ``wrong`` holds key, expected and found of what differs."""

    number: int
    case: Case
    evaluator: Evaluator | None
    found: Mapping[str, Any]
    wrong: tuple[tuple[str, Any, Any], ...] = ()
    error: str = ""

    @property
    def passed(self) -> bool:
        return not self.wrong and not self.error


def run_cases(body: Mapping[str, Any], evaluators: Mapping[str, Evaluator]) -> list[Outcome]:
    """Hold every example of a body against the values of the same body."""

    def ask(policy_type: type[Any]) -> Any:
        return build(policy_type, body["values"])

    return [
        _run(number, case, evaluators.get(case["rule"]), ask)
        for number, case in enumerate(body.get("cases", ()), 1)
    ]


def _run(number: int, case: Case, evaluator: Evaluator | None, ask: Ask) -> Outcome:
    if evaluator is None:
        return Outcome(number, case, None, {}, error="case.unknown_rule")
    given = {
        each.key: read_typed(each, case["given"].get(each.key, each.default))
        for each in evaluator.given
    }
    try:
        answer = evaluator.run(given, ask)
    except (ValueError, ArithmeticError) as error:
        return Outcome(number, case, evaluator, {}, error=str(error)[:200] or "case.no_sense")
    found = {each.key: answer[each.key] for each in evaluator.expect}
    wrong = tuple(
        (each.key, case["expect"][each.key], stored(found[each.key]))
        for each in evaluator.expect
        if each.key in case["expect"]
        and read_typed(each, case["expect"][each.key]) != found[each.key]
    )
    return Outcome(number, case, evaluator, found, wrong)


def stored(value: Any) -> Any:
    """A result in the form that files and the database keep."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple | list):
        return [stored(each) for each in value]
    return str(value)


def accept_results(body: Mapping[str, Any], evaluators: Mapping[str, Evaluator]) -> dict[str, Any]:
    """Return the body with its examples expecting what they come to now."""
    cases = []
    for outcome in run_cases(body, evaluators):
        changed = {key: found for key, _expected, found in outcome.wrong}
        cases.append({**outcome.case, "expect": {**outcome.case["expect"], **changed}})
    return {**body, "cases": cases}
