"""How long cases took, by question type and client: one side of the cost of service (A26)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from cangke.foundation.access.public import Account

from ..models import Conversation, Segment
from .report import ReportFilter, conversations_of

Case = tuple[int | None, int | None]  # question type and client


@dataclass(frozen=True)
class CaseTime:
    """
    The closed cases of one type and client: how many, and how long agents were answerable for them.

    ``seconds`` adds up the stretches (接待段) of all agents of a case.
    """

    case: Case
    type_name: str
    type_name_en: str
    client: str
    count: int
    seconds: int


def case_times(account: Account, chosen: ReportFilter) -> list[CaseTime]:
    """Return the cases closed in the period that the account may see, in two queries."""
    closed = conversations_of(account, chosen, ended=True)
    held = _held(closed, chosen)
    times: dict[Case, dt.timedelta] = {
        (type_id, client_id): taken
        for type_id, client_id, taken in held.order_by()
        .values_list("conversation__question_type_id", "conversation__customer__client_id")
        .annotate(taken=Sum(LENGTH))
    }
    counted = (
        closed.order_by()
        .values_list(
            "question_type_id",
            "customer__client_id",
            "question_type__name",
            "question_type__name_en",
            "customer__client__name",
        )
        .annotate(count=Count("pk", distinct=True))
    )
    found = [
        CaseTime(
            (type_id, client_id),
            name or "",
            name_en or "",
            client or "",
            count,
            int(times.get((type_id, client_id), dt.timedelta()).total_seconds()),
        )
        for type_id, client_id, name, name_en, client, count in counted
    ]
    return sorted(found, key=lambda each: (-each.count, each.type_name, each.client))


LENGTH = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())


def _held(closed: QuerySet[Conversation], chosen: ReportFilter) -> QuerySet[Segment]:
    rows = Segment.objects.filter(
        conversation__in=closed.order_by().values("pk"), ended_at__isnull=False
    )
    if chosen.agent_id is not None:
        rows = rows.filter(agent_id=chosen.agent_id)
    if chosen.team_id is not None:
        rows = rows.filter(agent__team_id=chosen.team_id)
    return rows


def cases_behind(
    account: Account, chosen: ReportFilter, case: Case | None
) -> QuerySet[Conversation]:
    """The closed conversations a line was made of; all of the period without a line."""
    rows = conversations_of(account, chosen, ended=True)
    if case is not None:
        kind, client = case
        rows = rows.filter(Q(question_type=kind), Q(customer__client=client))
    return rows.select_related("customer__client", "question_type", "channel").order_by(
        "-closed_at", "-pk"
    )


def seconds_of(conversation_ids: Collection[int], chosen: ReportFilter) -> dict[int, int]:
    """Conversation → how long agents were answerable for it, in seconds."""
    rows = _held(Conversation.objects.filter(pk__in=conversation_ids), chosen)
    summed = rows.order_by().values_list("conversation_id").annotate(taken=Sum(LENGTH))
    return {pk: int(taken.total_seconds()) for pk, taken in summed}
