from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cangke.foundation.access import public as access
from cangke.foundation.access.public import Account, signed_in

from .. import forms, queries
from .accounts import GET_OR_POST, posted


@GET_OR_POST
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    fields = ("display_name", "language", "theme", "zone")
    form = forms.ProfileForm(
        posted(request), initial={name: getattr(account, name) for name in fields}
    )
    if request.method == "POST" and form.is_valid():
        access.change_profile(by=account, at=now(), **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("office:profile")
    return render(
        request,
        "office/profile/edit.html",
        {"form": form, "has_second_factor": queries.has_second_factor(account)},
        status=422 if form.is_bound else 200,
    )


@require_POST
@signed_in
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    try:
        access.end_session(session_id=pk, by=cast(Account, request.user), at=now())
    except UserSession.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("已结束那处登录。"))
    return redirect("usersessions_list")


@require_safe
@signed_in
def hub(request: HttpRequest) -> HttpResponse:
    """What the person may administer."""
    groups = queries.settings_pages(cast(Account, request.user))
    return render(request, "office/settings/list.html", {"groups": groups})
