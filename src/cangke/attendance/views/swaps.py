"""Exchanging shifts."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import django_filters as filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act, once
from cangke.people.public import employee_of

from .. import actions, forms
from ..models import ShiftAssignment, SwapRequest
from ..models.rosters import swap_state_choices
from .parts import me

TONES = {
    "asked": "wait",
    "agreed": "wait",
    "approved": "done",
    "declined": "late",
    "refused": "late",
}


class SwapFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=swap_state_choices)
    part = filters.ChoiceFilter(
        label=gettext_lazy("与我有关"),
        method="of_part",
        choices=[("waiting", gettext_lazy("等我处理")), ("mine", gettext_lazy("我提出的"))],
    )

    def of_part(self, rows: QuerySet[SwapRequest], name: str, value: str) -> QuerySet[SwapRequest]:
        account = cast(Account, self.request.user)
        if value == "mine":
            return rows.filter(asker__account=account)
        decidable = scope(account, SwapRequest, "decide").exclude(asker__account=account)
        return rows.filter(state="asked", partner__account=account) | rows.filter(
            state="agreed", pk__in=decidable.exclude(partner__account=account).values("pk")
        )


class SwapList(ListPage[SwapRequest]):
    name = "attendance.swap"
    template = "attendance/swap/list.html"
    filterset_class = SwapFilter
    unit = pgettext_lazy("requests", "份")
    columns = [
        Column("who", gettext_lazy("换班"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("date", gettext_lazy("我的班次"), sort="date", phone="line"),
        Column("their", gettext_lazy("对方的班次"), phone="line"),
        Column("reason", gettext_lazy("事由")),
        Column("asked", gettext_lazy("提出时间"), sort="asked_at"),
    ]
    default_sort = "-asked"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("waiting", gettext_lazy("等我处理"), "part=waiting", tone="wait"),
        Preset("mine", gettext_lazy("我提出的"), "part=mine"),
    ]
    empty = Empty(
        gettext_lazy("没有换班申请"),
        gettext_lazy("有事来不了，可以请同组的同事代班或互换。"),
        [(gettext_lazy("申请换班"), "attendance:swap-new")],
    )

    def decorate(self, rows: list[SwapRequest]) -> list[SwapRequest]:
        for row in rows:
            row.tone = TONES.get(row.state, "")  # type: ignore[attr-defined]
        return rows

    def get_context(self) -> dict[str, Any]:
        return {"employee": employee_of(self.request.user)}


@require_GET
@allowed("attendance.view")
def swap_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, SwapRequest, "view").select_related("asker", "partner")
    return SwapList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
@once("attendance.swap")
def swap_new(request: SignedInRequest) -> HttpResponse:
    asker = me(request)
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = None
    form = forms.SwapForm(request.POST or None, asker=asker, initial={"date": day})
    return act(
        request,
        form,
        lambda values: actions.ask_swap(asker=asker, by=request.user, at=timezone.now(), **values),
        title=_("申请换班"),
        done=lambda made: reverse("attendance:swap", args=[made.pk]),
        said=_("已发给对方，对方同意后由排班人批准。"),
        back=reverse("attendance:swaps"),
        submit_label=_("发给对方"),
    )


def _visible(request: SignedInRequest, pk: int, action: str = "view") -> SwapRequest:
    rows = scope(request.user, SwapRequest, action).select_related(
        "asker__account", "partner__account", "decided_by"
    )
    return get_visible(request.user, SwapRequest, action, rows=rows, pk=pk)


def _shift(employee_id: int, day: dt.date | None) -> ShiftAssignment | None:
    rows = ShiftAssignment.objects.published().select_related("shift_type")
    return rows.filter(employee_id=employee_id, date=day).first() if day else None


@require_GET
@allowed("attendance.view")
def swap_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    swap = _visible(request, pk)
    own = request.user.pk
    planner = scope(request.user, SwapRequest, "decide").filter(pk=swap.pk).exists()
    context: dict[str, Any] = {
        "swap": swap,
        "tone": TONES.get(swap.state, ""),
        "mine": _shift(swap.asker_id, swap.date),
        "theirs": _shift(swap.partner_id, swap.their_date),
        "may_answer": swap.state == "asked" and swap.partner.account_id == own,
        "may_decide": swap.state == "agreed"
        and planner
        and own not in (swap.asker.account_id, swap.partner.account_id),
        "may_withdraw": swap.state in ("asked", "agreed") and swap.asker.account_id == own,
        "form": forms.AnswerForm(),
    }
    return render(request, "attendance/swap/detail.html", context)


def _answer(request: SignedInRequest) -> str:
    form = forms.AnswerForm(request.POST)
    return form.cleaned_data["answer"] if form.is_valid() else ""


@require_POST
@allowed("attendance.view")
def swap_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = SwapRequest.objects.filter(partner__account=request.user)
    swap = get_visible(request.user, SwapRequest, rows=rows, pk=pk)
    agrees = request.POST.get("decision") == "agree"
    actions.answer_swap(
        swap_id=swap.pk, agrees=agrees, by=request.user, at=timezone.now(), answer=_answer(request)
    )
    messages.success(request, _("已同意，等排班人批准。") if agrees else _("已回复对方。"))
    return redirect("attendance:swap", swap.pk)


@require_POST
@allowed("attendance.plan")
def swap_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    swap = _visible(request, pk, "decide")
    approves = request.POST.get("decision") == "approve"
    actions.decide_swap(
        swap_id=swap.pk,
        approves=approves,
        by=request.user,
        at=timezone.now(),
        answer=_answer(request),
    )
    messages.success(request, _("已换班，排班表已更新。") if approves else _("已回复双方。"))
    return redirect("attendance:swap", swap.pk)


@require_POST
@allowed("attendance.view")
def swap_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = SwapRequest.objects.filter(asker__account=request.user)
    swap = get_visible(request.user, SwapRequest, rows=rows, pk=pk)
    actions.withdraw_swap(swap_id=swap.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已撤回。"))
    return redirect("attendance:swaps")
