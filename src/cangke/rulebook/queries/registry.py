"""What rooms declare for the rulebook: rules that examples may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import rules

EVALUATORS: dict[str, rules.Evaluator] = {}


def register_evaluator(
    code: str,
    *,
    label: str,
    label_en: str,
    given: Mapping[str, Mapping[str, Any]],
    expect: Mapping[str, Mapping[str, Any]],
    run: Any,
) -> None:
    """Let the rulebook's own examples ask a rule of a room; see `rules.Evaluator`."""
    EVALUATORS[code] = rules.parse_evaluator(
        code, label=label, label_en=label_en, given=given, expect=expect, run=run
    )
