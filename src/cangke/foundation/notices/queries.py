from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cangke.foundation.access.public import Account

from . import registry
from .models import Notice, NoticeChoice, NoticeSetting, OutboxItem, OutboxState

MOST_UNREAD = 99


def notices_of(account: Account) -> QuerySet[Notice]:
    """A person's own notices, whoever else they may manage."""
    return Notice.objects.filter(account=account)


def count_unread(account: Account) -> int:
    """Count unread notices, at most one past 99."""
    return notices_of(account).filter(read_at=None)[: MOST_UNREAD + 1].count()


def setting_of(account: Account) -> NoticeSetting:
    """How the person wants to be told; defaults where nothing was chosen."""
    found = NoticeSetting.objects.filter(account=account).first()
    return found or NoticeSetting(account=account)


def choices_of(account: Account) -> list[tuple[registry.Kind, bool, bool]]:
    """Every kind with (in the app, by mail) as the person chose or as it comes."""
    chosen: dict[str, tuple[Any, ...]] = {
        kind: (in_app, mail)
        for kind, in_app, mail in NoticeChoice.objects.filter(account=account).values_list(
            "kind", "in_app", "mail"
        )
    }
    return [(kind, *chosen.get(kind.code, (True, kind.mail))) for kind in registry.KINDS.values()]


def dead_items() -> QuerySet[OutboxItem]:
    """What could not be sent and waits for somebody to decide."""
    return OutboxItem.objects.filter(state=OutboxState.DEAD).select_related("account", "webhook")
