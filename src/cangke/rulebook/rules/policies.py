"""
From stored values to the typed policies that rules work with.

A policy is a frozen dataclass with a ``PREFIX`` and a default for each field::

    @dataclass(frozen=True, slots=True)
    class ResponsePolicy:
        PREFIX: ClassVar[str] = "response"
        chat_seconds: int = 60

Field ``chat_seconds`` is the parameter ``response.chat_seconds``. Allowed types: int, Decimal,
bool, str, a StrEnum (choice), time, tuple[int, ...], tuple[str, ...], tuple[Row, ...] where Row is
a frozen dataclass of such fields.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import typing
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

Policy = TypeVar("Policy")


class PolicyMismatch(TypeError):
    """A policy's field and the stored value do not fit each other."""


def prefix_of(policy_type: type) -> str:
    """:raises PolicyMismatch: if the class is no policy"""
    prefix = getattr(policy_type, "PREFIX", None)
    if not dataclasses.is_dataclass(policy_type) or not isinstance(prefix, str):
        raise PolicyMismatch(f"{policy_type.__name__} is no policy: dataclass with PREFIX")
    return prefix


def parameter_key(policy_type: type, field: str) -> str:
    return f"{prefix_of(policy_type)}.{field}"


@functools.cache
def fields_of(policy_type: type) -> Mapping[str, Any]:
    """Return field → resolved type of a policy."""
    prefix_of(policy_type)
    hints = typing.get_type_hints(policy_type)
    return {field.name: hints[field.name] for field in dataclasses.fields(policy_type)}


def build(policy_type: type[Policy], values: Mapping[str, Any]) -> Policy:
    """
    Return the policy that the stored values say; a missing key keeps the shipped default.

    :raises PolicyMismatch: if a stored value does not fit its field
    """
    given = {}
    hashable: Any = policy_type
    for name, hint in fields_of(hashable).items():
        key = parameter_key(policy_type, name)
        if key in values:
            given[name] = _typed(hint, values[key], key)
    return policy_type(**given)


def _typed(hint: Any, stored: Any, key: str) -> Any:
    try:
        if hint is bool or hint is int or hint is str:
            if type(stored) is not hint:
                raise TypeError
            return stored
        if hint is Decimal:
            if not isinstance(stored, str):
                raise TypeError
            return Decimal(stored)
        if hint is dt.time:
            return dt.time.fromisoformat(stored)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return hint(stored)
        if typing.get_origin(hint) is tuple:
            item = typing.get_args(hint)[0]
            return tuple(_item(item, each, key) for each in stored)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise PolicyMismatch(f"{key}: {stored!r} is no {hint}") from error
    raise PolicyMismatch(f"{key}: policies know no {hint}")


def _item(hint: Any, stored: Any, key: str) -> Any:
    if not dataclasses.is_dataclass(hint):
        return _typed(hint, stored, key)
    hints = typing.get_type_hints(hint)
    row: Any = hint
    return row(
        **{
            field.name: _typed(hints[field.name], stored[field.name], f"{key}.{field.name}")
            for field in dataclasses.fields(hint)
            if field.name in stored
        }
    )
