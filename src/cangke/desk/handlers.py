"""What the desk does when something has happened elsewhere, or at the desk itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cangke.customers.events import ClientOfCustomerChanged, CustomersMerged
from cangke.foundation.access.public import Account
from cangke.foundation.notices.public import Notice, notify
from cangke.orders.events import OrderShipped
from cangke.people.events import EmployeeHired, EmployeeLeft, EmployeeTermsChanged
from cangke.people.public import Employee, leaders_above

from . import actions, ports
from .events import (
    CallLogged,
    ConversationAssigned,
    ConversationClosed,
    ConversationQueued,
    ConversationRated,
    ConversationWoken,
    IdleHangingFound,
    InsultStopped,
    LaterReplyHeld,
    MajorMarked,
    NoteWritten,
    PresenceChanged,
    TransferEnded,
    TransferRequested,
    WaitEscalated,
)
from .models import Conversation, QueueGroup, Rating, Transfer
from .models.choices import held_reason_choices
from .rules.routing import Presence

# --- routing


def route(event: ConversationQueued) -> None:
    """Find somebody for a conversation that has just begun to wait."""
    actions.route_conversation(conversation_id=event.conversation_id, at=event.at)


def route_to_present(event: PresenceChanged) -> None:
    """Somebody came online: give out what waits."""
    if event.state == Presence.ONLINE:
        actions.route_waiting(at=event.at)


def route_to_free(event: ConversationClosed | TransferEnded) -> None:
    """Somebody has a hand free again."""
    actions.route_waiting(at=event.at)


# --- other rooms


def hand_over(event: OrderShipped) -> None:
    """Mark the conversations of a shipped order for after-sales (B2)."""
    actions.mark_hand_over(order_id=event.order_id, at=event.shipped_at)


def follow_merge(event: CustomersMerged) -> None:
    """Conversations of a merged customer belong to the kept one."""
    actions.move_customer(kept_id=event.kept_id, merged_id=event.merged_id, at=timezone.now())


def follow_client(event: ClientOfCustomerChanged) -> None:
    """A report by client counts the customer's talk elsewhere from now."""
    actions.count_customer_again(customer_id=event.customer_id, at=timezone.now())


def welcome(event: EmployeeHired) -> None:
    """Whoever serves customers has a profile from the first day."""
    actions.fit_profile(employee_id=event.employee_id)


def refit(event: EmployeeTermsChanged) -> None:
    """A new team or post means other queues; another department, other sums."""
    actions.fit_profile(employee_id=event.employee_id)
    actions.count_agent_again(employee_id=event.employee_id, at=timezone.now())


def pass_on(event: EmployeeLeft) -> None:
    """The open work of somebody who has left goes back to the queues, call-backs to who leads."""
    at = timezone.now()
    actions.release_all(employee_id=event.employee_id, at=at)
    left = Employee.objects.select_related("team").get(pk=event.employee_id)
    heir = next(iter(leaders_above(left)), None)
    if heir is not None:
        actions.give_call_backs(
            employee_id=left.pk, to=heir, reason=gettext("原回电人已离职"), by=None, at=at
        )


# --- call-backs (A2)


def called_back(event: CallLogged) -> None:
    """A call to the customer makes the call-backs they were promised."""
    actions.settle_call_backs(call_id=event.call_id, at=event.at)


def call_back_follows(event: ConversationAssigned) -> None:
    """Whoever takes a conversation over makes its call-back."""
    actions.give_call_backs(
        conversation_id=event.conversation_id,
        to=Employee.objects.get(pk=event.employee_id),
        reason=gettext("会话已转交"),
        by=None,
        at=event.at,
    )


# --- telling people


def tell_mentioned(event: NoteWritten) -> None:
    """Tell colleagues who are called into a conversation (A9)."""
    writer = Employee.objects.get(pk=event.employee_id)
    _tell(
        _accounts(event.mentioned_ids),
        event.conversation_id,
        kind="desk.mention",
        title=_("%(name)s 在会话里提到您") % {"name": writer.name},
        at=event.at,
    )


