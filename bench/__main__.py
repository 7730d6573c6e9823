"""
``python -m bench [WORKLOAD …] [--rows N] [--backend sqlite|postgres] [--data FOLDER]``

Workloads: import, rules, shifts, W1, W2, W3, W4, W6 (all by default). Absolute figures depend on
the machine; the ratios compare with a bare Django on the same machine in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import ingest, reports, workloads
from .figures import Report, calibrate
from .shifts import shifts
from .stage import ROOT, Stage
from .streams import streams

NAMES = ("import", "rules", "shifts", "W1", "W2", "W3", "W4", "W6")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("workloads", nargs="*", default=list(NAMES), metavar="WORKLOAD")
    parser.add_argument("--rows", type=int, default=100_000, help="conversations")
    parser.add_argument("--people", type=int, default=200, help="who punch at once")
    parser.add_argument("--data", type=Path, help="conversations made once and kept here")
    parser.add_argument("--backend", choices=["sqlite", "postgres"], default="sqlite")
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - set(NAMES)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    report = Report(arguments.backend, arguments.rows)
    report.add("calibration", "before", ms=round(calibrate(), 1))
    if "import" in arguments.workloads:
        workloads.imports(arguments.backend, report)
    if "W4" in arguments.workloads:
        _alone(workloads.pay, arguments, report)
    if "rules" in arguments.workloads:
        _alone(workloads.law, arguments, report)
    if "shifts" in arguments.workloads:
        _alone(lambda stage, kept: shifts(stage, kept, arguments.people), arguments, report)
    if {"W1", "W2", "W3", "W6"} & set(arguments.workloads):
        _serve(arguments, report)
    report.add("calibration", "after", ms=round(calibrate(), 1))
    print(f"\n{report.table()}")
    for sentence in report.failed:
        print(f"FAILED {sentence}", file=sys.stderr)
    return 1 if report.failed else 0


def _alone(
    work: Callable[[Stage, Report], None], arguments: argparse.Namespace, report: Report
) -> None:
    """What runs inside an installation of its own: a month of pay; the rules and approvals."""
    stage = Stage(arguments.backend)
    try:
        _in(stage.environment, "django", "migrate", "-v", "0")
        work(stage, report)
    finally:
        stage.remove()


def _serve(arguments: argparse.Namespace, report: Report) -> None:
    stage = Stage(arguments.backend)
    try:
        seeded = _fill(stage, arguments.rows, arguments.data, report)
        limits = workloads.bare(stage, report)
        with stage.serving():
            workloads.memory(stage, report)
            if "W2" in arguments.workloads:
                workloads.pages(stage, seeded, report, limits)
            if "W3" in arguments.workloads:
                reports.reports(stage, seeded, report)
            if "W6" in arguments.workloads:
                workloads.live(stage, seeded, report)
                streams(stage, seeded, report)
            if "W1" in arguments.workloads:
                ingest.ingest(stage, seeded, report, limits)
                ingest.answers(stage, seeded, report, limits)
                ingest.storm(stage, seeded, report)
                ingest.mails(stage, report)
    finally:
        stage.remove()


def _fill(stage: Stage, rows: int, kept: Path | None, report: Report) -> dict[str, Any]:
    """Put the conversations there: made now, or taken over from a folder in which they are kept."""
    started = time.perf_counter()
    if kept is None:
        _in(stage.environment, "django", "migrate", "-v", "0")
        seeded = json.loads(_in(stage.environment, "bench.seed", str(rows)))
    else:
        seeded = _kept(stage, rows, kept)
        stage.take_over(kept)
    report.add("seed", "conversations", seconds=round(time.perf_counter() - started, 1))
    return dict(seeded)


def _kept(stage: Stage, rows: int, kept: Path) -> dict[str, Any]:
    """Fill the folder, or bring up to date what was kept there."""
    kept.mkdir(parents=True, exist_ok=True)
    there = {**stage.environment, "CANGKE_DATA": str(kept)}
    there.pop("CANGKE_DATABASE_URL", None)
    _in(there, "django", "migrate", "-v", "0")
    note = kept / "seeded.json"
    if note.exists():
        _in(there, "bench.seed", "settle")
    else:
        note.write_text(_in(there, "bench.seed", str(rows)), encoding="utf-8")
    return dict(json.loads(note.read_text(encoding="utf-8")))


def _in(environment: dict[str, str], *words: str) -> str:
    """Run a module inside an installation and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
