"""What ``cangke doctor`` says, asked of an installation of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cangke import __version__


def _doctor(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CANGKE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "cangke.settings",
    }
    for name in ("CANGKE_DATABASE_URL", "CANGKE_REDIS_URL"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "cangke.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_installation_is_told_to_migrate_and_asked_nothing_more(tmp_path: Path) -> None:
    answer = _doctor(tmp_path, "doctor", "--json")
    found = {each["name"]: each["good"] for each in json.loads(answer.stdout)}
    assert answer.returncode == 1, answer.stderr
    assert found == {"database": True, "migrations": False}


def test_a_migrated_installation_is_looked_at_in_full(tmp_path: Path) -> None:
    assert _doctor(tmp_path, "migrate").returncode == 0
    answer = _doctor(tmp_path, "doctor", "--json")
    found = {each["name"]: each["good"] for each in json.loads(answer.stdout)}
    assert {"migrations", "audit chain", "event deliveries", "jobs", "secret.key"} <= set(found)
    assert all(found[each] for each in ("migrations", "audit chain", "secret.key"))


def test_the_version_is_told_without_an_installation(tmp_path: Path) -> None:
    answer = _doctor(tmp_path, "--version")
    assert (answer.returncode, answer.stdout) == (0, f"cangke {__version__}\n")
    assert not list(tmp_path.iterdir())
