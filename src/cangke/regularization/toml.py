"""A template as the TOML that people edit; reading it back gives the same template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    return json.dumps(str(value), ensure_ascii=False)


def write_template(body: Mapping[str, Any]) -> str:
    """Return the text of a template's body: steps in order, then criteria."""
    lines: list[str] = []
    for noun in ("step", "criterion"):
        for row in body.get(noun, []):
            lines += [f"[[{noun}]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
            lines.append("")
    return "\n".join(lines)
