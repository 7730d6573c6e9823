from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish

from .. import queries, rules
from ..events import RulebookPublished, RulebookWithdrawn
from ..models import PolicySet, RulebookVersion, State
from .edition import new_edition
from .refusals import (
    BadDay,
    DraftExists,
    NotADraft,
    NothingChanged,
    Refused,
    StaleDraft,
)


def _locked_draft(draft_id: int, revision: int | None) -> RulebookVersion:
    draft = (
        RulebookVersion.objects.select_for_update(of=("self",))
        .select_related("policy_set")
        .get(pk=draft_id)
    )
    if draft.state != State.DRAFT:
        raise NotADraft(_("第 %d 版已经发布，不能再改；请新建草稿。") % draft.number)
    if revision is not None and draft.revision != revision:
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    return draft


def _save(draft: RulebookVersion, body: dict[str, Any]) -> None:
    draft.body = body
    draft.sha256 = rules.fingerprint(body)
    draft.revision += 1
    draft.save(update_fields=["body", "sha256", "revision"])


def latest_version(policy_set: PolicySet) -> RulebookVersion | None:
    """The published version with the latest day, whether in force yet or not."""
    return (
        RulebookVersion.objects.filter(policy_set=policy_set, state=State.PUBLISHED)
        .order_by("-effective_from")
        .first()
    )


@transaction.atomic
def draft_version(
    *, policy_set: PolicySet, by: Account | None, at: dt.datetime, note: str = ""
) -> RulebookVersion:
    """
    Begin a draft from the latest published version, completed by what the software ships since.

    :raises DraftExists: if the set has one already
    """
    PolicySet.objects.select_for_update().get(pk=policy_set.pk)
    if RulebookVersion.objects.filter(policy_set=policy_set, state=State.DRAFT).exists():
        raise DraftExists(_("已有一份草稿，请接着改它。"))
    base = latest_version(policy_set)
    return _new_draft(policy_set, base.body if base else None, by=by, at=at, note=note)


@transaction.atomic
def edit_values(
    *,
    policy_set: PolicySet,
    values: Mapping[str, Any],
    revision: int,
    by: Account | None,
    at: dt.datetime,
) -> RulebookVersion:
    """
    Change parameters of the set's draft, begun if there is none; see `change_values`.

    ``revision`` is what the person saw, 0 if there was no draft.
    """
    draft = _seen_draft(policy_set, revision, by=by, at=at)
    return change_values(draft_id=draft.pk, values=values, by=by, at=at)


@transaction.atomic
def edit_words(
    *,
    policy_set: PolicySet,
    code: str,
    words: Mapping[str, str],
    revision: int,
    by: Account | None,
    at: dt.datetime,
) -> RulebookVersion:
    """Reword a clause of the set's draft, begun if there is none; see `change_words`."""
    draft = _seen_draft(policy_set, revision, by=by, at=at)
    return change_words(draft_id=draft.pk, code=code, words=words, by=by, at=at)


def _seen_draft(
    policy_set: PolicySet, revision: int, *, by: Account | None, at: dt.datetime
) -> RulebookVersion:
    PolicySet.objects.select_for_update().get(pk=policy_set.pk)
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state=State.DRAFT).first()
    if revision != (draft.revision if draft else 0):
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    return draft or draft_version(policy_set=policy_set, by=by, at=at)


@transaction.atomic
def open_draft(*, policy_set: PolicySet, by: Account | None, at: dt.datetime) -> RulebookVersion:
    """Return the set's draft, begun if there is none."""
    PolicySet.objects.select_for_update().get(pk=policy_set.pk)
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state=State.DRAFT).first()
    return draft or draft_version(policy_set=policy_set, by=by, at=at)


def _new_draft(
    policy_set: PolicySet,
    base: Mapping[str, Any] | None,
    *,
    by: Account | None,
    at: dt.datetime,
    note: str,
) -> RulebookVersion:
    last = policy_set.versions.order_by("-number").first()
    body = rules.new_body(queries.catalogue(), base)
    draft = RulebookVersion.objects.create(
        policy_set=policy_set,
        number=last.number + 1 if last else 1,
        body=body,
        sha256=rules.fingerprint(body),
        note=note,
        created_by=by,
        created_at=at,
    )
    record("rulebook.drafted", obj=draft, by=by, at=at, changes={"number": draft.number})
    return draft


