"""
Run every test on SQLite and on PostgreSQL + Redis; the last line is pytest's own.

The two back ends run side by side, one core each. What a browser shows within a second is looked
at afterwards, one back end after the other, so that neither waits for the other's work.
"""

import os
import subprocess
import sys
import tempfile
from typing import IO

BACKENDS = ("sqlite", "postgres")
NO_TESTS = 5  # pytest's word for a half in which nothing was to run


def command(backend: str, which: str) -> tuple[list[str], dict[str, str]]:
    """How pytest is called for one half of the tests on one back end."""
    cache = f"cache_dir=.pytest_cache/{backend}"
    words = [sys.executable, "-m", "pytest", "-q", "-m", which, "-o", cache, *sys.argv[1:]]
    return words, {**os.environ, "CANGKE_TEST_BACKEND": backend}


def side_by_side(which: str) -> list[int]:
    """Run both back ends at once; the first is shown as it goes, the second when it is done."""
    words, environment = command(BACKENDS[1], which)
    kept: IO[str]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        second = subprocess.Popen(words, env=environment, stdout=kept, stderr=subprocess.STDOUT)
        try:
            first = one(BACKENDS[0], which)
            code = second.wait()
        finally:
            second.kill()
        _say(BACKENDS[1], which)
        kept.seek(0)
        print(kept.read(), flush=True)
    return [first, code]


def one(backend: str, which: str) -> int:
    words, environment = command(backend, which)
    _say(backend, which)
    return subprocess.run(words, env=environment, check=False).returncode


def _say(backend: str, which: str) -> None:
    print(f"\n== tests on {backend}: {which} ==", flush=True)


def main() -> int:
    codes = side_by_side("not browser")
    codes += [one(backend, "browser") for backend in BACKENDS]
    return max((code for code in codes if code != NO_TESTS), default=NO_TESTS)


if __name__ == "__main__":
    sys.exit(main())
