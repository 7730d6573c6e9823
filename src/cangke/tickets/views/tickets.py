"""One ticket: opened, shown, worked on (A13, A14, A16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.desk.public import Conversation
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, act, once, refused
from cangke.people.public import Employee, employee_of
from cangke.rulebook.public import explanation_url, is_explained

from .. import actions, forms, models, queries, wording
from ..models import Ticket, TicketKind, TicketMacro
from ..queries.tickets import opening_of
from ..rules import fields as field_rules
from ..rules import tickets as rules
from ..rules.tickets import MOVES, TicketState
from . import answers
from .errands import look_at as look_at_errand
from .looks import look_at

ENTRY_TONES = {
    "replied": "done",
    "answer": "done",
    "overdue": "late",
    "customer_wrote": "wait",
    "void": "late",
    "reopened": "wait",
}


def _kind(request: SignedInRequest) -> TicketKind:
    rows = scope(request.user, TicketKind, "view").filter(is_active=True)
    rows = rows.select_related("team", "hours")
    found = rows.filter(code=request.GET.get("kind", "")).first()
    if found is None:
        raise Http404
    return found


def _split_from(request: SignedInRequest) -> Ticket | None:
    text = request.GET.get("split", "")
    if not text:
        return None
    return get_visible(request.user, Ticket, "work", pk=answers.number_in(text) or 0)


def _prefilled(
    kind: TicketKind,
    conversation: Conversation | None,
    split: Ticket | None,
    me: Employee | None,
) -> dict[str, str]:
    """What the fields of the kind can be filled with before somebody types (A14)."""
    customer = conversation.customer if conversation else split.customer if split else None
    order = conversation.order if conversation else split.order if split else None
    zone = me.site.zone if me is not None else timezone.get_default_timezone_name()
    known = queries.known_of(customer, order, zone=zone)
    return field_rules.filled(kind.specs, known)


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.new")
def ticket_new(request: SignedInRequest) -> HttpResponse:
    """Open a ticket of ``?kind=``, on its own or from ``?conversation=`` or ``?split=``."""
    kind = _kind(request)
    conversation = answers.conversation_in(request)
    split = _split_from(request)
    me = employee_of(request.user)
    at = timezone.now()
    order = conversation.order if conversation else split.order if split else None
    due = None
    if kind.due_hours and me is not None:
        opening = opening_of(kind, me, at=at)
        due = rules.due_after(hours=kind.due_hours, at=at, opening=opening).value
    form = forms.TicketForm(
        request.POST or None,
        account=request.user,
        kind=kind,
        conversation=conversation or (split.conversation if split else None),
        me=me,
        values=_prefilled(kind, conversation, split, me),
        initial={
            "owner": me.pk if me is not None and kind.team_id is None else None,
            "due_at": due,
            "priority": kind.priority,
            "order_no": order.external_no if order is not None else "",
            "title": request.GET.get("title", "")[:160],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _open(form, kind, conversation, split, by=request.user, at=at)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            url = reverse("tickets:ticket", args=[ticket.pk])
            said = _("工单 %(number)s 已开，由 %(name)s 处理。") % {
                "number": ticket.number,
                "name": ticket.owner.name,
            }
            return answers.done(request, url, said, stays=conversation is not None)
    context = {
        "form": form,
        "kind": kind,
        "name": kind.name_in(get_language() or ""),
        "hint": kind.hint_in(get_language() or ""),
        "conversation": conversation,
        "split": split,
        "cancel_url": reverse("tickets:list"),
        "submit_label": _("开工单"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/ticket/edit.html", context, status=status)


def _open(
    form: forms.TicketForm,
    kind: TicketKind,
    conversation: Conversation | None,
    split: Ticket | None,
    **who: Any,
) -> Ticket:
    words = form.words()
    if split is not None:
        part = {name: words[name] for name in ("title", "owner", "due_at", "values")}
        return actions.split_ticket(ticket_id=split.pk, kind=kind, **part, **who)
    linked = conversation or form.cleaned_data.get("conversation_no")
    return actions.open_ticket(kind=kind, conversation=linked, **words, **who)


def _ticket(request: SignedInRequest, pk: int, action: str = "view") -> Ticket:
    rows = scope(request.user, Ticket, action).select_related(
        "kind__team",
        "kind__hours",
        "owner__team",
        "owner__site",
        "customer",
        "order",
        "product",
        "conversation",
        "answer_message",
        "answer_call",
        "merged_into",
        "split_from",
        "opened_by",
    )
    return get_visible(request.user, Ticket, action, rows=rows, pk=pk)


def _entries(ticket: Ticket) -> list[Any]:
    """The timeline, with the words of its changes."""
    states = {str(code): label for code, label in models.ticket_state_choices()}
    priorities = dict(models.priority_choices())
    specs = {spec.key: spec for spec in ticket.kind.specs}
    rows: list[Any] = []
    for each in ticket.entries.select_related("by"):
        row: Any = each
        row.tone = ENTRY_TONES.get(each.kind, "")
        row.detail = _detail(each.data, states, priorities, specs)
        rows.append(row)
    return rows


def _detail(
    data: Mapping[str, Any],
    states: Mapping[str, Any],
    priorities: Mapping[int, Any],
    specs: Mapping[str, field_rules.FieldSpec],
) -> list[str]:
    """What an entry changed, in words."""
    said = []
    if "state" in data:
        said.append(" → ".join(str(states.get(each, each)) for each in data["state"]))
    if "priority" in data:
        said.append(" → ".join(str(priorities.get(each, each)) for each in data["priority"]))
    if "names" in data:
        said.append(" → ".join(data["names"]))
    if "due_at" in data:
        said.append(
            " → ".join(
                f"{timezone.localtime(dt.datetime.fromisoformat(each)):%m-%d %H:%M}"
                for each in data["due_at"]
            )
        )
    for key, (before, after) in data.get("fields", {}).items():
        name = wording.label_of(specs[key]) if key in specs else _("标题")
        said.append(f"{name}：{before or '—'} → {after or '—'}")
    if data.get("mentioned"):
        said.append("@" + " @".join(data["mentioned"]))
    if data.get("done") is False:
        said.append(_("改为未完成"))
    return said


def _page(
    request: SignedInRequest,
    ticket: Ticket,
    *,
    talk: forms.TalkForm | None = None,
    task: forms.TaskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    account = request.user
    works = (
        can(account, "tickets.work")
        and scope(account, Ticket, "work").filter(pk=ticket.pk).exists()
    )
    values = [
        (wording.label_of(spec), wording.value_text(spec, ticket.values[spec.key]), spec.type)
        for spec in ticket.kind.specs
        if spec.key in ticket.values
    ]
    macros = TicketMacro.objects.filter(is_active=True).exclude(
        pk__in=TicketMacro.objects.filter(kind__isnull=False).exclude(kind=ticket.kind)
    )
    language = get_language() or ""
    moves = MOVES[TicketState(ticket.state)]
    context = {
        "ticket": look_at(ticket, at=at),
        "kind_name": ticket.kind.name_in(language),
        "values": values,
        "entries": _entries(ticket),
        "tasks": list(ticket.tasks.select_related("done_by")),
        "children": list(ticket.split.all()[:20]),
        "merged": list(ticket.merged.all()[:20]),
        "macros": [(each.pk, each.name_in(language)) for each in macros],
        "answered": queries.is_answered(ticket),
        "due_why": explanation_url(ticket, "ticket_due")
        if is_explained(ticket, "ticket_due")
        else "",
        "talk": talk or forms.TalkForm(),
        "task_form": task or forms.TaskForm(auto_id="task-%s"),
        "may_work": works,
        "may_manage": can(account, "tickets.manage"),
        "may_order": can(account, "orders.view"),
        "may_customer": can(account, "customers.view"),
        "may_take": works
        and ticket.is_unfinished
        and ticket.owner.account_id != account.pk
        and employee_of(account) is not None,
        "can_move": bool(moves),
        "can_close": TicketState.CLOSED in moves,
        "can_solve": TicketState.SOLVED in moves,
        "watches": ticket.watchers.filter(pk=account.pk).exists(),
        "errands": [
            look_at_errand(each, language=language)
            for each in queries.errands_of_ticket(ticket)[:20]
        ],
        "may_ask": can(account, "tickets.ask") and ticket.is_unfinished,
        "may_request": can(account, "approvals.ask"),
        "watchers": list(ticket.watchers.all()[:20]),
        "public_url": answers.public_url(ticket),
        "now": at,
    }
    return render(request, "tickets/ticket/detail.html", context, status=status)


@require_GET
@allowed("tickets.view")
def ticket_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _ticket(request, pk))


def _back(pk: int) -> str:
    return reverse("tickets:ticket", args=[pk])


@require_POST
@allowed("tickets.work")
@once("tickets.talk")
def ticket_talk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a note, or with ``as=reply`` answer the customer."""
    ticket = _ticket(request, pk, "work")
    form = forms.TalkForm(request.POST)
    if form.is_valid():
        words = {"ticket_id": pk, "text": form.cleaned_data["text"]}
        at = timezone.now()
        try:
            if request.POST.get("as") == "reply":
                settles = form.cleaned_data["settles"]
                actions.reply_on_ticket(by=request.user, at=at, settles=settles, **words)
                said = _("已回复客户。")
            else:
                people = form.cleaned_data["mentioned"]
                actions.comment_on_ticket(by=request.user, at=at, mentioned=people, **words)
                said = _("备注已记下。")
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return answers.done(request, _back(pk), said)
    return _page(request, ticket, talk=form, status=422)


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.edit")
def ticket_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    form = forms.EditForm(
        request.POST or None,
        specs=ticket.kind.specs,
        values=ticket.values,
        initial={"title": ticket.title},
    )
    return act(
        request,
        form,
        lambda data: actions.edit_ticket(
            ticket_id=pk, title=data["title"], values=form.typed(), by=request.user,
            at=timezone.now(),
        ),
        title=_("修改工单"),
        done=_back(pk),
        said=_("工单已修改。"),
        back=_back(pk),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.move")
def ticket_move(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    initial = {"state": request.GET.get("to", ""), "solution": ticket.solution}
    return act(
        request,
        forms.MoveForm(request.POST or None, ticket=ticket, initial=initial),
        lambda data: actions.move_ticket(ticket_id=pk, by=request.user, at=timezone.now(), **data),
        title=_("改工单状态"),
        done=_back(pk),
        said=_("状态已改。"),
        back=_back(pk),
    )


@require_POST
@allowed("tickets.work")
def ticket_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Become answerable oneself."""
    _ticket(request, pk, "work")
    me = employee_of(request.user)
    if me is None:
        raise Refusal(_("此账户没有对应的员工，不能处理工单。"))
    actions.give_ticket(ticket_id=pk, to=me, by=request.user, at=timezone.now())
    return answers.done(request, _back(pk), _("现在由您处理。"))


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.give")
def ticket_give(request: SignedInRequest, pk: int) -> HttpResponse:
    _ticket(request, pk, "work")
    return act(
        request,
        forms.GiveTicketForm(request.POST or None),
        lambda data: actions.give_ticket(ticket_id=pk, by=request.user, at=timezone.now(), **data),
        title=_("改派工单"),
        done=_back(pk),
        said=_("已改派。"),
        back=_back(pk),
        submit_label=_("改派"),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.due")
def ticket_due(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    return act(
        request,
        forms.DueForm(request.POST or None, initial={"due_at": ticket.due_at}),
        lambda data: actions.set_due(ticket_id=pk, by=request.user, at=timezone.now(), **data),
        title=_("改期限"),
        done=_back(pk),
        said=_("期限已改。"),
        back=_back(pk),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.priority")
def ticket_priority(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    return act(
        request,
        forms.PriorityForm(request.POST or None, initial={"priority": ticket.priority}),
        lambda data: actions.set_ticket_priority(
            ticket_id=pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("改优先级"),
        done=_back(pk),
        said=_("优先级已改。"),
        back=_back(pk),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.answer")
def ticket_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Attach the reply that answers the customer (A14)."""
    ticket = _ticket(request, pk, "work")
    return act(
        request,
        forms.AnswerForm(request.POST or None, ticket=ticket),
        lambda data: actions.attach_answer(
            ticket_id=pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("附上给客户的答复"),
        done=_back(pk),
        said=_("答复已附上。"),
        back=_back(pk),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.work")
@once("tickets.merge")
def ticket_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    return act(
        request,
        forms.MergeForm(request.POST or None, account=request.user, ticket=ticket),
        lambda data: actions.merge_tickets(
            kept_id=pk,
            merged_ids=[each.pk for each in data["others"]],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("合并工单"),
        done=_back(pk),
        said=_("已合并。"),
        back=_back(pk),
        submit_label=_("合并"),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.manage")
@once("tickets.void")
def ticket_void(request: SignedInRequest, pk: int) -> HttpResponse:
    _ticket(request, pk, "manage")
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda data: actions.void_ticket(ticket_id=pk, by=request.user, at=timezone.now(), **data),
        title=_("作废工单"),
        done=_back(pk),
        said=_("工单已作废。"),
        back=_back(pk),
        submit_label=_("作废"),
    )


@require_POST
@allowed("tickets.work")
def ticket_macro(request: SignedInRequest, pk: int) -> HttpResponse:
    _ticket(request, pk, "work")
    rows = scope(request.user, TicketMacro, "view").filter(is_active=True)
    chosen = answers.number_in(request.POST.get("macro", ""))
    macro = get_visible(request.user, TicketMacro, "view", rows=rows, pk=chosen or 0)
    actions.apply_macro(ticket_id=pk, macro=macro, by=request.user, at=timezone.now())
    return answers.done(request, _back(pk), _("已处理。"))


@require_POST
@allowed("tickets.view")
def ticket_watch(request: SignedInRequest, pk: int) -> HttpResponse:
    watches = request.POST.get("watch") == "1"
    actions.watch_ticket(ticket_id=pk, watches=watches, by=request.user, at=timezone.now())
    return answers.done(request, _back(pk), _("已关注。") if watches else _("不再关注。"))


@require_POST
@allowed("tickets.work")
@once("tickets.task-add")
def task_add(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    form = forms.TaskForm(request.POST, auto_id="task-%s")
    if form.is_valid():
        actions.add_task(ticket_id=pk, by=request.user, at=timezone.now(), **form.cleaned_data)
        return answers.done(request, _back(pk), _("子任务已添加。"))
    return _page(request, ticket, task=form, status=422)


@require_POST
@allowed("tickets.work")
def task_tick(request: SignedInRequest, pk: int, task_id: int) -> HttpResponse:
    ticket = _ticket(request, pk, "work")
    if not ticket.tasks.filter(pk=task_id).exists():
        raise Http404
    done = request.POST.get("done") == "1"
    actions.tick_task(task_id=task_id, done=done, by=request.user, at=timezone.now())
    return answers.done(request, _back(pk), _("已完成。") if done else _("已改为未完成。"))
