"""What live asks of the rooms above it."""

from collections.abc import Collection
from typing import Protocol

from cangke.foundation.ports import Port


class TopicsOf(Protocol):
    def __call__(self, *, account_id: int, wanted: Collection[str]) -> Collection[str]:
        """Return the topics the account may hear: its own, and those of ``wanted`` it may see."""


def _nothing(*, account_id: int, wanted: Collection[str]) -> Collection[str]:
    return ()


topics_of: Port[TopicsOf] = Port("live.topics_of", _nothing)
