"""The address WeCom calls. The signature and the sealed receiver are its proof."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cangke.foundation import limits
from cangke.foundation.access.public import open_to_all
from cangke.foundation.refusal import Refusal

from ...models import WecomAccount
from .. import duties
from . import intake, sealed

log = logging.getLogger(__name__)
limits.limit("wecom.call.address", 1200, 60)
REMEMBERED = 2 * sealed.LIFE_SECONDS


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


# No cookie speaks for the caller, so there is nothing to forge: WeCom's servers sign each call with
# the token we share, and nothing is read or written before that signature and its time are right.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@open_to_all
def called(request: HttpRequest, key: str) -> HttpResponse:
    """Prove that the address is ours (GET), or note that there is news (POST)."""
    try:
        limits.spend("wecom.call.address", limits.address_of(request))
    except Refusal as refusal:
        return _plain("too many calls", refusal.status)
    if int(request.headers.get("Content-Length") or 0) > sealed.MOST_XML:
        return _plain("too large", 413)
    account = (
        WecomAccount.objects.select_related("channel")
        .filter(channel__public_key=key, channel__is_active=True)
        .first()
    )
    if account is None:
        return _plain("no such channel", 404)
    try:
        text = _opened(request, account)
        if request.method == "GET":
            return _plain(text)
        _take(account, text, seal=request.GET.get("msg_signature", ""))
    except sealed.Sealed as error:
        log.info("wecom call refused on account %s: %s", account.pk, error)
        return _plain("not signed by this channel's settings, or older than five minutes", 403)
    return _plain("success")


def _opened(request: HttpRequest, account: WecomAccount) -> str:
    """
    Return what was sealed for us.

    :raises sealed.Sealed: if anything does not fit
    """
    given = request.GET
    timestamp, nonce = given.get("timestamp", ""), given.get("nonce", "")
    if not sealed.is_fresh(timestamp, now=timezone.now().timestamp()):
        raise sealed.Sealed("time")
    if request.method == "GET":
        text = given.get("echostr", "")
    else:
        text = sealed.read_xml(request.body).get("Encrypt", "")
    signed = sealed.is_signed(
        given.get("msg_signature", ""),
        token=str(account.token),
        timestamp=timestamp,
        nonce=nonce,
        sealed=text,
    )
    if not signed:
        raise sealed.Sealed("signature")
    return sealed.unseal(text, key=sealed.key_of(str(account.aes_key)), receiver=account.corp_id)


def _take(account: WecomAccount, text: str, *, seal: str) -> None:
    """Have the news fetched; the same call again asks for nothing more."""
    told = sealed.read_xml(text)
    if told.get("MsgType") != "event" or told.get("Event") != "kf_msg_or_event":
        return
    place = "wecom.call:" + hashlib.sha256(f"{account.pk}:{seal}".encode()).hexdigest()
    if cache.get(place):
        return
    meant = intake.note_call(
        account.corp_id,
        told.get("OpenKfId", ""),
        pull_token=told.get("Token", ""),
        at=timezone.now(),
    )
    cache.set(place, 1, REMEMBERED)
    if meant is not None:
        duties.visit_wecom.enqueue(meant)
