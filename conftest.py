"""Fixtures of every test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests import migrated

# How long one example takes says something about the machine, not about the code.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A copy of the tables made by an earlier run is gone on with."""
    name = str(settings.DATABASES["default"]["TEST"]["NAME"])
    return connection.vendor == "sqlite" and Path(name).exists()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker
) -> None:
    """Keep the empty tables for the next run."""
    if connection.vendor == "sqlite" and not django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.keep(str(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(scope="session", autouse=True)
def _flush_past_triggers() -> Iterator[None]:
    """Emptying the database between tests is the one time that protected tables may be emptied."""
    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with _without_triggers():
            original(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


@contextmanager
def _without_triggers() -> Iterator[None]:
    if connection.vendor == "sqlite":
        find = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = _ask(find)
        _run(f"DROP TRIGGER {name}" for name, _sql in triggers)
        yield
        _run(sql for _name, sql in triggers)
    else:
        find = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        tables = _ask(find)
        _run(f"ALTER TABLE {table} DISABLE TRIGGER USER" for (table,) in tables)
        yield
        _run(f"ALTER TABLE {table} ENABLE TRIGGER USER" for (table,) in tables)


def _ask(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


@pytest.fixture(autouse=True)
def _fresh_rulebook(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What one test published, the next does not remember.

    Only where other processes may publish meanwhile does a test look for that every few seconds:
    elsewhere how often a page asks would depend on how long it takes.
    """
    from cangke.rulebook.queries import force

    force.forget()
    if request.node.get_closest_marker("browser") is None:
        monkeypatch.setattr(force, "LOOK_AGAIN_SECONDS", 3600.0)


@pytest.fixture(autouse=True)
def _fresh_language() -> None:
    """What one test read in English, the next does not go on in."""
    translation.deactivate()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with a browser come last: it keeps an event loop in the thread it once ran in."""
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker("browser")
    if connection.vendor != "postgresql":
        elsewhere = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: bool(item.get_closest_marker("browser")))
