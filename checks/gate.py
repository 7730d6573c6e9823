"""What runs before each commit: format, lint, types, contracts, templates, migrations, texts."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DJANGO = {
    **os.environ,
    "DJANGO_SETTINGS_MODULE": "cangke.settings",
    "CANGKE_DATA": str(ROOT / "var" / "check"),
}
DEPLOYED = {
    **DJANGO,
    "CANGKE_BASE_URL": "https://cangke.example",
    "CANGKE_ALLOWED_HOSTS": "cangke.example",
    "CANGKE_SECRET_KEY": "only-to-run-the-checks-" + "0123456789abcdefghij" * 3,
}
STEPS: list[tuple[str, list[str], dict[str, str] | None]] = [
    ("format", [str(BIN / "ruff"), "format", "--check", "-q", "."], None),
    ("lint", [str(BIN / "ruff"), "check", "-q", "."], None),
    ("contracts", [str(BIN / "lint-imports"), "--no-cache"], DJANGO),
    ("dependencies", [str(BIN / "deptry"), "src"], None),
    ("templates", [str(BIN / "djlint"), "src", "--lint", "--quiet"], None),
    ("types", [str(BIN / "mypy"), "src"], DJANGO),
    (
        "migrations",
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run", "-v", "0"],
        DJANGO,
    ),
    (
        "deployment",
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        DEPLOYED,
    ),
    ("translations", [sys.executable, "-m", "checks.messages"], DJANGO),
]


def main() -> int:
    failed = []
    for name, command, environment in STEPS:
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
        seconds = time.monotonic() - started
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print((done.stdout + done.stderr).strip()[-6000:], flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
