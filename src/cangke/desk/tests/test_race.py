"""Many at once: one winner, no message lost or doubled, no number given twice."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connections

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Message, Segment, Turn
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.refusal import Refusal

from .factories import account_of, claim, keep_alive, later, make_company, make_customer, offer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all acts in threads of their own behind one barrier; return results or exceptions."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]


def in_processes(acts: list[Callable[[], str]]) -> list[str]:
    """Do all acts in processes of their own behind one barrier; return what each says."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier, told = fork.Barrier(len(acts)), fork.SimpleQueue()

    def run(act: Callable[[], str]) -> None:
        barrier.wait()
        try:
            told.put(act())
        except (Refusal, DatabaseError) as error:
            told.put(type(error).__name__)
        connections.close_all()

    processes = [fork.Process(target=run, args=(act,)) for act in acts]
    for process in processes:
        process.start()
    said = [told.get() for _ in processes]
    for process in processes:
        process.join()
    return said


@pytest.mark.requirement("X18")
def test_of_many_claims_in_processes_of_their_own_exactly_one_wins():
    company = make_company()
    accounts = [account_of(company.agent(online=False)) for _ in range(32)]
    conversation = company.writes().conversation

    def claims(account) -> Callable[[], str]:
        def act() -> str:
            desk.claim(conversation_id=conversation.pk, by=account, at=later(5))
            return "won"

        return act

    said = Counter(in_processes([claims(account) for account in accounts]))
    assert said == {"won": 1, "AlreadyClaimed": 31}
    assert Segment.objects.filter(conversation=conversation).count() == 1
    assert AuditEntry.objects.filter(action="desk.claimed").count() == 1
    seqs = list(conversation.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.requirement("X18")
def test_claim_assignment_by_hand_and_routing_at_once_leave_one_holder():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = account_of(company.agent("cs-leader", online=False))
    conversation = company.writes().conversation
    desk.AgentProfile.objects.filter(employee=first).update(presence="online")
    keep_alive(first, at=later(5))
    accounts = [account_of(first), account_of(second)]
    key = {"conversation_id": conversation.pk, "at": later(5)}
    at_once(
        [
            lambda: desk.claim(**key, by=accounts[0]),
            lambda: desk.claim(**key, by=accounts[1]),
            lambda: desk.assign(**key, to=second, reason="x", by=leader),
            lambda: desk.route_conversation(**key),
        ]
    )
    held = Segment.objects.get(conversation=conversation, ended_at__isnull=True)
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == held.agent_id
    assert desk.rebuild_turns(conversation_id=conversation.pk, at=later(9)) == []


def test_messages_written_at_once_are_all_there_once_in_one_row_of_numbers():
    company = make_company()
    agent = company.agent(online=False)
    by = account_of(agent)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=by, at=later(1))
    customer, key = conversation.customer, {"conversation_id": conversation.pk}
    acts: list[Callable[[], Any]] = []
    for n in range(6):
        acts.append(
            lambda n=n: company.writes(f"问{n}", later(2), customer=customer, client_token=f"q{n}")
        )
        acts.append(
            lambda n=n: desk.reply(**key, body=f"答{n}", by=by, at=later(2), client_token=f"a{n}")
        )
    results = at_once(acts)
    assert not [each for each in results if isinstance(each, Exception)]
    conversation.refresh_from_db()
    messages = list(conversation.messages.order_by("seq"))
    assert [each.seq for each in messages] == list(range(1, conversation.last_seq + 1))
    bodies = Counter(each.body for each in messages if each.client_token)
    assert bodies == Counter([f"问{n}" for n in range(6)] + [f"答{n}" for n in range(6)])
    assert desk.rebuild_turns(conversation_id=conversation.pk, at=later(9)) == []


def test_first_messages_of_one_customer_at_once_open_one_conversation():
    company = make_company()
    customer = make_customer()
    results = at_once(
        [
            lambda n=n: company.writes(f"在吗{n}", customer=customer, client_token=f"t{n}")
            for n in range(6)
        ]
    )
    assert not [each for each in results if isinstance(each, Exception)]
    assert Conversation.objects.count() == 1
    assert Message.objects.filter(direction="in").count() == 6
    assert Turn.objects.count() == 1


def test_the_same_message_delivered_many_times_at_once_is_kept_once():
    company = make_company()
    customer = make_customer()
    results = at_once(
        [lambda: company.writes("在吗", customer=customer, external_id="x-1") for _ in range(6)]
    )
    assert not [each for each in results if isinstance(each, Exception)]
    assert Message.objects.filter(direction="in").count() == 1
    assert sum(not each.duplicate for each in results) == 1


def test_the_same_reply_sent_many_times_at_once_goes_out_once():
    company = make_company()
    by = account_of(company.agent(online=False))
    conversation = company.writes().conversation
    key = {"conversation_id": conversation.pk, "by": by, "at": later(5)}
    results = at_once(
        [lambda: desk.reply(**key, body="您好", client_token="once") for _ in range(5)]
    )
    assert not [each for each in results if isinstance(each, Exception)]
    assert Message.objects.filter(client_token="once").count() == 1


def test_routed_at_once_nobody_is_given_more_than_their_cap():
    company = make_company()
    agents = [company.agent(online=False, max_chats=2) for _ in range(2)]
    waiting = [company.writes().conversation.pk for _ in range(8)]
    for agent in agents:
        desk.AgentProfile.objects.filter(employee=agent).update(presence="online")
    keep_alive(*agents, at=later(3))
    at_once(
        [lambda pk=pk: desk.route_conversation(conversation_id=pk, at=later(3)) for pk in waiting]
    )
    desk.route_waiting(at=later(4))
    loads = Counter(
        Conversation.objects.filter(assignee__isnull=False).values_list("assignee_id", flat=True)
    )
    assert loads == {agent.pk: 2 for agent in agents}


def test_two_answers_to_one_transfer_the_first_counts():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    claim(conversation, first, later(1))
    transfer = offer(conversation, first, second, later(2), "x")
    sender, receiver = account_of(first), account_of(second)
    key = {"transfer_id": transfer.pk, "at": later(5)}
    results = at_once(
        [
            lambda: desk.accept_transfer(**key, by=receiver),
            lambda: desk.withdraw_transfer(**key, by=sender),
        ]
    )
    assert sum(isinstance(each, desk.TransferOver) for each in results) == 1
    transfer.refresh_from_db()
    holder = second if transfer.state == "accepted" else first
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == holder.pk
