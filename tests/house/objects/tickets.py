"""Work items of another team."""

from cangke.orders.tests.factories import make_order
from cangke.tickets import actions
from cangke.tickets.models import Counterpart, TicketMacro
from cangke.tickets.tests.factories import AT, HOUR, kind, make_crew
from tests.house.objects import Keys, foreign


@foreign(
    "tickets:pledge",
    "tickets:pledge-amend",
    "tickets:pledge-keep",
    "tickets:pledge-waive",
    "tickets:pledge-give",
)
def _pledge() -> Keys:
    return {"pk": make_crew().promise().pk}


@foreign("tickets:conversation-panel")
def _conversation() -> Keys:
    return {"pk": make_crew().conversation.pk}


@foreign(
    "tickets:ticket",
    "tickets:talk",
    "tickets:edit",
    "tickets:move",
    "tickets:take",
    "tickets:give",
    "tickets:due",
    "tickets:priority",
    "tickets:answer",
    "tickets:merge",
    "tickets:void",
    "tickets:macro",
    "tickets:watch",
    "tickets:task-add",
)
def _ticket() -> Keys:
    return {"pk": make_crew().ticket().pk}


@foreign("tickets:task")
def _task() -> Keys:
    ticket = make_crew().ticket("lost", values={"tracking_no": "SF1"})
    return {"pk": ticket.pk, "task_id": ticket.tasks.first().pk}


@foreign("tickets:public", public=True)
def _public() -> Keys:
    return {"key": "1.made-up"}


@foreign("tickets:kind", common="one list of kinds for the company")
def _kind() -> Keys:
    return {"pk": kind().pk}


@foreign("tickets:macro-edit", common="one list of macros for the company")
def _macro() -> Keys:
    kind()
    return {"pk": TicketMacro.objects.first().pk}


@foreign("tickets:order-panel")
def _order() -> Keys:
    return {"pk": make_order().pk}


@foreign("tickets:customer-panel")
def _customer() -> Keys:
    return {"pk": make_crew().conversation.customer_id}


@foreign("errands:errand", "errands:say", "errands:take", "errands:again", "errands:withdraw")
def _errand() -> Keys:
    crew = make_crew()
    order = actions.order_task(
        receiver=crew.agent, title="x", due_at=AT + HOUR, by=crew.boss, at=AT
    )
    return {"pk": order.pk}


@foreign("errands:counterpart", common="one list of departments for the company")
def _counterpart() -> Keys:
    kind()
    return {"pk": Counterpart.objects.first().pk}
