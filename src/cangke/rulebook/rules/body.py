"""The body of a version: all words and all values of one policy set, self-contained."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cangke.foundation.tomltext import unprintable

from .cases import check_cases
from .clauses import TEXT_FIELDS, Catalogue, Chapter
from .text import placeholders, stray_brace
from .values import BadValue, Kind, check
from .wording import Problem

OWN = "own."
CODE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
CLAUSE_FIELDS = ("code", "number", "chapter", *TEXT_FIELDS, "source")
LONGEST = {"code": 80, "number": 20, "title": 120, "title_en": 120, "source": 200}
LONGEST_PARAGRAPH = 2_000
MOST_CLAUSES = 1_000
MOST_PROBLEMS = 100

Body = dict[str, Any]


def canonical(body: Mapping[str, Any]) -> str:
    """One text for one body: sorted keys, no spaces, nothing escaped."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def new_body(catalogue: Catalogue, base: Mapping[str, Any] | None = None) -> Body:
    """
    Return a complete body: the base's words and values, and what the software ships beyond it.

    Clauses, values and examples of the base that no room knows any more are left out; clauses of
    the company's own (``own.…``) stay. Examples are shipped where the base has never had any.
    """
    clauses = [
        dict(clause)
        for clause in (base or {}).get("clauses", ())
        if clause["code"] in catalogue.clauses or clause["code"].startswith(OWN)
    ]
    held = {clause["code"] for clause in clauses}
    clauses += [clause.as_body() for clause in catalogue if clause.code not in held]
    kept = (base or {}).get("values", {})
    values = {key: kept.get(key, default) for key, default in catalogue.defaults().items()}
    cases = (base or {}).get("cases", catalogue.shipped_cases)
    held_cases = [dict(case) for case in cases if case["rule"] in catalogue.evaluators]
    return {"clauses": clauses, "values": values, "cases": held_cases}


def change_values(
    body: Mapping[str, Any], changes: Mapping[str, Any], catalogue: Catalogue
) -> Body:
    """
    Return the body with other values.

    :raises BadValue: for the first value that its parameter refuses
    """
    values = dict(body["values"])
    for key, value in changes.items():
        parameter = catalogue.parameters.get(key)
        if parameter is None:
            raise BadValue(key, "body.unknown", name=key)
        values[key] = check(parameter, value)
    return {**body, "values": values}


def validate(raw: Any, catalogue: Catalogue) -> tuple[Body, list[Problem]]:
    """
    Return the body in stored form and everything that speaks against it, with its place.

    Nothing unknown is taken over: an unknown clause, key or field is a problem.
    """
    problems: list[Problem] = []
    body: Body = {"clauses": [], "values": {}, "cases": []}
    if not isinstance(raw, Mapping):
        return body, [Problem("", "body.not_table")]
    for name in list(raw)[:MOST_PROBLEMS]:
        if name not in body:
            problems.append(Problem(str(name)[:80], "body.unknown", (("name", str(name)[:80]),)))
    clauses = raw.get("clauses")
    if not isinstance(clauses, list):
        return body, [*problems, Problem("clauses", "body.missing", (("name", "clauses"),))]
    if len(clauses) > MOST_CLAUSES:
        too_many = Problem("clauses", "value.too_many", (("limit", str(MOST_CLAUSES)),))
        return body, [*problems, too_many]
    held: set[str] = set()
    for n, given in enumerate(clauses, 1):
        clause = _check_clause(given, n, catalogue, held, problems)
        if clause is not None:
            body["clauses"].append(clause)
        if len(problems) > MOST_PROBLEMS:
            return body, problems[:MOST_PROBLEMS]
    problems += [
        Problem(code, "body.missing", (("name", code),))
        for code in catalogue.clauses
        if code not in held
    ]
    _check_values(raw.get("values"), catalogue, body, problems)
    body["cases"] = check_cases(raw.get("cases", []), catalogue.evaluators, problems)
    return body, problems[:MOST_PROBLEMS]


def _check_clause(
    given: Any, n: int, catalogue: Catalogue, held: set[str], problems: list[Problem]
) -> dict[str, str] | None:
    place = f"clause[{n}]"
    if not isinstance(given, Mapping):
        problems.append(Problem(place, "body.not_table"))
        return None
    code = given.get("code")
    if not isinstance(code, str) or len(code) > LONGEST["code"] or not CODE.fullmatch(code):
        problems.append(Problem(f"{place}.code", "body.bad_code"))
        return None
    place = code
    if code not in catalogue.clauses and not code.startswith(OWN):
        problems.append(Problem(place, "body.unknown_clause", (("code", code),)))
        return None
    if code in held:
        problems.append(Problem(place, "body.twice", (("code", code),)))
        return None
    held.add(code)
    before = len(problems)
    for name in given:
        if name not in CLAUSE_FIELDS:
            fact = (("name", str(name)[:80]),)
            problems.append(Problem(f"{place}.{str(name)[:80]}", "body.unknown", fact))
    clause = {"code": code}
    for name in CLAUSE_FIELDS[1:]:
        clause[name] = _check_words(given.get(name), f"{place}.{name}", name, problems)
    if clause["chapter"] and clause["chapter"] not in list(Chapter):
        fact = (("chapter", clause["chapter"][:80]),)
        problems.append(Problem(f"{place}.chapter", "body.unknown_chapter", fact))
    known = catalogue.clauses[code].parameters if code in catalogue.clauses else {}
    for name in ("text", "text_en"):
        for key in placeholders(clause[name]):
            if key not in known:
                problems.append(Problem(f"{place}.{name}", "body.placeholder", (("key", key),)))
        if stray_brace(clause[name]):
            problems.append(Problem(f"{place}.{name}", "body.brace"))
    return clause if len(problems) == before else None


