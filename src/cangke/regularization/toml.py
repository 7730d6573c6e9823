"""A template as the TOML that people edit; reading it back gives the same template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cangke.approvals.public import toml_value


def write_template(body: Mapping[str, Any]) -> str:
    """Return the text of a template's body: steps in order, then criteria."""
    lines: list[str] = []
    for noun in ("step", "criterion"):
        for row in body.get(noun, []):
            lines += [
                f"[[{noun}]]",
                *(f"{key} = {toml_value(value)}" for key, value in row.items()),
            ]
            lines.append("")
    return "\n".join(lines)
