"""
``python -m bench [WORKLOAD …] [--rows N] [--backend sqlite|postgres]``

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
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v", "0"],
            env=stage.environment,
            cwd=ROOT,
            check=True,
        )
        work(stage, report)
    finally:
        stage.remove()


def _serve(arguments: argparse.Namespace, report: Report) -> None:
    stage = Stage(arguments.backend)
    try:
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v", "0"],
            env=stage.environment,
            cwd=ROOT,
            check=True,
        )
        started = time.perf_counter()
        seeded = json.loads(stage.script("bench.seed", str(arguments.rows)))
        report.add("seed", "conversations", seconds=round(time.perf_counter() - started, 1))
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


if __name__ == "__main__":
    sys.exit(main())
