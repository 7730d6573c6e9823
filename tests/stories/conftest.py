"""Stories: a working day of a role, in a real browser, against a running installation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bench.stage import Stage
from checks.browser import find_browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _miss(what: str) -> None:
    """A missing server or browser skips a story with one loud line; in CI it fails it."""
    message = f"{what} is missing: this story did not run"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": find_browser(), "args": FLAGS}


@pytest.fixture(scope="session", autouse=True)
def _browser_is_there() -> None:
    if not find_browser():
        _miss("a browser")


@pytest.fixture(scope="session")
def prepared() -> Iterator[Stage]:
    """The demonstration company on the backend under test, made once and never served."""
    backend = os.environ.get("CANGKE_TEST_BACKEND", "sqlite")
    if backend == "postgres" and not shutil.which("nginx"):
        _miss("nginx")
    stage = Stage(backend)
    try:
        assert stage.run("demo", "load", "--days", "2").returncode == 0
        yield stage
    finally:
        stage.remove()


@pytest.fixture(scope="module")
def installation(prepared: Stage) -> Iterator[Stage]:
    """A copy of its own, served as in production."""
    stage = Stage(prepared.backend, like=prepared)
    try:
        with stage.serving(front=True):
            yield stage
    finally:
        stage.remove()
