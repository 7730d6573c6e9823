from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import site_day, site_zone
from cangke.orders.public import Order
from cangke.people.public import Employee
from cangke.rulebook.public import Decision, policy

from ..models import Pledge
from ..rules import pledges as rules
from ..rules.pledges import PledgePolicy, PledgeState


def listed_pledges(rows: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """The rows a list of promises needs, in one query."""
    return rows.select_related("keeper", "customer", "conversation", "order")


def pledge_policy(keeper: Employee, *, at: dt.datetime) -> PledgePolicy:
    """What may be promised, by the rules of the keeper's site and day."""
    return policy(PledgePolicy, on=site_day(at, keeper.site.zone))


def review_of(
    *,
    kind: str,
    amount: Decimal | None,
    currency: str,
    due_at: dt.datetime,
    keeper: Employee,
    order: Order | None,
    at: dt.datetime,
) -> Decision[rules.Review]:
    """Hold a promise against the policy of the day."""
    return rules.review(
        kind=kind,
        amount=amount,
        currency=currency,
        due_at=due_at,
        at=at,
        promised_ship_at=order.promised_ship_at if order is not None else None,
        policy=pledge_policy(keeper, at=at),
    )


def pledges_to_keep(keeper: Employee) -> QuerySet[Pledge]:
    """What somebody still has to keep, the most urgent first."""
    return listed_pledges(Pledge.objects.running().filter(keeper=keeper)).order_by("due_at", "pk")


def pledges_of_conversation(account: Account, conversation: Conversation) -> QuerySet[Pledge]:
    """
    What was promised to the customer of a conversation: whoever may see the conversation has to
    know it, whoever keeps it. Running ones first.
    """
    mine = Q(conversation=conversation) | Q(customer_id=conversation.customer_id)
    return listed_pledges(Pledge.objects.filter(mine)).order_by(
        F("settled_at").desc(nulls_first=True), "due_at"
    )


def pledges_of_customer(account: Account, customer_ids: Collection[int]) -> QuerySet[Pledge]:
    """The promises to customers that somebody may see, newest first."""
    rows = scope(account, Pledge, "view").filter(customer_id__in=customer_ids)
    return listed_pledges(rows).order_by("-made_at")


def compensation_in(
    *, conversations: QuerySet[Conversation], by: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """
    Return by currency what was promised in money and done, also too late (A26), in one query.

    It is told by the values of these fields of the conversations. The sums are exact: the database
    only counts how often there was an amount.
    """
    rows = Pledge.objects.filter(
        Q(state=PledgeState.KEPT) | Q(kept_late_at__isnull=False),
        conversation__in=conversations.order_by().values("pk"),
        amount__gt=0,
    )
    fields = [f"conversation__{name}" for name in by]
    counted = rows.order_by().values_list(*fields, "currency", "amount")
    found: dict[tuple[Any, ...], dict[str, Decimal]] = {}
    for *values, currency, amount, times in counted.annotate(times=Count("pk")):
        paid = found.setdefault(tuple(values), {})
        paid[currency] = paid.get(currency, Decimal(0)) + amount * times
    return found


def promises_to_keep(*, conversation_id: int) -> list[str]:
    """What was promised in a conversation and is still to be kept: words, keeper, time (A18)."""
    rows = (
        Pledge.objects.running()
        .filter(
            Q(conversation_id=conversation_id) | Q(conversation__merged_into_id=conversation_id)
        )
        .select_related("keeper__site")
        .order_by("due_at", "pk")
    )
    return [
        _("%(what)s（%(who)s，%(when)s 前）")
        % {
            "what": row.text[:60],
            "who": row.keeper.name,
            "when": f"{row.due_at.astimezone(site_zone(row.keeper.site.zone)):%m-%d %H:%M}",
        }
        for row in rows[:5]
    ]


def overdue_pledges(rows: QuerySet[Pledge], *, at: dt.datetime) -> QuerySet[Pledge]:
    """What is broken and not made good, or open past its time."""
    late = Q(state=PledgeState.OPEN, due_at__lte=at)
    return rows.filter(late | Q(state=PledgeState.BROKEN, kept_late_at__isnull=True))


def broken_pledges(
    *, since: dt.datetime, until: dt.datetime, keeper_ids: Collection[int] | None = None
) -> QuerySet[Pledge]:
    """
    The promises broken from ``since`` to before ``until``: candidates for discipline (L20), facts
    for inspection (A23).
    """
    rows = Pledge.objects.filter(
        state=PledgeState.BROKEN, settled_at__gte=since, settled_at__lt=until
    )
    if keeper_ids is not None:
        rows = rows.filter(keeper_id__in=keeper_ids)
    return listed_pledges(rows).order_by("settled_at", "pk")
