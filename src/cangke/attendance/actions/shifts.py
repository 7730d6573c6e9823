"""Shift types: what the company ships with, and what it makes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.rulebook.public import policy

from .. import rules
from ..models import ShiftAssignment, ShiftType


class ShiftInUse(Refusal):
    """The times of a shift that people have worked by are not changed behind their backs."""


@transaction.atomic
def ensure_shift_types(*, at: dt.datetime) -> None:
    """Make the two shifts of the rulebook (K1), unless the company has shifts already."""
    if ShiftType.objects.exists():
        return
    times = policy(rules.ShiftPolicy, on=at.date())
    ShiftType.objects.create(
        code="day",
        name="白班",
        name_en="Day shift",
        mark="白",
        start=times.day_start,
        end=times.day_end,
        break_minutes=times.day_break_minutes,
        tone="accent",
        place=1,
    )
    ShiftType.objects.create(
        code="evening",
        name="晚班",
        name_en="Evening shift",
        mark="晚",
        start=times.evening_start,
        end=times.evening_end,
        break_minutes=times.evening_break_minutes,
        tone="block",
        place=2,
    )


@transaction.atomic
def save_shift_type(
    *, pk: int | None, by: Account | None, at: dt.datetime, **values: Any
) -> ShiftType:
    """
    Make a shift type or change one; shifts already planned keep their times.

    :raises ShiftInUse: if the times of a shift with plans from today on would change
    """
    kind = ShiftType.objects.select_for_update().get(pk=pk) if pk else ShiftType()
    times = ("start", "end", "break_minutes")
    moved = any(name in values and values[name] != getattr(kind, name) for name in times)
    if pk and moved and ShiftAssignment.objects.filter(shift_type=kind, ends_at__gt=at).exists():
        raise ShiftInUse(
            _("已经有人排了“%s”的班。请停用它，另建一个新的班次。") % kind, field="start"
        )
    changes = {
        name: [str(getattr(kind, name)) if pk else None, str(value)]
        for name, value in values.items()
        if not pk or getattr(kind, name) != value
    }
    for name, value in values.items():
        setattr(kind, name, value)
    kind.save()
    if changes:
        record("attendance.shift_type", obj=kind, by=by, at=at, changes=changes)
    return kind
