"""Working on the next version of a policy set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record

from .. import queries, rules
from ..models import EDITABLE, UNPUBLISHED, PolicySet, RulebookVersion, State
from .refusals import DraftExists, NotADraft, Refused, StaleDraft


def locked_draft(draft_id: int, revision: int | None) -> RulebookVersion:
    """
    Take the draft for this transaction.

    :raises NotADraft: if the version is handed in or published
    :raises StaleDraft: if ``revision`` is no longer the draft's
    """
    draft = (
        RulebookVersion.objects.select_for_update(of=("self",))
        .select_related("policy_set")
        .get(pk=draft_id)
    )
    if draft.state in (State.ASKED, State.APPROVED):
        raise NotADraft(_("第 %d 版正在审批，要改请先撤回审批。") % draft.number)
    if draft.state not in EDITABLE:
        raise NotADraft(_("第 %d 版已经发布，不能再改；请新建草稿。") % draft.number)
    if revision is not None and draft.revision != revision:
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    return draft


def _save(draft: RulebookVersion, body: dict[str, Any]) -> None:
    draft.body = body
    draft.sha256 = rules.fingerprint(body)
    draft.revision += 1
    draft.state, draft.tested_at = State.DRAFT, None  # what was tested was another body
    draft.save(update_fields=["body", "sha256", "revision", "state", "tested_at"])


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
    if RulebookVersion.objects.filter(policy_set=policy_set, state__in=UNPUBLISHED).exists():
        raise DraftExists(_("已有一份草稿，请接着改它。"))
    base = latest_version(policy_set)
    return new_draft(policy_set, base.body if base else None, by=by, at=at, note=note)


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
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state__in=UNPUBLISHED).first()
    if revision != (draft.revision if draft else 0):
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    return draft or draft_version(policy_set=policy_set, by=by, at=at)


@transaction.atomic
def open_draft(*, policy_set: PolicySet, by: Account | None, at: dt.datetime) -> RulebookVersion:
    """Return the set's draft, begun if there is none."""
    PolicySet.objects.select_for_update().get(pk=policy_set.pk)
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state__in=UNPUBLISHED).first()
    return draft or draft_version(policy_set=policy_set, by=by, at=at)


def new_draft(
    policy_set: PolicySet,
    base: Mapping[str, Any] | None,
    *,
    by: Account | None,
    at: dt.datetime,
    note: str,
) -> RulebookVersion:
    """Begin a draft from a body, or from what the software ships."""
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
    draft = locked_draft(draft_id, revision)
    try:
        body = rules.change_values(draft.body, values, queries.catalogue())
    except rules.BadValue as refused:
        raise Refused([refused.problem]) from None
    hold(body)
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
    draft = locked_draft(draft_id, revision)
    clauses = [dict(clause) for clause in draft.body["clauses"]]
    held = next((clause for clause in clauses if clause["code"] == code), None)
    before = dict(held) if held else None
    if held is None:
        held = {"code": code, "source": "", "title_en": "", "text_en": "", "number": ""}
        clauses.append(held)
    held.update(words)
    body = hold({**draft.body, "clauses": clauses})
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
    draft = locked_draft(draft_id, revision)
    clauses = [clause for clause in draft.body["clauses"] if clause["code"] != code]
    body = hold({**draft.body, "clauses": clauses})
    _save(draft, body)
    record("rulebook.clause_removed", obj=draft, by=by, at=at, changes={"code": code})
    return draft


def hold(body: Mapping[str, Any]) -> dict[str, Any]:
    """:raises Refused: with everything that speaks against the body"""
    checked, problems = rules.validate(body, queries.catalogue())
    if problems:
        raise Refused(problems)
    return checked


@transaction.atomic
def save_case(
    *,
    draft_id: int,
    number: int | None,
    case: Mapping[str, Any],
    by: Account | None,
    at: dt.datetime,
    revision: int | None = None,
) -> RulebookVersion:
    """
    Add an example to the draft, or put another in the place of the one so numbered (from 1).

    :raises Refused: with the place and reason of what does not hold
    """
    draft = locked_draft(draft_id, revision)
    cases = [dict(each) for each in draft.body.get("cases", ())]
    if number is None:
        cases.append(dict(case))
    elif 1 <= number <= len(cases):
        cases[number - 1] = dict(case)
    else:
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    body = hold({**draft.body, "cases": cases})
    _save(draft, body)
    record("rulebook.case_saved", obj=draft, by=by, at=at, changes={"case": dict(case)})
    return draft


@transaction.atomic
def remove_case(
    *, draft_id: int, number: int, by: Account | None, at: dt.datetime, revision: int | None = None
) -> RulebookVersion:
    """
    Take an example out of the draft.

    :raises StaleDraft: if there is none of that number
    """
    draft = locked_draft(draft_id, revision)
    cases = list(draft.body.get("cases", ()))
    if not 1 <= number <= len(cases):
        raise StaleDraft(_("草稿刚被别人改过，请看过最新内容再改。"))
    gone = cases.pop(number - 1)
    _save(draft, {**draft.body, "cases": cases})
    record("rulebook.case_removed", obj=draft, by=by, at=at, changes={"case": gone})
    return draft


@transaction.atomic
def accept_results(
    *, draft_id: int, by: Account | None, at: dt.datetime, revision: int | None = None
) -> RulebookVersion:
    """Let the draft's examples expect what its values come to; a person has looked at them."""
    draft = locked_draft(draft_id, revision)
    body = hold(rules.accept_results(draft.body, queries.catalogue().evaluators))
    changes = {"cases": [draft.body.get("cases", []), body["cases"]]}
    _save(draft, body)
    record("rulebook.results_accepted", obj=draft, by=by, at=at, changes=changes)
    return draft


@transaction.atomic
def discard_draft(*, draft_id: int, by: Account | None, at: dt.datetime) -> None:
    """
    Throw a draft away; its changes stay in the audit log.

    :raises NotADraft: if the version is published
    """
    draft = locked_draft(draft_id, None)
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
    draft = RulebookVersion.objects.filter(policy_set=policy_set, state__in=UNPUBLISHED).first()
    latest = latest_version(policy_set)
    held = draft or latest
    base = rules.new_body(queries.catalogue(), held.body if held else None)
    meta, body, problems = rules.read_toml(text, queries.catalogue(), base)
    if problems:
        raise Refused(problems)
    if draft is None:
        draft = new_draft(policy_set, base, by=by, at=at, note="")
    draft = locked_draft(draft.pk, None)
    draft.note = str(meta.get("note", draft.note))[:500]
    draft.save(update_fields=["note"])
    _save(draft, body)
    record("rulebook.imported", obj=draft, by=by, at=at, changes={"sha256": draft.sha256})
    return draft
