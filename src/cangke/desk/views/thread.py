"""What is written into a conversation: replies, notes, drafts, scripts."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import allowed, can, get_visible
from cangke.foundation.files.public import store
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, trigger
from cangke.foundation.wording import listed
from cangke.knowledge.public import PANEL, blanks_left, use_script

from .. import actions, ports, queries
from ..forms import ReplyForm
from ..models import Conversation, Message
from ..rules.facts import Origin
from .workbench import me, whole_page

MOST_FILES = 9
DRAFTED = "drafted"  # in the place of a script: the text began as a draft of the model


@require_GET
@allowed("desk.view")
def messages(request: SignedInRequest, pk: int) -> HttpResponse:
    """Messages before or after a sequence number, as a fragment of the thread."""
    found = queries.open_conversation(request.user, pk)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    page = queries.thread_page(
        found,
        before=int(before) if before.isdecimal() else None,
        after=int(after) if after.isdecimal() else None,
    )
    return render(
        request,
        "desk/conversation/messages.html",
        {
            "open": found,
            "me": me(request),
            "may_recall": can(request.user, "desk.supervise"),
            "thread": page,
            "after": bool(after),
            "recalled": queries.recalled_in(found, page) if after else [],
        },
    )


@require_POST
@allowed("desk.reply")
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a reply, or write a note; the same token twice is one message."""
    account = request.user
    at = timezone.now()
    form = ReplyForm(request.POST)
    uploads = request.FILES.getlist("files")[:MOST_FILES]
    if not form.is_valid():
        raise Refusal(next(iter(form.errors.values()))[0], field="body")
    values = form.cleaned_data
    words = (
        () if values["is_note"] else queries.promise_words(values["body"], on=timezone.localdate())
    )
    if uploads or words or values["script"] or not values["body"].strip():
        # Before anything is stored, asked or refused; the action itself looks again.
        get_visible(account, Conversation, "reply", pk=pk)
    if values["script"].isdecimal() and not values["is_note"]:
        left = blanks_left(account, int(values["script"]), values["body"])
        if left:
            asked = listed(left)
            raise Refusal(_("话术里还没填：%s。填好再发送。") % asked, field="body")
    if words and not values["promise"]:
        return _ask_promise(request, pk, words)
    files = [
        store(upload, purpose="desk.message", by=account, at=at)
        for upload in uploads
        if upload.size is not None
    ]
    if values["is_note"]:
        actions.write_note(
            conversation_id=pk,
            body=values["body"],
            mentioned=queries.mentioned_in(values["body"]),
            client_token=values["client_token"],
            files=files,
            by=account,
            at=at,
        )
    else:
        try:
            message = actions.reply(
                conversation_id=pk,
                body=values["body"],
                client_token=values["client_token"],
                origin=_origin_of(values["script"]),
                data={"script": int(values["script"])} if values["script"].isdecimal() else None,
                files=files,
                by=account,
                at=at,
            )
        except actions.OutOfTurn:
            return _ask_reason(request, pk, values["body"])
        if values["script"].isdecimal():
            use_script(
                script_id=int(values["script"]),
                used_for=f"desk.message:{message.pk}",
                by=account,
                at=at,
            )
    actions.forget_draft(conversation_id=pk, by=account)
    recording = ""
    if values["promise"] == "record":
        recording = ports.promise_url.ask(conversation_id=pk, text=values["body"])
    if not request.htmx:
        return redirect(recording or reverse("desk:conversation", args=[pk]))
    response = trigger(HttpResponse(status=200), "ck:thread")
    return trigger(response, "ck:open-dialog", url=recording) if recording else response


def _origin_of(source: str) -> Origin:
    """Where the text came from: a draft of the model, a script, or the agent alone."""
    if source == DRAFTED:
        return Origin.ASSISTED
    return Origin.SCRIPT if source else Origin.TYPED


