"""Testing, handing in, publishing, withdrawing and handing out versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import listed

from .. import ports, queries, rules
from ..events import RulebookPublished, RulebookWithdrawn
from ..models import UNPUBLISHED, PolicySet, RulebookVersion, State
from .days import hold_day
from .drafts import hold, latest_version, locked_draft
from .edition import new_edition
from .refusals import BadDay, CasesFail, NobodyApproves, NotADraft, NothingChanged

KIND = "rulebook.version"


@transaction.atomic
def run_examples(
    *, draft_id: int, by: Account | None, at: dt.datetime, revision: int | None = None
) -> list[rules.Outcome]:
    """
    Hold the draft against its own examples; all of them pass, or it stays a draft.

    :raises NotADraft: if it is handed in or published
    :raises Refused: if the body does not hold
    """
    draft = locked_draft(draft_id, revision)
    hold(draft.body)
    outcomes = rules.run_cases(draft.body, queries.catalogue().evaluators)
    passed = all(each.passed for each in outcomes)
    draft.state, draft.tested_at = (State.TESTED, at) if passed else (State.DRAFT, None)
    draft.save(update_fields=["state", "tested_at"])
    failed = [each.number for each in outcomes if not each.passed]
    changes = {"cases": len(outcomes), "failed": failed, "sha256": draft.sha256}
    record("rulebook.tested", obj=draft, by=by, at=at, changes=changes)
    return outcomes


@transaction.atomic
def ask_approval(
    *,
    draft_id: int,
    effective_from: dt.date,
    note: str,
    by: Account,
    at: dt.datetime,
    revision: int | None = None,
) -> RulebookVersion:
    """
    Hand the draft in with the day from which it shall hold; from here on nobody changes it.

    Its examples are run once more. Whoever approves is asked about exactly this body and day.

    :raises CasesFail: if an example does not pass
    :raises BadDay: for a day on which it may not begin
    :raises NothingChanged: if it equals the version before it, or the reason is missing
    :raises NobodyApproves: if nobody can be asked
    """
    draft = locked_draft(draft_id, revision)
    PolicySet.objects.select_for_update().get(pk=draft.policy_set_id)
    _ready(draft, effective_from, note, at=at)
    draft.state, draft.tested_at = State.ASKED, at
    draft.effective_from, draft.note = effective_from, note.strip()
    draft.asked_by, draft.asked_at = by, at
    draft.sha256 = rules.fingerprint(draft.body)
    draft.save()
    draft.case_url = ports.approval.ask(
        kind=KIND,
        subject_id=draft.pk,
        title=lambda: (
            _("制度改版：%(set)s 第 %(number)d 版")
            % {"set": draft.policy_set.title, "number": draft.number}
        ),
        facts=lambda: _facts(draft),
        by=by,
        at=at,
    )
    if not draft.case_url:
        raise NobodyApproves(_("没有人可以批准这一版；请先在审批里设好流程。"))
    draft.save(update_fields=["case_url"])
    changes = {"effective_from": effective_from, "sha256": draft.sha256, "number": draft.number}
    record("rulebook.asked", obj=draft, by=by, at=at, changes=changes, reason=note.strip())
    return draft


def _facts(draft: RulebookVersion) -> list[tuple[str, str]]:
    """What stands beside the button of whoever approves."""
    older = queries.before(draft)
    told = queries.list_differences(older.body if older else None, draft.body)
    lines = [f"{each.clause} {each.name}：{each.old} → {each.new}".strip() for each in told]
    shown = lines[:15] + ([_("另有 %d 处") % (len(lines) - 15)] if len(lines) > 15 else [])
    assert draft.effective_from is not None  # set before anybody is asked
    return [
        (_("生效日期"), draft.effective_from.isoformat()),
        (_("理由"), draft.note),
        (_("改动"), "\n".join(shown) if older else _("第一版")),
        (_("自带案例"), _("%d 个，全部通过") % len(draft.body.get("cases", ()))),
    ]


def _ready(draft: RulebookVersion, effective_from: dt.date, note: str, *, at: dt.datetime) -> None:
    if not note.strip():
        raise NothingChanged(_("请写明理由，员工会看到它。"), field="note")
    latest = latest_version(draft.policy_set)
    hold_day(draft, latest, effective_from, at=at)
    if latest is not None and latest.sha256 == draft.sha256:
        raise NothingChanged(_("草稿与第 %d 版没有不同。") % latest.number)
    draft.body = hold(draft.body)
    _cases_pass(draft)


def _cases_pass(draft: RulebookVersion) -> None:
    outcomes = rules.run_cases(draft.body, queries.catalogue().evaluators)
    failed = [each for each in outcomes if not each.passed]
    if failed:
        numbers = listed(str(each.number) for each in failed[:10])
        raise CasesFail(_("自带案例没有全部通过：第 %s 个。请改正数值或案例后再试。") % numbers)


def snapshot_of(version_id: int) -> dict[str, Any]:
    """
    What is approved about a version: its very body, its day, its reason.

    :raises LookupError: if it is not before whoever approves
    """
    version = (
        RulebookVersion.objects.select_related("policy_set")
        .filter(pk=version_id, state=State.ASKED)
        .first()
    )
    if version is None or version.effective_from is None:
        raise LookupError(version_id)
    return {
        "set": version.policy_set.key,
        "number": version.number,
        "sha256": rules.fingerprint(version.body),
        "effective_from": version.effective_from.isoformat(),
        "note": version.note,
    }


def _asked(version_id: int) -> RulebookVersion | None:
    return (
        RulebookVersion.objects.select_for_update(of=("self",))
        .select_related("policy_set", "asked_by")
        .filter(pk=version_id, state=State.ASKED)
        .first()
    )


def approve_version(*, version_id: int, by: Account | None, at: dt.datetime) -> None:
    """
    Publish exactly what was approved; again changes nothing.

    If the day no longer holds (the answer came too late) the version stays approved without being
    published, and whoever handed it in is told to choose another day.
    """
    with transaction.atomic():
        version = _asked(version_id)
        if version is None:
            return
        version.state, version.approved_by, version.approved_at = State.APPROVED, by, at
        version.save(update_fields=["state", "approved_by", "approved_at"])
        record("rulebook.approved", obj=version, by=by, at=at, changes={"sha256": version.sha256})
        latest = latest_version(version.policy_set)
        assert version.effective_from is not None  # set when it was handed in
        try:
            with transaction.atomic():
                hold_day(version, latest, version.effective_from, at=at)
                _cases_pass(version)
                _publish(version, latest, version.effective_from, version.note, by=by, at=at)
        except Refusal as refusal:
            version.refresh_from_db()
            _tell_asker(
                version, gettext_lazy("制度已批准，但不能按原定日期发布"), str(refusal), at=at
            )


@transaction.atomic
def give_back_version(*, version_id: int, by: Account | None, at: dt.datetime) -> None:
    """It was refused, returned or taken back: a draft again, nothing lost."""
    version = _asked(version_id)
    if version is not None:
        version.state = State.DRAFT
        version.save(update_fields=["state"])
        record("rulebook.given_back", obj=version, by=by, at=at)


@transaction.atomic
def reopen_version(*, version_id: int, by: Account, at: dt.datetime) -> RulebookVersion:
    """
    Make an approved version that could not be published a draft again, to hand it in anew.

    :raises NotADraft: if it is anything else
    """
    version = RulebookVersion.objects.select_for_update().get(pk=version_id)
    if version.state != State.APPROVED:
        raise NotADraft(_("这一版现在是“%s”。") % version.get_state_display())
    version.state, version.approved_by, version.approved_at = State.DRAFT, None, None
    version.save(update_fields=["state", "approved_by", "approved_at"])
    record("rulebook.given_back", obj=version, by=by, at=at)
    return version


def _tell_asker(version: RulebookVersion, title: object, body: str, *, at: dt.datetime) -> None:
    if version.asked_by is not None:
        notify(
            version.asked_by,
            kind="rulebook.version",
            title=title,
            body=body,
            url=reverse("rulebook:draft", args=[version.policy_set.key]),
            at=at,
        )


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
    Let the draft hold from a day on, without asking anybody: for set-up and scripts only.

    On pages a version is handed in by `ask_approval` and published when it is approved.

    :raises BadDay: for a day on which it may not begin
    :raises NothingChanged: if the draft equals the version before it, or the reason is missing
    :raises CasesFail: if an example does not pass
    :raises Refused: if the body does not hold
    """
    draft = locked_draft(draft_id, revision)
    PolicySet.objects.select_for_update().get(pk=draft.policy_set_id)
    _ready(draft, effective_from, note, at=at)
    latest = latest_version(draft.policy_set)
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
    if latest is not None and latest.effective_from == effective_from:
        latest.state = State.SUPERSEDED
        latest.save(update_fields=["state"])
    draft.sha256 = rules.fingerprint(draft.body)
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
    version.state = State.WITHDRAWN
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
    if version.effective_from and version.state not in UNPUBLISHED:
        meta["effective_from"] = version.effective_from.isoformat()
    return rules.write_toml(version.body, meta, queries.catalogue())
