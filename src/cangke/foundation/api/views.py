from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import (
    PERMISSIONS,
    Account,
    allowed,
    can,
    confirmed_lately,
    get_visible,
    scope,
    signed_in,
)
from cangke.foundation.office.public import by_room
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, refused

from . import actions, forms, queries
from .models import ApiToken


class OwnTokenList(ListPage[ApiToken]):
    name = "api.token"
    template = "api/token/list.html"
    filterset_class = forms.TokenFilter
    columns = [
        Column("name", gettext_lazy("用途"), "name", always=True, phone="head"),
        Column("prefix", gettext_lazy("开头"), phone="line"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("scopes", gettext_lazy("权限"), numeric=True),
        Column("expires", gettext_lazy("到期时间"), "expires_at", phone="line"),
        Column("used", gettext_lazy("上次使用"), "last_used_at", phone="line"),
        Column("created", gettext_lazy("创建时间"), "created_at", hidden=True),
    ]
    presets = [
        Preset("valid", gettext_lazy("有效"), "state=valid"),
        Preset("ended", gettext_lazy("已失效"), "state=ended"),
        Preset("all", gettext_lazy("全部")),
    ]
    counted = npgettext_lazy("tokens", "%(shown)s 个令牌", "%(shown)s 个令牌", "count")
    empty = Empty(
        gettext_lazy("还没有 API 令牌"),
        gettext_lazy("店铺系统、脚本用令牌访问接口，只能做您勾选的事。"),
        [(gettext_lazy("新建令牌"), "api:token-new")],
    )

    def decorate(self, rows: list[ApiToken]) -> list[ApiToken]:
        at = now()
        for row in rows:
            row.state = _state(row, at)  # type: ignore[attr-defined]  # shown by the list
        return rows

    def row_class(self, row: ApiToken) -> str:
        return "" if row.is_valid(now()) and row.account.is_active else "is-off"


class AllTokenList(OwnTokenList):
    name = "api.all_tokens"
    template = "api/token/all.html"
    columns = [
        *OwnTokenList.columns[:1],
        Column("account", gettext_lazy("所属账户"), "account__display_name", phone="line"),
        *OwnTokenList.columns[1:],
    ]
    empty = Empty(gettext_lazy("还没有 API 令牌"), gettext_lazy("有人建立令牌后会列在这里。"), [])


def _state(token: ApiToken, at: object) -> str:
    if token.revoked_at:
        return "revoked"
    if not token.account.is_active:
        return "disabled"
    return "valid" if token.is_valid(now()) else "expired"


@require_safe
@allowed("api.use")
def token_list(request: HttpRequest) -> HttpResponse:
    return OwnTokenList(request, queries.own_tokens(cast(Account, request.user))).response()


@require_safe
@allowed("api.manage")
def all_tokens(request: HttpRequest) -> HttpResponse:
    """Everybody's tokens, for whoever answers for them."""
    rows = scope(request.user, ApiToken, "manage").select_related("account")
    return AllTokenList(request, rows).response()


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("text")
@allowed("api.use")
@confirmed_lately
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token (POST shows its text, once)."""
    by = cast(Account, request.user)
    form = forms.TokenForm(request.POST if request.method == "POST" else None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = actions.make_token(**form.values(), by=by, at=now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            response = render(request, "api/token/made.html", {"token": token, "text": text})
            response["Cache-Control"] = "no-store"
            return response
    return render(
        request, "api/token/edit.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_safe
@signed_in
def token_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What one token may do; one's own, or anybody's for whoever manages them."""
    account = cast(Account, request.user)
    rows = queries.reachable_tokens(account)
    token = get_visible(account, ApiToken, rows=rows, pk=pk)
    return render(
        request,
        "api/token/detail.html",
        {
            "token": token,
            "state": _state(token, now()),
            "rooms": [
                (room, [PERMISSIONS[code].label for code in codes])
                for room, codes in by_room(token.scopes)
            ],
            "manages": can(account, "api.manage"),
        },
    )


@require_POST
@signed_in
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    account = cast(Account, request.user)
    token = get_visible(account, ApiToken, rows=queries.reachable_tokens(account), pk=pk)
    actions.revoke_token(token_id=token.pk, by=account, at=now())
    messages.success(request, _("令牌“%s”已作废，立即生效。") % token.name)
    return redirect("api:token", token.pk)
