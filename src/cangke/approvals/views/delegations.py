"""Who decides for whom, from when to when."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, get_visible, held_everywhere
from cangke.foundation.ui.public import Column, Empty, ListPage, act, once
from cangke.foundation.wording import listed

from .. import actions, forms, queries, registry
from ..models import Delegation


class DelegationList(ListPage[Delegation]):
    name = "approvals.delegation"
    template = "approvals/delegation/list.html"
    unit = pgettext_lazy("delegations", "份")
    columns = [
        Column("who", gettext_lazy("委托"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("from", gettext_lazy("从"), sort="from_at", phone="line"),
        Column("until", gettext_lazy("至"), sort="until_at", phone="line"),
        Column("kinds", gettext_lazy("事项"), phone="line"),
        Column("reason", gettext_lazy("事由")),
        Column("act", gettext_lazy("操作"), always=True, phone="line"),
    ]
    default_sort = "-from"
    empty = Empty(
        gettext_lazy("没有委托"),
        gettext_lazy("休假或出差前委托一位同事，审批不会停下来。"),
        [(gettext_lazy("新建委托"), "approvals:delegation-new")],
    )

    def decorate(self, rows: list[Delegation]) -> list[Delegation]:
        now = timezone.now()
        account = self.request.user
        any_of = "approvals.delegate_any" in held_everywhere(account)
        for row in rows:
            over = row.ended_at is not None or row.until_at <= now
            row.tone, row.state_label = (  # type: ignore[attr-defined]
                ("", _("已结束"))
                if over
                else ("wait", _("未开始"))
                if row.from_at > now
                else ("done", _("生效中"))
            )
            row.kind_labels = listed(str(registry.kind_label(each)) for each in row.kinds)  # type: ignore[attr-defined]
            mine = account.pk in (row.giver_id, row.taker_id)
            row.may_end = not over and (mine or any_of)  # type: ignore[attr-defined]
        return rows


@require_GET
@allowed("approvals.view")
def delegation_list(request: HttpRequest) -> HttpResponse:
    return DelegationList(request, queries.delegations_of(cast(Account, request.user))).response()


@require_http_methods(["GET", "POST"])
@allowed("approvals.delegate")
@once("approvals.delegation")
def delegation_new(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    form = forms.DelegationForm(
        request.POST or None,
        account=account,
        for_others="approvals.delegate_any" in held_everywhere(account),
    )
    return act(
        request,
        form,
        lambda data: actions.delegate(by=account, at=timezone.now(), **form.words()),
        title=_("新建委托"),
        done=reverse("approvals:delegations"),
        said=_("委托已登记。"),
        back=reverse("approvals:delegations"),
        submit_label=_("保存"),
    )


@require_POST
@allowed("approvals.delegate")
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    account = cast(Account, request.user)
    found = get_visible(account, Delegation, "view", pk=pk)
    actions.end_delegation(delegation_id=found.pk, by=account, at=timezone.now())
    messages.success(request, _("委托已结束。"))
    return redirect("approvals:delegations")
