"""What the rulebook asks of the rooms above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cangke.foundation.ports import Port


@dataclass(frozen=True)
class Unit:
    """A unit of the organisation that may live by a policy set: site, department or team."""

    kind: str
    id: int
    name: str


class Units(Protocol):
    def __call__(self) -> Sequence[Unit]:
        """Return the sites, departments and teams that exist, in the order they are read."""


def _none() -> Sequence[Unit]:
    return ()


units: Port[Units] = Port("rulebook.units", _none)
