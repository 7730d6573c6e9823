"""What the organisation asks of the rooms above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cangke.foundation.ports import Port


class ProcedureUrl(Protocol):
    """The page of the procedure that makes somebody regular, or "" where there is none for them."""

    def __call__(self, *, employee_id: int) -> str: ...


def _no_procedure(*, employee_id: int) -> str:
    return ""


procedure_url: Port[ProcedureUrl] = Port("people.procedure_url", _no_procedure)


class TrainingFor(Protocol):
    """What somebody may learn a topic from: (title, address) of courses, articles or tests."""

    def __call__(self, *, topic: str) -> Sequence[tuple[str, str]]: ...


def _no_training(*, topic: str) -> Sequence[tuple[str, str]]:
    return ()


training_for: Port[TrainingFor] = Port("people.training_for", _no_training)
