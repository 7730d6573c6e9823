"""Giving waiting conversations to agents: on events, and by the sweeper (B4)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..models import Conversation
from ..queries.agents import agent_facts, online_profiles, work_facts
from ..rules.routing import AgentFact, Assignment, RoutingPolicy, choose_agent, order_queue
from .attending import note_assigned
from .hold import take_place, take_queued
from .thread import Thread

MOST_AT_ONCE = 100


def route_waiting(*, at: dt.datetime) -> int:
    """
    Give out what waits, in the queue's order, as long as somebody is free (A20, A21, B4).

    Each conversation is its own transaction. Returns how many were given out.
    """
    rows = (
        Conversation.objects.queued()
        .filter(waiting_since__isnull=False)
        .select_related("channel__site", "channel__opening", "shop")
        .order_by("-priority", "waiting_since", "pk")[:MOST_AT_ONCE]
    )
    waiting = {row.pk: row for row in rows}
    agents = agent_facts(online_profiles(), at=at) if waiting else []
    if not agents:
        return 0
    days = {pk: site_day(at, row.channel.site.zone) for pk, row in waiting.items()}
    works = work_facts(list(waiting.values()), at=at, days=days)
    given = 0
    for work in order_queue(works):
        rule = policy(
            RoutingPolicy, on=site_day(at, waiting[work.conversation_id].channel.site.zone)
        )
        if choose_agent(agents, work, policy=rule, at=at).agent_id is None:
            continue
        if route_conversation(conversation_id=work.conversation_id, at=at):
            given += 1
            agents = agent_facts(online_profiles(), at=at)
    return given


@transaction.atomic
def route_conversation(*, conversation_id: int, at: dt.datetime) -> Assignment | None:
    """
    Give one waiting conversation to the agent the rules choose; None if it stays queued.

    The agents are locked while their load is weighed, so that two conversations routed at once do
    not both see the same free place.
    """
    conversation = (
        Conversation.objects.queued()
        .select_related("channel__site", "channel__opening", "shop")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        return None
    day = site_day(at, conversation.channel.site.zone)
    rule = policy(RoutingPolicy, on=day)
    [work] = work_facts([conversation], at=at, days={conversation.pk: day})
    decided = choose_agent(_locked_agents(at), work, policy=rule, at=at)
    if decided.agent_id is None:
        return None
    if not take_place(conversation_id):
        return None
    employee = Employee.objects.get(pk=decided.agent_id)
    note_assigned(employee.pk, at=at)
    thread = Thread.lock(conversation_id, at=at)
    take_queued(thread, employee, started_by="auto", because=decided.because)
    thread.save()
    record(
        "desk.routed",
        obj=thread.conversation,
        by=None,
        at=at,
        changes={
            "assignee": [None, employee.pk],
            "because": decided.because.code,
            "facts": dict(decided.because.facts),
        },
    )
    return decided


def _locked_agents(at: dt.datetime) -> list[AgentFact]:
    locked = online_profiles().select_for_update(of=("self",))
    return agent_facts(list(locked), at=at)
