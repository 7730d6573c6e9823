"""Events to JSON and back: ids, text, numbers, Decimals, days and instants."""

import dataclasses
import datetime as dt
import types
import typing
from decimal import Decimal
from typing import Any


def to_json(event: object) -> dict[str, Any]:
    """Return the fields as JSON values; instants and Decimals become text."""
    if not dataclasses.is_dataclass(event):
        raise TypeError(f"{event!r} is not a dataclass")
    plain: dict[str, Any] = {}
    for each in dataclasses.fields(event):
        value = getattr(event, each.name)
        if isinstance(value, dt.datetime | dt.date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        plain[each.name] = value
    return plain


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [each for each in typing.get_args(kind) if each is not type(None)]
        return _typed(inner[0], value)
    if origin is tuple:
        return tuple(_typed(typing.get_args(kind)[0], each) for each in value)
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    return value


def from_json(event_type: type, payload: dict[str, Any]) -> Any:
    """Build the event again; fields a newer release dropped are ignored."""
    hints = typing.get_type_hints(event_type)
    known = {each.name for each in dataclasses.fields(event_type)}
    return event_type(
        **{name: _typed(hints[name], value) for name, value in payload.items() if name in known}
    )
