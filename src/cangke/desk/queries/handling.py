"""What cases cost, by question type and client: time, and what customers were paid (A26)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from cangke.customers.public import Client
from cangke.foundation.access.public import Account

from ..models import Conversation, QuestionType, Segment
from ..rules.sums import CASES, HELD_US, Case, Sums, case_of
from .report import ReportFilter, conversations_of, kept_and_not
from .sums import LENGTH, count_cases, kept_cases


@dataclass(frozen=True)
class CaseCost:
    """
    The closed cases of one type and client: how many, and what they took.

    ``seconds`` adds up the stretches (接待段) of all agents of a case; ``paid`` is by currency what
    was promised in money and done.
    """

    case: Case
    type_name: str
    type_name_en: str
    client: str
    count: int
    seconds: int
    paid: Mapping[str, Decimal]


def case_costs(account: Account, chosen: ReportFilter) -> list[CaseCost]:
    """Return the cases that ended in the period, as far as the account sees, in few queries."""
    costs = {case_of(key): found for key, found in _sums(account, chosen).cases.items()}
    types = QuestionType.objects.in_bulk({kind for kind, _client in costs if kind})
    clients = Client.objects.in_bulk({client for _kind, client in costs if client})
    lines = []
    for (kind, client), found in costs.items():
        named, owner = types.get(kind or 0), clients.get(client or 0)
        lines.append(
            CaseCost(
                case=(kind, client),
                type_name=named.name if named else "",
                type_name_en=named.name_en if named else "",
                client=owner.name if owner else "",
                count=found.get(CASES, 0),
                seconds=found.get(HELD_US, 0) // 1_000_000,
                paid={
                    name: Decimal(number).scaleb(-2)
                    for name, number in found.items()
                    if name not in (CASES, HELD_US)
                },
            )
        )
    return sorted(lines, key=lambda each: (-each.count, each.type_name, each.client))


def _sums(account: Account, chosen: ReportFilter) -> Sums:
    """Add up the period: what is kept of it, and what has to be counted."""
    total, _days, spans = kept_and_not(account, chosen, kept_cases)
    if spans:
        ended = conversations_of(account, chosen, *spans, ended=True)
        for _place, case, name, number in count_cases(ended, _held(chosen)):
            total.spend(case, name, number)
    return total


def _held(chosen: ReportFilter) -> QuerySet[Segment]:
    """The stretches whose time counts."""
    rows = Segment.objects.all()
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
    rows = _held(chosen).filter(conversation_id__in=conversation_ids, ended_at__isnull=False)
    summed = rows.order_by().values_list("conversation_id").annotate(taken=Sum(LENGTH))
    return {pk: int(taken.total_seconds()) for pk, taken in summed}
