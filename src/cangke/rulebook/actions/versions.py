"""Publishing, withdrawing and handing out versions."""

from __future__ import annotations

import datetime as dt
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
from .drafts import hold, latest_version, locked_draft
from .edition import new_edition
from .refusals import BadDay, NothingChanged


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
    draft = locked_draft(draft_id, revision)
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
    body = hold(draft.body)
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
