"""People with a superior, a conversation they hold, and a promise in it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cangke.desk import public as desk
from cangke.desk.models import Conversation
from cangke.desk.tests.factories import AT, Company, account_of, make_company
from cangke.foundation.access.models import Account
from cangke.people.models import Employee
from cangke.people.tests.factories import make_employee
from cangke.tickets import actions
from cangke.tickets.models import Pledge, Ticket, TicketKind

HOUR = dt.timedelta(hours=1)
EIGHTEEN = AT + 8 * HOUR  # AT is 10:00 in Shanghai


@dataclass
class Crew:
    """An agent who holds a conversation, a colleague of the team, and their leader."""

    company: Company
    agent: Employee
    colleague: Employee
    leader: Employee
    conversation: Conversation

    @property
    def by(self) -> Account:
        return account_of(self.agent)

    @property
    def boss(self) -> Account:
        return account_of(self.leader)

    def promise(self, **values: Any) -> Pledge:
        """The agent promises to refund a coupon of 20 by 18:00."""
        complete = {
            "kind": "coupon",
            "text": "18:00 前退优惠券 20 元",
            "amount": 20,
            "currency": "CNY",
            "keeper": self.agent,
            "due_at": EIGHTEEN,
            "conversation": self.conversation,
            "by": self.by,
            "at": AT,
        }
        return actions.make_pledge(**{**complete, **values})

    def ticket(self, code: str = "follow_up", **values: Any) -> Ticket:
        """A ticket of a shipped kind, of the agent's, grown out of the conversation."""
        complete = {
            "kind": kind(code),
            "owner": self.agent,
            "conversation": self.conversation,
            "by": self.by,
            "at": AT,
        }
        return actions.open_ticket(**{**complete, **values})

    def says(self, body: str, at: dt.datetime) -> desk.Message:
        return desk.reply(conversation_id=self.conversation.pk, body=body, by=self.by, at=at)


def make_crew() -> Crew:
    actions.ensure(at=AT)
    company = make_company()
    leader = make_employee("cs-leader", company.team)
    company.team.leader = leader
    company.team.save()
    agent = company.agent(online=False)
    colleague = company.agent(online=False)
    Employee.objects.filter(pk__in=[agent.pk, colleague.pk]).update(superior=leader)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=AT)
    conversation.refresh_from_db()
    agent.refresh_from_db()
    return Crew(company, agent, colleague, leader, conversation)


def kind(code: str = "follow_up") -> TicketKind:
    """A shipped kind."""
    actions.ensure(at=AT)
    return TicketKind.objects.get(code=code)


FIVE = {
    "nick": "小王爱喝茶",
    "order_no": "720538",
    "purchase_date": "2026-11-20",
    "problem": "少了一个螺丝包",
    "demand": "今天补寄",
}
