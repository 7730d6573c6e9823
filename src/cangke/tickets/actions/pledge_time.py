"""What time and facts elsewhere do to promises: reminders, shipments, calls (A18)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.desk.public import PhoneCall
from cangke.people.public import Employee, leaders_above

from ..models import Pledge, Ticket
from ..queries.pledges import pledge_policy
from ..rules import pledges as rules
from ..rules.pledges import PledgeKind, PledgeState
from .pledge_keeping import break_it, hold_fact, locked, note, pass_to, tell, withdraw_case
from .pledges import decline_pledge

PIECE = 500


@transaction.atomic
def keep_pledges_by_shipment(*, order_id: int, shipped_at: dt.datetime, at: dt.datetime) -> int:
    """The order has left: the ship dates promised for it are kept or broken by that fact."""
    rows = Pledge.objects.select_for_update().filter(order_id=order_id, kind=PledgeKind.SHIP_DATE)
    open_ones = rows.filter(
        Q(state=PledgeState.OPEN) | Q(state=PledgeState.BROKEN, kept_late_at__isnull=True)
    )
    done = 0
    for pledge in open_ones:
        pledge.proof = _("订单已发货")
        hold_fact(pledge, done_at=shipped_at, by=None, at=at, found_out=True)
        done += 1
    return done


@transaction.atomic
def keep_pledge_by_call(*, call_id: int, at: dt.datetime) -> int:
    """
    Somebody called the customer: the call-backs promised to them are kept.

    The moment is when the call was written down: an earlier hour typed in proves nothing.
    """
    call = PhoneCall.objects.select_related("conversation").get(pk=call_id)
    if call.direction != "out":
        return 0
    rows = Pledge.objects.select_for_update().filter(
        customer_id=call.conversation.customer_id,
        kind=PledgeKind.CALL_BACK,
        state=PledgeState.OPEN,
        made_at__lt=call.logged_at,
    )
    done = 0
    for pledge in rows:
        pledge.proof = _("已回电：%s") % call.result[:200]
        hold_fact(pledge, done_at=call.logged_at, by=None, at=at, found_out=False)
        done += 1
    return done


def sweep_pledges(*, at: dt.datetime) -> int:
    """
    Remind keepers, break what is due and undone, drop what nobody approved in time.

    Safe to repeat: each promise is reminded once and breaks once.
    """
    touched = 0
    rows = Pledge.objects.running()
    soon = rows.filter(due_at__lte=at + dt.timedelta(days=8), reminded_at__isnull=True)
    wanted = rows.filter(due_at__lte=at) | soon
    for pk in list(wanted.order_by("due_at").values_list("pk", flat=True)[:PIECE]):
        touched += _look_at(pk, at=at)
    return touched


@transaction.atomic
def _look_at(pledge_id: int, *, at: dt.datetime) -> int:
    pledge = locked(pledge_id)
    if not pledge.is_running:
        return 0
    if pledge.due_at <= at:
        if pledge.state == PledgeState.WAITING:
            withdraw_case(pledge, at=at)
            decline_pledge(pledge_id=pledge.pk, reason=_("到约定时间仍未获批准"), at=at)
        else:
            break_it(pledge, at=at)
        return 1
    minutes = pledge_policy(pledge.keeper, at=at).remind_minutes
    moment = rules.remind_at(made_at=pledge.made_at, due_at=pledge.due_at, minutes=minutes)
    if pledge.reminded_at is not None or at < moment:
        return 0
    pledge.reminded_at = at
    pledge.save(update_fields=["reminded_at"])
    note(pledge, "reminded", by=None, at=at)
    tell(pledge.keeper, pledge, "tickets.pledge_due", gettext_lazy("承诺快到期，请兑现"), at=at)
    return 1


@transaction.atomic
def pass_on_pledges(*, employee_id: int, at: dt.datetime) -> int:
    """Somebody has left: what they were to keep goes to whoever leads them."""
    employee = Employee.objects.select_related("team", "site").get(pk=employee_id)
    heir = next(iter(leaders_above(employee)), None)
    if heir is None:
        return 0
    rows = list(Pledge.objects.running().select_for_update().filter(keeper=employee))
    for pledge in rows:
        pass_to(pledge, heir, reason=_("原兑现人已离职"), by=None, at=at)
    return len(rows)


@transaction.atomic
def move_customer(*, kept_id: int, merged_id: int) -> None:
    """Two files of one customer became one: their promises and tickets belong to the kept one."""
    Pledge.objects.filter(customer_id=merged_id).update(customer_id=kept_id)
    Ticket.objects.filter(customer_id=merged_id).update(customer_id=kept_id)
