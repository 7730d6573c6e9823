"""Writing, changing, using and retiring scripts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.search.public import remove

from ..models import Reach, Script, ScriptState, ScriptUse
from .keeping import (
    ScriptDraft,
    checked,
    hold_shortcut,
    keep_version,
    locked,
    may_review,
    reindex,
    take_over,
    tell_reviewers,
    tell_shared,
)
from .refusals import NotWaiting, NotYours


@transaction.atomic
def write_script(*, draft: ScriptDraft, by: Account | None, at: dt.datetime) -> Script:
    """
    Keep a new script: one's own at once, a shared one at once if a reviewer writes it.

    Anybody else's shared script is a proposal until a reviewer decides (J3).

    :raises BadWords: if a text, title or shortcut does not hold
    :raises ShortcutTaken: if another script of the same reach answers to the shortcut
    """
    draft = checked(draft)
    script = Script(owner=by, created_at=at, updated_at=at)
    take_over(script, draft)
    usable = draft.reach == Reach.ME or may_review(by, draft.reach, script.team)
    script.state = ScriptState.ACTIVE if usable else ScriptState.PROPOSED
    hold_shortcut(draft.shortcut, script)
    script.save()
    keep_version(script, note="", by=by, at=at)
    record("knowledge.script_written", obj=script, by=by, at=at, changes={"state": script.state})
    if usable:
        reindex(script, at=at)
        tell_shared(script, at=at)
    else:
        tell_reviewers(script, by=by, at=at)
    return script


@transaction.atomic
def edit_script(
    *,
    script_id: int,
    draft: ScriptDraft,
    by: Account | None,
    at: dt.datetime,
    note: str = "",
    number: int | None = None,
) -> Script:
    """
    Change a script; the old words stay as a version.

    A shared script changed by somebody who does not review becomes a proposal of its own that
    replaces it once approved. ``number`` is the version the person saw.

    :raises NotYours: for somebody else's own script or proposal
    :raises StaleText: if it has been changed meanwhile
    """
    draft = checked(draft)
    script = locked(script_id, number)
    if script.state == ScriptState.RETIRED:
        raise NotWaiting(_("这条话术已经停用。"))
    reviewer = may_review(by, script.reach, script.team)
    if script.state == ScriptState.ACTIVE and script.reach != Reach.ME and not reviewer:
        return _propose_change(script, draft, note=note, by=by, at=at)
    if script.reach == Reach.ME and by is not None and script.owner_id != by.pk:
        raise NotYours(_("这是别人自己的话术。"))
    if script.state != ScriptState.ACTIVE and not reviewer and by and script.owner_id != by.pk:
        raise NotYours(_("这是别人的提议。"))
    if script.replaces_id is not None:
        draft = replace(draft, reach=script.reach, team=script.team)
    was_own = script.reach == Reach.ME
    take_over(script, draft)
    if script.state == ScriptState.RETURNED or (
        was_own and draft.reach != Reach.ME and not may_review(by, draft.reach, script.team)
    ):
        script.state = ScriptState.PROPOSED
        tell_reviewers(script, by=by, at=at)
    hold_shortcut(draft.shortcut, script)
    script.number += 1
    script.updated_at = at
    script.save()
    keep_version(script, note=note, by=by, at=at)
    reindex(script, at=at)
    tell_shared(script, at=at)
    record(
        "knowledge.script_edited",
        obj=script,
        by=by,
        at=at,
        changes={"number": script.number, "state": script.state},
        reason=note,
    )
    return script


def _propose_change(
    script: Script, draft: ScriptDraft, *, note: str, by: Account | None, at: dt.datetime
) -> Script:
    proposal = Script(
        owner=by,
        replaces=script,
        state=ScriptState.PROPOSED,
        created_at=at,
        updated_at=at,
    )
    take_over(proposal, replace(draft, reach=script.reach, team=script.team))
    hold_shortcut(draft.shortcut, proposal)
    proposal.save()
    keep_version(proposal, note=note, by=by, at=at)
    record("knowledge.change_proposed", obj=script, by=by, at=at, changes={"by": proposal.pk})
    tell_reviewers(proposal, by=by, at=at)
    return proposal


@transaction.atomic
def retire_script(
    *, script_id: int, by: Account | None, at: dt.datetime, reason: str = ""
) -> Script:
    """
    Take a script out of use; its versions and uses stay.

    :raises NotYours: for a shared script, if the account does not review
    """
    script = locked(script_id, None)
    own = by is not None and script.owner_id == by.pk
    private = script.reach == Reach.ME or script.state != ScriptState.ACTIVE
    if not (own and private) and not may_review(by, script.reach, script.team):
        raise NotYours(_("共享的话术由审核人停用。"))
    if script.reach == Reach.ME and not own and by is not None:
        raise NotYours(_("这是别人自己的话术。"))
    script.state = ScriptState.RETIRED
    script.updated_at = at
    script.save(update_fields=["state", "updated_at"])
    remove("script", script.pk)
    record("knowledge.script_retired", obj=script, by=by, at=at, reason=reason)
    return script


@transaction.atomic
def use_script(*, script_id: int, by: Account | None, at: dt.datetime, used_for: str = "") -> None:
    """
    Count that a reply made from the script was sent (J3); an unknown id counts nothing.

    ``used_for`` names the reply, e.g. "desk.message:512": the same one is counted once.
    """
    script = Script.objects.filter(pk=script_id).first()
    if script is None:
        return
    if used_for and ScriptUse.objects.filter(script=script, used_for=used_for).exists():
        return
    ScriptUse.objects.create(
        script=script, number=script.number, account=by, used_for=used_for[:80], at=at
    )
    Script.objects.filter(pk=script_id).update(uses=F("uses") + 1, last_used_at=at)
