"""What has happened to work items, for the rooms above."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class PledgeMade:
    """Somebody promised a customer something (A18)."""

    pledge_id: int
    keeper_id: int
    at: dt.datetime


@dataclass(frozen=True)
class PledgeKept:
    """A promise was kept in time; ``kept_at`` is the moment of the fact."""

    pledge_id: int
    keeper_id: int
    kept_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class PledgeBroken:
    """A promise was not kept by its due time: a candidate for discipline (A18, L20) and QA."""

    pledge_id: int
    keeper_id: int
    due_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class PledgeCleared:
    """A promise counted as broken proved to have been kept in time."""

    pledge_id: int
    keeper_id: int
    kept_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class PledgeWaived:
    """A leader released a promise, with a reason."""

    pledge_id: int
    keeper_id: int
    at: dt.datetime


@dataclass(frozen=True)
class TicketOpened:
    """Follow-up work was opened (A13)."""

    ticket_id: int
    kind: str
    owner_id: int
    due_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class TicketOverdue:
    """A ticket's time has come and it is not solved (A13)."""

    ticket_id: int
    owner_id: int
    due_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class TicketSolved:
    """The matter is settled; the ticket may still be opened again."""

    ticket_id: int
    owner_id: int
    at: dt.datetime


@dataclass(frozen=True)
class TicketClosed:
    """A ticket came to its end with everything it asks for."""

    ticket_id: int
    owner_id: int
    at: dt.datetime


@dataclass(frozen=True)
class ErrandIssued:
    """A department was asked, or a task was ordered from above (A24, O18)."""

    errand_id: int
    kind: str
    at: dt.datetime


@dataclass(frozen=True)
class ErrandAnswered:
    """The reply or report came."""

    errand_id: int
    at: dt.datetime


@dataclass(frozen=True)
class ErrandOverdue:
    """Nobody replied in time."""

    errand_id: int
    due_at: dt.datetime
    at: dt.datetime
