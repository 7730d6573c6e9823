"""Care of an installation: backup, restore, move, doctor, audit, keys."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils import timezone


def declare(commands: Any) -> None:
    """Add ``backup``, ``restore``, ``move``, ``doctor``, ``audit`` and ``rotate-keys``."""
    backup = commands.add_parser("backup", help="FILE, or: verify FILE")
    backup.add_argument("words", nargs="+", metavar="FILE")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="keep a copy of what is there")
    restore.set_defaults(run=run_restore)
    move = commands.add_parser("move", help="from an SQLite file into PostgreSQL")
    move.add_argument("file", type=Path, help="cangke.sqlite3 of the old settings")
    move.set_defaults(run=run_move)
    doctor = commands.add_parser("doctor", help="ledgers, audit chain, queues, settings")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=run_doctor)
    audit = commands.add_parser("audit")
    audit.add_argument("verb", choices=["verify"])
    audit.add_argument("--json", action="store_true")
    audit.set_defaults(run=run_audit)
    keys = commands.add_parser("rotate-keys", help="make a new key and store secrets under it")
    keys.set_defaults(run=run_rotate)


def run_backup(arguments: argparse.Namespace) -> int:
    from cangke import backup

    words = arguments.words
    if words[0] == "verify" and len(words) == 2:
        problems = backup.verify(Path(words[1]))
        for each in problems:
            print(each, file=sys.stderr)
        if not problems:
            print("ok")
        return 1 if problems else 0
    if len(words) != 1:
        print("usage: cangke backup FILE | cangke backup verify FILE", file=sys.stderr)
        return 2
    made = backup.make(Path(words[0]), at=timezone.now())
    print(f"{words[0]}: {made['files']} files, {made['bytes']} bytes")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    from cangke import backup

    backup.restore(arguments.file, force=arguments.force, at=timezone.now())
    print("restored; start with `cangke up`")
    return 0


def run_move(arguments: argparse.Namespace) -> int:
    from cangke import moving

    def told(table: str, rows: int) -> None:
        if rows:
            print(f"{table}: {rows}", flush=True)

    moved = moving.move(arguments.file, told=told)
    for table, count in moved.cleaned.items():
        print(f"{table}: {count} values held a NUL; it reads \N{REPLACEMENT CHARACTER} now")
    print(f"{sum(moved.rows.values())} rows moved; now `cangke doctor` and `cangke audit verify`")
    return 0


def run_doctor(arguments: argparse.Namespace) -> int:
    from cangke import doctor

    findings = doctor.examine(at=timezone.now())
    if arguments.json:
        print(json.dumps([each.as_json() for each in findings], ensure_ascii=False))
    else:
        for each in findings:
            print(f"{'ok  ' if each.good else 'FAIL'} {each.name}: {each.text}")
    return 0 if all(each.good for each in findings) else 1


def run_audit(arguments: argparse.Namespace) -> int:
    from cangke import doctor

    verdict = doctor.verify_audit()
    if arguments.json:
        print(
            json.dumps(
                {
                    "intact": verdict.intact,
                    "checked": verdict.checked,
                    "unsealed": verdict.unsealed,
                    "broken_at": verdict.broken_at,
                    "problem": verdict.problem,
                    "head": verdict.head,
                }
            )
        )
    else:
        print(f"{verdict.checked} entries checked, {verdict.unsealed} not yet sealed")
    if not verdict.intact:
        print(f"broken at {verdict.broken_at}: {verdict.problem}", file=sys.stderr)
    return 0 if verdict.intact else 1


def run_rotate(arguments: argparse.Namespace) -> int:
    from cangke.foundation.access.secrets import rotate

    count = rotate(at=timezone.now())
    print(f"{count} secrets stored under the new key")
    return 0
