"""Who answers whom: every event, port and panel of the house, read like a table of contents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cangke.foundation.access.ports import denied, published, recorded
from cangke.foundation.audit import answers as audit_answers
from cangke.foundation.events import public as events
from cangke.foundation.ports import Port

# event → handlers, in the order they are called
EVENTS: Mapping[type, Sequence[Callable[[Any], None]]] = {}

# a lower room's question → the answer of a room above it
PORTS: Mapping[Port[Any], Callable[..., object]] = {
    denied: audit_answers.note_denied,
    recorded: audit_answers.note_access,
    published: events.publish,
}

# what every installation needs, done at each start: ``ensure(at=…)``, safe to repeat
BASICS: Sequence[Callable[..., object]] = ()

# slot of a page → URL names of the panels that other rooms lend it
SLOTS: Mapping[str, Sequence[str]] = {}

__all__ = ["BASICS", "EVENTS", "PORTS", "SLOTS"]
