from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from cangke.foundation.access.public import Account, denied

from . import registry
from .models import StoredFile


def get_readable(key: str, request: HttpRequest) -> StoredFile:
    """
    Return the file if the room that owns its purpose lets this account or visitor have it.

    :raises Http404: if there is none, or it is not theirs (a signed-in attempt is recorded)
    """
    try:
        file = StoredFile.objects.get(key=key)
    except StoredFile.DoesNotExist:
        raise Http404 from None
    account: Any = request.user
    purpose = registry.PURPOSES.get(file.purpose)
    if purpose is None or not purpose.answer(account, file, request):
        if isinstance(account, Account):
            denied.ask(account_id=account.pk, model=StoredFile._meta.label, key=str(file.pk))
        raise Http404
    return file
