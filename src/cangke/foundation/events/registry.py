"""Which handlers an event goes to: filled from ``cangke/wiring.py`` at start."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[Any], None]

_types: dict[str, type] = {}
_handlers: dict[str, dict[str, Handler]] = {}


def event_name(event_type: type) -> str:
    """``cangke.orders.events.OrderShipped`` → ``orders.OrderShipped``."""
    room = event_type.__module__.removeprefix("cangke.").removesuffix(".events")
    return f"{room}.{event_type.__name__}"


def handler_name(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__name__}"


def wire(table: Mapping[type, Sequence[Handler]]) -> None:
    """Take over the wiring table, event type → handlers, in the order written."""
    _types.clear()
    _handlers.clear()
    for event_type, handlers in table.items():
        name = event_name(event_type)
        _types[name] = event_type
        _handlers[name] = {handler_name(each): each for each in handlers}


def handlers_of(name: str) -> dict[str, Handler]:
    return _handlers.get(name, {})


def type_of(name: str) -> type | None:
    return _types.get(name)
