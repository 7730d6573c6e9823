"""Requirement ids → passing tests; ids without one. Reads docs/requirements.md and a test run."""

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NO_TESTS = 5  # pytest's word for a half in which nothing was to run
READING = re.compile(r"^\| (AMB-\d+) \|\s*(.+?)\s*\|")
ROW = re.compile(r"^\| ([A-SX]\d+) \|\s*(★?)\s*\|\s*(.+?)\s*\|")


def read_readings() -> dict[str, str]:
    """The readings chosen where the manuals leave room; tests may name them, too."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    return {m[1]: m[2] for m in map(READING.match, text.splitlines()) if m}


def read_ids() -> dict[str, str]:
    """Every requirement id of the project with its one line."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    return {m[1]: m[3] for m in map(ROW.match, text.splitlines()) if m}


#: What needs no browser is shared out to the cores; stories run one after the other.
HALVES = (("not browser", ("-n", "auto")), ("browser", ()))


def _run(which: str, words: tuple[str, ...], report: Path) -> subprocess.CompletedProcess[str]:
    """Run the marked tests of one half; the report holds a line ``id<TAB>test`` each."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-m", which, *words),
            *("-p", "checks.marks", f"--requirement-report={report}", *sys.argv[1:]),
        ],
        cwd=ROOT,
        # Test names are the same in every worker only with the same seed of hashes.
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
        capture_output=True,
        text=True,
    )


def main() -> int:
    shown: dict[str, set[str]] = defaultdict(set)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (which, words) in enumerate(HALVES):
            report = Path(folder) / f"{number}.tsv"
            done = _run(which, words, report)
            if done.returncode not in (0, NO_TESTS):
                failed.append(done.stdout[-3000:])
            for line in report.read_text(encoding="utf-8").splitlines() if report.exists() else []:
                requirement, test = line.split("\t")
                shown[requirement].add(test)
    known, readings = read_ids(), read_readings()
    for requirement, line in {**known, **readings}.items():
        if shown.get(requirement):
            print(f"{requirement}  {line}")
            for test in sorted(shown[requirement]):
                print(f"    {test}")
    unknown = sorted(set(shown) - set(known) - set(readings))
    missing = [each for each in known if not shown.get(each)]
    print(f"\nwithout a passing test ({len(missing)}): {' '.join(missing)}")
    if unknown:
        print(f"marks that name no requirement: {' '.join(unknown)}")
    print(f"{len(known) - len(missing)} of {len(known)} requirements are shown by passing tests")
    for each in failed:
        print(each)
    return 1 if unknown or failed else 0


if __name__ == "__main__":
    sys.exit(main())
