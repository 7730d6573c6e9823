from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, ScopeKind, can, own_scope_ids
from cangke.foundation.access.public import reach as held_reach
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.search.public import index, remove
from cangke.people.public import Team, employee_of, leaders_above

from .. import rules
from ..events import ScriptShared
from ..models import Reach, Script, ScriptFolder, ScriptState, ScriptUse, ScriptVersion
from .refusals import BadWords, NotWaiting, NotYours, ShortcutTaken, StaleText, problem_words

WORDS = ("title", "title_en", "body", "body_en")
LONGEST_TITLE = 80


@dataclass(frozen=True)
class ScriptDraft:
    """What a person wrote. ``team`` is needed for the reach "team"."""

    title: str
    body: str
    title_en: str = ""
    body_en: str = ""
    stage: str = "all"
    reach: str = "me"
    team: Team | None = None
    folder: ScriptFolder | None = None
    shortcut: str = ""
    placeholder: bool = False


def _checked(draft: ScriptDraft) -> ScriptDraft:
    """:raises BadWords: at the field that does not hold"""
    words: dict[str, Any] = {}
    for name, longest in (("title", LONGEST_TITLE), ("title_en", LONGEST_TITLE)):
        words[name] = getattr(draft, name).strip()
        if len(words[name]) > longest or "\n" in words[name]:
            raise BadWords(_("标题不能超过 %d 个字，写在一行里。") % longest, field=name)
    if not words["title"]:
        raise BadWords(_("请填写标题。"), field="title")
    for name in ("body", "body_en"):
        text = getattr(draft, name)
        if name == "body_en" and not text.strip():
            words[name] = ""
            continue
        try:
            words[name] = rules.check_text(text)
        except rules.BadText as bad:
            raise BadWords(problem_words(bad.problem), field=name) from None
    try:
        words["shortcut"] = rules.check_shortcut(draft.shortcut)
    except rules.BadText as bad:
        raise BadWords(problem_words(bad.problem), field="shortcut") from None
    if draft.reach == Reach.TEAM and draft.team is None:
        raise BadWords(_("请选择小组。"), field="team")
    return replace(draft, **words, team=draft.team if draft.reach == Reach.TEAM else None)


def may_review(account: Account | None, reach: str, team: Team | None) -> bool:
    """
    Whether the account decides on scripts of that reach; a machine (None) does.

    Any reviewer decides on scripts for everybody, a team's scripts are decided by those whose
    right reaches that team.
    """
    if account is None:
        return True
    kinds = held_reach(account, "knowledge.review")
    if not kinds or reach != Reach.TEAM or team is None:
        return bool(kinds)
    return (
        ScopeKind.ALL in kinds
        or (ScopeKind.TEAM in kinds and team.pk in _own(account, "team"))
        or (ScopeKind.DEPARTMENT in kinds and team.department_id in _own(account, "department"))
    )


def _own(account: Account, kind: str) -> Collection[int]:
    return own_scope_ids.ask(account_id=account.pk, kind=kind)


def _free(shortcut: str, script: Script) -> None:
    """:raises ShortcutTaken: if another usable script of the same reach answers to it"""
    if not shortcut:
        return
    same = Script.objects.filter(
        shortcut=shortcut, state=ScriptState.ACTIVE, reach=script.reach
    ).exclude(pk__in=[pk for pk in (script.pk, script.replaces_id) if pk])
    if script.reach == Reach.TEAM:
        same = same.filter(team=script.team)
    if script.reach == Reach.ME:
        same = same.filter(owner_id=script.owner_id)
    other = same.first()
    if other is not None:
        text = _("快捷码 %(code)s 已用于“%(title)s”。")
        raise ShortcutTaken(text % {"code": shortcut, "title": other.title}, field="shortcut")


def _take(script: Script, draft: ScriptDraft) -> None:
    for name in (*WORDS, "stage", "reach", "team", "folder", "shortcut", "placeholder"):
        setattr(script, name, getattr(draft, name))


def _keep_version(script: Script, *, note: str, by: Account | None, at: dt.datetime) -> None:
    ScriptVersion.objects.create(
        script=script,
        number=script.number,
        note=note.strip()[:200],
        by=by,
        at=at,
        **{name: getattr(script, name) for name in WORDS},
    )


