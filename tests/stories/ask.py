"""
What a story does behind the pages of a running installation, or asks of it.

Run inside it: ``python -m tests.stories.ask WHAT …``; prints one JSON document.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any


def key(code: str) -> dict[str, Any]:
    """The public key of a channel."""
    from cangke.desk.public import Channel

    return {"key": Channel.objects.get(code=code).public_key}


def ship(number: str) -> dict[str, Any]:
    """The warehouse hands an order to a carrier; said from another process than the pages'."""
    from django.utils import timezone

    from cangke.carriers.public import Carrier
    from cangke.orders.public import Order, mark_shipped

    order = Order.objects.get(external_no=number)
    carrier = Carrier.objects.order_by("pk").first()
    assert carrier is not None
    shipment = mark_shipped(
        order_id=order.pk,
        carrier_id=carrier.pk,
        tracking_no="GB123456789",
        by=None,
        at=timezone.now(),
    )
    return {"order": order.pk, "tracking": shipment.tracking_no}


def mailbox(code: str, address: str, password: str, imap: str, smtp: str) -> dict[str, Any]:
    """Give an e-mail channel its mailbox on local servers."""
    from django.utils import timezone

    from cangke.desk.models import Channel, Mailbox

    Mailbox.objects.create(
        channel=Channel.objects.get(code=code),
        address=address,
        imap_host="127.0.0.1",
        imap_port=int(imap),
        imap_security="none",
        imap_user=address,
        imap_password=password,
        smtp_host="127.0.0.1",
        smtp_port=int(smtp),
        smtp_security="none",
        smtp_user=address,
        smtp_password=password,
        poll_seconds=5,
        since_date=timezone.now().date(),
    )
    return {}


def talks(number: str) -> dict[str, Any]:
    """The conversations about an order, and what their figures are."""
    from cangke.desk.public import Conversation, Turn
    from cangke.orders.public import Order

    order = Order.objects.get(external_no=number)
    found = Conversation.objects.filter(order=order).select_related("channel", "assignee")
    return {
        "owner": order.owner and order.owner.name,
        "flag": order.flag,
        "conversations": [
            {
                "number": each.number,
                "kind": each.channel.kind,
                "customer": each.customer_id,
                "stage": each.stage,
                "agent": each.assignee.name if each.assignee else None,
                "turns": [
                    {"state": turn.state, "customer_ms": turn.customer_ms}
                    for turn in Turn.objects.filter(conversation=each).order_by("number")
                ],
            }
            for each in found.order_by("pk")
        ],
    }


def mails(address: str) -> dict[str, Any]:
    """The e-mail conversations of whoever has the address."""
    from cangke.customers.public import find_by_identity
    from cangke.desk.public import Conversation

    customer = find_by_identity(kind="email", value=address)
    rows = Conversation.objects.filter(customer=customer, channel__kind="email")
    return {
        "customer": customer.pk if customer else None,
        "conversations": list(rows.values_list("number", flat=True)),
    }


def ahead(username: str) -> dict[str, Any]:
    """Somebody's first published shift four days ahead or later, and a mate who is free then."""
    from django.utils import timezone

    from cangke.attendance.models import ShiftAssignment
    from cangke.people.public import Employee

    person = Employee.objects.select_related("team").get(account__username=username)
    ahead = timezone.now() + dt.timedelta(days=4)
    rows = ShiftAssignment.objects.published().filter(employee=person, starts_at__gt=ahead)
    for row in rows.order_by("starts_at"):
        busy = ShiftAssignment.objects.filter(date=row.date).values("employee_id")
        mates = Employee.objects.at_work().filter(team=person.team, account__isnull=False)
        mate = mates.exclude(pk__in=busy).exclude(pk=person.pk).select_related("account").first()
        if mate is not None and mate.account is not None and not row.leads:
            return {
                "date": f"{row.date:%Y-%m-%d}",
                "mate": mate.pk,
                "username": mate.account.username,
                "name": mate.name,
            }
    raise SystemExit("nobody of the team is free")


def leads(username: str) -> dict[str, Any]:
    """The day of somebody's first published shift four days ahead or later."""
    from django.utils import timezone

    from cangke.attendance.models import ShiftAssignment

    ahead = timezone.now() + dt.timedelta(days=4)
    rows = ShiftAssignment.objects.published().filter(
        employee__account__username=username, starts_at__gt=ahead
    )
    row = rows.order_by("starts_at").first()
    assert row is not None
    return {"date": f"{row.date:%Y-%m-%d}"}


def main(what: str, *words: str) -> dict[str, Any]:
    import django

    django.setup()
    asked = {"key": key, "ship": ship, "mailbox": mailbox, "talks": talks, "mails": mails}
    asked |= {"ahead": ahead, "leads": leads}
    return asked[what](*words)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
