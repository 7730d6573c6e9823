"""What every act on a script has in common: checking, keeping, telling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, ScopeKind, can, own_scope_ids
from cangke.foundation.access.public import reach as held_reach
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.search.public import index, remove
from cangke.people.public import Team, employee_of, leaders_above

from .. import rules
from ..events import ScriptShared
from ..models import Reach, Script, ScriptFolder, ScriptState, ScriptVersion
from .refusals import BadWords, ShortcutTaken, StaleText, problem_words

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


def checked(draft: ScriptDraft) -> ScriptDraft:
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


def hold_shortcut(shortcut: str, script: Script) -> None:
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


def take_over(script: Script, draft: ScriptDraft) -> None:
    for name in (*WORDS, "stage", "reach", "team", "folder", "shortcut", "placeholder"):
        setattr(script, name, getattr(draft, name))


def keep_version(script: Script, *, note: str, by: Account | None, at: dt.datetime) -> None:
    ScriptVersion.objects.create(
        script=script,
        number=script.number,
        note=note.strip()[:200],
        by=by,
        at=at,
        **{name: getattr(script, name) for name in WORDS},
    )


def reindex(script: Script, *, at: dt.datetime) -> None:
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


def tell_shared(script: Script, *, at: dt.datetime) -> None:
    if script.reach != Reach.ME and script.state == ScriptState.ACTIVE:
        publish(ScriptShared(script_id=script.pk, number=script.number, at=at))


def tell_reviewers(script: Script, *, by: Account | None, at: dt.datetime) -> None:
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


def locked(script_id: int, number: int | None) -> Script:
    script = Script.objects.select_for_update().get(pk=script_id)
    if number is not None and script.number != number:
        raise StaleText(_("这条话术刚被别人改过，请看过最新内容再改。"))
    return script
