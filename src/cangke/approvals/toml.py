"""A flow as the TOML that people edit; reading it back gives the same flow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_value(value: object) -> str:
    """A value as TOML writes it: text in quotation marks, whatever stands in it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{key} = {toml_value(each)}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} = {toml_value(value)}"
        for key, value in row.items()
        if not (isinstance(value, list) and value and isinstance(value[0], dict))
    ]


def write_flow(body: Mapping[str, Any]) -> str:
    """Return the text of a flow's body: steps in order, their routes and fields below each."""
    lines: list[str] = []
    for step in body.get("step", []):
        lines += ["[[step]]", *_plain(step)]
        for below in ("route", "field"):
            for row in step.get(below, []):
                lines += [f"[[step.{below}]]", *_plain(row)]
        lines.append("")
    return "\n".join(lines)
