"""
A version as a TOML file, there and back, losing nothing.

Limits come before parsing: a file of any content is read or refused well under a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cangke.foundation.tomltext import Unreadable, read_limited

from .body import CLAUSE_FIELDS, MOST_PROBLEMS, OWN, Body, validate
from .cases import CASE_FIELDS
from .clauses import Catalogue
from .wording import Problem

FORMAT = 1
LIMIT_BYTES = 512 * 1024
WRAP = 140  # signs of a text on one line of the file, before escaping
META_FIELDS = ("format", "set", "name", "number", "effective_from", "note", "sha256")


def write_toml(body: Mapping[str, Any], meta: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Return the body as a file that people and Git can read."""
    lines = ["[meta]", f"format = {FORMAT}"]
    lines += [f"{name} = {_value(meta[name])}" for name in META_FIELDS[1:] if name in meta]
    for clause in body["clauses"]:
        lines += ["", "[[clause]]"]
        for name in CLAUSE_FIELDS:
            lines.append(f"{name} = {_value(clause[name], block=name in ('text', 'text_en'))}")
        owner = catalogue.clauses.get(clause["code"])
        keys = [key for key in (owner.parameters if owner else ()) if key in body["values"]]
        if keys:
            lines.append("[clause.values]")
            lines += [f"{_text(key)} = {_value(body['values'][key])}" for key in keys]
    for case in body.get("cases", ()):
        lines += ["", "[[case]]"]
        lines += [f"{name} = {_value(case[name])}" for name in CASE_FIELDS]
    return "\n".join(lines) + "\n"


def _value(value: Any, *, block: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        long = len(value) > WRAP or (block and "\n" in value)
        return _block(value) if long else _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + "".join(f"\n  {_value(each)}," for each in value) + "\n]" if value else "[]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")


def _text(text: str) -> str:
    return '"' + _escaped(text).replace("\n", "\\n") + '"'


def _block(text: str) -> str:
    return '"""\n' + "\n".join(_wrapped(line) for line in text.split("\n")) + '"""'


def _wrapped(line: str) -> str:
    """A long line goes on behind a backslash, which eats the blanks that follow it."""
    parts = [_escaped(line[start : start + WRAP]) for start in range(0, len(line), WRAP)]
    rest = [f"\\u0020{part[1:]}" if part.startswith(" ") else part for part in parts[1:]]
    return "\\\n".join([*parts[:1], *rest])


def read_toml(
    given: str | bytes, catalogue: Catalogue, base: Mapping[str, Any]
) -> tuple[dict[str, Any], Body, list[Problem]]:
    """
    Return the file's meta table, its body in stored form, and what speaks against it.

    What the file leaves out of the shipped clauses and keys keeps the words and values of
    ``base``, as do the examples of a file without any; the company's own clauses are the file's.
    With problems the body is not to be used.
    """
    try:
        read = read_limited(given, most_bytes=LIMIT_BYTES)
    except Unreadable as refused:
        unread = Problem("", refused.code, refused.facts)
        return {}, {"clauses": [], "values": {}}, [unread]
    problems = [
        Problem(name[:80], "body.unknown", (("name", name[:80]),))
        for name in read
        if name not in ("meta", "clause", "case")
    ]
    meta = _meta(read.get("meta", {}), problems)
    body = _merge(read.get("clause", []), catalogue, base, problems)
    body["cases"] = read.get("case", base.get("cases", []))
    checked, found = validate(body, catalogue)
    return meta, checked, [*problems, *found][:MOST_PROBLEMS]


def _meta(given: Any, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        problems.append(Problem("meta", "body.not_table"))
        return {}
    for name in given:
        if name not in META_FIELDS:
            problems.append(Problem(f"meta.{name[:80]}", "body.unknown", (("name", name[:80]),)))
    if given.get("format", FORMAT) != FORMAT:
        facts = (("format", str(given["format"])[:20]), ("known", str(FORMAT)))
        problems.append(Problem("meta.format", "toml.format", facts))
    return dict(given)


def _merge(
    clauses: Any, catalogue: Catalogue, base: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    values = dict(base.get("values", {}))
    merged: list[Any] = []
    if not isinstance(clauses, list):
        problems.append(Problem("clause", "body.not_table"))
        clauses = []
    for n, clause in enumerate(clauses, 1):
        if not isinstance(clause, Mapping):
            problems.append(Problem(f"clause[{n}]", "body.not_table"))
            continue
        words = {name: value for name, value in clause.items() if name != "values"}
        merged.append(words)
        given = clause.get("values", {})
        code = str(clause.get("code", f"clause[{n}]"))[:80]
        if not isinstance(given, Mapping):
            problems.append(Problem(f"{code}.values", "body.not_table"))
            continue
        owner = catalogue.clauses.get(code)
        for key, value in given.items():
            if owner is None or key not in owner.parameters:
                fact = (("key", key[:80]),)
                problems.append(Problem(f"{code} · {key[:80]}", "body.unknown_key", fact))
            else:
                values[key] = value
    held = {str(clause.get("code")) for clause in merged}
    merged += [
        dict(clause)
        for clause in base.get("clauses", ())
        if clause["code"] not in held and not clause["code"].startswith(OWN)
    ]
    return {"clauses": merged, "values": values}