def _check_words(value: Any, place: str, name: str, problems: list[Problem]) -> str:
    if not isinstance(value, str):
        code = "body.missing" if value is None else "value.not_text"
        problems.append(Problem(place, code, (("name", name),) if value is None else ()))
        return ""
    if name in ("title", "text", "chapter") and not value.strip():
        problems.append(Problem(place, "value.empty"))
    limit = LONGEST.get(name, LONGEST_PARAGRAPH)
    if len(value) > limit:
        problems.append(Problem(place, "value.too_long", (("limit", str(limit)),)))
        return ""
    if unprintable(value) or (name not in ("text", "text_en") and "\n" in value):
        problems.append(Problem(place, "value.unprintable"))
    return value


def _check_values(values: Any, catalogue: Catalogue, body: Body, problems: list[Problem]) -> None:
    if not isinstance(values, Mapping):
        problems.append(Problem("values", "body.missing", (("name", "values"),)))
        return
    for key in list(values)[: len(catalogue.parameters) + MOST_PROBLEMS]:
        if key not in catalogue.parameters:
            problems.append(Problem(str(key)[:80], "body.unknown", (("name", str(key)[:80]),)))
    for key, parameter in catalogue.parameters.items():
        place = f"{catalogue.clause_of[key].code} · {key}"
        if key not in values:
            problems.append(Problem(place, "body.missing", (("name", key),)))
            continue
        try:
            body["values"][key] = check(parameter, values[key], place)
        except BadValue as refused:
            problems.append(refused.problem)
    for clause in catalogue:
        for group in clause.rising:
            if all(key in body["values"] for key in group) and not _rises(group, catalogue, body):
                fact = (("keys", " < ".join(group)),)
                problems.append(Problem(clause.code, "body.order", fact))


def _rises(group: tuple[str, ...], catalogue: Catalogue, body: Body) -> bool:
    numbers = [
        Decimal(body["values"][key])
        if catalogue.parameters[key].kind in (Kind.INT, Kind.DECIMAL)
        else body["values"][key]
        for key in group
    ]
    return all(a < b for a, b in zip(numbers, numbers[1:], strict=False))


@dataclass(frozen=True)
class Change:
    """
    One difference between two versions.

    ``kind``: "value", "words", "added" or "removed" (a clause), "case" (an example). ``name`` is
    the key or the field.
    """

    kind: str
    clause: str
    name: str
    old: Any
    new: Any


def diff(old: Mapping[str, Any], new: Mapping[str, Any], catalogue: Catalogue) -> list[Change]:
    """Return what a reader of the old version has to know about the new one."""
    changes = []
    before = {clause["code"]: clause for clause in old.get("clauses", ())}
    after = {clause["code"]: clause for clause in new.get("clauses", ())}
    for code, clause in before.items():
        if code not in after:
            changes.append(Change("removed", code, "", clause["title"], None))
    for code, clause in after.items():
        if code not in before:
            changes.append(Change("added", code, "", None, clause["title"]))
            continue
        changes += [
            Change("words", code, name, before[code].get(name, ""), clause.get(name, ""))
            for name in CLAUSE_FIELDS[1:]
            if before[code].get(name, "") != clause.get(name, "")
        ]
    for key, value in new.get("values", {}).items():
        held = key in old.get("values", {})
        if held and old["values"][key] == value:
            continue
        owner = catalogue.clause_of.get(key)
        if not held and (owner is None or owner.code not in before):
            continue  # comes with its clause
        default = catalogue.parameters[key].default if key in catalogue.parameters else None
        was = old["values"][key] if held else default
        if was != value:
            changes.append(Change("value", owner.code if owner else "", key, was, value))
    return [*changes, *_case_changes(old.get("cases"), new.get("cases", []))]


def _case_changes(old: list[Any] | None, new: list[Any]) -> list[Change]:
    """Examples taken out and put in; a body from before there were examples tells nothing."""
    if old is None:
        return []
    gone = [case for case in old if case not in new]
    come = [case for case in new if case not in old]
    return [
        *(Change("case", "", "", told_case(case), None) for case in gone),
        *(Change("case", "", "", None, told_case(case)) for case in come),
    ]


def told_case(case: Mapping[str, Any]) -> str:
    """An example in one line: its name, what is given, what must come of it."""
    given = ", ".join(f"{key} {value}" for key, value in case["given"].items())
    expect = ", ".join(f"{key} {value}" for key, value in case["expect"].items())
    name = f"{case['name']}：" if case["name"] else ""
    return f"{name}{given} → {expect}"


def changed_clauses(
    old: Mapping[str, Any], new: Mapping[str, Any], catalogue: Catalogue
) -> set[str]:
    """The codes of the clauses whose values differ."""
    return {each.clause for each in diff(old, new, catalogue) if each.kind == "value"}
