"""What the audit page shows of acts: words, not codes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cangke
from cangke.foundation.audit.public import LABELS

HOME = Path(cangke.__file__).parent
NAMED = ("api", "catalog", "customers", "desk", "orders")


def _acts() -> Iterator[str]:
    """The codes written in calls of ``record`` in the rooms."""
    for room in NAMED:
        folder = HOME / room if (HOME / room).exists() else HOME / "foundation" / room
        for path in folder.rglob("*.py"):
            if {"tests", "migrations"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                    for given in node.args[:1]:
                        if isinstance(given, ast.Constant):
                            yield str(given.value)


@pytest.mark.requirement("X4")
def test_every_act_of_these_rooms_has_a_name():
    found = set(_acts())
    assert len(found) > 50
    assert sorted(found - set(LABELS)) == []
