from cangke.foundation.refusal import Conflict, Refusal


class BadTemplate(Refusal):
    """A template that does not hold; ``problems`` say where."""

    def __init__(self, message: object, *, problems: object = (), field: str = "text") -> None:
        super().__init__(message, field=field)
        self.problems = problems


class NotADraft(Conflict):
    """The version was published already."""


class FileClosed(Conflict):
    """The file is decided, or on its way, and cannot be changed now."""


class NotYours(Refusal):
    """Somebody else's part of the file."""


class Incomplete(Refusal):
    """Something that is needed has not been filled in."""


class NoTemplate(Refusal):
    """No template is in force."""


class NotPossible(Refusal):
    """The dates or the number of extensions do not allow it."""
