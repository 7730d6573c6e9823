"""Marks the sentences of rules for the translators."""


def gettext_noop(message: str) -> str:
    """Return the sentence; it is translated where it is shown."""
    return message
