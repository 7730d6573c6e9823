from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from cangke.foundation.refusal import Conflict, Refusal

from .. import rules


class Refused(Refusal):
    """The text or a value does not hold; every place is named."""

    def __init__(self, problems: Sequence[rules.Problem]) -> None:
        self.problems = tuple(problems)
        first = problem_words(problems[0])
        more = len(problems) - 1
        super().__init__(
            _("%(first)s（另有 %(more)d 处）") % {"first": first, "more": more} if more else first
        )


class NotADraft(Refusal):
    """Published versions never change; a draft is needed."""


class DraftExists(Refusal):
    """A policy set has one draft at a time."""


class StaleDraft(Conflict):
    """Somebody else has changed the draft since it was read."""


class NothingChanged(Refusal):
    """The draft says what the version before it says."""


class CasesFail(Refusal):
    """An example of the rulebook's own does not come out as it says."""


class NobodyApproves(Refusal):
    """There is nobody who could approve it."""


class BadDay(Refusal):
    """The version cannot begin on that day."""


class BadSet(Refusal):
    """The policy set or its assignment does not hold."""


def problem_words(problem: rules.Problem) -> str:
    """One refused place in the reader's language."""
    sentence = _(problem.sentence) % dict(problem.facts)
    return f"{problem.place}：{sentence}" if problem.place else sentence
