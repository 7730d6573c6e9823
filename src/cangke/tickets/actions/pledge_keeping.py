"""What the actions of promises share: refusals, locking, facts held against time, telling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.customers.public import Customer
from cangke.desk.public import Conversation, Direction, Message, count_conversation_again
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.search.public import index
from cangke.orders.public import Order
from cangke.people.public import Employee, leaders_above
from cangke.rulebook.public import explain

from ..events import PledgeBroken, PledgeCleared, PledgeKept
from ..models import Pledge, PledgeEvent
from ..rules import pledges as rules
from ..rules.pledges import Excess, PledgeState

PLEDGE_MATTER = "tickets.pledge"


class PledgeIncomplete(Refusal):
    """What is promised, to whom, by whom and until when must be said."""


class PledgeWarned(Refusal):
    """The promise goes beyond policy, and the person has not yet seen the warning."""

    def __init__(self, message: object, excesses: tuple[Excess, ...]) -> None:
        super().__init__(message)
        self.excesses = excesses


class PledgeOver(Conflict):
    """The promise has come to its end, or stands otherwise than the act needs."""


def hold_fact(
    pledge: Pledge, *, done_at: dt.datetime, by: Account | None, at: dt.datetime, found_out: bool
) -> Pledge:
    """Hold the fact against the due time; the row is locked and its proof is set."""
    decided = rules.outcome(due_at=pledge.due_at, done_at=done_at)
    in_time = decided.value == PledgeState.KEPT
    if pledge.state == PledgeState.OPEN and not in_time:
        break_it(pledge, at=at)
    if pledge.conversation_id is not None and pledge.amount is not None:
        count_conversation_again(conversation_id=pledge.conversation_id, at=at)
    if pledge.state == PledgeState.OPEN:
        settle(pledge, PledgeState.KEPT, at=done_at)
        pledge.save()
        note(pledge, "kept", by=by, at=at, text=pledge.proof)
        explain(pledge, "pledge_outcome", decision=decided, at=at)
        publish(PledgeKept(pledge_id=pledge.pk, keeper_id=pledge.keeper_id, kept_at=done_at, at=at))
        return pledge
    if pledge.state != PledgeState.BROKEN or pledge.kept_late_at is not None:
        raise PledgeOver(_("这个承诺已经了结。"))
    if in_time:
        if not found_out:
            raise PledgeOver(_("已过约定时间。请组长核对消息后更正。"))
        settle(pledge, PledgeState.KEPT, at=done_at)
        pledge.save()
        note(pledge, "cleared", by=by, at=at, text=pledge.proof)
        explain(pledge, "pledge_outcome", decision=decided, at=at)
        publish(
            PledgeCleared(pledge_id=pledge.pk, keeper_id=pledge.keeper_id, kept_at=done_at, at=at)
        )
        return pledge
    pledge.kept_late_at = done_at
    pledge.save()
    note(pledge, "kept_late", by=by, at=at, text=pledge.proof)
    return pledge


def pass_to(
    pledge: Pledge, to: Employee, *, reason: str, by: Account | None, at: dt.datetime
) -> None:
    if to.pk == pledge.keeper_id:
        return
    before, pledge.keeper = pledge.keeper_id, to
    pledge.save(update_fields=["keeper"])
    note(
        pledge,
        "given",
        by=by,
        at=at,
        text=reason,
        data={"before": before, "after": to.pk, "name": to.name},
    )
    tell(to, pledge, "tickets.pledge_given", gettext_lazy("有一个承诺由您兑现"), at=at)
    make_findable(pledge, at=at)


def break_it(pledge: Pledge, *, at: dt.datetime) -> None:
    """Its time has come and nothing was done; the moment of the fact is the due time."""
    decided = rules.outcome(due_at=pledge.due_at, done_at=None)
    settle(pledge, PledgeState.BROKEN, at=pledge.due_at)
    pledge.save()
    note(pledge, "broken", by=None, at=at)
    explain(pledge, "pledge_outcome", decision=decided, at=at)
    people = [pledge.keeper, *leaders_above(pledge.keeper)[:1]]
    for each in people:
        tell(each, pledge, "tickets.pledge_broken", gettext_lazy("承诺到期未兑现"), at=at)
    publish(
        PledgeBroken(pledge_id=pledge.pk, keeper_id=pledge.keeper_id, due_at=pledge.due_at, at=at)
    )


def locked(pledge_id: int) -> Pledge:
    return (
        Pledge.objects.select_for_update(of=("self",))
        .select_related("keeper__site", "keeper__team", "keeper__account", "order", "made_by")
        .get(pk=pledge_id)
    )


def customer_of(conversation: Conversation | None, order: Order | None) -> Customer | None:
    if conversation is not None:
        return conversation.customer
    return order.customer if order is not None else None


def check_words(
    *, text: str, due_at: dt.datetime, at: dt.datetime, amount: Decimal | None, known: bool
) -> None:
    if not text.strip():
        raise PledgeIncomplete(_("请写明承诺了什么。"), field="text")
    if not known:
        raise PledgeIncomplete(_("请写明是哪个会话或哪一单。"), field="order_no")
    if due_at <= at:
        raise PledgeIncomplete(_("约定时间要在现在之后。"), field="due_at")
    if amount is not None and amount <= 0:
        raise PledgeIncomplete(_("金额要大于 0。"), field="amount")


def check_proof(pledge: Pledge, message: Message) -> None:
    same = message.conversation_id == pledge.conversation_id or (
        pledge.customer_id is not None and message.conversation.customer_id == pledge.customer_id
    )
    if not same or message.direction == Direction.IN or message.recalled_at is not None:
        raise PledgeIncomplete(_("凭据要是发给这位客户、没有撤回的消息或备注。"), field="message")
    if message.at < pledge.made_at:
        raise PledgeIncomplete(_("凭据要在承诺之后。"), field="message")


def plain(excesses: Iterable[Excess]) -> list[list[Any]]:
    return [[each.code, dict(each.values)] for each in excesses]


def settle(pledge: Pledge, state: PledgeState, *, at: dt.datetime) -> None:
    pledge.state, pledge.settled_at = state.value, at


def note(
    pledge: Pledge,
    kind: str,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write it down for the promise's own page and for the audit log."""
    facts = dict(data or {})
    PledgeEvent.objects.create(pledge=pledge, kind=kind, text=text[:500], data=facts, by=by, at=at)
    record(f"tickets.pledge_{kind}", obj=pledge, by=by, at=at, changes=facts, reason=text[:300])


