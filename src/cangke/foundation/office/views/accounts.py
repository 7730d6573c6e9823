from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from cangke.foundation.access import public as access
from cangke.foundation.access.public import (
    Account,
    Grant,
    allowed,
    confirmed_lately,
    get_visible,
    scope,
)
from cangke.foundation.audit.public import AuditEntry, act_label, entries_about
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.ui.public import Column, Happening, ListPage, Preset, refused

from .. import forms, queries

MOST_IN_TIMELINE = 20
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, even if it is empty; nothing when the form is only opened."""
    return request.POST if request.method == "POST" else None


class AccountList(ListPage[Account]):
    name = "office.account"
    template = "office/account/list.html"
    filterset_class = forms.AccountFilter
    columns = [
        Column(
            "name", gettext_lazy("姓名"), ("display_name", "username"), always=True, phone="head"
        ),
        Column("username", gettext_lazy("登录名"), "username", phone="line"),
        Column("kind", gettext_lazy("类别"), "kind", hidden=True),
        Column("roles", gettext_lazy("角色"), phone="line"),
        Column("state", gettext_lazy("状态"), "is_active", phone="side"),
        Column("factor", gettext_lazy("两步验证")),
        Column("last", gettext_lazy("最近登录"), "last_login", phone="line"),
        Column("email", gettext_lazy("邮箱"), hidden=True),
        Column("created", gettext_lazy("开通时间"), "date_joined", hidden=True),
    ]
    default_sort = "name"
    presets = [
        Preset("active", gettext_lazy("使用中"), "active=1"),
        Preset("unsecured", gettext_lazy("未启用两步验证"), "active=1&factor=0"),
        Preset("disabled", gettext_lazy("已停用"), "active=0"),
        Preset("all", gettext_lazy("全部")),
    ]
    counted = npgettext_lazy("accounts", "%(shown)s 个账户", "%(shown)s 个账户", "count")

    def decorate(self, rows: list[Account]) -> list[Account]:
        return queries.decorate_accounts(rows, day=access.day_of(now()))

    def row_class(self, row: Account) -> str:
        return "" if row.is_active else "is-off"


@require_safe
@allowed("access.view")
def account_list(request: HttpRequest) -> HttpResponse:
    return AccountList(request, scope(request.user, Account, "view")).response()


@require_safe
@allowed("access.view")
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "view", pk=pk)
    day = access.day_of(now())
    lines, rooms = queries.permission_report(account, day=day)
    context: dict[str, Any] = {
        "account": account,
        "lines": lines,
        "rooms": rooms,
        "has_second_factor": queries.has_second_factor(account),
        "sessions": queries.count_sessions(account),
        "locked": access.is_locked(account),
        "changeable": _may_change(request, account),
    }
    if access.can(request.user, "audit.view"):
        context["timeline"] = [
            Happening(
                entry.at,
                act_label(entry.action),
                " · ".join(filter(None, [str(entry.actor or _("系统")), entry.reason])),
                url=reverse("office:audit-entry", args=[entry.pk]),
            )
            for entry in _entries_about(account)[:MOST_IN_TIMELINE]
        ]
    return render(request, "office/account/detail.html", context)


def _entries_about(account: Account) -> QuerySet[AuditEntry]:
    """What was done to the account and to its grants."""
    grants = Grant.objects.filter(account=account).values_list("pk", flat=True)
    return entries_about((Account._meta.label, [account.pk]), (Grant._meta.label, list(grants)))


def _may_change(request: HttpRequest, account: Account) -> bool:
    return (
        access.can(request.user, "access.manage")
        and scope(request.user, Account, "change").filter(pk=account.pk).exists()
    )


@GET_OR_POST
@sensitive_variables("password")
@allowed("access.manage")
@confirmed_lately
def account_new(request: HttpRequest) -> HttpResponse:
    form = forms.NewAccountForm(posted(request))
    if request.method == "POST" and form.is_valid():
        password = access.new_temporary_password()
        try:
            account = access.create_account(
                **form.cleaned_data,
                password=password,
                temporary=True,
                by=cast(Account, request.user),
                at=now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _tell_password(request, account, password, made=True)
    return _form(
        request,
        form,
        title=_("开通账户"),
        submit=_("开通"),
        back=reverse("office:accounts"),
        intro=_("开通后会显示一次临时密码；账户要授权以后才能做事。"),
    )


@GET_OR_POST
@allowed("access.manage")
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    fields = ("display_name", "email", "language", "zone")
    form = forms.AccountForm(
        posted(request), initial={name: getattr(account, name) for name in fields}
    )
    seen = request.POST.get("seen") or access.state_of(account)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            access.change_account(
                account_id=account.pk,
                seen=seen,
                by=cast(Account, request.user),
                at=now(),
                **form.cleaned_data,
            )
        except Conflict as conflict:
            refused(form, conflict)
            status, seen = 409, access.state_of(account)
        else:
            messages.success(request, _("已保存。"))
            return redirect("office:account", account.pk)
    return _form(
        request,
        form,
        title=_("修改账户：%s") % account,
        back=reverse("office:account", args=[account.pk]),
        status=status,
        seen=seen,
    )


@GET_OR_POST
@allowed("access.manage")
def account_disable(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        access.disable_account(
            account_id=account.pk, by=cast(Account, request.user), at=now(), **form.cleaned_data
        )
        messages.success(request, _("%s 已停用，所有登录都已结束。") % account)
        return redirect("office:account", account.pk)
    return _form(
        request,
        form,
        title=_("停用 %s") % account,
        submit=_("停用"),
        danger=True,
        back=reverse("office:account", args=[account.pk]),
        intro=_("所有登录立即结束，打开的页面一分钟内断开。记录和授权都保留，可以再启用。"),
    )


@GET_OR_POST
@allowed("access.manage")
def account_enable(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        access.enable_account(
            account_id=account.pk, by=cast(Account, request.user), at=now(), **form.cleaned_data
        )
        messages.success(request, _("%s 已启用，原有授权继续有效。") % account)
        return redirect("office:account", account.pk)
    return _form(
        request,
        form,
        title=_("启用 %s") % account,
        submit=pgettext("do", "启用"),
        back=reverse("office:account", args=[account.pk]),
        intro=_("用原来的密码登录；未到期、未撤销的授权继续有效，请先核对。"),
    )


@GET_OR_POST
@sensitive_variables("password")
@allowed("access.manage")
@confirmed_lately
def account_reset(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        account, password = access.reset_password(
            account_id=account.pk, by=cast(Account, request.user), at=now(), **form.cleaned_data
        )
        return _tell_password(request, account, password)
    return _form(
        request,
        form,
        title=_("重发临时密码：%s") % account,
        submit=_("生成临时密码"),
        danger=True,
        back=reverse("office:account", args=[account.pk]),
        intro=_("原密码作废，所有登录立即结束；两步验证不变。临时密码只显示一次，7 天内有效。"),
    )


@GET_OR_POST
@allowed("access.manage")
def account_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    if request.method == "POST":
        access.unlock_account(account_id=account.pk, by=cast(Account, request.user), at=now())
        messages.success(request, _("%s 已解锁，可以马上登录。") % account)
        return redirect("office:account", account.pk)
    return _form(
        request,
        None,
        title=_("解锁 %s") % account,
        submit=_("解锁"),
        back=reverse("office:account", args=[account.pk]),
        intro=_("清除登录失败的记录。密码不变；本人确实忘了密码，请重发临时密码。"),
    )


@GET_OR_POST
@allowed("access.manage")
@confirmed_lately
def account_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_visible(request.user, Account, "change", pk=pk)
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        access.remove_second_factor(
            account_id=account.pk, by=cast(Account, request.user), at=now(), **form.cleaned_data
        )
        messages.success(request, _("已解除两步验证，请提醒本人重新启用。"))
        return redirect("office:account", account.pk)
    return _form(
        request,
        form,
        title=_("解除两步验证：%s") % account,
        submit=_("解除"),
        danger=True,
        back=reverse("office:account", args=[account.pk]),
        intro=_("本人丢了手机和恢复码时用。请先当面或电话核实身份；所有登录立即结束。"),
    )


def _form(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    back: str,
    submit: str = "",
    intro: str = "",
    danger: bool = False,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    bad = form is not None and form.is_bound and not form.is_valid()
    context = {
        "form": form,
        "title": title,
        "intro": intro,
        "submit_label": submit,
        "danger": danger,
        "cancel_url": back,
        **more,
    }
    return render(
        request, "office/account/edit.html", context, status=status or (422 if bad else 200)
    )


@sensitive_variables("password")
def _tell_password(
    request: HttpRequest, account: Account, password: str, *, made: bool = False
) -> HttpResponse:
    context = {"account": account, "password": password, "made": made}
    response = render(request, "office/account/password.html", context)
    response["Cache-Control"] = "no-store"
    return response
