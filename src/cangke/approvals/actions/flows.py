"""Writing and publishing flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.tomltext import Unreadable, read_limited

from .. import rules, wording
from ..models import ApprovalFlow
from .refusals import AlreadyDecided, BadFlow

MOST_BYTES = 64 * 1024
LONGEST_LINE = 8_000  # a list stands on one line


def read_text(text: str) -> dict[str, Any]:
    """
    Read the TOML of a flow.

    :raises BadFlow: with place and reason of everything that does not hold
    """
    try:
        body = read_limited(text, most_bytes=MOST_BYTES, longest_line=LONGEST_LINE)
    except Unreadable as refused:
        raise BadFlow(refused.told(_)) from refused
    return checked_body(body)


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the body if it holds.

    :raises BadFlow: with place and reason of everything that does not
    """
    _flow, problems = rules.read_flow(body)
    if problems:
        said = [wording.problem_text(each) for each in problems[:20]]
        raise BadFlow("\n".join(said), problems=tuple(problems))
    return dict(body)


@transaction.atomic
def save_flow(
    *,
    key: str,
    name: str,
    body: Mapping[str, Any],
    by: Account | None,
    at: dt.datetime,
    name_en: str = "",
    note: str = "",
) -> ApprovalFlow:
    """
    Keep a draft of the next version; the version in force stays until the draft is published.

    :raises BadFlow: if the steps do not hold
    """
    plain = checked_body(body)
    latest = ApprovalFlow.objects.select_for_update().filter(key=key).order_by("-number").first()
    draft = latest if latest is not None and latest.state == "draft" else None
    if draft is None:
        draft = ApprovalFlow(key=key, number=latest.number + 1 if latest else 1)
    draft.name, draft.name_en, draft.note = name, name_en, note
    draft.body, draft.sha256 = plain, rules.fingerprint(plain)
    draft.by, draft.created_at = by, at
    draft.save()
    record("approvals.flow_written", obj=draft, by=by, at=at, changes={"sha256": draft.sha256})
    return draft


@transaction.atomic
def publish_flow(*, flow_id: int, by: Account | None, at: dt.datetime) -> ApprovalFlow:
    """
    Put a draft in force; cases on their way keep the version they began with.

    :raises AlreadyDecided: if it is no draft any more
    """
    flow = ApprovalFlow.objects.select_for_update().get(pk=flow_id)
    if flow.state != "draft":
        raise AlreadyDecided(_("这个版本已经发布过了。"))
    ApprovalFlow.objects.filter(key=flow.key, state="published").update(state="superseded")
    flow.state, flow.published_by, flow.published_at = "published", by, at
    flow.save(update_fields=["state", "published_by", "published_at"])
    record("approvals.flow_published", obj=flow, by=by, at=at, changes={"sha256": flow.sha256})
    return flow


@transaction.atomic
def discard_flow(*, flow_id: int, by: Account, at: dt.datetime) -> None:
    """
    Throw a draft away.

    :raises AlreadyDecided: if it is no draft
    """
    flow = ApprovalFlow.objects.select_for_update().get(pk=flow_id)
    if flow.state != "draft":
        raise AlreadyDecided(_("已发布的版本要保留。"))
    record("approvals.flow_discarded", obj=flow, by=by, at=at, changes={"key": flow.key})
    flow.delete()


def ensure_flow(
    *, key: str, name: str, name_en: str, body: Mapping[str, Any], at: dt.datetime
) -> None:
    """Ship the first version of a room's flow; one that is there in any version stays."""
    if ApprovalFlow.objects.filter(key=key).exists():
        return
    draft = save_flow(key=key, name=name, name_en=name_en, body=body, by=None, at=at)
    publish_flow(flow_id=draft.pk, by=None, at=at)
