"""Which stage and which queue a conversation belongs to, from orders, shops and groups."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from cangke.orders.public import Order
from cangke.people.public import Team
from cangke.rulebook.public import policy

from ..models import Conversation, QueueGroup
from ..rules.naming import named_numbers
from ..rules.routing import GroupFact, RoutingPolicy, choose_group
from ..rules.stage import LineFact, OrderFact, SplitStatus, Stage, StageDecision, decide_stage
from ..rules.wording import Because

# From these states on an order has crossed the line.
CROSSED = {
    SplitStatus.SHIPPED: frozenset({"shipped", "delivered", "after_sales"}),
    SplitStatus.DELIVERED: frozenset({"delivered", "after_sales"}),
}


def stage_of(conversation: Conversation, *, on: dt.date) -> StageDecision:
    """Return the stage by the order chosen in the conversation, else the customer's latest."""
    split = policy(RoutingPolicy, on=on).split_status
    rows = Order.objects.sales().prefetch_related("lines")
    if conversation.order_chosen and conversation.order_id is not None:
        facts = [order_fact(order, split) for order in rows.filter(pk=conversation.order_id)]
        if facts:
            return decide_stage(
                facts,
                chosen_order_id=conversation.order_id,
                chosen_line_id=conversation.order_line_id,
            )
    latest = (
        rows.filter(customer_id=conversation.customer_id)
        .exclude(state="cancelled")
        .order_by("-placed_at", "-pk")[:1]
    )
    return decide_stage([order_fact(order, split) for order in latest])


def named_order(text: str, *, shop_id: int | None) -> Order | None:
    """
    Return the order a customer names in a message, if exactly one of that number exists.

    Who names a number has not proved to be its buyer: it decides who answers, and shows nothing.
    """
    numbers = named_numbers(text)
    if not numbers:
        return None
    rows = Order.objects.sales().filter(Q(external_no__in=numbers) | Q(number__in=numbers))
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def order_fact(order: Order, split: SplitStatus) -> OrderFact:
    """Return the order as the line between the stages sees it; wants its lines fetched."""
    lines = tuple(
        LineFact(line.pk, split is SplitStatus.SHIPPED and line.shipped_quantity > 0)
        for line in order.lines.all()
    )
    crossed = order.state in CROSSED[split]
    return OrderFact(order.pk, order.number, order.placed_at, lines, crossed)


def group_for(conversation: Conversation) -> tuple[int | None, Because]:
    """Return the queue the conversation waits in, by stage, shop and language."""
    return choose_group(
        group_facts(),
        stage=Stage(conversation.stage),
        shop_id=conversation.shop_id,
        language=conversation.language,
        default_id=conversation.channel.default_group_id,
    )


def group_facts() -> list[GroupFact]:
    """Return the active queues with the shops they serve, in three queries."""
    groups = list(QueueGroup.objects.filter(is_active=True).prefetch_related("shops"))
    teams = {
        team.pk: frozenset(shop.pk for shop in team.shops.all())
        for team in Team.objects.filter(
            pk__in=[group.team_id for group in groups if group.team_id]
        ).prefetch_related("shops")
    }
    return [
        GroupFact(
            group.pk,
            group.rank,
            stage=Stage(group.stage) if group.stage else None,
            shops=shops_served(group, teams),
            languages=frozenset(group.languages),
        )
        for group in groups
    ]


def shops_served(group: QueueGroup, teams: dict[int, frozenset[int]]) -> frozenset[int] | None:
    """Return the shops of the group's team and its own; None (every shop) if it names none."""
    own = frozenset(shop.pk for shop in group.shops.all())
    if group.team_id is None:
        return own or None
    return own | teams.get(group.team_id, frozenset())