def tell_receiver(event: TransferRequested) -> None:
    """Tell a colleague that a conversation is offered (A8)."""
    if event.to_employee_id is None:
        return
    transfer = Transfer.objects.select_related("from_agent").get(pk=event.transfer_id)
    _tell(
        _accounts([event.to_employee_id]),
        event.conversation_id,
        kind="desk.transfer",
        title=_("%(name)s 想把会话转给您") % {"name": transfer.from_agent.name},
        body=transfer.reason,
        at=event.at,
    )


def tell_sender(event: TransferEnded) -> None:
    """Tell the sender that an offer was declined or lapsed: the customer is still theirs."""
    if event.outcome not in ("declined", "lapsed"):
        return
    transfer = Transfer.objects.get(pk=event.transfer_id)
    declined = event.outcome == "declined"
    _tell(
        _accounts([transfer.from_agent_id]),
        event.conversation_id,
        kind="desk.transfer",
        title=_("转接被拒绝，会话仍在您手上") if declined else _("转接逾时未接，会话仍在您手上"),
        body=transfer.answer,
        at=event.at,
    )


def tell_woken(event: ConversationWoken) -> None:
    """Tell an agent that the time has come for what they had put off."""
    _tell(
        _accounts([event.employee_id]),
        event.conversation_id,
        kind="desk.woken",
        title=_("稍后处理的会话到时间了"),
        at=event.at,
    )


def tell_held(event: LaterReplyHeld) -> None:
    """Tell who wrote a reply for later that it waits for another look."""
    why = dict(held_reason_choices())[event.reason]
    _tell(
        _accounts([event.employee_id]),
        event.conversation_id,
        kind="desk.later_held",
        title=_("定时回复没有发出：%(why)s") % {"why": why},
        body=_("请再看一遍，改一改时间或内容，或取消。"),
        at=event.at,
    )


def tell_assigned(event: ConversationAssigned) -> None:
    """Tell an agent who was given a conversation by hand, and who held it before (B5)."""
    if event.started_by != "supervisor":
        return
    moved = Conversation.objects.get(pk=event.conversation_id).messages.filter(
        event="reassigned", at=event.at
    )
    facts = moved.order_by("-seq").values_list("data", flat=True).first() or {}
    _tell(
        _accounts([event.employee_id]),
        event.conversation_id,
        kind="desk.assigned",
        title=_("有会话指派给您"),
        body=facts.get("reason", ""),
        at=event.at,
    )
    before = facts.get("before")
    if before is not None:
        _tell(
            _accounts([before]),
            event.conversation_id,
            kind="desk.assigned",
            title=_("您的会话已改由同事接待"),
            body=facts.get("reason", ""),
            at=event.at,
        )


