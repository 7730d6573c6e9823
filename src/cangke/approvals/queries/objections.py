"""Objections: who may raise them until when, and which figures they hold back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible, scope
from cangke.rulebook import public as rulebook

from .. import registry, rules
from ..models import AWAITED, STANDING, Objection
from ..permissions import objections_of, sees_all


def concerned_by(subject: Model) -> registry.Concerned | None:
    """Whom the record's figures are about, or None if they are not objected to."""
    asked = registry.OBJECTIONABLE.get(subject._meta.label)
    return asked(subject) if asked else None


def objection_until(explanation: rulebook.Explanation, concerned: registry.Concerned) -> dt.date:
    """The last local day on which an objection to the explanation is heard."""
    known = max(explanation.at, concerned.since) if concerned.since else explanation.at
    day = timezone.localtime(known).date()
    return rules.last_day(day, rulebook.policy(rules.ObjectionPolicy, on=day))


def objected_title(
    account: Account, concerned: registry.Concerned, explanation: rulebook.Explanation
) -> str:
    """What is objected to in a line: the record, the figure and its result."""
    shown = rulebook.shown_explanation(account, [explanation])
    return " · ".join(part for part in (concerned.name, str(shown.title)) if part)[:160]


def visible_objections(account: Account) -> QuerySet[Objection]:
    """One's own objections and those one answers; all with the right to all cases."""
    rows = scope(account, Objection, "view")
    if not sees_all(account):
        rows = rows.filter(objections_of(account))
    return rows.select_related("by", "case__flow", "explanation")


def objection_of(account: Account, pk: int) -> Objection:
    """
    Return an objection somebody may see.

    :raises Http404: if there is none, or they have nothing to do with it
    """
    return get_visible(account, Objection, "view", rows=visible_objections(account), pk=pk)


def standing(
    subject_type: str,
    subject_ids: Iterable[int] | QuerySet[Any, Any] | None = None,
    *,
    figures: Iterable[str] | None = None,
    unanswered: bool = False,
) -> set[tuple[int, str]]:
    """
    The figures that objections hold back, as (record, figure): open ones and upheld ones.

    With ``unanswered`` only the open ones, for what has to wait until they are answered.
    """
    states = AWAITED if unanswered else STANDING
    rows = Objection.objects.filter(subject_type=subject_type, state__in=states)
    if subject_ids is not None:
        rows = rows.filter(subject_id__in=subject_ids)
    if figures is not None:
        rows = rows.filter(figure__in=list(figures))
    return set(rows.order_by().values_list("subject_id", "figure"))


def objecting(
    *, account: Account, subject: Model, explanation: rulebook.Explanation
) -> rulebook.Objecting | None:
    """What the reader of an explanation is told: how an objection stands, or until when."""
    known = Objection.objects.filter(
        subject_type=explanation.subject_type,
        subject_id=explanation.subject_id,
        figure=explanation.figure,
    ).order_by("-pk")
    last = known.exclude(state="withdrawn").first()
    if last is not None and (last.state == "open" or last.explanation_id == explanation.pk):
        words = {
            "open": _("已提出异议，等待答复；答复之前，会减少收入的暂不计入。"),
            "upheld": _("异议成立；会减少收入的不再计入。"),
            "dismissed": _("异议不成立，照常计入。"),
        }[last.state]
        mine = visible_objections(account).filter(pk=last.pk).exists()
        url = reverse("approvals:objection", args=[last.pk]) if mine else ""
        return rulebook.Objecting(words, url, _("查看异议"))
    concerned = concerned_by(subject)
    if concerned is None or concerned.account_id != account.pk:
        return None
    until = objection_until(explanation, concerned)
    if timezone.localdate() > until:
        return rulebook.Objecting(_("提出异议的期限是 %s，已经过了。") % until.isoformat())
    url = reverse(
        "approvals:object", args=[explanation.subject_type, subject.pk, explanation.figure]
    )
    words = _("认为不对的，可以在 %s 前写明理由提出。") % until.isoformat()
    return rulebook.Objecting(words, url, _("提出异议"))
