"""How a lower room asks a question that a room above it answers."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

Answer = TypeVar("Answer", bound=Callable[..., object])


class Port(Generic[Answer]):
    """
    A question with a safe default answer; ``cangke/wiring.py`` plugs the real one in.

    Call ``port.ask(...)`` with the arguments of the Protocol that types it.
    """

    def __init__(self, name: str, default: Answer) -> None:
        self.name = name
        self.default = default
        self._answer: Callable[..., object] = default
        self._earlier: list[Callable[..., object]] = []

    def plug(self, answer: Callable[..., object]) -> None:
        """Let ``answer`` reply from now on."""
        self._earlier.append(self._answer)
        self._answer = answer

    def unplug(self) -> None:
        """Let whoever answered before reply again; in the end, the safe default."""
        self._answer = self._earlier.pop() if self._earlier else self.default

    @property
    def ask(self) -> Answer:
        return cast(Answer, self._answer)