def _reindex(script: Script, *, at: dt.datetime) -> None:
    if script.state != ScriptState.ACTIVE:
        remove("script", script.pk)
        return
    index(
        "script",
        script.pk,
        title=" ".join(filter(None, [script.title, script.title_en])),
        text=f"{script.body}\n{script.body_en}",
        numbers=[script.shortcut] if script.shortcut else [],
        url=reverse("knowledge:script", args=[script.pk]),
        at=at,
    )


def _shared(script: Script, *, at: dt.datetime) -> None:
    if script.reach != Reach.ME and script.state == ScriptState.ACTIVE:
        publish(ScriptShared(script_id=script.pk, number=script.number, at=at))


def _tell_reviewers(script: Script, *, by: Account | None, at: dt.datetime) -> None:
    employee = employee_of(by)
    if employee is None:
        return
    reviewers = [
        leader.account
        for leader in leaders_above(employee)
        if leader.account is not None and can(leader.account, "knowledge.review")
    ]
    notify(
        reviewers,
        kind="knowledge.proposed",
        title=gettext_lazy("有话术待审"),
        body=script.title,
        url=reverse("knowledge:script", args=[script.pk]),
        at=at,
    )


@transaction.atomic
def write_script(*, draft: ScriptDraft, by: Account | None, at: dt.datetime) -> Script:
    """
    Keep a new script: one's own at once, a shared one at once if a reviewer writes it.

    Anybody else's shared script is a proposal until a reviewer decides (J3).

    :raises BadWords: if a text, title or shortcut does not hold
    :raises ShortcutTaken: if another script of the same reach answers to the shortcut
    """
    draft = _checked(draft)
    script = Script(owner=by, created_at=at, updated_at=at)
    _take(script, draft)
    usable = draft.reach == Reach.ME or may_review(by, draft.reach, script.team)
    script.state = ScriptState.ACTIVE if usable else ScriptState.PROPOSED
    _free(draft.shortcut, script)
    script.save()
    _keep_version(script, note="", by=by, at=at)
    record("knowledge.script_written", obj=script, by=by, at=at, changes={"state": script.state})
    if usable:
        _reindex(script, at=at)
        _shared(script, at=at)
    else:
        _tell_reviewers(script, by=by, at=at)
    return script


def _locked(script_id: int, number: int | None) -> Script:
    script = Script.objects.select_for_update().get(pk=script_id)
    if number is not None and script.number != number:
        raise StaleText(_("这条话术刚被别人改过，请看过最新内容再改。"))
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
    draft = _checked(draft)
    script = _locked(script_id, number)
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
    _take(script, draft)
    if script.state == ScriptState.RETURNED or (
        was_own and draft.reach != Reach.ME and not may_review(by, draft.reach, script.team)
    ):
        script.state = ScriptState.PROPOSED
        _tell_reviewers(script, by=by, at=at)
    _free(draft.shortcut, script)
    script.number += 1
    script.updated_at = at
    script.save()
    _keep_version(script, note=note, by=by, at=at)
    _reindex(script, at=at)
    _shared(script, at=at)
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
    _take(proposal, replace(draft, reach=script.reach, team=script.team))
    _free(draft.shortcut, proposal)
    proposal.save()
    _keep_version(proposal, note=note, by=by, at=at)
    record("knowledge.change_proposed", obj=script, by=by, at=at, changes={"by": proposal.pk})
    _tell_reviewers(proposal, by=by, at=at)
    return proposal


def _waiting(script_id: int, by: Account | None) -> Script:
    script = _locked(script_id, None)
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
    _free(usable.shortcut, usable)
    script.save()
    if usable is not script:
        usable.save()
        _keep_version(usable, note=note, by=script.owner, at=at)
    _reindex(usable, at=at)
    _shared(usable, at=at)
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


@transaction.atomic
def retire_script(
    *, script_id: int, by: Account | None, at: dt.datetime, reason: str = ""
) -> Script:
    """
    Take a script out of use; its versions and uses stay.

    :raises NotYours: for a shared script, if the account does not review
    """
    script = _locked(script_id, None)
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
