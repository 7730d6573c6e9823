"""What access asks of the rooms above it."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from cangke.foundation.ports import Port


class OwnScopeIds(Protocol):
    def __call__(self, *, account_id: int, kind: str) -> Collection[int]:
        """Return the ids of the account's own team, department, shops, warehouses or client."""


def _none(*, account_id: int, kind: str) -> Collection[int]:
    return ()


own_scope_ids: Port[OwnScopeIds] = Port("access.own_scope_ids", _none)


class ScopeNames(Protocol):
    def __call__(
        self, *, kind: str, ids: Collection[int] | None = None
    ) -> Sequence[tuple[int, str]]:
        """
        Return (id, name) of the teams, departments, shops, warehouses or clients of the kind.

        Those with the ``ids``, whatever their state; without ids those that may be chosen now.
        """


def _unnamed(*, kind: str, ids: Collection[int] | None = None) -> Sequence[tuple[int, str]]:
    return ()


scope_names: Port[ScopeNames] = Port("access.scope_names", _unnamed)


class Denied(Protocol):
    def __call__(self, *, account_id: int, model: str, key: str) -> None:
        """Record that the account reached for something that is not its own."""


def _silent(*, account_id: int, model: str, key: str) -> None:
    return None


denied: Port[Denied] = Port("access.denied", _silent)


class Recorded(Protocol):
    def __call__(
        self,
        *,
        action: str,
        obj: object,
        by: object,
        at: object,
        changes: dict[str, object],
        reason: str = "",
    ) -> object:
        """Write the act into the audit log (a foundation app above this one)."""


def _unrecorded(
    *,
    action: str,
    obj: object,
    by: object,
    at: object,
    changes: dict[str, object],
    reason: str = "",
) -> object:
    return None


recorded: Port[Recorded] = Port("access.recorded", _unrecorded)


class Counted(Protocol):
    def __call__(self, *, account_id: int, action: str, since: dt.datetime) -> int:
        """Return how often the account did the act since then, as the audit log has it."""


def _uncounted(*, account_id: int, action: str, since: dt.datetime) -> int:
    return 0


counted: Port[Counted] = Port("access.counted", _uncounted)


class Published(Protocol):
    def __call__(self, event: object) -> object:
        """Publish the event (a foundation app above this one)."""


def _unpublished(event: object) -> object:
    return None


published: Port[Published] = Port("access.published", _unpublished)
