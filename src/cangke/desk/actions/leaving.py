"""Going home with conversations in hand: served to their end, or handed over (A27)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.live.public import signal_all
from cangke.foundation.refusal import Refusal
from cangke.people.public import Employee

from ..models import AgentProfile, Conversation
from ..rules.routing import Presence
from .attending import ensure_profile
from .hold import release
from .presence import drop_presence, set_presence
from .thread import acting_employee
from .transfer import request_transfer


@dataclass(frozen=True)
class Parting:
    """
    What becomes of one conversation: served on, given to a colleague, or back to its queue.

    With neither ``to`` nor ``note`` it is served to its end; with a ``note`` alone it is queued.
    """

    conversation_id: int
    to: Employee | None = None
    note: str = ""

    @property
    def stays(self) -> bool:
        return self.to is None and not self.note.strip()


class StillHeld(Refusal):
    """A conversation in hand was not spoken of."""


@transaction.atomic
def leave(*, partings: Sequence[Parting], by: Account, at: dt.datetime) -> AgentProfile:
    """
    End one's work at the desk: offline at once, or as soon as the last customer is served.

    Whoever serves on gets no new conversations. A colleague who was asked takes over on accepting;
    until then the customer is still one's own.

    :raises StillHeld: if something in hand was not spoken of
    """
    employee = acting_employee(by)
    ensure_profile(employee)
    AgentProfile.objects.select_for_update().get(employee=employee)
    held = set(Conversation.objects.held().filter(assignee=employee).values_list("pk", flat=True))
    if held - {each.conversation_id for each in partings}:
        raise StillHeld(_("刚有新的会话分到你手上，请为它也选好去向。"))
    for each in partings:
        if each.conversation_id not in held or each.stays:
            continue
        if each.to is None:
            release(conversation_id=each.conversation_id, reason=each.note, by=by, at=at)
        else:
            request_transfer(
                conversation_id=each.conversation_id,
                reason=each.note.strip() or _("下班交接"),
                to_agent=each.to,
                by=by,
                at=at,
            )
    if not Conversation.objects.held().filter(assignee=employee).exists():
        return set_presence(state=Presence.OFFLINE, by=by, at=at)
    profile = AgentProfile.objects.get(employee=employee)
    if not profile.draining:
        profile.draining = True
        profile.save(update_fields=["draining"])
        record("desk.serving_on", obj=profile, by=by, at=at)
        signal_all(["board", f"agent:{employee.pk}"], "presence", {"employee": employee.pk})
    return profile


def finish_leaving(*, at: dt.datetime) -> int:
    """Set offline whoever wanted to leave and has served the last customer (K3)."""
    busy = Conversation.objects.held().values("assignee_id")
    done = (
        AgentProfile.objects.filter(draining=True)
        .exclude(presence=Presence.OFFLINE)
        .exclude(employee_id__in=busy)
        .order_by("pk")
    )
    ids = list(done.values_list("employee_id", flat=True))
    return sum(drop_presence(employee_id=pk, source="shift", at=at) for pk in ids)
