"""Who may have the files of conversations: colleagues through the gate, visitors their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cangke.foundation.access.public import Account, can, scope
from cangke.foundation.files.public import StoredFile

from ..models import Attachment, RawMail
from ..rules.facts import Direction
from . import visitors


def may_read_attachment(account: Any, file: StoredFile, request: HttpRequest) -> bool:
    """Whether the person, or the visitor behind the request, may have a file of a message."""
    if isinstance(account, Account) and account.is_active:
        attached = Attachment.objects.filter(file=file)
        if not attached.exists():
            return file.owner_id == account.pk  # uploaded and not sent yet
        return attached.filter(pk__in=scope(account, Attachment, "view").values("pk")).exists()
    return _is_visitors(file, request)


def _is_visitors(file: StoredFile, request: HttpRequest) -> bool:
    """A visitor sees what was said to and fro in the own conversation; never a note's file."""
    rows = Attachment.objects.filter(
        file=file,
        message__direction__in=[Direction.IN, Direction.OUT],
        message__recalled_at__isnull=True,
    ).exclude(message__conversation__visitor_key="")
    visitor = visitors.read_ticket(request.COOKIES.get(visitors.COOKIE, ""))
    signed = request.GET.get("v", "")
    for visitor_key, channel_key in rows.values_list(
        "message__conversation__visitor_key", "message__channel__public_key"
    )[:5]:
        if visitor is not None and visitor.key(channel_key) == visitor_key:
            return True
        if signed and visitors.may_fetch(file.key, visitor_key, signed):
            return True
    return False


def may_read_raw(account: Any, file: StoredFile, request: HttpRequest) -> bool:
    """Whether the person may have a mail as it came, with every address in it."""
    return (
        isinstance(account, Account)
        and account.is_active
        and can(account, "desk.setup")
        and RawMail.objects.filter(eml=file).exists()
    )
