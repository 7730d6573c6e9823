"""Data in and out: demonstration company, imports, exports."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils import timezone


def declare(commands: Any) -> None:
    """Add ``demo``, ``import`` and ``export``."""
    demo = commands.add_parser("demo", help="load or remove the demonstration company")
    demo.add_argument("what", choices=["load", "remove", "status"])
    demo.add_argument("--days", type=int, default=60, help="length of the history")
    demo.set_defaults(run=run_demo)
    taken = commands.add_parser("import", help="take a CSV or XLSX file in")
    taken.add_argument("kind")
    taken.add_argument("file", type=Path)
    taken.add_argument("--map", type=Path, help="JSON file: our field → column of the file")
    taken.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    taken.add_argument("--dry-run", action="store_true")
    taken.add_argument("--json", action="store_true")
    taken.set_defaults(run=run_import)
    given = commands.add_parser("export", help="write a list to standard output or a file")
    given.add_argument("kind")
    given.add_argument("--out", type=Path)
    given.add_argument("--format", choices=["csv", "xlsx"], default="csv")
    given.set_defaults(run=run_export)


def run_demo(arguments: argparse.Namespace) -> int:
    from cangke import demo

    if arguments.what == "status":
        print("loaded" if demo.is_loaded() else "not loaded")
        return 0
    from .serve import prepare

    prepare()
    if arguments.what == "load":
        demo.load(at=timezone.now(), days=max(1, min(arguments.days, 366)))
        print(demo.accounts_text())
    else:
        demo.remove(at=timezone.now())
        print("removed")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    from cangke.foundation.sheets.public import run_import as take_in

    from .serve import prepare

    if not arguments.file.is_file():
        print(f"{arguments.file}: no such file", file=sys.stderr)
        return 1
    mapping = None
    if arguments.map:
        try:
            mapping = json.loads(arguments.map.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            print(f"{arguments.map}: {error}", file=sys.stderr)
            return 1
    prepare()
    report = take_in(
        arguments.kind,
        arguments.file,
        mapping=mapping,
        options=dict(each.partition("=")[::2] for each in arguments.set),
        dry_run=arguments.dry_run,
        by=None,
        at=timezone.now(),
    )
    for each in report.get("errors", []):
        print(f"{each['line']}: {each['reason']}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, default=str))
    else:
        for name in ("lines_in", "taken", "unchanged", "refused"):
            print(f"{name}: {report.get(name)}")
    return 1 if report.get("state") == "failed" else 0


def run_export(arguments: argparse.Namespace) -> int:
    from cangke.foundation.sheets.public import run_export as give_out

    content = give_out(arguments.kind, format=arguments.format, by=None, at=timezone.now())
    if arguments.out:
        arguments.out.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
    return 0
