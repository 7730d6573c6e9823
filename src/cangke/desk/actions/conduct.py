"""Replies that were stopped for what they said (A11)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal

from ..events import InsultStopped
from ..models import ConductAlert, Conversation
from .thread import acting_employee


class Discourteous(Refusal):
    """The text has a word in it that no customer is to read; nothing was sent."""

    def __init__(self, words: Sequence[str]) -> None:
        said = _("没有发送：“%(words)s”不能对客户说。请改写；如对方言语过激，请转给组长。")
        super().__init__(said % {"words": "”“".join(words)}, field="body")
        self.words = tuple(words)


class AlreadyReviewed(Conflict):
    """Somebody has looked into it before."""


@transaction.atomic
def keep_stopped(
    *, conversation_id: int, text: str, words: Sequence[str], by: Account, at: dt.datetime
) -> ConductAlert:
    """Keep what was stopped: one alert for the leaders, each further try counted."""
    employee = acting_employee(by)
    digest = hashlib.sha256(text.strip().encode()).hexdigest()
    kept = ConductAlert.objects.filter(
        conversation_id=conversation_id, agent=employee, text_hash=digest
    )
    alert, made = kept.first(), False
    if alert is None:
        try:
            with transaction.atomic():
                alert, made = (
                    ConductAlert.objects.create(
                        conversation_id=conversation_id,
                        agent=employee,
                        at=at,
                        text=text.strip(),
                        text_hash=digest,
                        words=list(words),
                    ),
                    True,
                )
        except IntegrityError:  # the same try on two lines at once
            alert = kept.get()
    if not made:
        kept.update(attempts=F("attempts") + 1)
        alert.refresh_from_db()
    record(
        "desk.insult_stopped",
        obj=Conversation.objects.get(pk=conversation_id),
        by=by,
        at=at,
        changes={"alert": alert.pk, "words": list(words)},
    )
    if made:
        publish(
            InsultStopped(
                alert_id=alert.pk,
                conversation_id=conversation_id,
                employee_id=employee.pk,
                at=at,
            )
        )
    return alert


@transaction.atomic
def review_alert(*, alert_id: int, note: str, by: Account, at: dt.datetime) -> ConductAlert:
    """
    Say what came of an alert; nobody looks into their own.

    :raises AlreadyReviewed: if somebody has before
    """
    get_visible(by, ConductAlert, "review", pk=alert_id)
    alert = ConductAlert.objects.select_for_update().select_related("agent").get(pk=alert_id)
    if alert.reviewed_at is not None:
        raise AlreadyReviewed(_("这条提醒已经有人处理过了。"))
    if alert.agent.account_id == by.pk:
        raise Refusal(_("不能处理自己的用语提醒，请由上级处理。"))
    if not note.strip():
        raise Refusal(_("请写明怎么处理的，例如“已当面提醒”。"), field="note")
    alert.reviewed_at, alert.reviewed_by, alert.note = at, by, note.strip()[:300]
    alert.save(update_fields=["reviewed_at", "reviewed_by", "note"])
    record("desk.conduct_reviewed", obj=alert, by=by, at=at, changes={"note": alert.note})
    return alert
