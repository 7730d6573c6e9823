"""The chat page and its parts."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.desk.public import Channel, visitors, web_chat
from cangke.foundation.access.public import open_to_all
from cangke.foundation.files.public import StoredFile, store
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import allow_framing

from .. import limits, queries
from ..forms import MessageForm, RatingForm
from .asking import (
    LANGUAGES,
    acting_visitor,
    in_chat,
    key_of,
    known_visitor,
    visitor_of,
    wants_json,
)

MOST_FILES = 5
FILE_BYTES = 10 * 1024 * 1024


# Exempt from Django's check because the visitor's own proof is asked for: in a frame on another
# site the check's cookie does not travel.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@open_to_all
@in_chat
def page(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The chat: its page, and what is written in it."""
    limits.spend("chat.open.address", limits.address_of(request))
    if request.method == "POST":
        return _write(request, channel)
    return _show(request, channel, MessageForm())


def _write(request: HttpRequest, channel: Channel) -> HttpResponse:
    visitor = acting_visitor(request)
    form = MessageForm(request.POST)
    try:
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise Refusal(errors[0], field=field)
        said = _take_in(request, channel, visitor, form.cleaned_data)
    except Refusal as refusal:
        if wants_json(request):
            raise
        return _refused(request, channel, form, refusal)
    if wants_json(request):
        return JsonResponse({"id": said})
    return redirect(_page_of(request, channel))


def _page_of(request: HttpRequest, channel: Channel) -> str:
    embedded = {"embed": "1"} if request.GET.get("embed") else {}
    query = urlencode({"lang": translation.get_language(), **embedded})
    return f"{reverse('portal:chat', args=[channel.public_key])}?{query}#newest"


def _take_in(
    request: HttpRequest, channel: Channel, visitor: visitors.Visitor, values: dict[str, Any]
) -> int:
    key, address = key_of(visitor, channel), limits.address_of(request)
    limits.spend("chat.write.visitor", key)
    limits.spend("chat.write.address", address)
    if not web_chat.has_begun(channel, key):
        limits.spend("chat.begin.address", address)
    files = _store_files(request, key, address)
    if not values["body"].strip() and not files:
        raise Refusal(_("请先写一点内容。"), field="body")
    received = web_chat.write_as_visitor(
        channel=channel,
        visitor_key=key,
        body=values["body"],
        client_token=values["client_token"] or secrets.token_urlsafe(16),
        claims=web_chat.Claims(
            name=values["name"], email=values["email"], order_number=values["order"]
        ),
        language=translation.get_language() or channel.language,
        files=files,
        at=timezone.now(),
    )
    return received.message.pk


def _store_files(request: HttpRequest, key: str, address: str) -> list[StoredFile]:
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise Refusal(_("一次最多 %d 个文件，请分几次发送。") % MOST_FILES, field="files")
    for _upload in uploads:
        limits.spend("chat.file.visitor", key)
        limits.spend("chat.file.address", address)
    at = timezone.now()
    return [
        store(upload, purpose="desk.message", by=None, at=at, limit=FILE_BYTES)
        for upload in uploads
    ]


