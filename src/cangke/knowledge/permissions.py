from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    STAFF,
    Roles,
    can,
    classify,
    gate,
    own_scope_ids,
    permission,
)
from cangke.foundation.notices.public import notice_kind
from cangke.people.public import Employee

from .models import Article, ArticleVersion, Script, ScriptFolder, ScriptVersion

VIEW = permission("knowledge.view", _("查看话术与知识"), roles=STAFF)
WRITE = permission(
    "knowledge.write", _("写自己的话术、提议共享"), roles=[*SERVICE, *LEADING, Roles.MANAGER]
)
REVIEW = permission("knowledge.review", _("审核与维护共享话术"), roles=[*LEADING, Roles.MANAGER])
EDIT = permission(
    "knowledge.edit",
    _("编写知识文章"),
    roles=[*LEADING, Roles.MANAGER, Roles.HR, Roles.WAREHOUSE_SUPERVISOR, Roles.FINANCE],
)
notice_kind("knowledge.proposed", _("有话术待审"))
notice_kind("knowledge.reviewed", _("我提议的话术有结果"))


def _own(account: Any, kind: str) -> Collection[int]:
    return own_scope_ids.ask(account_id=account.pk, kind=kind)


def of_own_team(account: Any, *, prefix: str = "") -> Q:
    return Q(**{f"{prefix}team__in": list(_own(account, "team"))})


def readable_scripts(account: Any, *, prefix: str = "") -> Q:
    """What everybody may read: the shared ones, one's team's and one's own."""
    return (
        Q(**{f"{prefix}reach": "all", f"{prefix}state": "active"})
        | Q(**{f"{prefix}reach": "team", f"{prefix}state": "active"})
        & of_own_team(account, prefix=prefix)
        | Q(**{f"{prefix}owner": account})
    )


def _scripts(prefix: str) -> dict[str, Any]:
    def mine(account: Any, ids: Collection[int]) -> Q:
        return readable_scripts(account, prefix=prefix)

    def team(account: Any, ids: Collection[int]) -> Q:
        if not can(account, REVIEW):
            return mine(account, ids)
        proposed = Q(**{f"{prefix}owner__in": _members("team_id", ids)}) & ~Q(
            **{f"{prefix}reach": "me"}
        )
        return mine(account, ids) | Q(**{f"{prefix}team__in": ids}) | proposed

    def department(account: Any, ids: Collection[int]) -> Q:
        if not can(account, REVIEW):
            return mine(account, ids)
        proposed = Q(**{f"{prefix}owner__in": _members("department_id", ids)}) & ~Q(
            **{f"{prefix}reach": "me"}
        )
        return mine(account, ids) | Q(**{f"{prefix}team__department__in": ids}) | proposed

    return {
        "self": mine,
        "team": team,
        "department": department,
        "shop": mine,
        "warehouse": mine,
    }


def _members(field: str, ids: Collection[int]) -> Any:
    return Employee.objects.filter(**{f"{field}__in": ids}).values("account_id")


def _articles(prefix: str) -> dict[str, Any]:
    def mine(account: Any, ids: Collection[int]) -> Q:
        return (
            Q(**{f"{prefix}audience": "all"})
            | Q(**{f"{prefix}owner": account})
            | Q(**{f"{prefix}team__in": list(_own(account, "team"))})
            | Q(**{f"{prefix}department__in": list(_own(account, "department"))})
        )

    return dict.fromkeys(("self", "team", "department", "shop", "warehouse"), mine)


def _everywhere(account: Any, ids: Collection[int]) -> Q:
    return Q(pk__isnull=False)


gate(
    ScriptFolder,
    permissions={"view": VIEW, "change": REVIEW},
    paths=dict.fromkeys(("self", "team", "department", "shop", "warehouse"), _everywhere),
)
gate(
    Script,
    permissions={"view": VIEW, "change": WRITE, "review": REVIEW},
    paths=_scripts(""),
)
gate(ScriptVersion, permissions={"view": VIEW}, paths=_scripts("script__"))
gate(Article, permissions={"view": VIEW, "change": EDIT}, paths=_articles(""))
gate(ArticleVersion, permissions={"view": VIEW}, paths=_articles("article__"))
classify(ScriptFolder, internal=["name", "name_en", "parent", "position"])
classify(
    Script,
    internal=[
        "folder",
        "title",
        "title_en",
        "body",
        "body_en",
        "stage",
        "reach",
        "owner",
        "team",
        "shortcut",
        "placeholder",
        "state",
        "replaces",
        "number",
        "uses",
        "last_used_at",
        "review_note",
        "reviewed_by",
        "reviewed_at",
        "created_at",
        "updated_at",
    ],
)
classify(
    ScriptVersion,
    internal=["number", "title", "title_en", "body", "body_en", "note", "by", "at"],
)
classify(
    Article,
    internal=[
        "category",
        "title",
        "title_en",
        "body",
        "body_en",
        "number",
        "owner",
        "audience",
        "department",
        "team",
        "client",
        "valid_from",
        "valid_until",
        "retired_at",
        "created_at",
        "updated_at",
    ],
)
classify(
    ArticleVersion,
    internal=["number", "title", "title_en", "body", "body_en", "note", "by", "at"],
)
