"""Changes of the business: published, confirmed by each reader, withdrawn (J2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.people.public import Department, Team

from ..events import ChangePublished
from ..models import Article, Audience, ChangeNotice, ChangeReading
from .refusals import BadWords


@dataclass(frozen=True)
class ChangeDraft:
    """What a person wrote; department or team are needed for that audience."""

    title: str
    body: str
    title_en: str = ""
    body_en: str = ""
    audience: str = "all"
    department: Department | None = None
    team: Team | None = None
    article: Article | None = None
    blocks: bool = False
    due_date: dt.date | None = None


@transaction.atomic
def publish_change(*, draft: ChangeDraft, by: Account, at: dt.datetime) -> ChangeNotice:
    """
    Tell the audience what has changed; everybody in it is asked to confirm.

    The words stay as they are: what has to be said differently is another notice.

    :raises BadWords: at the field that does not hold
    """
    for field, said in (("title", _("请填写标题。")), ("body", _("请填写正文。"))):
        if not getattr(draft, field).strip():
            raise BadWords(said, field=field)
    if draft.audience == Audience.TEAM and draft.team is None:
        raise BadWords(_("请选择小组。"), field="team")
    if draft.audience == Audience.DEPARTMENT and draft.department is None:
        raise BadWords(_("请选择部门。"), field="department")
    notice = ChangeNotice.objects.create(
        title=draft.title.strip(),
        title_en=draft.title_en.strip(),
        body=draft.body.replace("\r\n", "\n").strip(),
        body_en=draft.body_en.replace("\r\n", "\n").strip(),
        audience=draft.audience,
        department=draft.department if draft.audience == Audience.DEPARTMENT else None,
        team=draft.team if draft.audience == Audience.TEAM else None,
        article=draft.article,
        blocks=draft.blocks,
        due_date=draft.due_date,
        published_by=by,
        published_at=at,
    )
    record("knowledge.change_published", obj=notice, by=by, at=at)
    publish(ChangePublished(notice_id=notice.pk, at=at))
    return notice


@transaction.atomic
def confirm_reading(*, notice_id: int, by: Account, at: dt.datetime) -> ChangeReading:
    """Confirm that one has read it; again changes nothing."""
    notice = get_visible(by, ChangeNotice, "view", pk=notice_id)
    kept = ChangeReading.objects.filter(notice=notice, account=by).first()
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            reading = ChangeReading.objects.create(notice=notice, account=by, confirmed_at=at)
    except IntegrityError:  # the same press on two lines at once
        return ChangeReading.objects.get(notice=notice, account=by)
    record("knowledge.change_read", obj=notice, by=by, at=at)
    return reading


@transaction.atomic
def withdraw_change(*, notice_id: int, reason: str, by: Account, at: dt.datetime) -> ChangeNotice:
    """
    Take a notice down; nobody is asked to read it any more. Again changes nothing.

    :raises BadWords: without a reason
    """
    get_visible(by, ChangeNotice, "change", pk=notice_id)
    notice = ChangeNotice.objects.select_for_update().get(pk=notice_id)
    if notice.withdrawn_at is not None:
        return notice
    if not reason.strip():
        raise BadWords(_("请写明撤下的原因。"), field="reason")
    notice.withdrawn_at, notice.withdrawn_because = at, reason.strip()[:200]
    notice.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record("knowledge.change_withdrawn", obj=notice, by=by, at=at, reason=reason.strip())
    return notice
