"""What calendar asks of the apps above it."""

import datetime as dt
from typing import Any, Protocol

from cangke.foundation.ports import Port


class Recorded(Protocol):
    def __call__(
        self,
        *,
        action: str,
        obj: Any,
        by: Any,
        at: dt.datetime,
        changes: dict[str, Any],
        reason: str = "",
    ) -> object:
        """Write the change into the audit log."""


def _unrecorded(
    *, action: str, obj: Any, by: Any, at: dt.datetime, changes: dict[str, Any], reason: str = ""
) -> object:
    return None


recorded: Port[Recorded] = Port("calendar.recorded", _unrecorded)
