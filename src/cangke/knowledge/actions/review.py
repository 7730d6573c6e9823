"""Deciding on what somebody proposed to share (J3)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify

from ..models import Script, ScriptState
from .keeping import WORDS, hold_shortcut, keep_version, locked, may_review, reindex, tell_shared
from .refusals import BadWords, NotWaiting, NotYours


def _waiting(script_id: int, by: Account | None) -> Script:
    script = locked(script_id, None)
    if script.state != ScriptState.PROPOSED:
        raise NotWaiting(_("这条提议已经处理过了。"))
    if not may_review(by, script.reach, script.team):
        raise NotYours(_("只有审核人可以决定。"))
    return script


@transaction.atomic
def approve_script(
    *, script_id: int, by: Account | None, at: dt.datetime, note: str = ""
) -> Script:
    """
    Share a proposed script; a proposed change becomes a new version of what it replaces.

    :returns: the script that is now usable
    :raises NotWaiting: if somebody decided before
    """
    script = _waiting(script_id, by)
    script.review_note, script.reviewed_by, script.reviewed_at = note.strip()[:300], by, at
    if script.replaces_id is not None:
        usable = Script.objects.select_for_update().get(pk=script.replaces_id)
        for name in (*WORDS, "stage", "folder_id", "shortcut", "placeholder"):
            setattr(usable, name, getattr(script, name))
        usable.number += 1
        usable.updated_at = at
        script.state = ScriptState.RETIRED
    else:
        usable = script
        script.state = ScriptState.ACTIVE
    hold_shortcut(usable.shortcut, usable)
    script.save()
    if usable is not script:
        usable.save()
        keep_version(usable, note=note, by=script.owner, at=at)
    reindex(usable, at=at)
    tell_shared(usable, at=at)
    record("knowledge.script_approved", obj=usable, by=by, at=at, reason=note)
    _tell_author(script, gettext_lazy("提议的话术已共享"), url_of=usable, by=by, at=at)
    return usable


@transaction.atomic
def return_script(*, script_id: int, note: str, by: Account | None, at: dt.datetime) -> Script:
    """
    Give a proposal back to its author with what is to be improved.

    :raises BadWords: without a reason
    """
    if not note.strip():
        raise BadWords(_("请写明要改什么。"), field="note")
    script = _waiting(script_id, by)
    script.state = ScriptState.RETURNED
    script.review_note, script.reviewed_by, script.reviewed_at = note.strip()[:300], by, at
    script.save()
    record("knowledge.script_returned", obj=script, by=by, at=at, reason=note)
    _tell_author(script, gettext_lazy("提议的话术被退回"), url_of=script, by=by, at=at)
    return script


def _tell_author(
    script: Script, title: object, *, url_of: Script, by: Account | None, at: dt.datetime
) -> None:
    if script.owner is None or script.owner == by:
        return
    notify(
        script.owner,
        kind="knowledge.reviewed",
        title=title,
        body=f"{script.title}\n{script.review_note}".strip(),
        url=reverse("knowledge:script", args=[url_of.pk]),
        at=at,
    )
