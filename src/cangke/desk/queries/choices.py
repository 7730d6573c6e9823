"""What the dialogs of the desk offer to choose from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.customers.public import canonical
from cangke.foundation.access.public import Account, scope
from cangke.foundation.wording import in_english
from cangke.orders.public import Order
from cangke.people.public import Employee, leaders_above
from cangke.rulebook.public import policy

from .. import ports
from ..models import (
    OPEN,
    AgentProfile,
    Channel,
    Conversation,
    PhoneCall,
    QueueGroup,
)
from ..models.choices import presence_choices
from ..rules.courtesy import CourtesyPolicy, find_words
from ..rules.replies import GreetingPolicy, choose_greeting
from ..rules.routing import Presence
from .agents import loads_of
from .workbench import open_conversation

MENTION = re.compile(r"(?<![\w.])@([\w\u4e00-\u9fff·.-]{1,40})")


def orders_to_choose(conversation: Conversation) -> list[Order]:
    """The customer's newest orders, and the one the conversation is about."""
    customer = canonical(conversation.customer)
    rows = Order.objects.sales().filter(
        Q(customer_id=customer.pk) | Q(pk=conversation.order_id or 0)
    )
    return list(rows.order_by("-placed_at", "-pk")[:20])


def chosen_order(account: Account, conversation_id: int, text: str) -> Order | None:
    """
    Return the order of the choices that was chosen; None for "the latest".

    :raises Http404: if it is not one of the choices
    """
    if not text:
        return None
    conversation = open_conversation(account, conversation_id)
    for order in orders_to_choose(conversation):
        if str(order.pk) == text:
            return order
    raise Http404


def held_by(employee: Employee) -> list[Conversation]:
    """Return what somebody is answerable for, whoever waits longest first."""
    rows = Conversation.objects.held().filter(assignee=employee).select_related("customer")
    return list(rows.order_by(F("waiting_since").asc(nulls_last=True), "pk")[:100])


def to_reassign(
    account: Account, *, agent_id: int | None = None, group_id: int | None = None
) -> QuerySet[Conversation]:
    """Return what the account may give to somebody else: an agent's, a queue's, or all of it."""
    rows = scope(account, Conversation, "assign").filter(OPEN)
    if agent_id is not None:
        rows = rows.filter(assignee_id=agent_id)
    if group_id is not None:
        rows = rows.filter(assignee__isnull=True, group_id=group_id)
    return rows.select_related("customer", "assignee").order_by(
        F("waiting_since").asc(nulls_last=True), "pk"
    )


def people_to_choose(
    conversation: Conversation | None, *, without: Account | None
) -> list[tuple[str, str]]:
    """Colleagues who serve at the desk, those online first, with their load."""
    rows = (
        AgentProfile.objects.filter(employee__account__is_active=True)
        .exclude(employee__status__in=["left", "suspended"])
        .exclude(employee_id=conversation.assignee_id or 0 if conversation else 0)
        .select_related("employee__team")
    )
    if without is not None:
        rows = rows.exclude(employee__account=without)
    profiles = list(rows)
    loads = loads_of([row.employee_id for row in profiles])
    words = dict(presence_choices())
    profiles.sort(
        key=lambda row: (row.presence != Presence.ONLINE, loads.get(row.employee_id, 0), row.pk)
    )
    return [
        (
            str(row.employee_id),
            _("%(name)s · %(presence)s · 接待 %(load)s/%(cap)s")
            % {
                "name": row.employee.name,
                "presence": words.get(Presence(row.presence), row.presence),
                "load": loads.get(row.employee_id, 0),
                "cap": row.max_chats,
            },
        )
        for row in profiles
    ]


def people_to_ask(
    employee: Employee, account: Account, *, at: dt.datetime
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """
    Return whom a hard question may go to: those above, nearest first, and colleagues (A9).

    Above everybody stands who leads the shift that runs now.
    """
    leading: Sequence[int] = ()
    if employee.team_id is not None:
        leading = ports.shift_leaders.ask(team_id=employee.team_id, at=at)
    now = Employee.objects.at_work().filter(pk__in=leading).exclude(pk=employee.pk)
    ladder = {each.pk: each for each in [*now, *leaders_above(employee)]}
    above = [
        (str(each.pk), f"{each.name} · {each.post.title}")
        for each in list(ladder.values())[:4]
        if each.account_id is not None
    ]
    known = {pk for pk, _label in above}
    people = people_to_choose(None, without=account)
    return above, [row for row in people if row[0] not in known]


def groups_to_choose(conversation: Conversation) -> list[tuple[str, str]]:
    """Queues a conversation can be passed to."""
    rows = QueueGroup.objects.filter(is_active=True).exclude(pk=conversation.group_id or 0)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def mentioned_in(text: str) -> list[Employee]:
    """
    The colleagues a note calls by name, English name or account with @ (A9).

    Nothing need stand behind a name: “@李强看一下” calls 李强. The longest one counts.
    """
    runs = MENTION.findall(text)
    if not runs:
        return []
    rows = Employee.objects.employed().select_related("account")
    known: dict[str, list[Employee]] = {}
    for row in rows:
        account = "" if row.account is None else row.account.username
        for name in filter(None, {row.name, row.english_name, account}):
            known.setdefault(name.casefold(), []).append(row)
    called: dict[int, Employee] = {}
    for run in runs:
        plain = run.casefold()
        fits = [name for name in known if plain.startswith(name) and _ends(plain, name)]
        for row in known[max(fits, key=len)] if fits else ():
            called[row.pk] = row
    return list(called.values())


def _ends(run: str, name: str) -> bool:
    """Whether the name ends where it ends: a word in letters goes on with letters."""
    rest = run[len(name) :]
    return not (rest and name[-1].isascii() and rest[0].isascii() and rest[0].isalnum())


def phone_channels() -> QuerySet[Channel]:
    """The channels that phone calls are logged in, the first one by default."""
    rows = Channel.objects.filter(kind="phone", is_active=True)
    return rows.select_related("site", "shop").order_by("pk")


def calls_in_order(rows: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
    """Calls with a call-back still owed first, by its time, then the newest."""
    owed = Q(call_back_due_at__isnull=False, call_back_done_at__isnull=True)
    return rows.annotate(owed=owed).order_by(
        "-owed", F("call_back_due_at").asc(nulls_last=True), "-called_at", "-pk"
    )


def calls_owed(rows: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
    """The calls whose call-back is still to be made, by its time."""
    return rows.filter(call_back_due_at__isnull=False, call_back_done_at__isnull=True).order_by(
        "call_back_due_at", "pk"
    )


def phone_greeting(channel: Channel, *, on: dt.date) -> str:
    """How this phone is answered: in the channel's own words, else as the rulebook says (A4)."""
    return choose_greeting(
        channel_kind="phone",
        language="en" if in_english() else "zh-hans",
        own=channel.greetings,
        standard=policy(GreetingPolicy, on=on).standard(),
        default_language=channel.language,
    )


def promise_words(text: str, *, on: dt.date) -> tuple[str, ...]:
    """Return what in the text sounds like a promise (A11)."""
    return find_words(text, policy(CourtesyPolicy, on=on).promise_words)
