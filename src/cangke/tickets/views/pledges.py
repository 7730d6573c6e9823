"""The register of promises (A18)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

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
from cangke.people.public import agents, employee_of
from cangke.rulebook.public import explanation_url

from .. import actions, forms, models, queries, wording
from ..models import Pledge
from ..rules.pledges import PledgeState
from . import answers

TONES = {
    PledgeState.WAITING: "block",
    PledgeState.OPEN: "wait",
    PledgeState.KEPT: "done",
    PledgeState.BROKEN: "late",
    PledgeState.WAIVED: "",
    PledgeState.DECLINED: "",
}
FEW = 5


def tone_of(pledge: Pledge) -> str:
    """The tone of the state mark."""
    return TONES[PledgeState(pledge.state)]


class PledgeFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.pledge_state_choices, distinct=False
    )
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=models.pledge_kind_choices)
    keeper = filters.ModelChoiceFilter(
        label=gettext_lazy("兑现人"), queryset=lambda request: agents()
    )
    due = filters.DateFromToRangeFilter(
        label=gettext_lazy("约定时间"), field_name="due_at", widget=DateRange()
    )
    mine = filters.BooleanFilter(label=gettext_lazy("由我兑现"), method="only_mine")
    late = filters.BooleanFilter(label=gettext_lazy("到期未兑现"), method="only_late")
    beyond = filters.BooleanFilter(label=gettext_lazy("超出政策"), method="only_beyond")

    def search(self, rows: QuerySet[Pledge], name: str, value: str) -> QuerySet[Pledge]:
        found = rows.filter(text__icontains=value) | rows.filter(number__icontains=value)
        named = rows.filter(customer__display_name__icontains=value)
        return found | named | rows.filter(order__external_no__iexact=value)

    def only_mine(self, rows: QuerySet[Pledge], name: str, value: bool) -> QuerySet[Pledge]:
        return rows.filter(keeper__account_id=self.request.user.pk) if value else rows

    def only_late(self, rows: QuerySet[Pledge], name: str, value: bool) -> QuerySet[Pledge]:
        return queries.overdue_pledges(rows, at=timezone.now()) if value else rows

    def only_beyond(self, rows: QuerySet[Pledge], name: str, value: bool) -> QuerySet[Pledge]:
        return rows.exclude(excesses=[]) if value else rows


class PledgeList(ListPage[Pledge]):
    name = "tickets.pledge"
    template = "tickets/pledge/list.html"
    filterset_class = PledgeFilter
    columns = [
        Column("text", gettext_lazy("承诺"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("due", gettext_lazy("约定时间"), sort="due_at", phone="line"),
        Column("keeper", gettext_lazy("兑现人"), sort="keeper__name", phone="line"),
        Column("customer", pgettext_lazy("person", "客户"), phone="line"),
        Column("kind", gettext_lazy("类别"), sort="kind"),
        Column("amount", gettext_lazy("金额"), sort="amount", numeric=True),
        Column("order", gettext_lazy("订单")),
        Column("made", gettext_lazy("登记时间"), sort="made_at", hidden=True),
        Column("number", gettext_lazy("编号"), sort="number", hidden=True),
    ]
    default_sort = "due"
    presets = [
        Preset("open", gettext_lazy("待兑现"), "state=open&state=waiting"),
        Preset("mine", gettext_lazy("由我兑现"), "mine=true&state=open&state=waiting", tone="wait"),
        Preset("late", gettext_lazy("到期未兑现"), "late=true", tone="late"),
        Preset("broken", gettext_lazy("未兑现"), "state=broken"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有承诺"),
        gettext_lazy("答应客户的事要登记：写明谁来兑现、什么时候之前。"),
        [(gettext_lazy("登记承诺"), "tickets:pledge-new")],
    )
    export = "pledges"
    export_permission = "tickets.export"

    def decorate(self, rows: list[Pledge]) -> list[Pledge]:
        for row in rows:
            row.tone = tone_of(row)  # type: ignore[attr-defined]  # read by the template
        return rows

    def get_context(self) -> dict[str, Any]:
        return {"may_make": can(self.account, "tickets.pledge"), "now": timezone.now()}


@require_GET
@allowed("tickets.view")
def pledge_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.listed_pledges(scope(request.user, Pledge, "view"))
    return PledgeList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("tickets.pledge")
@once("tickets.pledge-new")
def pledge_new(request: SignedInRequest) -> HttpResponse:
    """Register a promise; ``?conversation=&text=`` from the desk, as a dialog or as a page."""
    conversation = answers.conversation_in(request)
    me = employee_of(request.user)
    order = conversation.order if conversation is not None else None
    form = forms.PledgeForm(
        request.POST or None,
        account=request.user,
        conversation=conversation,
        me=me,
        initial={
            "text": request.GET.get("text", "")[:500],
            "keeper": me.pk if me is not None else None,
            "order_no": order.external_no if order is not None else "",
            "currency": order.currency if order is not None else "CNY",
        },
    )
    warnings: list[str] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            pledge = actions.make_pledge(
                kind=values["kind"],
                text=values["text"],
                keeper=values["keeper"],
                due_at=values["due_at"],
                amount=values["amount"],
                currency=values["currency"],
                conversation=conversation or values["conversation_no"],
                order=values["order_no"],
                accepted=bool(values.get("accepted")),
                by=request.user,
                at=timezone.now(),
            )
        except actions.PledgeWarned as warned:
            warnings = [wording.excess_text(each) for each in warned.excesses]
            form.ask_again()
            refused(form, warned)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            said = (
                _("已登记，批准之后生效。")
                if pledge.state == PledgeState.WAITING
                else _("承诺已登记。")
            )
            url = reverse("tickets:pledge", args=[pledge.pk])
            return answers.done(request, url, said, stays=conversation is not None)
    context = {
        "form": form,
        "warnings": warnings,
        "conversation": conversation,
        "cancel_url": reverse("tickets:pledges"),
        "submit_label": _("登记"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/pledge/edit.html", context, status=status)


@require_GET
@allowed("tickets.view")
def pledge_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = queries.listed_pledges(scope(request.user, Pledge, "view"))
    rows = rows.select_related(
        "keeper__team", "keeper__site", "customer", "conversation", "order", "made_by",
        "proof_message",
    )  # fmt: skip
    pledge = get_visible(request.user, Pledge, "view", rows=rows, pk=pk)
    broken = pledge.state == PledgeState.BROKEN
    waiting = pledge.state == PledgeState.WAITING
    judges = can(request.user, "tickets.judge")
    keeps = can(request.user, "tickets.pledge")
    now = timezone.now()
    context = {
        "pledge": pledge,
        "tone": tone_of(pledge),
        "late": pledge.state == PledgeState.OPEN and pledge.due_at <= now,
        "warnings": wording.excess_texts(pledge.excesses),
        "events": pledge.events.select_related("by"),
        "why": explanation_url(pledge, "pledge_outcome") if pledge.settled_at else "",
        "may_keep": keeps
        and (pledge.state == PledgeState.OPEN or (broken and pledge.kept_late_at is None)),
        "may_amend": keeps and waiting,
        "may_waive": judges and pledge.is_running and pledge.due_at > now,
        "may_give": judges and pledge.is_running,
        "may_order": can(request.user, "orders.view"),
        "may_customer": can(request.user, "customers.view"),
    }
    return render(request, "tickets/pledge/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("tickets.pledge")
@once("tickets.pledge-amend")
def pledge_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    pledge = get_visible(request.user, Pledge, "pledge", pk=pk)
    initial = {
        "text": pledge.text,
        "due_at": pledge.due_at,
        "amount": pledge.amount,
        "currency": pledge.currency or "CNY",
    }
    return act(
        request,
        forms.AmendForm(request.POST or None, initial=initial),
        lambda values: actions.amend_pledge(
            pledge_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("修改承诺"),
        done=reverse("tickets:pledge", args=[pk]),
        said=_("承诺已修改。"),
        back=reverse("tickets:pledge", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.pledge")
@once("tickets.pledge-keep")
def pledge_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that the promise was kept; ``?stay=1`` from a panel over another page."""
    pledge = get_visible(request.user, Pledge, "pledge", pk=pk)
    form = forms.KeepForm(request.POST or None, pledge=pledge)
    url = reverse("tickets:pledge", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_pledge(
                pledge_id=pk,
                proof=form.cleaned_data["proof"],
                message=form.cleaned_data.get("message"),
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            said = (
                _("已记为兑现。")
                if kept.state == PledgeState.KEPT
                else _("已记为逾期兑现；到期未兑现的记录保留。")
            )
            return answers.done(request, url, said, stays="stay" in request.GET)
    context = {
        "form": form,
        "title": _("兑现承诺"),
        "pledge": pledge,
        "cancel_url": url,
        "submit_label": _("记为已兑现"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/pledge/keep.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed("tickets.judge")
@once("tickets.pledge-waive")
def pledge_waive(request: SignedInRequest, pk: int) -> HttpResponse:
    get_visible(request.user, Pledge, "judge", pk=pk)
    return act(
        request,
        forms.WaiveForm(request.POST or None),
        lambda values: actions.waive_pledge(
            pledge_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("免除承诺"),
        done=reverse("tickets:pledge", args=[pk]),
        said=_("承诺已免除。"),
        back=reverse("tickets:pledge", args=[pk]),
        submit_label=_("免除"),
    )


@require_http_methods(["GET", "POST"])
@allowed("tickets.judge")
@once("tickets.pledge-give")
def pledge_give(request: SignedInRequest, pk: int) -> HttpResponse:
    get_visible(request.user, Pledge, "judge", pk=pk)
    return act(
        request,
        forms.GiveForm(request.POST or None),
        lambda values: actions.give_pledge(
            pledge_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("改派承诺"),
        done=reverse("tickets:pledge", args=[pk]),
        said=_("已改派。"),
        back=reverse("tickets:pledge", args=[pk]),
        submit_label=_("改派"),
    )
