"""Who answers whom: every event, port and panel of the house, read like a table of contents."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from cangke.customers import public as customers
from cangke.customers.events import CustomersMerged
from cangke.foundation.access.events import AccountDisabled
from cangke.foundation.access.ports import (
    counted,
    denied,
    own_scope_ids,
    published,
    recorded,
)
from cangke.foundation.audit import answers as audit_answers
from cangke.foundation.events import public as events
from cangke.foundation.live import handlers as live_handlers
from cangke.foundation.ports import Port
from cangke.foundation.ui.ports import areas_off
from cangke.orders import handlers as orders_handlers
from cangke.people import public as people


def _own_scope_ids(*, account_id: int, kind: str) -> Collection[int]:
    """Own teams, departments and shops are known to people, the own client to customers."""
    room = customers.own_client_ids if kind == "client" else people.own_scope_ids
    return room(account_id=account_id, kind=kind)


# event → handlers, in the order they are called
EVENTS: Mapping[type, Sequence[Callable[[Any], None]]] = {
    AccountDisabled: [live_handlers.sign_out],
    CustomersMerged: [orders_handlers.follow_merge],
}

# a lower room's question → the answer of a room above it
PORTS: Mapping[Port[Any], Callable[..., object]] = {
    areas_off: people.areas_off,
    counted: audit_answers.count_acts,
    denied: audit_answers.note_denied,
    own_scope_ids: _own_scope_ids,
    recorded: audit_answers.note_access,
    published: events.publish,
}

# what every installation needs, done at each start: ``ensure(at=…)``, safe to repeat
BASICS: Sequence[Callable[..., object]] = ()

# what each room adds to the demonstration company: ``write(rng=…, at=…, company=…)``
DEMONSTRATIONS: Sequence[Callable[..., object]] = ()

# slot of a page → URL names of the panels that other rooms lend it
SLOTS: Mapping[str, Sequence[str]] = {}

__all__ = ["BASICS", "DEMONSTRATIONS", "EVENTS", "PORTS", "SLOTS"]
