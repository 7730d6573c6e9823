"""What is asked of departments and ordered from above (A24, B9, O18)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
    refused,
)
from cangke.foundation.wording import listed
from cangke.people.public import employee_of

from .. import actions, forms, models, queries
from ..models import Counterpart, Errand, Ticket
from ..rules.errands import ErrandState, is_overdue
from . import answers

TONES = {
    ErrandState.OPEN: "wait",
    ErrandState.TAKEN: "accent",
    ErrandState.ANSWERED: "done",
    ErrandState.WITHDRAWN: "",
}
EVENT_TONES = {"answered": "done", "overdue": "late", "reopened": "wait", "reminded": "wait"}


def look_at(errand: Errand, *, language: str) -> Errand:
    """Attach what templates draw: tone, whether it is late, to whom it went."""
    row: Any = errand
    row.tone = TONES[ErrandState(errand.state)]
    row.is_late = is_overdue(state=errand.state, due_at=errand.due_at, at=timezone.now())
    row.to_whom = (
        errand.counterpart.name_in(language)
        if errand.counterpart is not None
        else errand.receiver.name
        if errand.receiver is not None
        else ""
    )
    return errand


class ErrandFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.errand_state_choices, distinct=False
    )
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=models.errand_kind_choices)
    counterpart = filters.ModelChoiceFilter(
        label=gettext_lazy("协作部门"), queryset=Counterpart.objects.all()
    )
    due = filters.DateFromToRangeFilter(
        label=gettext_lazy("期限"), field_name="due_at", widget=DateRange()
    )
    part = filters.ChoiceFilter(
        label=gettext_lazy("与我有关"),
        method="of_part",
        choices=[
            ("to_me", gettext_lazy("待我答复")),
            ("mine", gettext_lazy("我提出的")),
        ],
    )
    late = filters.BooleanFilter(label=gettext_lazy("逾期"), method="only_late")

    def search(self, rows: QuerySet[Errand], name: str, value: str) -> QuerySet[Errand]:
        found = rows.filter(title__icontains=value) | rows.filter(number__icontains=value)
        return found | rows.filter(body__icontains=value)

    def of_part(self, rows: QuerySet[Errand], name: str, value: str) -> QuerySet[Errand]:
        if value == "mine":
            return rows.filter(issuer__account_id=self.request.user.pk)
        waiting = queries.errands_to_answer(self.request.user)
        return rows.filter(pk__in=waiting.order_by().values("pk"))

    def only_late(self, rows: Any, name: str, value: bool) -> QuerySet[Errand]:
        return rows.overdue(timezone.now()) if value else rows


class ErrandList(ListPage[Errand]):
    name = "tickets.errand"
    template = "tickets/errand/list.html"
    filterset_class = ErrandFilter
    columns = [
        Column("title", pgettext_lazy("errand", "事项"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("due", gettext_lazy("期限"), sort="due_at", phone="line"),
        Column("to", pgettext_lazy("errand", "给谁"), phone="line"),
        Column("issuer", pgettext_lazy("errand", "提出人"), sort="issuer__name", phone="line"),
        Column("taken", pgettext_lazy("errand", "接手人")),
        Column("kind", gettext_lazy("类别"), sort="kind"),
        Column("issued", pgettext_lazy("errand", "提出时间"), sort="issued_at"),
    ]
    default_sort = "due"
    presets = [
        Preset("running", gettext_lazy("未答复"), "state=open&state=taken"),
        Preset("to_me", gettext_lazy("待我答复"), "part=to_me", tone="wait"),
        Preset("mine", gettext_lazy("我提出的"), "part=mine"),
        Preset("late", gettext_lazy("逾期"), "late=true", tone="late"),
        Preset("orders", gettext_lazy("上级交办"), "kind=order"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有协作事项"),
        gettext_lazy("要别的部门答复的事，写明要什么、什么时候之前；答复会回到原来的会话和工单。"),
    )

    def decorate(self, rows: list[Errand]) -> list[Errand]:
        language = get_language() or ""
        return [look_at(row, language=language) for row in rows]

    def get_context(self) -> dict[str, Any]:
        return {
            "may_ask": can(self.account, "tickets.ask"),
            "may_order": can(self.account, "tickets.order"),
        }


@require_GET
@allowed("tickets.answer")
def errand_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.listed_errands(queries.visible_errands(request.user))
    return ErrandList(request, rows).response()


def _ticket_in(request: SignedInRequest) -> Ticket | None:
    text = request.GET.get("ticket", "")
    if not text:
        return None
    return get_visible(request.user, Ticket, "work", pk=answers.number_in(text) or 0)


@require_http_methods(["GET", "POST"])
@allowed("tickets.ask")
@once("tickets.ask")
def errand_ask(request: SignedInRequest) -> HttpResponse:
    """Ask a department, from ``?conversation=`` or ``?ticket=`` (A24, B9)."""
    conversation = answers.conversation_in(request)
    ticket = _ticket_in(request)
    form = forms.AskForm(request.POST or None, initial={"body": request.GET.get("text", "")[:4000]})
    if request.method == "POST" and form.is_valid():
        try:
            errand = actions.ask_department(
                conversation=conversation,
                ticket=ticket,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            said = _("已发给%s，答复会通知您。") % errand.counterpart
            url = (
                reverse("tickets:ticket", args=[ticket.pk])
                if ticket is not None
                else reverse("errands:errand", args=[errand.pk])
            )
            return answers.done(request, url, said, stays=conversation is not None)
    context = {
        "form": form,
        "title": _("请部门协助"),
        "conversation": conversation,
        "ticket": ticket,
        "cancel_url": reverse("errands:list"),
        "submit_label": pgettext("do", "发出"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/errand/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed("tickets.order")
@once("tickets.order")
def errand_order(request: SignedInRequest) -> HttpResponse:
    """Order a task of somebody one leads (O18)."""
    return act(
        request,
        forms.OrderForm(request.POST or None, me=employee_of(request.user)),
        lambda data: actions.order_task(by=request.user, at=timezone.now(), **data),
        title=_("交办工作"),
        done=lambda errand: reverse("errands:errand", args=[errand.pk]),
        said=_("已交办，回报会通知您。"),
        back=reverse("errands:list"),
        submit_label=_("交办"),
    )


def _errand(request: SignedInRequest, pk: int) -> Errand:
    return queries.errand_of(request.user, pk)


def _page(
    request: SignedInRequest, errand: Errand, *, form: forms.WordsForm | None = None
) -> HttpResponse:
    events: list[Any] = list(errand.events.select_related("by"))
    for each in events:
        each.tone = EVENT_TONES.get(each.kind, "")
    answers_it = queries.may_answer(request.user, errand)
    own = errand.issuer.account_id == request.user.pk
    context = {
        "errand": look_at(errand, language=get_language() or ""),
        "events": events,
        "form": form or forms.WordsForm(),
        "may_answer": answers_it and errand.is_running,
        "may_take": answers_it and errand.state == ErrandState.OPEN and errand.receiver is None,
        "may_comment": (own or answers_it) and errand.is_running,
        "may_withdraw": own and errand.is_running,
        "may_again": own and errand.state == ErrandState.ANSWERED,
        "may_tickets": can(request.user, "tickets.view"),
    }
    status = 422 if form is not None else 200
    return render(request, "tickets/errand/detail.html", context, status=status)


@require_GET
@allowed("tickets.answer")
def errand_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _errand(request, pk))


def _back(pk: int) -> str:
    return reverse("errands:errand", args=[pk])


@require_POST
@allowed("tickets.answer")
@once("tickets.errand-say")
def errand_say(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reply, or with ``as=comment`` add something."""
    errand = _errand(request, pk)
    form = forms.WordsForm(request.POST)
    if form.is_valid():
        words = {"errand_id": pk, "text": form.cleaned_data["text"]}
        at = timezone.now()
        try:
            if request.POST.get("as") == "comment":
                if not (queries.may_answer(request.user, errand) or _own(request, errand)):
                    raise Http404
                actions.comment_on_errand(by=request.user, at=at, **words)
                said = _("已补充。")
            else:
                actions.answer_errand(by=request.user, at=at, **words)
                said = _("答复已发出。")
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return answers.done(request, _back(pk), said)
    return _page(request, errand, form=form)


