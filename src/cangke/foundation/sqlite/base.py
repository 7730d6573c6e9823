"""
SQLite as Django has it, whose writers in one process wait for their turn instead of asking again.

SQLite lets one transaction write at a time. Whoever comes meanwhile asks again after pauses of up
to a tenth of a second, and whoever asks at the right moment is served: with eight writers at once
some waited for more than a second. The threads of a process stand in line instead; other processes
still ask as before. Named by ``DATABASES`` (decision 0103).
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from .turns import Turns

_guard = Lock()
_turns: dict[str, Turns] = {}


def turns_of(name: str) -> Turns:
    """Return the line at a database file."""
    with _guard:
        return _turns.setdefault(name, Turns())


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that stands in line before a transaction, and makes way after it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turns = turns_of(str(self.settings_dict["NAME"]))
        if not turns.take(seconds=self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        self._turn = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._make_way()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self._make_way()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._make_way()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._make_way()

    def _make_way(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.give()
