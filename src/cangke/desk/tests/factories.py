"""A desk for tests: one call makes a channel, an agent who is online, a customer who writes."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from cangke.customers import public as customers
from cangke.customers.models import Customer
from cangke.desk import public as desk
from cangke.desk.models import (
    AgentProfile,
    Channel,
    Conversation,
    HandlingResult,
    QuestionType,
    QueueGroup,
)
from cangke.desk.rules.routing import Presence
from cangke.foundation.access.public import Account
from cangke.people.models import Employee, Shop, Team
from cangke.people.tests.factories import make_employee, make_shop, make_team

AT = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # Monday, 10:00 in Shanghai
_number = itertools.count(1)


def later(seconds: float) -> dt.datetime:
    """So many seconds after ten o'clock."""
    return AT + dt.timedelta(seconds=seconds)


@dataclass
class Company:
    """A shop served by one team, with a queue for each stage and a chat channel."""

    shop: Shop
    team: Team
    channel: Channel
    presale: QueueGroup
    aftersale: QueueGroup

    def agent(self, code: str = "cs-specialist", *, online: bool = True, **values: Any) -> Employee:
        """Return somebody of the team who serves both queues (by the post's stages)."""
        employee = make_employee(code, self.team)
        profile = desk.ensure_profile(employee)
        for name, value in values.items():
            setattr(profile, name, value)
        profile.save()
        if online:
            go_online(employee)
        return employee

    def writes(self, body: str = "在吗", at: dt.datetime = AT, **values: Any) -> desk.Received:
        """A new customer, or the given one, writes into the chat."""
        customer = values.pop("customer", None) or make_customer()
        channel = values.pop("channel", self.channel)
        return desk.receive_message(channel=channel, customer=customer, body=body, at=at, **values)


def go_online(employee: Employee, at: dt.datetime = AT) -> None:
    desk.set_presence(state=Presence.ONLINE, by=account_of(employee), at=at)


def keep_alive(*employees: Employee, at: dt.datetime) -> None:
    """Their pages are open at the moment."""
    AgentProfile.objects.filter(employee__in=employees).update(heartbeat_at=at)


def account_of(employee: Employee) -> Account:
    assert employee.account is not None
    return Account.objects.get(pk=employee.account.pk)


def make_company(**values: Any) -> Company:
    n = next(_number)
    shop = make_shop()
    team = make_team(shop)
    presale = QueueGroup.objects.create(
        code=f"pre{n}", name="售前", stage="presale", team=team, rank=10
    )
    aftersale = QueueGroup.objects.create(
        code=f"after{n}", name="售后", stage="aftersale", team=team, rank=10
    )
    return Company(shop, team, make_channel(shop, **values), presale, aftersale)


def make_channel(shop: Shop | None = None, **values: Any) -> Channel:
    n = next(_number)
    shop = shop or make_shop()
    complete = {
        "code": f"chat{n}",
        "name": "在线聊天",
        "kind": "web_chat",
        "site": shop.site,
        "shop": shop,
        "public_key": f"key{n}",
    }
    return Channel.objects.create(**{**complete, **values})


def make_customer(**values: Any) -> Customer:
    n = next(_number)
    complete = {"kind": "web_visitor", "value": f"visitor-{n}", "display_name": f"客户{n}"}
    return customers.find_or_create_by_identity(at=AT, **{**complete, **values})


def question_type(code: str = "tracking") -> QuestionType:
    desk.ensure_defaults(at=AT)
    return QuestionType.objects.get(code=code)


def handling_result(code: str = "solved") -> HandlingResult:
    desk.ensure_defaults(at=AT)
    return HandlingResult.objects.get(code=code)


def snapshot(conversation):
    """Everything an action could have changed."""
    return (
        Conversation.objects.values().get(pk=conversation.pk),
        list(conversation.messages.values_list("seq", "event")),
        list(conversation.segments.values_list("agent_id", "ended_at")),
        list(conversation.turns.order_by("number").values()),
        list(conversation.transfers.values_list("state", flat=True)),
    )


def claim(conversation, agent, at, **values):
    return desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=at, **values)


def offer(conversation, sender, receiver, at, reason="请帮忙"):
    """Ask a colleague to take the customer over."""
    return desk.request_transfer(
        conversation_id=conversation.pk,
        reason=reason,
        by=account_of(sender),
        at=at,
        to_agent=receiver,
    )


def accept(transfer, receiver, at):
    return desk.accept_transfer(transfer_id=transfer.pk, by=account_of(receiver), at=at)


def reply(conversation, agent, at, body="您好"):
    return desk.reply(conversation_id=conversation.pk, body=body, by=account_of(agent), at=at)
