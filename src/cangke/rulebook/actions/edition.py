from __future__ import annotations

import uuid

from django.db import transaction

from .. import queries
from ..models import Edition


def new_edition() -> None:
    """
    Let every process notice that the rulebook changed.

    This process forgets at once, so that the same transaction reads what it wrote, and once more
    after the commit, since another thread may have read the old state in between.
    """
    Edition.objects.update_or_create(pk=1, defaults={"token": uuid.uuid4().hex})
    queries.forget()
    transaction.on_commit(queries.forget)
