"""Run every test on SQLite, then on PostgreSQL + Redis; the last line is pytest's own."""

import os
import subprocess
import sys


def run(backend: str) -> int:
    print(f"\n== tests on {backend} ==", flush=True)
    environment = {**os.environ, "CANGKE_TEST_BACKEND": backend}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *sys.argv[1:]], env=environment, check=False
    ).returncode


def main() -> int:
    return max(run("sqlite"), run("postgres"))


if __name__ == "__main__":
    sys.exit(main())
