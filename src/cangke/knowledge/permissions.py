from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    STAFF,
    Account,
    Roles,
    can,
    classify,
    gate,
    own_scope_ids,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind
from cangke.people.public import Employee, agents, employee_of

from .models import (
    Article,
    ArticleVersion,
    Audience,
    ChangeNotice,
    Question,
    Script,
    ScriptFolder,
    ScriptVersion,
)

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
ASK = permission("knowledge.ask", _("记疑问、写答案"), roles=STAFF)
notice_kind("knowledge.change", _("业务变化待读"))
notice_kind("knowledge.answered", _("我的疑问有答案"))
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


def addressed_to(account: Account) -> Q:
    """The notices whose audience the account belongs to, as a condition."""
    employee = employee_of(account)
    if employee is None:
        return Q(pk__isnull=True)
    whole = Q(audience=Audience.ALL) if agents().filter(pk=employee.pk).exists() else Q(pk=None)
    return (
        whole
        | Q(audience=Audience.TEAM, team_id=employee.team_id or 0)
        | Q(audience=Audience.DEPARTMENT, department_id=employee.department_id or 0)
    )


def _changes(account: Any, ids: Collection[int]) -> Q:
    """What one is to read or has published; who edits knowledge sees all."""
    if can(account, EDIT):
        return Q(pk__isnull=False)
    return addressed_to(account) | Q(published_by=account)


def _questions(account: Any, ids: Collection[int]) -> Q:
    """Questions are everybody's to answer: that is what the log is for."""
    return Q(pk__isnull=False)


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
KINDS = ("self", "team", "department", "shop", "warehouse")
gate(
    ChangeNotice,
    permissions={"view": VIEW, "change": EDIT},
    paths=dict.fromkeys(KINDS, _changes),
)
gate(
    Question,
    permissions={"view": VIEW, "publish": EDIT},
    paths=dict.fromkeys(KINDS, _questions),
)
classify(
    ChangeNotice,
    internal=[
        "title",
        "title_en",
        "body",
        "body_en",
        "audience",
        "department",
        "team",
        "article",
        "blocks",
        "due_date",
        "published_by",
        "published_at",
        "withdrawn_at",
        "withdrawn_because",
    ],
)
classify(
    Question,
    internal=[
        "asked_by",
        "asked_at",
        "text",
        "about",
        "answer",
        "answered_by",
        "answered_at",
        "article",
    ],
)
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
        "shop",
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
name_acts(
    {
        "knowledge.change_published": _("发布业务变化"),
        "knowledge.change_read": _("确认已读业务变化"),
        "knowledge.change_withdrawn": _("撤下业务变化通知"),
        "knowledge.question_answered": _("解答疑问"),
        "knowledge.question_asked": _("记疑问"),
        "knowledge.question_kept": _("把疑问做成知识文章"),
        "knowledge.article_edited": _("修改知识文章"),
        "knowledge.article_retired": _("停用知识文章"),
        "knowledge.article_written": _("写知识文章"),
    }
)
page_of(ChangeNotice, "knowledge:change")
page_of(Question, "knowledge:question")
