from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet

from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account, get_visible, scope
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..models import Counterpart, Errand, Ticket
from ..permissions import concerning, holds_everywhere, sees_all_errands
from ..rules.errands import ErrandPolicy


def counterparts_of(account: Account) -> QuerySet[Counterpart]:
    """The departments somebody answers for."""
    return Counterpart.objects.answered_by(account.pk)


def people_of(counterpart: Counterpart) -> QuerySet[Employee]:
    """Who answers for a department: those named, else everybody of its team or department."""
    rows = Employee.objects.at_work().filter(account__is_active=True).select_related("account")
    named = rows.filter(pk__in=counterpart.members.values("pk"))
    if named.exists():
        return named
    if counterpart.team_id is not None:
        return rows.filter(team_id=counterpart.team_id)
    if counterpart.department_id is not None:
        return rows.filter(department_id=counterpart.department_id)
    return rows.none()


def may_answer(account: Account, errand: Errand) -> bool:
    """Whether somebody may take and answer it: of the department asked, or the receiver."""
    if errand.receiver is not None:
        return errand.receiver.account_id == account.pk
    asked = errand.counterpart
    return asked is not None and counterparts_of(account).filter(pk=asked.pk).exists()


def visible_errands(account: Account) -> QuerySet[Errand]:
    """The errands somebody may see; a reach over everything alone opens only one's own."""
    rows = scope(account, Errand, "view")
    if holds_everywhere(account) and not sees_all_errands(account):
        rows = rows.filter(concerning(account))
    return rows


def errand_of(account: Account, pk: int) -> Errand:
    """
    Return an errand somebody may see.

    :raises Http404: if there is none, or they have nothing to do with it
    """
    rows = visible_errands(account).select_related(
        "counterpart", "receiver", "issuer__team", "taken_by", "replied_by", "ticket",
        "conversation",
    )  # fmt: skip
    return get_visible(account, Errand, "view", rows=rows, pk=pk)


def listed_errands(rows: QuerySet[Errand]) -> QuerySet[Errand]:
    """The rows a list of errands needs, in one query."""
    return rows.select_related("counterpart", "receiver", "issuer", "taken_by")


def errands_to_answer(account: Account) -> QuerySet[Errand]:
    """What waits for somebody's answer, the most urgent first."""
    mine = Q(counterpart__in=counterparts_of(account)) | Q(receiver__account_id=account.pk)
    rows = Errand.objects.running().filter(mine)
    other = Q(taken_by__isnull=False) & ~Q(taken_by__account_id=account.pk)
    return listed_errands(rows.exclude(other)).order_by("due_at", "pk")


def errands_of_ticket(ticket: Ticket) -> QuerySet[Errand]:
    """What was asked for a ticket, newest first."""
    return listed_errands(Errand.objects.filter(ticket=ticket)).order_by("-issued_at")


def errands_of_conversation(conversation: Conversation) -> QuerySet[Errand]:
    """What was asked from a conversation or its tickets, running ones first."""
    own = Q(conversation=conversation) | Q(ticket__conversation=conversation)
    return listed_errands(Errand.objects.filter(own)).order_by(
        F("replied_at").desc(nulls_first=True), "due_at"
    )


def errand_policy(*, at: dt.datetime) -> ErrandPolicy:
    """The rules of the day."""
    return policy(ErrandPolicy, on=at.date())
