"""A transfer that is still waiting for its receiver."""

from __future__ import annotations

from cangke.foundation.events.public import publish

from ..events import TransferEnded
from ..models import Transfer
from .thread import Thread


def pending_of(thread: Thread) -> Transfer | None:
    """Return the transfer that waits to be accepted, if there is one."""
    return Transfer.objects.filter(conversation=thread.conversation, state="pending").first()


def drop_pending(thread: Thread) -> None:
    """A conversation that changes hands otherwise leaves no transfer behind."""
    transfer = pending_of(thread)
    if transfer is not None:
        finish(thread, transfer, "withdrawn")


def finish(thread: Thread, transfer: Transfer, outcome: str, *, answer: str = "") -> None:
    """Write how the transfer ended, and tell both sides."""
    transfer.state, transfer.ended_at, transfer.answer = outcome, thread.at, answer[:200]
    transfer.save(update_fields=["state", "ended_at", "answer"])
    for agent_id in (transfer.from_agent_id, transfer.to_agent_id):
        if agent_id is not None:
            thread.topics.add(f"agent:{agent_id}")
    publish(
        TransferEnded(
            conversation_id=thread.conversation.pk,
            transfer_id=transfer.pk,
            outcome=outcome,
            at=thread.at,
        )
    )