@transaction.atomic
def change_values(
    *,
    draft_id: int,
    values: Mapping[str, Any],
    by: Account | None,
    at: dt.datetime,
    revision: int | None = None,
) -> RulebookVersion:
    """
    Change parameters in the draft; ``values`` are in stored form, by key.

    :raises NotADraft: if the version is published
    :raises StaleDraft: if ``revision`` is no longer the draft's
    :raises Refused: if a key is unknown, a value refused, or numbers that must rise do not
    """
    draft = _locked_draft(draft_id, revision)
    try:
        body = rules.change_values(draft.body, values, queries.catalogue())
    except rules.BadValue as refused:
        raise Refused([refused.problem]) from None
    _hold(body)
    changes = {key: [draft.body["values"].get(key), body["values"][key]] for key in values}
    _save(draft, body)
    record("rulebook.values_changed", obj=draft, by=by, at=at, changes=changes)
    return draft


@transaction.atomic
def change_words(
    *,
    draft_id: int,
    code: str,
    words: Mapping[str, str],
    by: Account | None,
    at: dt.datetime,
    revision: int | None = None,
) -> RulebookVersion:
    """
    Reword a clause of the draft, or add one of the company's own (code ``own.…``).

    ``words`` holds number, chapter, title, title_en, text, text_en, source; what is left out stays.

    :raises Refused: if the words name a parameter that the clause does not carry
    """
    draft = _locked_draft(draft_id, revision)
    clauses = [dict(clause) for clause in draft.body["clauses"]]
    held = next((clause for clause in clauses if clause["code"] == code), None)
    before = dict(held) if held else None
    if held is None:
        held = {"code": code, "source": "", "title_en": "", "text_en": "", "number": ""}
        clauses.append(held)
    held.update(words)
    body = _hold({**draft.body, "clauses": clauses})
    _save(draft, body)
    changes = {code: [before, held]}
    record("rulebook.words_changed", obj=draft, by=by, at=at, changes=changes)
    return draft


@transaction.atomic
def remove_clause(
    *, draft_id: int, code: str, by: Account | None, at: dt.datetime, revision: int | None = None
) -> RulebookVersion:
    """
    Take one of the company's own clauses out of the draft.

    :raises Refused: for a clause that the system executes
    """
    draft = _locked_draft(draft_id, revision)
    clauses = [clause for clause in draft.body["clauses"] if clause["code"] != code]
    body = _hold({**draft.body, "clauses": clauses})
    _save(draft, body)
    record("rulebook.clause_removed", obj=draft, by=by, at=at, changes={"code": code})
    return draft


def _hold(body: Mapping[str, Any]) -> dict[str, Any]:
    checked, problems = rules.validate(body, queries.catalogue())
    if problems:
        raise Refused(problems)
    return checked


@transaction.atomic
def discard_draft(*, draft_id: int, by: Account | None, at: dt.datetime) -> None:
    """
    Throw a draft away; its changes stay in the audit log.

    :raises NotADraft: if the version is published
    """
    draft = _locked_draft(draft_id, None)
    record("rulebook.discarded", obj=draft, by=by, at=at, changes={"sha256": draft.sha256})
    draft.delete()


@transaction.atomic
def import_version(
    *, policy_set: PolicySet, text: str | bytes, by: Account | None, at: dt.datetime
) -> RulebookVersion:
    """
    Take a TOML file over into the set's draft (begun if there is none); nothing is published.

    :raises Refused: with every place and reason; the draft stays as it was
    """
    PolicySet.objects.select_for_update().get(pk=policy_set.pk)
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state=State.DRAFT).first()
    latest = latest_version(policy_set)
    held = draft or latest
    base = rules.new_body(queries.catalogue(), held.body if held else None)
    meta, body, problems = rules.read_toml(text, queries.catalogue(), base)
    if problems:
        raise Refused(problems)
    if draft is None:
        draft = _new_draft(policy_set, base, by=by, at=at, note="")
    draft.note = str(meta.get("note", draft.note))[:500]
    draft.save(update_fields=["note"])
    _save(draft, body)
    record("rulebook.imported", obj=draft, by=by, at=at, changes={"sha256": draft.sha256})
    return draft


