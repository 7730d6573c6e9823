"""Kinds and macros as data: shipped once, changed by the company (A13, A16)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.foundation.tomltext import Unreadable, read_limited
from cangke.people.public import Employee

from ..models import Counterpart, TicketKind, TicketMacro
from ..rules.fields import read_fields

SHIPPED = Path(__file__).resolve().parent.parent / "kinds.toml"
MOST_BYTES = 32 * 1024


class KindRefused(Refusal):
    """The definition of a kind does not hold."""


def read_kind_text(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """
    Read the fields and tasks of a kind as people write them (TOML).

    :raises KindRefused: with the place of everything that does not hold
    """
    try:
        body = read_limited(text, most_bytes=MOST_BYTES, longest_line=MOST_BYTES)
    except Unreadable as refused:
        raise KindRefused(refused.told(_), field="text") from refused
    if set(body) - {"field", "task"}:
        raise KindRefused(_("只能写 [[field]] 和 [[task]]。"), field="text")
    raw = body.get("field", [])
    _specs, problems = read_fields(raw)
    if problems:
        said = "\n".join(f"{each.place}: {_(each.sentence)}" for each in problems[:10])
        raise KindRefused(said, field="text")
    return raw, _tasks(body.get("task", []))


def _tasks(raw: object) -> list[dict[str, Any]]:
    good = isinstance(raw, list) and all(
        isinstance(each, dict) and str(each.get("title", "")).strip() for each in raw
    )
    if not good or not isinstance(raw, list):
        raise KindRefused(_("每个 [[task]] 都要有 title。"), field="text")
    return [
        {
            "title": str(each["title"]).strip()[:120],
            "title_en": str(each.get("title_en", "")).strip()[:120],
            "required": each.get("required") is True,
        }
        for each in raw
    ]


@transaction.atomic
def save_kind(
    *, kind: TicketKind | None, text: str, by: Account | None, at: dt.datetime, **values: Any
) -> TicketKind:
    """
    Make or change a kind; tickets that are open keep what was typed into them.

    :raises KindRefused: if its fields do not hold
    """
    fields, tasks = read_kind_text(text)
    row = kind or TicketKind()
    for name, value in values.items():
        setattr(row, name, value)
    row.fields, row.tasks = fields, tasks
    row.save()
    record("tickets.kind_saved", obj=row, by=by, at=at, changes={"code": row.code})
    return row


@transaction.atomic
def save_macro(
    *, macro: TicketMacro | None, by: Account | None, at: dt.datetime, **values: Any
) -> TicketMacro:
    """
    Make or change a macro.

    :raises KindRefused: if it would do nothing
    """
    row = macro or TicketMacro()
    for name, value in values.items():
        setattr(row, name, value)
    does = row.state or row.priority is not None or row.take or row.comment or row.reply
    if not does:
        raise KindRefused(_("至少要改一样东西，或写一段回复。"))
    row.save()
    record("tickets.macro_saved", obj=row, by=by, at=at, changes={"name": row.name})
    return row


@transaction.atomic
def save_counterpart(
    *,
    counterpart: Counterpart | None,
    members: Iterable[Employee],
    by: Account | None,
    at: dt.datetime,
    **values: Any,
) -> Counterpart:
    """Say who answers for a department (B9)."""
    row = counterpart or Counterpart()
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    row.members.set(members)
    record("tickets.counterpart_saved", obj=row, by=by, at=at, changes={"code": row.code})
    return row


@transaction.atomic
def ensure_kinds() -> None:
    """Bring the shipped kinds, macros and departments that are missing; what is there stays."""
    body = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    there = set(TicketKind.objects.values_list("code", flat=True))
    fresh = not there
    for position, each in enumerate(body["kind"], start=1):
        if each["code"] in there:
            continue
        values = {key: value for key, value in each.items() if key not in ("field", "task")}
        TicketKind.objects.create(
            fields=each.get("field", []),
            tasks=each.get("task", []),
            position=position * 10,
            **values,
        )
    known = set(Counterpart.objects.values_list("code", flat=True))
    for position, each in enumerate(body["counterpart"], start=1):
        if each["code"] not in known:
            Counterpart.objects.create(position=position * 10, **each)
    if not fresh:
        return
    for position, each in enumerate(body["macro"], start=1):
        TicketMacro.objects.get_or_create(
            name=each["name"], defaults={**each, "position": position * 10}
        )
