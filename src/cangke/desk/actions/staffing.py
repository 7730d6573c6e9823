"""What changes at the desk when people come, move or leave, or two customers turn out to be one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.foundation.audit.public import record
from cangke.people.public import Employee, Stage

from ..models import AgentProfile, Conversation
from ..queries.sums import days_of_agent, days_of_customers
from ..rules.facts import SegmentEnd
from .attending import ensure_profile, usual_groups
from .hold import requeue
from .presence import drop_presence
from .summing import mark_stale
from .thread import Thread


@transaction.atomic
def fit_profile(*, employee_id: int) -> AgentProfile | None:
    """
    See that whoever serves customers has a profile, with the queues of team and post.

    Queues of other teams are given up; queues of no team that were chosen by hand stay.
    """
    employee = Employee.objects.select_related("post", "team").filter(pk=employee_id).first()
    if employee is None or employee.post.stage == Stage.NONE or employee.account_id is None:
        return None
    profile = ensure_profile(employee)
    side = Stage(employee.post.stage)
    profile.serves_presale = side in (Stage.PRE_SALES, Stage.BOTH)
    profile.serves_aftersale = side in (Stage.AFTER_SALES, Stage.BOTH)
    if employee.languages:
        profile.languages = employee.languages
    profile.save(update_fields=["serves_presale", "serves_aftersale", "languages"])
    kept = profile.groups.filter(team__isnull=True)
    profile.groups.set({*kept, *usual_groups(employee, profile)})
    return profile


def release_all(*, employee_id: int, at: dt.datetime) -> int:
    """Put back into the queues what somebody holds who is not here any more."""
    drop_presence(employee_id=employee_id, source="supervisor", at=at)
    held = Conversation.objects.held().filter(assignee_id=employee_id)
    return sum(_release_one(pk, employee_id, at) for pk in held.values_list("pk", flat=True))


@transaction.atomic
def _release_one(conversation_id: int, employee_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    if thread.conversation.assignee_id != employee_id or not thread.conversation.is_open:
        return False
    requeue(thread, SegmentEnd.SHIFT_END)
    thread.save()
    record(
        "desk.released",
        obj=thread.conversation,
        by=None,
        at=at,
        changes={"assignee": [employee_id, None]},
    )
    return True


@transaction.atomic
def move_customer(*, kept_id: int, merged_id: int, at: dt.datetime) -> int:
    """Give the conversations of a merged customer to the kept one; both may be one's by now."""
    mark_stale(days_of_customers([kept_id, merged_id]), at=at)
    return Conversation.objects.filter(customer_id=merged_id).update(customer_id=kept_id)


@transaction.atomic
def count_customer_again(*, customer_id: int, at: dt.datetime) -> None:
    """The customer's talk counts for another client now."""
    mark_stale(days_of_customers([customer_id]), at=at)


@transaction.atomic
def count_agent_again(*, employee_id: int, at: dt.datetime) -> None:
    """What the agent has served may count for another department now."""
    mark_stale(days_of_agent(employee_id), at=at)
