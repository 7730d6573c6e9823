"""The base of all refusals: what an action answers when it will not do what was asked."""


class Refusal(Exception):
    """
    A request that was understood and refused; nothing was changed.

    The message is a sentence the person may read: what is wrong and what to do next. ``field``
    names the form field it belongs to; ``status`` is 422, or 409 where somebody else was first.
    """

    status = 422

    def __init__(self, message: object = "", *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class Conflict(Refusal):
    """Somebody else was first, or the row has changed since it was read."""

    status = 409
