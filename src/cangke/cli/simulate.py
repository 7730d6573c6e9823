"""What would the rules say: one person's month from facts in a file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

MOST_BYTES = 8 * 1024 * 1024


def declare(commands: Any) -> None:
    """Add ``simulate``."""
    simulate = commands.add_parser("simulate", help="what the rulebook says, nothing is stored")
    what = simulate.add_subparsers(dest="what", required=True, metavar="WHAT")
    month = what.add_parser("month", help="one person's month from a JSON file")
    month.add_argument("file", type=Path)
    month.add_argument("--json", action="store_true", help="JSON is printed in any case")
    month.set_defaults(run=run_month)


def run_month(arguments: argparse.Namespace) -> int:
    from cangke.payroll.public import BadMonth, simulate_month

    try:
        raw = arguments.file.read_bytes()
    except OSError as error:
        print(f"{arguments.file}: {error.strerror}", file=sys.stderr)
        return 1
    if len(raw) > MOST_BYTES:
        print(f"{arguments.file}: too large", file=sys.stderr)
        return 1
    try:
        given = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_Float)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        print(f"{arguments.file}: {str(error)[:200]}", file=sys.stderr)
        return 1
    try:
        answer = simulate_month(given)
    except BadMonth as refused:
        for reason in refused.reasons:
            print(reason, file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return 0


class _Float(str):
    """A number with a point stays text, so that no binary float comes near money."""


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
