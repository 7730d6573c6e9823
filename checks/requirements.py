"""Requirement ids → passing tests; ids without one. Reads docs/requirements.md and a test run."""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| ([A-SX]\d+) \|\s*(★?)\s*\|\s*(.+?)\s*\|")


def read_ids() -> dict[str, str]:
    """Every requirement id of the project with its one line."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    return {m[1]: m[3] for m in map(ROW.match, text.splitlines()) if m}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "marks.tsv"
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "checks.marks",
                f"--requirement-report={report}",
                *sys.argv[1:],
            ],  # fmt: skip
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        shown: dict[str, list[str]] = defaultdict(list)
        for line in report.read_text(encoding="utf-8").splitlines() if report.exists() else []:
            requirement, test = line.split("\t")
            shown[requirement].append(test)
    known = read_ids()
    for requirement, line in known.items():
        if shown.get(requirement):
            print(f"{requirement}  {line}")
            for test in shown[requirement]:
                print(f"    {test}")
    unknown = sorted(set(shown) - set(known))
    missing = [each for each in known if not shown.get(each)]
    print(f"\nwithout a passing test ({len(missing)}): {' '.join(missing)}")
    if unknown:
        print(f"marks that name no requirement: {' '.join(unknown)}")
    print(f"{len(known) - len(missing)} of {len(known)} requirements are shown by passing tests")
    if done.returncode:
        print(done.stdout[-3000:])
    return 1 if unknown or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
