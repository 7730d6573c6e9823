from __future__ import annotations

from django.utils.translation import gettext as _

from cangke.foundation.refusal import Conflict, Refusal

from .. import rules


class BadWords(Refusal):
    """A title, text or shortcut that cannot be kept."""


class NotYours(Refusal):
    """Only the author or a reviewer may do this."""


class NotWaiting(Conflict):
    """The proposal has been decided or taken back meanwhile."""


class StaleText(Conflict):
    """Somebody else has changed the text since it was read."""


class ShortcutTaken(Refusal):
    """Another script answers to this shortcut."""


class FolderInUse(Refusal):
    """A folder with scripts or folders in it stays."""


def problem_words(problem: rules.Problem) -> str:
    """The reason in the reader's language."""
    return _(problem.sentence) % dict(problem.facts) if problem.facts else _(problem.sentence)
