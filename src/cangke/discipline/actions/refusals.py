from cangke.foundation.refusal import Conflict, Refusal


class ConductIncomplete(Refusal):
    """Words, ratings, an amount or dates are missing or beyond the rules."""


class WrongPerson(Refusal):
    """About oneself, one's superior, or by whom the rules shut out."""


class ConductOver(Conflict):
    """The case has gone on: it was decided, appealed or let go meanwhile."""
