"""What routing and the board ask about agents, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cangke.people.public import Employee, Team

from .. import ports
from ..models import AgentProfile, Conversation, Segment
from ..rules.facts import SegmentEnd
from ..rules.routing import AgentFact, Presence, WorkFact
from ..rules.stage import Stage
from ..rules.states import ConversationState

# The rulebook's limit for giving a customer back to the same agent is 30 days.
LONGEST_STICKY = dt.timedelta(days=31)
BUSY_WITH = (ConversationState.ACTIVE, ConversationState.WAITING_CUSTOMER)


def online_profiles() -> QuerySet[AgentProfile]:
    """Return the profiles of agents who are shown online, in the order they are locked in."""
    return (
        AgentProfile.objects.filter(presence=Presence.ONLINE, employee__account__is_active=True)
        .select_related("employee")
        .order_by("pk")
    )


def loads_of(employee_ids: Collection[int]) -> dict[int, int]:
    """Return employee id → conversations held, of those who hold any."""
    return dict(
        Conversation.objects.filter(
            closed_at__isnull=True, assignee_id__in=employee_ids, state__in=BUSY_WITH
        )
        .order_by()
        .values_list("assignee_id")
        .annotate(Count("pk"))
    )


def ahead_of(conversation: Conversation) -> QuerySet[Conversation]:
    """
    The customers who wait before this one in its queue, in the published order (A20, A21).

    Urgent first, then who waits longest, then who came first: `rules.routing.order_queue`.
    """
    same = Q(priority=conversation.priority)
    since = conversation.waiting_since
    before = Q(priority__gt=conversation.priority)
    if since is None:
        before |= same
    else:
        before |= same & Q(waiting_since__lt=since)
        before |= same & Q(waiting_since=since, pk__lt=conversation.pk)
    return (
        Conversation.objects.queued()
        .filter(before, group_id=conversation.group_id, waiting_since__isnull=False)
        .exclude(pk=conversation.pk)
        .order_by("-priority", "waiting_since", "pk")
    )


def names_ahead(conversation: Conversation) -> list[str]:
    """The first customers who wait before this one, by name."""
    rows = ahead_of(conversation).select_related("customer")[:5]
    return [row.customer.display_name for row in rows]


def agent_facts(profiles: Iterable[AgentProfile], *, at: dt.datetime) -> list[AgentFact]:
    """Return what routing weighs about each agent: eight queries for any number of them."""
    rows = list(profiles)
    ids = [row.employee_id for row in rows]
    if not ids:
        return []
    groups: dict[int, set[int]] = {row.pk: set() for row in rows}
    through = AgentProfile.groups.through.objects
    for profile_id, group_id in through.filter(agentprofile_id__in=groups).values_list(
        "agentprofile_id", "queuegroup_id"
    ):
        groups[profile_id].add(group_id)
    shops = shops_by_team({row.employee.team_id for row in rows if row.employee.team_id})
    loads = loads_of(ids)
    on_shift = ports.on_shift.ask(employee_ids=ids, at=at)
    uncertified = {
        stage: ports.uncertified.ask(employee_ids=ids, stage=stage.value) for stage in Stage
    }
    return [
        AgentFact(
            agent_id=row.employee_id,
            presence=Presence(row.presence),
            heartbeat_at=row.heartbeat_at,
            load=loads.get(row.employee_id, 0),
            max_chats=row.max_chats,
            weight=row.weight,
            groups=frozenset(groups[row.pk]),
            stages=frozenset(s for s in row.stages if row.employee_id not in uncertified[s]),
            languages=frozenset(row.languages),
            shops=None if row.every_shop else _shops_of(row.employee, shops),
            last_assigned_at=row.last_assigned_at,
            on_shift=row.employee_id in on_shift,
            draining=row.draining,
            trainee=row.trainee_of_id is not None,
        )
        for row in rows
    ]


def shops_by_team(team_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return team id → shops the team serves (B3)."""
    served: dict[int, set[int]] = {}
    for team_id, shop_id in Team.shops.through.objects.filter(team_id__in=team_ids).values_list(
        "team_id", "shop_id"
    ):
        served.setdefault(team_id, set()).add(shop_id)
    return {team_id: frozenset(shops) for team_id, shops in served.items()}


def _shops_of(employee: Employee, shops: dict[int, frozenset[int]]) -> frozenset[int] | None:
    """The shops of the employee's team; a team without shops serves whatever comes."""
    if employee.team_id is None:
        return None
    return shops.get(employee.team_id)


def work_facts(
    conversations: Collection[Conversation], *, at: dt.datetime, days: Mapping[int, dt.date]
) -> list[WorkFact]:
    """
    Return what routing weighs about waiting conversations, in two queries for any number.

    ``days`` are the sites' days by conversation; shop and channel are expected to be fetched.
    """
    lapsed = _lapsed([row.pk for row in conversations])
    sticky = _served_last({row.customer_id for row in conversations}, at=at)
    facts = []
    for row in conversations:
        opening = row.channel.opening
        known = sticky.get(row.customer_id)
        facts.append(
            WorkFact(
                conversation_id=row.pk,
                stage=Stage(row.stage),
                group_id=row.group_id,
                waiting_since=row.waiting_since or row.queued_at or at,
                priority=row.priority,
                shop_id=row.shop_id,
                shop_live=row.shop is None or row.shop.is_live(days[row.pk]),
                language=row.language,
                within_hours=opening is None or opening.opening_hours().is_open(at),
                sticky_agent_id=None if known is None else known[0],
                sticky_at=None if known is None else known[1],
                lapsed=frozenset(lapsed.get(row.pk, ())),
            )
        )
    return facts


def _lapsed(conversation_ids: Collection[int]) -> dict[int, set[int]]:
    """Who let each conversation wait; passed over until they have done something again."""
    back = AgentProfile.objects.filter(
        employee_id=OuterRef("agent_id"), acted_at__gt=OuterRef("ended_at")
    )
    rows = Segment.objects.filter(
        conversation_id__in=conversation_ids, end_reason=SegmentEnd.NO_REPLY
    ).exclude(Exists(back))
    found: dict[int, set[int]] = {}
    for conversation_id, agent_id in rows.values_list("conversation_id", "agent_id"):
        found.setdefault(conversation_id, set()).add(agent_id)
    return found


def _served_last(
    customer_ids: Collection[int], *, at: dt.datetime
) -> dict[int, tuple[int, dt.datetime]]:
    """Return customer id → who served them last, and until when."""
    rows = (
        Segment.objects.filter(
            conversation__customer_id__in=customer_ids, started_at__gte=at - LONGEST_STICKY
        )
        .exclude(end_reason=SegmentEnd.NO_REPLY)
        .order_by("started_at", "pk")
        .values_list("conversation__customer_id", "agent_id", "ended_at", "started_at")
    )
    return {
        customer_id: (agent_id, ended_at or started_at)
        for customer_id, agent_id, ended_at, started_at in rows
    }