def tell(employee: Employee, pledge: Pledge, kind: str, title: object, *, at: dt.datetime) -> None:
    if employee.account is None:
        return
    local = timezone.localtime(pledge.due_at, timezone.get_default_timezone())
    notify(
        employee.account,
        kind=kind,
        title=title,
        body=f"{pledge.number} {pledge.text[:120]} · {local:%m-%d %H:%M}",
        url=reverse("tickets:pledge", args=[pledge.pk]),
        at=at,
    )


def make_findable(pledge: Pledge, *, at: dt.datetime) -> None:
    index(
        "pledge",
        pledge.pk,
        title=f"{pledge.number} {pledge.text[:60]}",
        subtitle=pledge.keeper.name,
        text=pledge.text,
        numbers=[pledge.number],
        url=reverse("tickets:pledge", args=[pledge.pk]),
        at=at,
    )


# --- approval


def snapshot(pledge: Pledge) -> dict[str, Any]:
    """What is approved about a promise: to whom, what, how much, until when."""
    return {
        "kind": pledge.kind,
        "text": pledge.text,
        "amount": str(pledge.amount) if pledge.amount is not None else "",
        "currency": pledge.currency,
        "due_at": pledge.due_at.astimezone(dt.UTC).isoformat(),
        "customer": pledge.customer_id or 0,
    }


def _facts(pledge: Pledge) -> list[tuple[str, str]]:
    local = timezone.localtime(pledge.due_at)
    facts = [
        (_("承诺内容"), pledge.text),
        (_("约定时间"), f"{local:%Y-%m-%d %H:%M}"),
        (_("兑现人"), pledge.keeper.name),
    ]
    if pledge.customer is not None:
        facts.insert(0, (_("客户"), pledge.customer.display_name))
    return facts


def _title(pledge: Pledge) -> str:
    return _("超额承诺：%s") % pledge.text[:100]


def submit(pledge: Pledge, *, by: Account, at: dt.datetime) -> None:
    approvals.submit_case(
        kind=PLEDGE_MATTER,
        subject_id=pledge.pk,
        applicant=by,
        title=lambda: _title(pledge),
        facts=lambda: _facts(pledge),
        amount=pledge.amount,
        currency=pledge.currency,
        by=by,
        at=at,
    )


def _open_case(pledge: Pledge) -> approvals.ApprovalCase | None:
    return approvals.ApprovalCase.objects.filter(
        kind=PLEDGE_MATTER, subject_id=pledge.pk, state__in=["running", "returned"]
    ).first()


def follow_case(pledge: Pledge, *, by: Account, at: dt.datetime) -> None:
    """The promise was changed on its way: the case starts anew, is handed in again, or ends."""
    case = _open_case(pledge)
    if case is None:
        return
    if pledge.state == PledgeState.OPEN:
        withdraw_case(pledge, at=at)
    elif case.state == "returned":
        approvals.resubmit(
            case_id=case.pk,
            by=case.applicant,
            title=lambda: _title(pledge),
            facts=lambda: _facts(pledge),
            money=(pledge.amount, pledge.currency),
            at=at,
        )
    else:
        approvals.subject_changed(
            kind=PLEDGE_MATTER,
            subject_id=pledge.pk,
            title=lambda: _title(pledge),
            facts=lambda: _facts(pledge),
            money=(pledge.amount, pledge.currency),
            by=by,
            at=at,
        )


def withdraw_case(pledge: Pledge, *, at: dt.datetime) -> None:
    case = _open_case(pledge)
    if case is not None:
        approvals.withdraw(case_id=case.pk, by=case.applicant, at=at)
