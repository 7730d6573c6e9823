"""A kind's fields and tasks as the TOML that people edit; reading it back gives the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_value(each)},\n" for each in value) + "]"
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_value(each)}" for key, each in value.items())
        return "{ " + inside + " }"
    return json.dumps(str(value), ensure_ascii=False)


def write_kind(fields: Sequence[Mapping[str, Any]], tasks: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a kind: its fields in order, then its tasks."""
    lines: list[str] = []
    for name, rows in (("field", fields), ("task", tasks)):
        for row in rows:
            lines.append(f"[[{name}]]")
            lines += [f"{key} = {_value(value)}" for key, value in row.items() if value != ""]
            lines.append("")
    return "\n".join(lines)
