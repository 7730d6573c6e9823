"""Fixtures of every test."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

APPEND_ONLY: list[str] = ["audit_auditentry", "audit_auditseal"]


@pytest.fixture(scope="session", autouse=True)
def _flush_past_triggers() -> Iterator[None]:
    """Emptying the database between tests is the one time append-only tables may be emptied."""
    from cangke.foundation.audit.triggers import append_only, changeable

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            for table in APPEND_ONLY:
                changeable(editor, table)
        original(self)
        with connection.schema_editor() as editor:
            for table in APPEND_ONLY:
                append_only(editor, table)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]
