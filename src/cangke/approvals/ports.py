"""What approvals ask of the rooms that know people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from cangke.foundation.ports import Port


class Approvers(Protocol):
    """
    The accounts a seat of a step means, for one applicant; empty if nobody holds it.

    ``seat`` is ``manager`` (with ``value`` "1" for the direct superior, "2" for theirs …),
    ``head`` of the department, ``role`` with its code (those nearest the applicant first; behind
    ``@site`` or ``@department`` only those of the applicant's own), ``post`` with its code,
    ``team`` with its code. Accounts that are disabled are left out.
    """

    def __call__(self, *, seat: str, value: str, applicant_id: int) -> Sequence[int]: ...


class Substitutes(Protocol):
    """
    Who steps in for a seat that cannot decide, one group after the other, nearest first.

    ``account_id`` is the one who cannot (the applicant's own seat, somebody who has left), or None
    where the seat is empty.
    """

    def __call__(self, *, account_id: int | None, applicant_id: int) -> Sequence[Sequence[int]]: ...


class Away(Protocol):
    """Which of these accounts are on leave at an instant, so that others are asked beside them."""

    def __call__(self, *, account_ids: Collection[int], at: dt.datetime) -> Collection[int]: ...


class PostOf(Protocol):
    """The code of the post an account holds, or ""; routes of a step look at it."""

    def __call__(self, *, account_id: int) -> str: ...


class PostTitle(Protocol):
    """What a post is called in the reader's language; its code where there is no such post."""

    def __call__(self, *, code: str) -> str: ...


def _nobody(*, seat: str, value: str, applicant_id: int) -> Sequence[int]:
    return ()


def _no_substitutes(*, account_id: int | None, applicant_id: int) -> Sequence[Sequence[int]]:
    return ()


def _nobody_away(*, account_ids: Collection[int], at: dt.datetime) -> Collection[int]:
    return ()


def _no_post(*, account_id: int) -> str:
    return ""


def _bare_code(*, code: str) -> str:
    return code


approvers: Port[Approvers] = Port("approvals.approvers", _nobody)
substitutes: Port[Substitutes] = Port("approvals.substitutes", _no_substitutes)
away: Port[Away] = Port("approvals.away", _nobody_away)
post_of: Port[PostOf] = Port("approvals.post_of", _no_post)
post_title: Port[PostTitle] = Port("approvals.post_title", _bare_code)
