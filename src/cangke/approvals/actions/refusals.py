from cangke.foundation.refusal import Conflict, Refusal


class AlreadyRunning(Conflict):
    """The matter is on its way already."""


class AlreadyDecided(Conflict):
    """Somebody else was first, or the case is closed."""


class StaleMatter(Conflict):
    """What is to be approved has changed since it was read or handed in."""


class NotYours(Refusal):
    """The task belongs to somebody else, or the case is one's own (Q7)."""


class NobodyDecides(Refusal):
    """A required step has nobody who could decide it."""


class NoFlow(Refusal):
    """No flow is published for the kind of matter."""


class BadAnswers(Refusal):
    """The form of the step is not filled in."""


class BadFlow(Refusal):
    """A flow that does not hold; ``problems`` say where."""

    def __init__(self, message: object, *, problems: object = (), field: str = "text") -> None:
        super().__init__(message, field=field)
        self.problems = problems


class BadDelegation(Refusal):
    """The period or the people of a delegation do not fit."""


class AlreadyObjected(Conflict):
    """The explanation was objected to before."""


class TooLate(Refusal):
    """The last day for an objection has passed."""
