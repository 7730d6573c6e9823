from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cangke.foundation.access import public as access
from cangke.foundation.access.public import (
    Account,
    Grant,
    allowed,
    confirmed_lately,
    get_visible,
    signed_in,
)
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import refused

from .. import forms, queries
from .accounts import GET_OR_POST, posted


@GET_OR_POST
@allowed("access.manage")
@confirmed_lately
def grant_new(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(Account, request.user)
    account = get_visible(by, Account, "change", pk=pk)
    form = forms.GrantForm(posted(request), account=account, by=by)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                access.grant(account=account, by=by, at=now(), **form.values())
            except Refusal as refusal:
                refused(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("已授权，对方下一次打开页面就生效。"))
                return redirect("office:account", account.pk)
        else:
            status = 422
    return render(
        request, "office/grant/edit.html", {"form": form, "account": account}, status=status
    )


@GET_OR_POST
@allowed("access.manage")
@confirmed_lately
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(Account, request.user)
    grant = get_visible(by, Grant, "change", pk=pk)
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        access.revoke(grant_id=grant.pk, by=by, at=now(), **form.cleaned_data)
        messages.success(request, _("已撤销，立即生效。"))
        return redirect("office:account", grant.account_id)
    line = next(
        each
        for each in queries.grant_lines(grant.account, day=access.day_of(now()))
        if each.grant.pk == grant.pk
    )
    return render(
        request,
        "office/grant/revoke.html",
        {"form": form, "line": line, "account": grant.account},
        status=422 if form.is_bound else 200,
    )


@require_safe
@allowed("access.view")
def account_rights(request: HttpRequest, pk: int) -> HttpResponse:
    """The permission report of one person, made to be printed and signed (Q5)."""
    account = get_visible(request.user, Account, "view", pk=pk)
    lines, rooms = queries.permission_report(account, day=access.day_of(now()))
    return render(
        request,
        "office/account/rights.html",
        {"account": account, "lines": lines, "rooms": rooms, "at": now()},
    )


@require_safe
@signed_in
def my_rights(request: HttpRequest) -> HttpResponse:
    """What one may do oneself, and from whom."""
    account = cast(Account, request.user)
    lines, rooms = queries.permission_report(account, day=access.day_of(now()))
    return render(
        request,
        "office/profile/rights.html",
        {"account": account, "lines": lines, "rooms": rooms},
    )
