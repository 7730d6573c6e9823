"""Replies that go out at a time: written, changed, cancelled; shown under the thread."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, refused, toast, trigger

from .. import actions, ports, queries
from ..forms import LaterForm
from ..models import Conversation, Draft, LaterReply
from .workbench import me


@require_GET
@allowed("desk.view")
def later(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is still to be sent in a conversation, as a fragment under its thread."""
    found = get_visible(request.user, Conversation, "view", pk=pk)
    return render(
        request,
        "desk/conversation/later.html",
        {"open": found, "later": queries.unsent_in(found), "me": me(request)},
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def later_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a reply for later; begins with what has been typed."""
    account = request.user
    get_visible(account, Conversation, "reply", pk=pk)
    typed = Draft.objects.filter(conversation_id=pk, employee=me(request), is_note=False).first()
    form = LaterForm(
        request.POST or None,
        initial={
            "body": typed.body if typed else "",
            "client_token": secrets.token_urlsafe(16),
        },
    )
    if request.method == "GET":
        form.fields["body"].widget.attrs["data-desk-later"] = ""
    if request.method == "POST" and form.is_valid() and _asked(form):
        values = form.cleaned_data
        try:
            actions.schedule_reply(
                conversation_id=pk,
                body=values["body"],
                send_at=values["send_at"],
                client_token=values["client_token"] or secrets.token_urlsafe(16),
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _done(
                request, pk, form, _("已定时；到时间才发出，也到那时才算回复。"), clear=True
            )
    return _dialog(request, form, _("定时回复"), _("定时发送"))


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def later_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an unsent reply, or let a held one go on waiting."""
    account = request.user
    row = get_visible(account, LaterReply, "reply", pk=pk)
    form = LaterForm(request.POST or None, initial={"body": row.body, "send_at": row.send_at})
    if request.method == "POST" and form.is_valid() and _asked(form):
        try:
            actions.change_later(
                later_id=pk,
                body=form.cleaned_data["body"],
                send_at=form.cleaned_data["send_at"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _done(request, row.conversation_id, form, _("已改好，到时间发出。"))
    return _dialog(
        request,
        form,
        _("修改定时回复"),
        _("定时发送"),
        cancel_url=reverse("desk:conversation", args=[row.conversation_id]),
    )


@require_POST
@allowed("desk.reply")
def later_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do not send it after all."""
    row = actions.cancel_later(later_id=pk, by=request.user, at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=row.conversation_id)
    response = trigger(HttpResponse(status=200), "ck:thread")
    return toast(response, _("已取消，没有发出。"))


def _asked(form: LaterForm) -> bool:
    """Ask before it is written whether these words are a promise to be kept (A11, A18)."""
    if form.cleaned_data["promise"]:
        return True
    words = queries.promise_words(form.cleaned_data["body"], on=timezone.localdate())
    if words:
        form.ask_promise(words, may_record=bool(ports.promise_url.ask(conversation_id=0, text="")))
    return not words


def _done(
    request: SignedInRequest, pk: int, form: LaterForm, said: str, *, clear: bool = False
) -> HttpResponse:
    recording = ""
    if form.cleaned_data["promise"] == "record":
        recording = ports.promise_url.ask(conversation_id=pk, text=form.cleaned_data["body"])
    if not request.htmx:
        return redirect(recording or reverse("desk:conversation", args=[pk]))
    response = trigger(HttpResponse(status=200), "ck:close-dialog")
    trigger(response, "ck:thread")
    if clear:
        trigger(response, "ck:clear-composer")
    if recording:
        trigger(response, "ck:open-dialog", url=recording)
    return toast(response, said)


def _dialog(
    request: SignedInRequest, form: Any, title: str, submit: str, *, cancel_url: str = ".."
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "dialog_title": title,
        "submit_label": submit,
        "cancel_url": cancel_url,
        "dialog_intro": _("客户在这之前又来信的，会先停下来请你再看一遍。"),
    }
    return render(request, "desk/conversation/dialog.html", context, status=status)
