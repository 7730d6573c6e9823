"""Who inspects, and who sees whose scores."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    Account,
    Roles,
    can,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import Check
from .rules import CheckState

VIEW = permission(
    "quality.view", _("查看质检"), roles=[*SERVICE, *LEADING, Roles.MANAGER, Roles.HR]
)
INSPECT = permission("quality.inspect", _("质检评分、指定质检、决定申诉"), roles=LEADING)
EXPORT = permission("quality.export", _("导出质检"), roles=[*LEADING, Roles.MANAGER])
SEEN = [CheckState.SCORED.value, CheckState.APPEALED.value]

notice_kind("quality.scored", _("我的会话有质检结果"))
notice_kind("quality.appealed", _("有质检申诉待决定"))
notice_kind("quality.drawn", _("有会话待质检"))


def _own(account: Account, ids: Collection[int]) -> Q:
    """One's own once they are scored: what is drawn and not read yet stays unknown."""
    return Q(agent__account_id=account.pk, state__in=SEEN)


def _led(key: str) -> Callable[[Account, Collection[int]], Q]:
    def rows(account: Account, ids: Collection[int]) -> Q:
        own = _own(account, ids)
        if not can(account, INSPECT):
            return own
        # Nobody reads ahead what of their own is to be read.
        return own | (Q(**{f"{key}__in": ids}) & ~Q(agent__account_id=account.pk))

    return rows


gate(
    Check,
    permissions={"view": VIEW, "inspect": INSPECT, "export": EXPORT},
    paths={
        "self": _own,
        "team": _led("agent__team_id"),
        "department": _led("agent__department_id"),
    },
)
classify(
    Check,
    internal=[
        "number",
        "conversation",
        "agent",
        "week",
        "reason",
        "state",
        "is_call",
        "drawn_at",
        "due_date",
        "items",
        "scores",
        "fatal",
        "total",
        "comment",
        "inspector",
        "scored_at",
        "appeal_until",
        "appeal",
        "appealed_at",
        "decided_by",
        "decided_at",
    ],
)
name_acts(
    {
        "quality.drawn": _("抽取质检"),
        "quality.added": _("指定质检"),
        "quality.scored": _("质检评分"),
        "quality.skipped": _("不评质检"),
        "quality.appealed": _("申诉质检"),
        "quality.upheld": _("维持质检评分"),
        "quality.changed": _("改质检评分"),
    }
)
page_of(Check, "quality:check")
