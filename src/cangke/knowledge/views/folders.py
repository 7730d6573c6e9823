from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, get_visible
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import once, refused

from .. import actions, forms, queries
from ..models import ScriptFolder


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]  # let in by `allowed`


@require_GET
@allowed("knowledge.review")
def folder_list(request: HttpRequest) -> HttpResponse:
    return render(request, "knowledge/folder/list.html", {"tree": queries.list_folders()})


@require_http_methods(["GET", "POST"])
@allowed("knowledge.review")
@once("knowledge.folder")
def folder_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    folder = get_visible(request.user, ScriptFolder, "change", pk=pk) if pk else None
    initial = (
        {"name": folder.name, "name_en": folder.name_en, "parent": folder.parent} if folder else {}
    )
    form = forms.FolderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_folder(
                **form.cleaned_data, folder_id=pk, by=_account(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("knowledge:folders")
    context = {"form": form, "folder": folder, "cancel_url": reverse("knowledge:folders")}
    status = 422 if request.method == "POST" else 200
    return render(request, "knowledge/folder/edit.html", context, status=status)


@require_POST
@allowed("knowledge.review")
def folder_remove(request: HttpRequest, pk: int) -> HttpResponse:
    folder = get_visible(request.user, ScriptFolder, "change", pk=pk)
    actions.remove_folder(folder_id=folder.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已删除。"))
    return redirect("knowledge:folders")