def _refused(
    request: HttpRequest, channel: Channel, form: MessageForm, refusal: Refusal
) -> HttpResponse:
    """Show the page again with the sentence and every keystroke."""
    response = _show(request, channel, form, refusal=refusal)
    response.status_code = refusal.status
    if isinstance(refusal, limits.TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _show(
    request: HttpRequest, channel: Channel, form: MessageForm, *, refusal: Refusal | None = None
) -> HttpResponse:
    at = timezone.now()
    language = translation.get_language() or channel.language
    embedded = request.GET.get("embed") == "1"
    known = visitor_of(request)
    visitor = known or visitors.new_visitor()
    welcome = web_chat.welcome(channel, language=language, at=at)
    key = key_of(visitor, channel)
    lines = web_chat.visitor_messages(channel, key, language=language) if known else []
    response = render(
        request,
        "portal/chat/page.html",
        {
            "channel": channel,
            "title": queries.title_of(channel),
            "lines": lines,
            "ending": web_chat.ending_of(channel, key, at=at) if known else None,
            "longest_note": web_chat.LONGEST_NOTE,
            "zone": channel.site.zone,
            "offset": queries.offset_in_words(channel.site.zone, at=at),
            "welcome": welcome,
            "hours": [] if welcome.is_open else queries.hours_in_words(channel),
            "form": form,
            "refusal": refusal,
            "client_token": form.data.get("client_token") or secrets.token_urlsafe(16),
            "proof": visitor.proof,
            "ticket": visitor.ticket if embedded and known is None else "",
            "embedded": embedded,
            "asks_who": not lines,
            "other_languages": [each for each in LANGUAGES.items() if each[0] != language],
            "language": language,
            "words": json.dumps(words(), ensure_ascii=False),
            "longest": web_chat.LONGEST_TEXT,
        },
    )
    if embedded:
        return (
            allow_framing(response, queries.origins_of(channel))
            if (queries.origins_of(channel))
            else response
        )
    if known is None:
        response.set_cookie(
            visitors.COOKIE,
            visitor.ticket,
            max_age=visitors.COOKIE_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


@require_GET
@open_to_all
@in_chat
def messages(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The newest lines as a fragment and whether the talk has ended, or those before one."""
    key = key_of(known_visitor(request), channel)
    limits.spend("chat.read.visitor", key)
    before = request.GET.get("before", "")
    if before and (not before.isdecimal() or len(before) > 18):
        raise Http404
    lines = web_chat.visitor_messages(
        channel,
        key,
        before=int(before) if before else None,
        language=translation.get_language() or "",
    )
    context = {
        "channel": channel,
        "lines": lines,
        "zone": channel.site.zone,
        "ending": None if before else web_chat.ending_of(channel, key, at=timezone.now()),
        "longest_note": web_chat.LONGEST_NOTE,
        "language": translation.get_language(),
    }
    return render(request, "portal/chat/news.html", context)


@csrf_exempt  # the visitor's own proof is asked for, see `page`
@require_POST
@open_to_all
@in_chat
def seen(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The page has our messages (``read=1``: and the visitor looks at them)."""
    key = key_of(acting_visitor(request), channel)
    limits.spend("chat.tell.visitor", key)
    web_chat.note_seen(
        channel=channel,
        visitor_key=key,
        read=request.POST.get("read") == "1",
        at=timezone.now(),
    )
    return HttpResponse(status=204)


@csrf_exempt  # the visitor's own proof is asked for, see `page`
@require_POST
@open_to_all
@in_chat
def typing(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The visitor is writing."""
    key = key_of(acting_visitor(request), channel)
    limits.spend("chat.tell.visitor", key)
    web_chat.note_typing(channel=channel, visitor_key=key)
    return HttpResponse(status=204)


@csrf_exempt  # the visitor's own proof is asked for, see `page`
@require_POST
@open_to_all
@in_chat
def rate(request: HttpRequest, channel: Channel) -> HttpResponse:
    """How the visitor was served, once the conversation has ended (G7.1)."""
    key = key_of(acting_visitor(request), channel)
    limits.spend("chat.write.visitor", key)
    form = RatingForm(request.POST)
    form.is_valid()
    if "rating" not in form.cleaned_data:
        raise Http404
    try:
        web_chat.rate_as_visitor(
            channel=channel,
            visitor_key=key,
            rating_id=form.cleaned_data["rating"],
            score=form.cleaned_data.get("score"),
            note=form.cleaned_data.get("note", request.POST.get("note", "")),
            at=timezone.now(),
        )
    except Refusal as refusal:
        if wants_json(request):
            raise
        return _refused(request, channel, MessageForm(), refusal)
    if wants_json(request):
        return JsonResponse({})
    return redirect(_page_of(request, channel))


def words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "failed": _("没有发出"),
        "fileLost": _("附件没有发出，请重新选择。"),
        "filesMany": _("一次最多 %d 个文件，请分几次发送。") % MOST_FILES,
        "fileLarge": _("文件超过 10 MB，请压缩后再发送。"),
        "notRated": _("评价没有送达，请再提交一次。"),
        "offline": _("网络断了；您写的内容已保存，连上后自动发送。"),
        "older": _("更早的消息"),
        "queued": _("待发送"),
        "retry": _("重新发送"),
        "sending": _("发送中"),
        "typing": _("对方正在输入…"),
        "remove": _("去掉 %s"),
        "wait": _("发得太快了，%d 秒后自动接着发送。"),
    }
