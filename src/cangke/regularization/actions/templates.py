"""Copying, writing and publishing the ways to regularize (N1)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.tomltext import Unreadable, read_limited
from cangke.people.public import Department

from .. import rules, wording
from ..models import ProcessTemplate, TemplateVersion
from .refusals import BadTemplate, NotADraft

SHIPPED = Path(__file__).resolve().parent.parent / "shipped.toml"
FLOW_PREFIX = "regularization."
MOST_BYTES = 64 * 1024
LONGEST_LINE = 8_000  # a list stands on one line


def read_text(text: str) -> dict[str, Any]:
    """
    Read the TOML of a template.

    :raises BadTemplate: with place and reason of everything that does not hold
    """
    try:
        body = read_limited(text, most_bytes=MOST_BYTES, longest_line=LONGEST_LINE)
    except Unreadable as refused:
        raise BadTemplate(refused.told(_)) from refused
    return checked_body(body)


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the body if it holds.

    :raises BadTemplate: with place and reason of everything that does not
    """
    _template, problems = rules.read_template(body)
    if problems:
        said = [wording.problem_words(each) for each in problems[:20]]
        raise BadTemplate("\n".join(said), problems=tuple(problems))
    return dict(body)


@transaction.atomic
def copy_template(
    *, template_id: int, key: str, name: str, by: Account, at: dt.datetime, name_en: str = ""
) -> ProcessTemplate:
    """
    Copy the version in force into a template of one's own, as a draft to be changed.

    :raises BadTemplate: if the code is taken
    """
    origin = ProcessTemplate.objects.get(pk=template_id)
    version = origin.versions.exclude(state="superseded").order_by("state", "-number").last()
    if ProcessTemplate.objects.filter(key=key).exists():
        raise BadTemplate(_("代码已被使用，请换一个。"), field="key")
    made = ProcessTemplate.objects.create(
        key=key, name=name, name_en=name_en, note=_("复制自 %s") % origin.name
    )
    assert version is not None  # a template is made with a version
    TemplateVersion.objects.create(template=made, number=1, body=version.body, by=by, created_at=at)
    record(
        "regularization.template_copied", obj=made, by=by, at=at, changes={"template": origin.key}
    )
    return made


@transaction.atomic
def save_template(
    *,
    template_id: int,
    name: str,
    body: Mapping[str, Any],
    by: Account | None,
    at: dt.datetime,
    name_en: str = "",
    note: str = "",
) -> TemplateVersion:
    """
    Keep a draft of the next version; the version in force stays until the draft is published.

    :raises BadTemplate: if steps or criteria do not hold
    """
    plain = checked_body(body)
    template = ProcessTemplate.objects.select_for_update().get(pk=template_id)
    template.name, template.name_en, template.note = name, name_en, note
    template.save(update_fields=["name", "name_en", "note"])
    latest = template.versions.order_by("-number").first()
    draft = latest if latest is not None and latest.state == "draft" else None
    if draft is None:
        number = latest.number + 1 if latest else 1
        draft = TemplateVersion(template=template, number=number)
    draft.body, draft.by, draft.created_at = plain, by, at
    draft.save()
    record(
        "regularization.template_written",
        obj=template,
        by=by,
        at=at,
        changes={"version": draft.number},
    )
    return draft


@transaction.atomic
def publish_template(*, version_id: int, by: Account | None, at: dt.datetime) -> TemplateVersion:
    """
    Put a draft in force for files from now on; those there already keep their version.

    Its deciding steps become a flow of approvals, which the version is bound to.

    :raises NotADraft: if it was published already
    """
    version = TemplateVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if version.state != "draft":
        raise NotADraft(_("这个版本已经发布过了。"))
    template = version.template
    body = rules.flow_body(rules.read_template(checked_body(version.body))[0])
    flow = approvals.save_flow(
        key=f"{FLOW_PREFIX}{template.key}",
        name=_("转正：%s") % template.name,
        name_en=f"Regularization: {template.name_en or template.name}",
        body=body,
        by=by,
        at=at,
    )
    approvals.publish_flow(flow_id=flow.pk, by=by, at=at)
    template.versions.filter(state="published").update(state="superseded")
    version.state, version.flow, version.published_at = "published", flow, at
    version.save(update_fields=["state", "flow", "published_at"])
    record(
        "regularization.template_published",
        obj=template,
        by=by,
        at=at,
        changes={"version": version.number},
    )
    return version


@transaction.atomic
def discard_draft(*, version_id: int, by: Account, at: dt.datetime) -> None:
    """
    Throw a draft away; a template that never had another version goes with it.

    :raises NotADraft: if it is none
    """
    version = TemplateVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if version.state != "draft":
        raise NotADraft(_("已发布的版本要保留。"))
    template = version.template
    record(
        "regularization.template_discarded",
        obj=template,
        by=by,
        at=at,
        changes={"version": version.number},
    )
    version.delete()
    if not template.versions.exists():
        template.delete()


@transaction.atomic
def use_template(
    *,
    template_id: int,
    departments: Iterable[Department],
    is_default: bool,
    by: Account,
    at: dt.datetime,
) -> ProcessTemplate:
    """
    Say for which departments a template holds, and whether it is the one for all others.

    A department has one template: it leaves the one it had. Files there already keep theirs.

    :raises BadTemplate: if nothing of the template is published, or no default would be left
    """
    template = ProcessTemplate.objects.select_for_update().get(pk=template_id)
    wanted = list(departments)
    if not template.versions.filter(state="published").exists():
        raise BadTemplate(_("先发布一个版本，再指定给部门。"), field="departments")
    if template.is_default and not is_default:
        raise BadTemplate(_("要有一个默认流程：请改为把另一个设成默认。"), field="is_default")
    if is_default and not template.is_default:
        ProcessTemplate.objects.filter(is_default=True).update(is_default=False)
        template.is_default = True
        template.save(update_fields=["is_default"])
    taken = ProcessTemplate.departments.through.objects.filter(department__in=wanted)
    taken.exclude(processtemplate=template).delete()
    template.departments.set(wanted)
    record(
        "regularization.template_used",
        obj=template,
        by=by,
        at=at,
        changes={"departments": [each.code for each in wanted], "is_default": is_default},
    )
    return template


@transaction.atomic
def ensure(*, at: dt.datetime) -> None:
    """Ship the templates (N1); one that is there in any version stays as the company has it."""
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["template"]
    for number, row in enumerate(shipped):
        if ProcessTemplate.objects.filter(key=row["key"]).exists():
            continue
        alone = not ProcessTemplate.objects.filter(is_default=True).exists()
        template = ProcessTemplate.objects.create(
            key=row["key"],
            name=row["name"],
            name_en=row["name_en"],
            note=row["note"],
            is_default=number == 0 and alone,
        )
        draft = save_template(
            template_id=template.pk,
            name=row["name"],
            name_en=row["name_en"],
            note=row["note"],
            body={"step": row["step"], "criterion": row["criterion"]},
            by=None,
            at=at,
        )
        publish_template(version_id=draft.pk, by=None, at=at)
