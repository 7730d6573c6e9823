"""How work items are found, named in explanations, and approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import Concerned, approval_kind, objectionable
from cangke.customers.public import TimelineRow, register_timeline
from cangke.foundation.access.public import Account
from cangke.foundation.numbering.public import register_series
from cangke.foundation.search.public import register_search
from cangke.rulebook.public import register_fact, register_figure

from . import queries, wording
from .actions.pledge_keeping import PLEDGE_MATTER, snapshot
from .models import Errand, Pledge, Ticket

register_search("ticket", _("工单"), model=Ticket, icon="ticket", order=40)
register_search("errand", _("协作事项"), model=Errand, icon="send", order=46)
register_search("pledge", _("承诺"), model=Pledge, icon="promise", order=45)
register_fact("tickets.pledge", "tickets:pledge")
register_series("errand", prefix="ER")
register_fact("tickets.ticket", "tickets:ticket")
objectionable("tickets.Ticket", lambda row: Concerned(row.owner.account_id, name=str(row)))
objectionable("tickets.Pledge", lambda row: Concerned(row.keeper.account_id, name=str(row)))
register_figure("ticket_due", _("工单期限"))
register_figure("pledge_limit", _("承诺金额限额"), said=wording.review_text)
register_figure("pledge_outcome", _("承诺结果"), said=wording.outcome_text)


def _pledge(subject_id: int) -> dict[str, Any]:
    found = Pledge.objects.filter(pk=subject_id).first()
    if found is None:
        raise LookupError(subject_id)
    return snapshot(found)


approval_kind(PLEDGE_MATTER, _("超额承诺"), snapshot=_pledge, url_name="tickets:pledge")


def _timeline(
    account: Account,
    customer_ids: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> list[TimelineRow]:
    """Tickets in a customer's timeline, one query."""
    rows = queries.tickets_of_customer(account, customer_ids).filter(
        opened_at__gte=since, opened_at__lt=until
    )[:limit]
    return [
        TimelineRow(
            at=row.opened_at,
            kind="ticket",
            title=str(row),
            text=str(row.get_state_display()),
            url=reverse("tickets:ticket", args=[row.pk]),
            who=row.owner.name,
            tone="done" if row.closed_at else "wait",
        )
        for row in rows
    ]


register_timeline("ticket", _("工单"), _timeline, permission="tickets.view")