def tell_leader_of_wait(event: WaitEscalated) -> None:
    """Tell the ladder above that a customer waits far too long (B6)."""
    conversation = Conversation.objects.select_related("assignee", "group__team__leader").get(
        pk=event.conversation_id
    )
    _tell(
        _ladder(conversation.assignee, conversation.group, event.to, at=event.at),
        conversation.pk,
        kind="desk.escalated",
        title=_("客户等待过久：%(number)s") % {"number": conversation.number},
        body=_("已等待 %(minutes)s 分钟") % {"minutes": event.waited_seconds // 60},
        at=event.at,
    )


def tell_supervisor_of_major(event: MajorMarked) -> None:
    """
    Tell leader and supervisor of a major complaint, but for whoever marked it (B7).

    They are those above whoever served the customer, and who does now.
    """
    conversation = Conversation.objects.select_related("group__team__leader").get(
        pk=event.conversation_id
    )
    served_by = Employee.objects.filter(pk=event.served_by_id or 0).select_related("team").first()
    above = _ladder(served_by, conversation.group, "leader", at=event.at)
    above += _ladder(served_by, conversation.group, "supervisor", at=event.at)
    if conversation.assignee_id is not None:
        above += _accounts([conversation.assignee_id])
    marked = conversation.messages.filter(event="major").order_by("-seq")
    facts = marked.values_list("data", flat=True).first() or {}
    marker = _accounts([event.employee_id])
    people = {each.pk: each for each in above if each not in marker}
    _tell(
        list(people.values()),
        conversation.pk,
        kind="desk.major",
        title=_("重大投诉：%(number)s") % {"number": conversation.number},
        body=facts.get("reason", ""),
        at=event.at,
    )


def tell_leader_of_idle(event: IdleHangingFound) -> None:
    """Tell the team leader of idle-hanging (A6)."""
    employee = Employee.objects.select_related("team").get(pk=event.employee_id)
    leaders = leaders_above(employee)[:1]
    _tell(
        [leader.account for leader in leaders if leader.account is not None],
        event.conversation_id,
        kind="desk.idle",
        title=_("%(name)s 在线但未应答，已设为离开") % {"name": employee.name},
        at=event.at,
    )


def tell_leaders_of_insult(event: InsultStopped) -> None:
    """Tell leader and supervisor once of a reply that was stopped (A11)."""
    employee = Employee.objects.select_related("team").get(pk=event.employee_id)
    _tell(
        [each.account for each in leaders_above(employee)[:2] if each.account is not None],
        event.conversation_id,
        kind="desk.conduct",
        title=_("%(name)s 的一条回复因用语被拦下") % {"name": employee.name},
        at=event.at,
        url=reverse("desk:conduct"),
    )


def tell_leader_of_rating(event: ConversationRated) -> None:
    """Tell the leader above the agent of a low score (G7.1)."""
    if not event.alerts:
        return
    rating = Rating.objects.select_related("agent__team").get(pk=event.rating_id)
    leaders = leaders_above(rating.agent)[:1]
    _tell(
        [each.account for each in leaders if each.account is not None],
        event.conversation_id,
        kind="desk.rating",
        title=_("顾客给 %(name)s 评了 %(score)s 分")
        % {"name": rating.agent.name, "score": event.score},
        body=rating.note,
        at=event.at,
    )


def _ladder(
    held_by: Employee | None, group: QueueGroup | None, to: str, *, at: dt.datetime
) -> list[Account]:
    """
    The people of a rung above whoever holds it, or else above the queue (B6).

    The first rung is whoever leads the team's shift now or, without a roster, the team; the second
    the two above, deputy and supervisor; the last the head of the department.
    """
    if held_by is not None:
        team_id, chain = held_by.team_id, leaders_above(held_by)
    elif group is not None and group.team is not None:
        leader = group.team.leader
        team_id, chain = group.team_id, [leader, *leaders_above(leader)] if leader else []
    else:
        team_id, chain = None, []
    if to == "leader":
        leading = [] if team_id is None else ports.shift_leaders.ask(team_id=team_id, at=at)
        there = _accounts(pk for pk in leading if held_by is None or pk != held_by.pk)
        if there:
            return there
    rungs = {"leader": chain[:1], "supervisor": chain[1:3], "head": chain[-1:]}
    return [each.account for each in rungs[to] if each.account is not None]


def _accounts(employee_ids: Iterable[int]) -> list[Account]:
    rows = Employee.objects.at_work().filter(pk__in=list(employee_ids)).select_related("account")
    return [row.account for row in rows if row.account is not None]


def _tell(
    accounts: list[Account],
    conversation_id: int,
    *,
    kind: str,
    title: object,
    at: dt.datetime,
    body: object = "",
    url: str = "",
) -> None:
    """Tell each person once, however often the event is delivered."""
    url = url or reverse("desk:conversation", args=[conversation_id])
    told = set(
        Notice.objects.filter(kind=kind, url=url, created_at=at).values_list(
            "account_id", flat=True
        )
    )
    fresh = [account for account in accounts if account.pk not in told]
    if fresh:
        notify(fresh, kind=kind, title=title, body=body, url=url, at=at)