def _own(request: SignedInRequest, errand: Errand) -> bool:
    return errand.issuer.account_id == request.user.pk


@require_POST
@allowed("tickets.answer")
def errand_take(request: SignedInRequest, pk: int) -> HttpResponse:
    _errand(request, pk)
    actions.take_errand(errand_id=pk, by=request.user, at=timezone.now())
    return answers.done(request, _back(pk), _("由您处理。"))


@require_http_methods(["GET", "POST"])
@allowed("tickets.answer")
@once("tickets.errand-again")
def errand_again(request: SignedInRequest, pk: int) -> HttpResponse:
    if not _own(request, _errand(request, pk)):
        raise Http404
    return act(
        request,
        forms.AgainForm(request.POST or None),
        lambda data: actions.ask_again(errand_id=pk, by=request.user, at=timezone.now(), **data),
        title=_("再问一次"),
        done=_back(pk),
        said=_("已再次发出。"),
        back=_back(pk),
        submit_label=pgettext("do", "发出"),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.answer")
@once("tickets.errand-withdraw")
def errand_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    if not _own(request, _errand(request, pk)):
        raise Http404
    return act(
        request,
        forms.WordsForm(request.POST or None),
        lambda data: actions.withdraw_errand(
            errand_id=pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("撤回协作事项"),
        done=_back(pk),
        said=_("已撤回。"),
        back=_back(pk),
        submit_label=_("撤回"),
    )


@require_GET
@allowed("tickets.answer")
def panel(request: SignedInRequest) -> HttpResponse:
    """What waits for my answer, and what I asked that is overdue, for the home page."""
    language = get_language() or ""
    rows = list(queries.errands_to_answer(request.user)[:6])
    asked = Errand.objects.overdue(timezone.now())
    late = queries.listed_errands(asked.filter(issuer__account_id=request.user.pk))[:5]
    context = {
        "rows": [look_at(each, language=language) for each in rows[:5]],
        "more": len(rows) > 5,
        "late": [look_at(each, language=language) for each in late],
    }
    return render(request, "tickets/panel/errands.html", context)


# --- set-up: who answers for a department


class CounterpartList(ListPage[Counterpart]):
    name = "tickets.counterpart"
    template = "tickets/errand/counterparts.html"
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="is_active", phone="side"),
        Column("who", gettext_lazy("谁来答复"), phone="line"),
        Column("position", gettext_lazy("次序"), sort="position", numeric=True),
    ]
    default_sort = "position"

    def decorate(self, rows: list[Counterpart]) -> list[Counterpart]:
        language = get_language() or ""
        for each in rows:
            row: Any = each
            row.shown_name = each.name_in(language)
            named = listed(member.name for member in each.members.all())
            unit = each.team or each.department
            row.who = named or (unit.name if unit is not None else "")
        return rows


@require_GET
@allowed("tickets.setup")
def counterpart_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Counterpart, "change").select_related("team", "department")
    return CounterpartList(request, rows.prefetch_related("members")).response()


@require_http_methods(["GET", "POST"])
@allowed("tickets.setup")
@once("tickets.counterpart")
def counterpart_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    row = get_visible(request.user, Counterpart, "change", pk=pk) if pk else None
    return act(
        request,
        forms.CounterpartForm(request.POST or None, instance=row),
        lambda values: actions.save_counterpart(
            counterpart=Counterpart.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建协作部门"),
        done=reverse("errands:counterparts"),
        said=_("已保存。"),
        back=reverse("errands:counterparts"),
        template="tickets/kind/edit.html",
        context={"list_title": _("协作部门"), "list_url": reverse("errands:counterparts")},
    )
