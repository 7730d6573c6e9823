"""What the organisation asks of the rooms above it."""

from __future__ import annotations

from typing import Protocol

from cangke.foundation.ports import Port


class ProcedureUrl(Protocol):
    """The page of the procedure that makes somebody regular, or "" where there is none for them."""

    def __call__(self, *, employee_id: int) -> str: ...


def _no_procedure(*, employee_id: int) -> str:
    return ""


procedure_url: Port[ProcedureUrl] = Port("people.procedure_url", _no_procedure)
