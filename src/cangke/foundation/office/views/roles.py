from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cangke.foundation.access import public as access
from cangke.foundation.access.public import (
    ROLE_NAMES,
    Account,
    Role,
    Roles,
    allowed,
    confirmed_lately,
    get_visible,
)
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.ui.public import refused

from .. import forms, queries
from .accounts import GET_OR_POST, posted


@require_safe
@allowed("access.view")
def role_list(request: HttpRequest) -> HttpResponse:
    lines = queries.list_roles(day=access.day_of(now()))
    return render(request, "office/role/list.html", {"lines": lines})


@require_safe
@allowed("access.view")
def role_preset(request: HttpRequest, code: str) -> HttpResponse:
    """What a preset holds; it is changed by making a company role of the same code."""
    if code not in list(Roles):
        raise Http404
    codes = access.preset_permissions(code)
    rooms = [
        (room, [queries.permission_label(each) for each in found])
        for room, found in queries.by_room(codes)
    ]
    return render(
        request,
        "office/role/detail.html",
        {
            "code": code,
            "name": ROLE_NAMES[Roles(code)],
            "rooms": rooms,
            "count": len(codes),
            "holders": queries.count_holders(code, day=access.day_of(now())),
            "copyable": code != Roles.ADMIN,
        },
    )


@GET_OR_POST
@allowed("access.manage")
@confirmed_lately
def role_new(request: HttpRequest) -> HttpResponse:
    by = cast(Account, request.user)
    source = request.GET.get("from", "")
    initial: dict[str, Any] = {}
    if source:
        names = queries.role_names()
        if source not in names:
            raise Http404
        initial = {
            "name": names[source],
            "permissions": sorted(access.codes_of(source)),
            "code": "" if source in list(Roles) and request.GET.get("copy") else source,
        }
    form = forms.RoleForm(posted(request), by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("code", "name", "note", "permissions")}
        try:
            role = access.create_role(**values, by=by, at=now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("角色“%s”已建立。") % role.name)
            return redirect("office:roles")
    return _page(request, form, title=_("新建角色"))


@GET_OR_POST
@allowed("access.manage")
@confirmed_lately
def role_edit(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(Account, request.user)
    role = get_visible(by, Role, "change", pk=pk)
    form = forms.RoleForm(
        posted(request),
        by=by,
        fixed=True,
        initial={
            "name": role.name,
            "note": role.note,
            "permissions": role.permissions,
            "seen": access.state_of(role),
        },
    )
    status = 0
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "note", "permissions", "seen")}
        try:
            access.change_role(role_id=role.pk, **values, by=by, at=now())
        except Conflict as conflict:
            refused(form, conflict)
            status = 409
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已保存，对所有担任者立即生效。"))
            return redirect("office:roles")
    return _page(request, form, title=_("角色：%s") % role.name, role=role, status=status)


@require_POST
@allowed("access.manage")
@confirmed_lately
def role_delete(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(Account, request.user)
    role = get_visible(by, Role, "change", pk=pk)
    access.delete_role(role_id=role.pk, by=by, at=now())
    messages.success(request, _("角色“%s”已删除。") % role.name)
    return redirect("office:roles")


def _page(
    request: HttpRequest, form: forms.RoleForm, *, title: str, status: int = 0, **more: Any
) -> HttpResponse:
    role: Role | None = more.get("role")
    context = {
        "form": form,
        "title": title,
        "role": role,
        "preset": role is not None and role.code in list(Roles),
        "holders": queries.count_holders(role.code, day=access.day_of(now())) if role else 0,
    }
    bad = form.is_bound and bool(form.errors)
    return render(request, "office/role/edit.html", context, status=status or (422 if bad else 200))
