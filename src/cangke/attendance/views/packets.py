"""The ledger of packets."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.files.public import IMAGES, store
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import employee_of

from .. import actions, forms, queries
from ..models import DayRecord, RedPacket
from ..models.days import packet_reason_choices, packet_state_choices
from .parts import me
from .words import PACKET_TONES


class PacketFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    state = filters.MultipleChoiceFilter(label=gettext_lazy("状态"), choices=packet_state_choices)
    reason = filters.ChoiceFilter(label=gettext_lazy("原因"), choices=packet_reason_choices)
    date = filters.DateFromToRangeFilter(label=gettext_lazy("日期"), widget=DateRange())


class PacketList(ListPage[RedPacket]):
    name = "attendance.packet"
    template = "attendance/packet/list.html"
    filterset_class = PacketFilter
    unit = pgettext_lazy("packets", "个")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("date", gettext_lazy("日期"), sort="date", phone="line"),
        Column("reason", gettext_lazy("原因"), sort="reason", phone="line"),
        Column("amount", gettext_lazy("金额"), sort="amount", numeric=True),
        Column("parts", gettext_lazy("个数"), numeric=True),
        Column("owed", gettext_lazy("应发"), sort="owed", numeric=True, phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("due", gettext_lazy("发出期限"), sort="due_at"),
    ]
    default_sort = "-date"
    presets = [
        Preset("open", gettext_lazy("没有发的"), "state=due&state=overdue", tone="wait"),
        Preset("pay", gettext_lazy("由工资结算"), "state=pay&state=paid"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有红包"), gettext_lazy("迟到、早退和多次漏卡要发的红包会列在这里。")
    )

    def decorate(self, rows: list[RedPacket]) -> list[RedPacket]:
        for row in rows:
            row.tone = PACKET_TONES.get(row.state, "")  # type: ignore[attr-defined]
        return rows


def _rows(request: SignedInRequest) -> Any:
    rows = queries.visible(request.user, RedPacket).exclude(state="void")
    return rows.select_related("employee__team", "employee__site", "proof", "settled_by")


@require_GET
@allowed("attendance.view")
def packet_list(request: SignedInRequest) -> HttpResponse:
    return PacketList(request, _rows(request)).response()


def _shown(request: SignedInRequest, pk: int) -> RedPacket:
    """One's own packet, one's people's, or a sent one of a colleague of the team, to draw from."""
    rows = _rows(request)
    own = employee_of(request.user)
    if own is not None and own.team is not None:
        mates = RedPacket.objects.filter(employee__team=own.team, state="sent")
        seen = Q(pk__in=rows.values("pk")) | Q(pk__in=mates.values("pk"))
        rows = RedPacket.objects.filter(seen).select_related(
            "employee__team", "employee__site", "proof", "settled_by"
        )
    return get_visible(request.user, RedPacket, rows=rows, pk=pk)


@require_GET
@allowed("attendance.view")
def packet_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    packet = _shown(request, pk)
    mine = employee_of(request.user)
    own = packet.employee.account_id == request.user.pk
    is_open = packet.state in ("due", "overdue")
    led = scope(request.user, RedPacket, "lead").filter(pk=packet.pk).exists() and not own
    shares = list(packet.shares.select_related("taker"))
    may_draw = (
        packet.state == "sent"
        and mine is not None
        and not own
        and mine.team_id == packet.employee.team_id
        and any(each.taker_id is None for each in shares)
        and all(each.taker_id != mine.pk for each in shares)
    )
    context = {
        "packet": packet,
        "tone": PACKET_TONES.get(packet.state, ""),
        "shares": shares,
        "day": queries.visible(request.user, DayRecord)
        .filter(employee=packet.employee, date=packet.date)
        .first(),
        "may_prove": own and is_open,
        "may_confirm": led and is_open,
        "may_waive": led and (is_open or packet.state == "pay"),
        "may_draw": may_draw,
        "own": own,
        "may_see_proof": queries.visible(request.user, RedPacket).filter(pk=packet.pk).exists(),
    }
    return render(request, "attendance/packet/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
@once("attendance.packet")
def packet_prove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whoever owes it uploads the proof of sending."""
    rows = RedPacket.objects.filter(employee__account=request.user)
    packet = get_visible(request.user, RedPacket, rows=rows, pk=pk)
    form = forms.ProofForm(request.POST or None, request.FILES or None)
    back = reverse("attendance:packet", args=[packet.pk])

    def perform(values: dict[str, Any]) -> RedPacket:
        at = timezone.now()
        proof = store(
            values["proof"],
            purpose="attendance.proof",
            by=request.user,
            at=at,
            allowed_types=IMAGES,
        )
        return actions.settle_packet(packet_id=packet.pk, by=request.user, at=at, proof=proof)

    return act(
        request,
        form,
        perform,
        title=_("上传发红包的凭证"),
        done=back,
        said=_("凭证已上传，红包记为已发。"),
        back=back,
        submit_label=_("上传"),
    )


@require_POST
@allowed("attendance.lead")
def packet_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, RedPacket, "lead").exclude(employee__account=request.user)
    packet = get_visible(request.user, RedPacket, rows=rows, pk=pk)
    actions.settle_packet(packet_id=packet.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已确认发出。"))
    return redirect("attendance:packet", packet.pk)


@require_http_methods(["GET", "POST"])
@allowed("attendance.lead")
def packet_waive(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, RedPacket, "lead").exclude(employee__account=request.user)
    packet = get_visible(request.user, RedPacket, rows=rows, pk=pk)
    form = forms.ReasonForm(request.POST or None)
    back = reverse("attendance:packet", args=[packet.pk])
    return act(
        request,
        form,
        lambda values: actions.waive_packet(
            packet_id=packet.pk, reason=values["reason"], by=request.user, at=timezone.now()
        ),
        title=_("免除红包"),
        done=back,
        said=_("已免除，理由已记录。"),
        back=back,
        submit_label=_("免除"),
    )


@require_POST
@allowed("attendance.view")
def packet_draw(request: SignedInRequest, pk: int) -> HttpResponse:
    packet = _shown(request, pk)
    share = actions.draw_share(packet_id=packet.pk, taker=me(request), at=timezone.now())
    messages.success(request, _("抢到 %s。") % share.amount)
    return redirect("attendance:packet", packet.pk)