@transaction.atomic
def publish_version(
    *,
    draft_id: int,
    effective_from: dt.date,
    note: str,
    by: Account | None,
    at: dt.datetime,
    revision: int | None = None,
) -> RulebookVersion:
    """
    Let the draft hold from a day on; from then on nobody can change it.

    The day is today (in the house's zone) or later, so that what has been computed stays as it
    was. A version that begins on the same day is superseded; a later one must be withdrawn first.

    :raises BadDay: for a day in the past, or before a version already published
    :raises NothingChanged: if the draft equals the version before it
    :raises Refused: if the reason is missing or the body does not hold
    """
    draft = _locked_draft(draft_id, revision)
    PolicySet.objects.select_for_update().get(pk=draft.policy_set_id)
    if not note.strip():
        raise NothingChanged(_("请写明理由，员工会看到它。"), field="note")
    if effective_from < timezone.localtime(at).date():
        raise BadDay(_("生效日期不能早于今天，过去的结果不会被改动。"), field="effective_from")
    latest = latest_version(draft.policy_set)
    if latest is not None and latest.effective_from is not None:
        if effective_from < latest.effective_from:
            raise BadDay(
                _("第 %(number)d 版已定于 %(day)s 起生效；请选择不早于它的日期，或先撤回它。")
                % {"number": latest.number, "day": latest.effective_from.isoformat()},
                field="effective_from",
            )
        if latest.sha256 == draft.sha256:
            raise NothingChanged(_("草稿与第 %d 版没有不同。") % latest.number)
    return _publish(draft, latest, effective_from, note.strip(), by=by, at=at)


def _publish(
    draft: RulebookVersion,
    latest: RulebookVersion | None,
    effective_from: dt.date,
    note: str,
    *,
    by: Account | None,
    at: dt.datetime,
) -> RulebookVersion:
    body = _hold(draft.body)
    if latest is not None and latest.effective_from == effective_from:
        latest.state = State.SUPERSEDED
        latest.save(update_fields=["state"])
    draft.body, draft.sha256 = body, rules.fingerprint(body)
    draft.state, draft.effective_from, draft.note = State.PUBLISHED, effective_from, note
    draft.published_by, draft.published_at = by, at
    draft.save()
    changes = {"effective_from": effective_from, "sha256": draft.sha256, "number": draft.number}
    record("rulebook.published", obj=draft, by=by, at=at, changes=changes, reason=note)
    publish(
        RulebookPublished(
            version_id=draft.pk,
            set_key=draft.policy_set.key,
            number=draft.number,
            effective_from=effective_from.isoformat(),
            at=at,
        )
    )
    new_edition()
    return draft


@transaction.atomic
def withdraw_version(
    *, version_id: int, reason: str, by: Account | None, at: dt.datetime
) -> RulebookVersion:
    """
    Take a published version back before its first day.

    :raises BadDay: if it has begun, or was taken back before
    """
    version = (
        RulebookVersion.objects.select_for_update(of=("self",))
        .select_related("policy_set")
        .get(pk=version_id)
    )
    today = timezone.localtime(at).date()
    if version.state != State.PUBLISHED or version.effective_from is None:
        raise BadDay(_("只有已发布的版本可以撤回。"))
    if version.effective_from <= today:
        raise BadDay(_("第 %d 版已经生效，不能撤回；请发布新的版本。") % version.number)
    version.state = State.SUPERSEDED
    version.save(update_fields=["state"])
    record("rulebook.withdrawn", obj=version, by=by, at=at, reason=reason)
    publish(
        RulebookWithdrawn(
            version_id=version.pk, set_key=version.policy_set.key, number=version.number, at=at
        )
    )
    new_edition()
    return version


def export_version(version: RulebookVersion) -> str:
    """Return the version as a TOML file."""
    meta: dict[str, Any] = {
        "set": version.policy_set.key,
        "name": version.policy_set.name,
        "number": version.number,
        "note": version.note,
        "sha256": version.sha256,
    }
    if version.effective_from:
        meta["effective_from"] = version.effective_from.isoformat()
    return rules.write_toml(version.body, meta, queries.catalogue())
