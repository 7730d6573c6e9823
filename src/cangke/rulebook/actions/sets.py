from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record

from .. import queries, rules
from ..models import FIRST_DAY, Assignment, PolicySet, RulebookVersion, State, UnitKind
from .drafts import latest_version, new_draft
from .edition import new_edition
from .refusals import BadSet

DEFAULT_KEY = "default"
DEFAULT_NAME = "客服管理制度"
KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
SHIPPED_SETS = Path(__file__).resolve().parent.parent / "sets.toml"


@transaction.atomic
def ensure_first_version(*, at: dt.datetime, by: Account | None = None) -> RulebookVersion:
    """
    Publish what the software ships as version 1 of the default set, unless there is one already.

    It holds from a day long past, so that a change on the day of set-up, as a second version,
    leaves what came before alone. Called at set-up; calling it again changes nothing.
    """
    policy_set, made = PolicySet.objects.get_or_create(
        is_default=True,
        defaults={"key": DEFAULT_KEY, "name": DEFAULT_NAME, "created_at": at},
    )
    held = policy_set.versions.filter(state=State.PUBLISHED).order_by("number").first()
    if held is not None and not made:
        return held
    body = rules.new_body(queries.catalogue())
    version = RulebookVersion.objects.create(
        policy_set=policy_set,
        number=1,
        state=State.PUBLISHED,
        effective_from=FIRST_DAY,
        body=body,
        sha256=rules.fingerprint(body),
        note=_("随软件提供的样本制度；启用前请按当地法规核对。"),
        created_by=by,
        created_at=at,
        published_by=by,
        published_at=at,
    )
    record("rulebook.published", obj=version, by=by, at=at, changes={"sha256": version.sha256})
    new_edition()
    return version


def shipped_sets() -> list[dict[str, Any]]:
    """The sets beside the default one, as they ship: key, name, note and what differs."""
    return list(tomllib.loads(SHIPPED_SETS.read_text(encoding="utf-8"))["set"])


@transaction.atomic
def ensure_shipped_sets(*, at: dt.datetime) -> None:
    """
    Publish the shipped sets, each as its first version, so that units can be assigned to them.

    A set that is there in any form stays as the company has it; calling it again changes nothing.
    """
    catalogue = queries.catalogue()
    for given in shipped_sets():
        values = {key: v for key, v in given["values"].items() if key in catalogue.parameters}
        if not values or PolicySet.objects.filter(key=given["key"]).exists():
            continue
        policy_set = PolicySet.objects.create(
            key=given["key"], name=given["name"], note=given["note"], created_at=at
        )
        body = rules.change_values(rules.new_body(catalogue), values, catalogue)
        body = rules.accept_results(body, catalogue.evaluators)
        version = RulebookVersion.objects.create(
            policy_set=policy_set,
            number=1,
            state=State.PUBLISHED,
            effective_from=FIRST_DAY,
            body=body,
            sha256=rules.fingerprint(body),
            note=_("随软件提供的样本制度；启用前请按当地法规核对。"),
            created_at=at,
            published_at=at,
        )
        changes = {"sha256": version.sha256}
        record("rulebook.published", obj=version, by=None, at=at, changes=changes)
        new_edition()


@transaction.atomic
def create_set(
    *,
    key: str,
    name: str,
    by: Account | None,
    at: dt.datetime,
    copy_of: PolicySet | None = None,
    note: str = "",
) -> PolicySet:
    """
    Open a policy set with a draft, copied from the latest version of another set if one is named.

    It can be assigned once its first version is published.

    :raises BadSet: if the key is taken or no key, or the name is empty
    """
    if not KEY.fullmatch(key) or key == "new":
        raise BadSet(_("代码只能用小写字母、数字和短横，以字母开头。"), field="key")
    if not name.strip():
        raise BadSet(_("请填写名称。"), field="name")
    if PolicySet.objects.filter(key=key).exists():
        raise BadSet(_("代码 %s 已经有了。") % key, field="key")
    policy_set = PolicySet.objects.create(
        key=key, name=name.strip(), note=note.strip(), created_at=at
    )
    base = latest_version(copy_of) if copy_of else None
    record("rulebook.set_created", obj=policy_set, by=by, at=at, changes={"key": key})
    new_draft(policy_set, base.body if base else None, by=by, at=at, note="")
    new_edition()
    return policy_set


@transaction.atomic
def assign_set(
    *,
    policy_set: PolicySet,
    unit_kind: str,
    unit_id: int,
    valid_from: dt.date,
    by: Account | None,
    at: dt.datetime,
    until: dt.date | None = None,
) -> Assignment:
    """
    Let a site, department or team live by the set, from ``valid_from`` to ``until`` inclusive.

    :raises BadSet: if the set has no published version, or the unit has a set in that time
    """
    locked = PolicySet.objects.select_for_update().order_by("pk")
    list(locked)  # all sets, so that two assignments of one unit cannot cross
    if unit_kind not in UnitKind.values:
        raise BadSet(_("请选择站点、部门或小组。"), field="unit_kind")
    if until is not None and until < valid_from:
        raise BadSet(_("结束日期不能早于开始日期。"), field="until")
    if latest_version(policy_set) is None:
        raise BadSet(_("这套制度还没有发布过版本。"))
    crossing = Assignment.objects.filter(unit_kind=unit_kind, unit_id=unit_id).filter(
        Q(until__isnull=True) | Q(until__gte=valid_from)
    )
    if until is not None:
        crossing = crossing.filter(valid_from__lte=until)
    if crossing.exists():
        raise BadSet(_("这个单位在此期间已经适用另一套制度，请先结束它。"), field="valid_from")
    assignment = Assignment.objects.create(
        policy_set=policy_set,
        unit_kind=unit_kind,
        unit_id=unit_id,
        valid_from=valid_from,
        until=until,
        created_by=by,
        created_at=at,
    )
    changes = {"unit": [unit_kind, unit_id], "from": valid_from, "until": until}
    record("rulebook.assigned", obj=policy_set, by=by, at=at, changes=changes)
    new_edition()
    return assignment


@transaction.atomic
def end_assignment(
    *, assignment_id: int, until: dt.date, by: Account | None, at: dt.datetime
) -> Assignment:
    """
    Let a unit live by the set until ``until`` (inclusive).

    :raises BadSet: if that is before it began
    """
    assignment = Assignment.objects.select_for_update().get(pk=assignment_id)
    if until < assignment.valid_from:
        raise BadSet(_("结束日期不能早于开始日期。"), field="until")
    old, assignment.until = assignment.until, until
    assignment.save(update_fields=["until"])
    changes = {"until": [old, until]}
    record("rulebook.assignment_ended", obj=assignment, by=by, at=at, changes=changes)
    new_edition()
    return assignment
