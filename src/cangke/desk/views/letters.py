"""Letters: what came by post is answered by post (A1)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.ui.public import SignedInRequest, act, once

from .. import actions
from ..forms import LetterForm, PostedForm
from ..models import Message


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
@once("desk.letter")
def letter_new(request: SignedInRequest) -> HttpResponse:
    """Register a letter that came; it waits for its answer like any message."""
    account = request.user
    form = LetterForm(request.POST or None, request.FILES or None)
    return act(
        request,
        form,
        lambda values: actions.log_letter(**values, by=account, at=timezone.now()),
        title=_("登记来信"),
        done=lambda found: reverse("desk:conversation", args=[found.conversation.pk]),
        said=_("来信已登记，按来信的时限回复。"),
        back=reverse("desk:workbench"),
        submit_label=_("登记"),
    )


def _letter(request: SignedInRequest, pk: int) -> Message:
    """An outgoing message of a letter channel."""
    message = get_visible(request.user, Message, "reply", pk=pk)
    if message.channel.kind != "letter" or message.direction != "out":
        raise Http404
    return message


@require_safe
@allowed("desk.reply")
def letter_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The answer as a letter to print and sign."""
    message = _letter(request, pk)
    conversation = message.conversation
    context: dict[str, Any] = {
        "message": message,
        "talk": conversation,
        "letter": conversation.messages.filter(direction="in").order_by("seq").first(),
    }
    return render(request, "desk/letter/print.html", context)


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
@once("desk.posted")
def letter_posted(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that an answer went to the post."""
    message = _letter(request, pk)
    form = PostedForm(request.POST or None)
    back = reverse("desk:conversation", args=[message.conversation_id])
    if request.method == "GET" and message.delivery != "queued":
        return redirect(back)
    return act(
        request,
        form,
        lambda values: actions.post_letter(
            message_id=pk, tracking_no=values["tracking_no"], by=request.user, at=timezone.now()
        ),
        title=_("回信已寄出"),
        done=back,
        said=_("已记下寄出。"),
        back=back,
        submit_label=_("记下"),
    )