def _ask_reason(request: SignedInRequest, pk: int, body: str) -> HttpResponse:
    """Ask why this customer comes first; what was typed waits as a draft (A21)."""
    actions.save_draft(conversation_id=pk, body=body, by=request.user, at=timezone.now())
    url = reverse("desk:claim", args=[pk])
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=422)
    response["HX-Reswap"] = "none"
    return trigger(response, "ck:open-dialog", url=url)


def _ask_promise(request: SignedInRequest, pk: int, words: Sequence[str]) -> HttpResponse:
    """Ask before sending whether these words are a promise to be kept (A11, A18)."""
    may_record = bool(ports.promise_url.ask(conversation_id=pk, text=""))
    asked = {"promise_words": words, "may_record": may_record}
    if not request.htmx:
        # What was typed is in the draft, so the page asked for anew shows it again.
        actions.save_draft(
            conversation_id=pk, body=request.POST["body"], by=request.user, at=timezone.now()
        )
        return whole_page(request, queries.open_conversation(request.user, pk), asked, status=422)
    response = render(request, "desk/conversation/_promise.html", asked, status=422)
    response["HX-Retarget"] = "#desk-ask"
    response["HX-Reswap"] = "innerHTML"
    return response


@require_POST
@allowed("desk.reply")
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what has been typed so far; answers with the sentence to show."""
    kept = actions.save_draft(
        conversation_id=pk,
        body=request.POST.get("body", ""),
        is_note=bool(request.POST.get("is_note")),
        by=request.user,
        at=timezone.now(),
    )
    if kept is None:
        return HttpResponse("")
    return render(request, "desk/conversation/_saved.html", {"draft": kept})


@require_POST
@allowed("desk.reply")
def typing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the visitor see that somebody is writing."""
    found = get_visible(request.user, Conversation, "reply", pk=pk)
    if found.visitor_key:
        signal(f"visitor:{found.visitor_key}", "typing")
    return HttpResponse(status=204)


@require_POST
@allowed("desk.reply")
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try again to deliver a message that could not be delivered."""
    message = get_visible(request.user, Message, "reply", pk=pk)
    actions.resend(message_id=message.pk, by=request.user, at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=message.conversation_id)
    return trigger(HttpResponse(status=200), "ck:thread")


@require_POST
@allowed("desk.reply")
def recall(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what was sent; it stays in the file, marked (A22)."""
    message = actions.recall_message(message_id=pk, by=request.user, at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=message.conversation_id)
    return trigger(HttpResponse(status=200), "ck:thread")


@require_GET
@allowed("desk.reply")
def scripts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The scripts that fit what was typed after the slash, with their variables filled."""
    found = queries.open_conversation(request.user, pk)
    rows = queries.scripts_for(
        request.user, found, text=request.GET.get("q", "")[:40], at=timezone.now()
    )
    return render(request, "desk/conversation/_scripts.html", {"scripts": rows})


@require_GET
@allowed("desk.view")
def answers(request: SignedInRequest, pk: int) -> HttpResponse:
    """The answer panel's list: services, rates, procedures and scripts for this customer (A15)."""
    found = queries.open_conversation(request.user, pk)
    category = request.GET.get("category", "")
    rows = queries.answers_for(
        request.user,
        found,
        text=request.GET.get("q", "")[:80],
        category=category if category in PANEL else "",
        at=timezone.now(),
    )
    return render(
        request,
        "desk/conversation/_answers.html",
        {"answers": rows, "asked": request.GET.get("q", "").strip()},
    )


@require_POST
@allowed("desk.reply")
def suggest(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft of the model for the panel, or why there is none; nothing is sent (A15)."""
    said: dict[str, object] = {"open": queries.open_conversation(request.user, pk)}
    try:
        said["text"] = actions.draft_reply(conversation_id=pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        said["failure"] = refusal.message
    said["drafted"] = DRAFTED
    return render(request, "desk/conversation/suggestion.html", said)
