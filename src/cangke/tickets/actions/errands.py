"""Asking other departments, and tasks ordered from above (A24, B9, O18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.desk import public as desk
from cangke.foundation.access.public import Account, can
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.search.public import index
from cangke.people.public import Employee, employee_of, leaders_above

from .. import queries
from ..events import ErrandAnswered, ErrandIssued, ErrandOverdue
from ..models import Counterpart, Errand, ErrandEvent, Ticket
from ..queries.errands import errand_policy
from ..rules import errands as rules
from ..rules.errands import ErrandKind, ErrandState
from . import ticket_keeping

PIECE = 500


class ErrandIncomplete(Refusal):
    """What is asked, of whom, and until when must be said."""


class ErrandOver(Conflict):
    """It was answered or taken back already."""


@transaction.atomic
def ask_department(
    *,
    counterpart: Counterpart,
    title: str,
    due_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    body: str = "",
    conversation: desk.Conversation | None = None,
    ticket: Ticket | None = None,
) -> Errand:
    """
    Ask a department for a reply by a due time, from a conversation or a ticket (A24, B9).

    :raises ErrandIncomplete: without words or a time to come, or if nobody answers there
    """
    issuer = _issuer(by)
    _check(title=title, due_at=due_at, at=at)
    people = [each for each in queries.people_of(counterpart)]
    if not people:
        raise ErrandIncomplete(
            _("%s还没有设置答复人，请主管先在设置里指定。") % counterpart.name, field="counterpart"
        )
    if ticket is not None and conversation is None:
        conversation = ticket.conversation
    errand = Errand.objects.create(
        number=next_number("errand", at=at, zone=issuer.site.zone),
        kind=ErrandKind.ASK,
        counterpart=counterpart,
        title=title.strip()[:160],
        body=body.strip(),
        conversation=conversation,
        ticket=ticket,
        issuer=issuer,
        issued_at=at,
        due_at=due_at,
    )
    _issued(errand, people, gettext_lazy("有同事请您的部门协助"), by=by, at=at)
    if ticket is not None:
        text = f"{counterpart.name}：{errand.title}"
        ticket_keeping.note(
            ticket_keeping.locked(ticket.pk), "asked", by=by, at=at, text=text,
            data={"errand": errand.pk},
        )  # fmt: skip
    return errand


@transaction.atomic
def order_task(
    *,
    receiver: Employee,
    title: str,
    due_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    body: str = "",
) -> Errand:
    """
    Order a task of somebody one leads; they report back by the due time (O18).

    :raises ErrandIncomplete: without words or a time to come, or if the person is not below
    """
    issuer = _issuer(by)
    _check(title=title, due_at=due_at, at=at)
    above = {each.pk for each in leaders_above(receiver)}
    if issuer.pk == receiver.pk or not (issuer.pk in above or can(by, "tickets.order_any")):
        raise ErrandIncomplete(_("只能交办给自己带的人。"), field="receiver")
    errand = Errand.objects.create(
        number=next_number("errand", at=at, zone=issuer.site.zone),
        kind=ErrandKind.ORDER,
        receiver=receiver,
        title=title.strip()[:160],
        body=body.strip(),
        issuer=issuer,
        issued_at=at,
        due_at=due_at,
    )
    _issued(errand, [receiver], gettext_lazy("上级交办了一项工作"), by=by, at=at)
    return errand


@transaction.atomic
def take_errand(*, errand_id: int, by: Account, at: dt.datetime) -> Errand:
    """
    Say that one sees to it, so that nobody else does; the same again changes nothing.

    :raises ErrandOver: if somebody else was first, or it has ended
    """
    errand = _answerable(errand_id, by)
    me = _issuer(by)
    if errand.taken_by_id == me.pk:
        return errand
    if errand.state != ErrandState.OPEN:
        raise ErrandOver(_("已经有同事接手，或已经结束。"))
    errand.state, errand.taken_by = ErrandState.TAKEN, me
    errand.save(update_fields=["state", "taken_by"])
    _note(errand, "taken", by=by, at=at)
    return errand


@transaction.atomic
def answer_errand(*, errand_id: int, text: str, by: Account, at: dt.datetime) -> Errand:
    """
    Reply or report; it returns to the ticket's timeline and, as a note, to the conversation.

    :raises ErrandIncomplete: without words
    :raises ErrandOver: if it has ended
    """
    errand = _answerable(errand_id, by)
    if not text.strip():
        raise ErrandIncomplete(_("请写明答复。"), field="text")
    if not errand.is_running:
        raise ErrandOver(_("已经答复或撤回，不用再答复。"))
    me = _issuer(by)
    errand.state, errand.reply = ErrandState.ANSWERED, text.strip()
    errand.replied_by, errand.replied_at = me, at
    errand.save()
    event = _note(errand, "answered", by=by, at=at, text=errand.reply)
    _tell([errand.issuer], errand, "tickets.errand_answered", gettext_lazy("协作事项有答复"), at=at)
    publish(ErrandAnswered(errand_id=errand.pk, at=at))
    _carry_back(errand, me, event, by=by, at=at)
    return errand


def _carry_back(
    errand: Errand, me: Employee, event: ErrandEvent, *, by: Account, at: dt.datetime
) -> None:
    """The reply comes to where it was asked from (B9)."""
    whom = errand.counterpart.name if errand.counterpart is not None else ""
    words = _("%(department)s答复 %(number)s：%(text)s") % {
        "department": whom,
        "number": errand.number,
        "text": errand.reply,
    }
    if errand.ticket_id is not None:
        ticket = queries.kept_of(Ticket.objects.get(pk=errand.ticket_id))
        ticket_keeping.note(
            ticket_keeping.locked(ticket.pk), "note", by=by, at=at, text=words,
            data={"errand": errand.pk},
        )  # fmt: skip
    if errand.conversation_id is not None:
        desk.pass_note(
            conversation_id=errand.conversation_id,
            employee=me,
            body=words,
            at=at,
            client_token=f"errand-{event.pk}",
        )


@transaction.atomic
def ask_again(
    *, errand_id: int, text: str, due_at: dt.datetime, by: Account, at: dt.datetime
) -> Errand:
    """
    The reply does not settle it: ask once more, with another due time (who asked).

    :raises ErrandIncomplete: without words or a time to come
    :raises ErrandOver: if there is no reply yet
    """
    errand = _own(errand_id, by)
    _check(title=text, due_at=due_at, at=at, field="text")
    if errand.state != ErrandState.ANSWERED:
        raise ErrandOver(_("还没有答复，不用再问。"))
    errand.state, errand.due_at = ErrandState.OPEN, due_at
    errand.reply, errand.replied_by, errand.replied_at = "", None, None
    errand.taken_by = errand.reminded_at = errand.overdue_at = None
    errand.save()
    _note(errand, "reopened", by=by, at=at, text=text.strip())
    _tell(_answerers(errand), errand, "tickets.asked", gettext_lazy("同事再次请您答复"), at=at)
    return errand


@transaction.atomic
def withdraw_errand(*, errand_id: int, text: str, by: Account, at: dt.datetime) -> Errand:
    """
    Take it back (who asked).

    :raises ErrandIncomplete: without a reason
    :raises ErrandOver: if it has ended
    """
    errand = _own(errand_id, by)
    if not text.strip():
        raise ErrandIncomplete(_("请写明撤回的原因。"), field="text")
    if not errand.is_running:
        raise ErrandOver(_("已经答复或撤回。"))
    errand.state = ErrandState.WITHDRAWN
    errand.save(update_fields=["state"])
    _note(errand, "withdrawn", by=by, at=at, text=text.strip())
    _tell(_answerers(errand), errand, "tickets.asked", gettext_lazy("协作事项已撤回"), at=at)
    return errand


@transaction.atomic
def comment_on_errand(*, errand_id: int, text: str, by: Account, at: dt.datetime) -> Errand:
    """
    Add something while it runs; the other side is told.

    :raises ErrandIncomplete: without words
    """
    errand = _locked(errand_id, by)
    if not text.strip():
        raise ErrandIncomplete(_("内容是空的。"), field="text")
    _note(errand, "comment", by=by, at=at, text=text.strip())
    people = [errand.issuer, *_answerers(errand)]
    title = gettext_lazy("协作事项有补充")
    _tell(people, errand, "tickets.errand_answered", title, at=at, but=by)
    return errand


def sweep_errands(*, at: dt.datetime) -> int:
    """
    Ask for replies once more before their time; at their time remind who asked and the one above,
    and for orders both sides (A24, O18). Safe to repeat: each happens once.
    """
    running = Errand.objects.running()
    late = running.filter(due_at__lte=at, overdue_at__isnull=True)
    soon = running.filter(due_at__gt=at, reminded_at__isnull=True)
    keys = list(late.values_list("pk", flat=True)[:PIECE])
    keys += list(
        soon.filter(due_at__lte=at + dt.timedelta(days=8)).values_list("pk", flat=True)[:PIECE]
    )
    return sum(_look_at(pk, at=at) for pk in keys)


@transaction.atomic
def _look_at(errand_id: int, *, at: dt.datetime) -> int:
    errand = _rows().get(pk=errand_id)
    if not errand.is_running:
        return 0
    if errand.due_at <= at and errand.overdue_at is None:
        errand.overdue_at = errand.due_at
        errand.save(update_fields=["overdue_at"])
        _note(errand, "overdue", by=None, at=at)
        supervisor = leaders_above(errand.issuer)[:1] if errand.kind == ErrandKind.ASK else []
        people = [errand.issuer, *supervisor]
        if errand.receiver is not None:
            people.append(errand.receiver)
        title = gettext_lazy("协作事项到期没有答复")
        _tell(people, errand, "tickets.errand_overdue", title, at=at)
        publish(ErrandOverdue(errand_id=errand.pk, due_at=errand.due_at, at=at))
        return 1
    minutes = errand_policy(at=at).remind_minutes
    moment = rules.remind_at(asked_at=errand.issued_at, due_at=errand.due_at, minutes=minutes)
    if errand.reminded_at is not None or at < moment:
        return 0
    errand.reminded_at = at
    errand.save(update_fields=["reminded_at"])
    _note(errand, "reminded", by=None, at=at)
    _tell(_answerers(errand), errand, "tickets.asked", gettext_lazy("协作事项快到期"), at=at)
    return 1


@transaction.atomic
def pass_on_errands(*, employee_id: int, at: dt.datetime) -> int:
    """
    Somebody has left: what they had taken waits for their department again; who ordered a task of
    them is told.
    """
    passed = 0
    for errand in _rows().filter(state=ErrandState.TAKEN, taken_by_id=employee_id):
        errand.state, errand.taken_by = ErrandState.OPEN, None
        errand.save(update_fields=["state", "taken_by"])
        _note(errand, "comment", by=None, at=at, text=_("接手人已离职，请部门另派人答复。"))
        _tell(_answerers(errand), errand, "tickets.asked", gettext_lazy("协作事项要另派人"), at=at)
        passed += 1
    for errand in _rows().filter(state=ErrandState.OPEN, receiver_id=employee_id):
        _note(errand, "comment", by=None, at=at, text=_("承办人已离职，请撤回后另行交办。"))
        _tell([errand.issuer], errand, "tickets.asked", gettext_lazy("协作事项要另派人"), at=at)
        passed += 1
    return passed


# --- what they share


def _issuer(by: Account) -> Employee:
    employee = employee_of(by)
    if employee is None:
        raise ErrandIncomplete(_("此账户没有对应的员工，不能处理协作事项。"))
    return employee


def _check(*, title: str, due_at: dt.datetime, at: dt.datetime, field: str = "title") -> None:
    if not title.strip():
        raise ErrandIncomplete(_("请写明要什么。"), field=field)
    if due_at <= at:
        raise ErrandIncomplete(_("期限要在现在之后。"), field="due_at")


def _rows():  # type: ignore[no-untyped-def]  # a locked queryset
    return Errand.objects.select_for_update(of=("self",)).select_related(
        "counterpart", "receiver__account", "issuer__account", "taken_by__account"
    )


def _locked(errand_id: int, by: Account) -> Errand:
    queries.errand_of(by, errand_id)
    found: Errand = _rows().get(pk=errand_id)
    return found


def _answerable(errand_id: int, by: Account) -> Errand:
    """:raises Http404: if somebody else was asked"""
    errand = _locked(errand_id, by)
    if not queries.may_answer(by, errand):
        raise Http404
    return errand


def _own(errand_id: int, by: Account) -> Errand:
    """:raises Http404: if somebody else asked"""
    errand = _locked(errand_id, by)
    if errand.issuer.account_id != by.pk:
        raise Http404
    return errand


def _answerers(errand: Errand) -> list[Employee]:
    if errand.taken_by is not None:
        return [errand.taken_by]
    if errand.receiver is not None:
        return [errand.receiver]
    return list(queries.people_of(errand.counterpart)) if errand.counterpart is not None else []


def _issued(
    errand: Errand, people: Iterable[Employee], title: object, *, by: Account, at: dt.datetime
) -> None:
    _note(errand, "asked", by=by, at=at, text=errand.body)
    _tell(people, errand, "tickets.asked", title, at=at, but=by)
    publish(ErrandIssued(errand_id=errand.pk, kind=errand.kind, at=at))
    index(
        "errand",
        errand.pk,
        title=str(errand),
        subtitle=errand.issuer.name,
        text=f"{errand.title} {errand.body}"[:4000],
        numbers=[errand.number],
        url=reverse("errands:errand", args=[errand.pk]),
        at=at,
    )


def _note(
    errand: Errand, kind: str, *, by: Account | None, at: dt.datetime, text: str = ""
) -> ErrandEvent:
    event = ErrandEvent.objects.create(errand=errand, kind=kind, text=text, by=by, at=at)
    record(f"tickets.errand_{kind}", obj=errand, by=by, at=at)
    return event


def _tell(
    people: Iterable[Employee],
    errand: Errand,
    kind: str,
    title: object,
    *,
    at: dt.datetime,
    but: Account | None = None,
) -> None:
    accounts = {
        each.account.pk: each.account
        for each in people
        if each.account is not None and (but is None or each.account.pk != but.pk)
    }
    if accounts:
        notify(
            accounts.values(),
            kind=kind,
            title=title,
            body=str(errand),
            url=reverse("errands:errand", args=[errand.pk]),
            at=at,
        )
