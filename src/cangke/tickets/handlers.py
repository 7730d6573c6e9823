"""What work items do when something has happened elsewhere."""

from __future__ import annotations

from django.utils import timezone

from cangke.approvals.events import CaseApproved, CaseRefused, CaseWithdrawn
from cangke.customers.events import CustomersMerged
from cangke.desk.events import CallLogged, MessageReceived
from cangke.orders.events import OrderShipped
from cangke.people.events import EmployeeLeft

from . import actions, queries
from .actions.pledge_keeping import PLEDGE_MATTER
from .wording import declined_text


def approved(event: CaseApproved) -> None:
    """A promise above the limit may hold now (A17)."""
    if event.kind == PLEDGE_MATTER:
        actions.approve_pledge(
            pledge_id=event.subject_id, fingerprint=event.fingerprint, at=timezone.now()
        )


def not_approved(event: CaseRefused | CaseWithdrawn) -> None:
    """A promise above the limit does not hold."""
    if event.kind == PLEDGE_MATTER:
        refused = isinstance(event, CaseRefused)
        actions.decline_pledge(
            pledge_id=event.subject_id, reason=declined_text(refused=refused), at=timezone.now()
        )


def shipped(event: OrderShipped) -> None:
    """The ship dates promised for the order are settled by the fact."""
    actions.keep_pledges_by_shipment(
        order_id=event.order_id, shipped_at=event.shipped_at, at=timezone.now()
    )


def called(event: CallLogged) -> None:
    """The call-backs promised to the customer are kept."""
    actions.keep_pledge_by_call(call_id=event.call_id, at=event.at)


def pass_on(event: EmployeeLeft) -> None:
    """What somebody who has left was to do goes to whoever leads them."""
    at = timezone.now()
    actions.pass_on_pledges(employee_id=event.employee_id, at=at)
    actions.pass_on_tickets(employee_id=event.employee_id, at=at)
    actions.pass_on_errands(employee_id=event.employee_id, at=at)


def follow_merge(event: CustomersMerged) -> None:
    """Work items of a merged customer belong to the kept one."""
    actions.move_customer(kept_id=event.kept_id, merged_id=event.merged_id)


def heard(event: MessageReceived) -> None:
    """A customer's letter lands on the tickets of its conversation, also of merged ones."""
    # Most talk has no ticket: it takes one look and no transaction.
    if queries.has_tickets(event.conversation_id):
        actions.hear_customer(message_id=event.message_id, at=event.at)
