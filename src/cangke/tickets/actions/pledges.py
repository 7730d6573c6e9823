"""Promises to customers: registered, kept by fact, waived by a leader (A18)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.customers.public import Customer
from cangke.desk.public import Conversation, Message
from cangke.foundation.access.public import Account, can, get_visible
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.orders.public import Order
from cangke.people.public import Employee
from cangke.rulebook.public import explain

from .. import queries
from ..events import PledgeMade, PledgeWaived
from ..models import Pledge
from ..rules.pledges import PledgeKind, PledgeState
from .pledge_keeping import (
    PledgeIncomplete,
    PledgeOver,
    PledgeWarned,
    check_proof,
    check_words,
    customer_of,
    follow_case,
    hold_fact,
    locked,
    make_findable,
    note,
    pass_to,
    plain,
    settle,
    snapshot,
    submit,
    tell,
    withdraw_case,
)


@transaction.atomic
def make_pledge(
    *,
    kind: str,
    text: str,
    keeper: Employee,
    due_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    amount: Decimal | None = None,
    currency: str = "",
    conversation: Conversation | None = None,
    order: Order | None = None,
    customer: Customer | None = None,
    accepted: bool = False,
) -> Pledge:
    """
    Register what was promised to a customer (A18).

    Beyond policy it is registered only once the warning was seen (``accepted``), and above the
    limit of the amount it waits for approval before it holds.

    :raises PledgeIncomplete: without words, customer, or a due time to come
    :raises PledgeWarned: if it goes beyond policy and was not accepted
    """
    customer = customer or customer_of(conversation, order)
    check_words(text=text, due_at=due_at, at=at, amount=amount, known=bool(customer or order))
    currency = currency if amount is not None else ""
    decided = queries.review_of(
        kind=kind,
        amount=amount,
        currency=currency,
        due_at=due_at,
        keeper=keeper,
        order=order,
        at=at,
    )
    if decided.value.excesses and not accepted:
        raise PledgeWarned(_("这个承诺超出政策。"), decided.value.excesses)
    waits = decided.value.needs_approval
    pledge = Pledge.objects.create(
        number=next_number("promise", at=at, zone=keeper.site.zone),
        kind=PledgeKind(kind).value,
        text=text.strip()[:500],
        amount=amount,
        currency=currency,
        conversation=conversation,
        order=order,
        customer=customer,
        keeper=keeper,
        due_at=due_at,
        state=PledgeState.WAITING if waits else PledgeState.OPEN,
        excesses=plain(decided.value.excesses),
        made_by=by,
        made_at=at,
    )
    note(pledge, "made", by=by, at=at, data={"excesses": pledge.excesses})
    if waits:
        explain(pledge, "pledge_limit", decision=decided, at=at)
        submit(pledge, by=by, at=at)
    if keeper.account_id not in (None, by.pk):
        tell(keeper, pledge, "tickets.pledge_given", gettext_lazy("有一个承诺由您兑现"), at=at)
    publish(PledgeMade(pledge_id=pledge.pk, keeper_id=keeper.pk, at=at))
    make_findable(pledge, at=at)
    return pledge


@transaction.atomic
def amend_pledge(
    *,
    pledge_id: int,
    text: str,
    amount: Decimal | None,
    currency: str,
    due_at: dt.datetime,
    by: Account,
    at: dt.datetime,
) -> Pledge:
    """
    Change a promise that still waits for approval; within the limit it holds without it.

    :raises PledgeOver: if it was decided on: the customer has been told by then
    """
    get_visible(by, Pledge, "pledge", pk=pledge_id)
    pledge = locked(pledge_id)
    if pledge.state != PledgeState.WAITING:
        raise PledgeOver(_("只有待批准的承诺可以修改。"))
    check_words(text=text, due_at=due_at, at=at, amount=amount, known=True)
    before = {
        "text": pledge.text,
        "amount": str(pledge.amount),
        "due_at": pledge.due_at.isoformat(),
    }
    pledge.text, pledge.due_at = text.strip()[:500], due_at
    pledge.amount, pledge.currency = amount, currency if amount is not None else ""
    decided = queries.review_of(
        kind=pledge.kind,
        amount=amount,
        currency=pledge.currency,
        due_at=due_at,
        keeper=pledge.keeper,
        order=pledge.order,
        at=at,
    )
    pledge.excesses = plain(decided.value.excesses)
    if not decided.value.needs_approval:
        pledge.state = PledgeState.OPEN
    pledge.save()
    note(pledge, "amended", by=by, at=at, data=before)
    explain(pledge, "pledge_limit", decision=decided, at=at)
    follow_case(pledge, by=by, at=at)
    make_findable(pledge, at=at)
    return pledge


@transaction.atomic
def approve_pledge(*, pledge_id: int, fingerprint: str, at: dt.datetime) -> Pledge:
    """The approval came: the promise holds, if it is still what was approved."""
    pledge = locked(pledge_id)
    same = approvals.fingerprint(snapshot(pledge)) == fingerprint
    if pledge.state != PledgeState.WAITING or not same:
        return pledge
    pledge.state = PledgeState.OPEN
    pledge.save(update_fields=["state"])
    note(pledge, "approved", by=None, at=at)
    tell(pledge.keeper, pledge, "tickets.pledge_given", gettext_lazy("承诺已获批准"), at=at)
    return pledge


@transaction.atomic
def decline_pledge(*, pledge_id: int, reason: str, at: dt.datetime) -> Pledge:
    """The approval did not come: nothing was promised."""
    pledge = locked(pledge_id)
    if pledge.state != PledgeState.WAITING:
        return pledge
    settle(pledge, PledgeState.DECLINED, at=at)
    pledge.reason = reason[:300]
    pledge.save()
    note(pledge, "declined", by=None, at=at, text=reason)
    tell(
        pledge.keeper,
        pledge,
        "tickets.pledge_given",
        gettext_lazy("承诺未获批准，请向客户说明"),
        at=at,
    )
    return pledge


@transaction.atomic
def keep_pledge(
    *,
    pledge_id: int,
    proof: str,
    by: Account,
    at: dt.datetime,
    message: Message | None = None,
) -> Pledge:
    """
    Note that a promise was kept, with what proves it.

    The moment of the fact is the message named as proof, else now. At the due time or before it
    is kept; afterwards it stays broken, and that it was kept late is noted. A leader may clear a
    broken one by a message sent in time.

    :raises PledgeIncomplete: without proof
    :raises PledgeOver: if it has come to its end
    """
    get_visible(by, Pledge, "pledge", pk=pledge_id)
    pledge = locked(pledge_id)
    if message is not None:
        check_proof(pledge, message)
    if not proof.strip() and message is None:
        raise PledgeIncomplete(_("请写明怎么兑现的，例如退券单号。"), field="proof")
    if pledge.state == PledgeState.WAITING:
        raise PledgeOver(_("这个承诺还在等批准。"))
    done_at = message.at if message is not None else at
    pledge.proof, pledge.proof_message = proof.strip()[:500], message
    return hold_fact(pledge, done_at=done_at, by=by, at=at, found_out=can(by, "tickets.judge"))


@transaction.atomic
def waive_pledge(*, pledge_id: int, reason: str, by: Account, at: dt.datetime) -> Pledge:
    """
    Release a promise before its time, for example because the customer changed their mind.

    :raises PledgeIncomplete: without a reason
    :raises PledgeOver: if it has come to its end, or its time has come
    """
    get_visible(by, Pledge, "judge", pk=pledge_id)
    pledge = locked(pledge_id)
    if not reason.strip():
        raise PledgeIncomplete(_("请写明免除的原因。"), field="reason")
    if not pledge.is_running:
        raise PledgeOver(_("这个承诺已经了结。"))
    if pledge.due_at <= at:
        raise PledgeOver(_("已过约定时间，不能再免除。"))
    waited = pledge.state == PledgeState.WAITING
    settle(pledge, PledgeState.WAIVED, at=at)
    pledge.reason = reason.strip()[:300]
    pledge.save()
    note(pledge, "waived", by=by, at=at, text=pledge.reason)
    if waited:
        withdraw_case(pledge, at=at)
    if pledge.keeper.account_id not in (None, by.pk):
        tell(pledge.keeper, pledge, "tickets.pledge_given", gettext_lazy("承诺已免除"), at=at)
    publish(PledgeWaived(pledge_id=pledge.pk, keeper_id=pledge.keeper_id, at=at))
    return pledge


@transaction.atomic
def give_pledge(
    *, pledge_id: int, to: Employee, reason: str, by: Account, at: dt.datetime
) -> Pledge:
    """
    Let somebody else keep a promise; its time stays.

    :raises PledgeIncomplete: without a reason
    :raises PledgeOver: if it has come to its end
    """
    get_visible(by, Pledge, "judge", pk=pledge_id)
    pledge = locked(pledge_id)
    if not reason.strip():
        raise PledgeIncomplete(_("请写明改派的原因。"), field="reason")
    if not pledge.is_running:
        raise PledgeOver(_("这个承诺已经了结。"))
    pass_to(pledge, to, reason=reason, by=by, at=at)
    return pledge
