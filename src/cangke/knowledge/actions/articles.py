from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.customers.public import Client
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.search.public import index, remove
from cangke.people.public import Department, Shop, Team

from ..events import ArticlePublished
from ..models import Article, ArticleVersion, Audience
from .refusals import BadWords, StaleText

WORDS = ("title", "title_en", "body", "body_en")
LONGEST = 40_000


@dataclass(frozen=True)
class ArticleDraft:
    """What a person wrote; department or team are needed for that audience."""

    category: str
    title: str
    body: str
    title_en: str = ""
    body_en: str = ""
    audience: str = "all"
    department: Department | None = None
    team: Team | None = None
    client: Client | None = None
    shop: Shop | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    owner: Account | None = None


def _check(draft: ArticleDraft) -> None:
    if not draft.title.strip():
        raise BadWords(_("请填写标题。"), field="title")
    if not draft.body.strip():
        raise BadWords(_("请填写正文。"), field="body")
    for name in ("body", "body_en"):
        if len(getattr(draft, name)) > LONGEST:
            raise BadWords(_("正文不能超过 %d 个字。") % LONGEST, field=name)
    if draft.audience == Audience.TEAM and draft.team is None:
        raise BadWords(_("请选择小组。"), field="team")
    if draft.audience == Audience.DEPARTMENT and draft.department is None:
        raise BadWords(_("请选择部门。"), field="department")
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        raise BadWords(_("有效期的结束不能早于开始。"), field="valid_until")


def _take(article: Article, draft: ArticleDraft) -> None:
    for name in WORDS:
        setattr(article, name, getattr(draft, name).replace("\r\n", "\n").strip())
    article.category, article.audience = draft.category, draft.audience
    article.department = draft.department if draft.audience == Audience.DEPARTMENT else None
    article.team = draft.team if draft.audience == Audience.TEAM else None
    article.client, article.shop = draft.client, draft.shop
    article.valid_from, article.valid_until = draft.valid_from, draft.valid_until


def _keep(article: Article, *, note: str, by: Account | None, at: dt.datetime) -> None:
    ArticleVersion.objects.create(
        article=article,
        number=article.number,
        note=note.strip()[:200],
        by=by,
        at=at,
        **{name: getattr(article, name) for name in WORDS},
    )
    index(
        "article",
        article.pk,
        title=" ".join(filter(None, [article.title, article.title_en])),
        text=f"{article.body}\n{article.body_en}",
        url=reverse("knowledge:article", args=[article.pk]),
        at=at,
    )
    publish(ArticlePublished(article_id=article.pk, number=article.number, at=at))


@transaction.atomic
def write_article(*, draft: ArticleDraft, by: Account | None, at: dt.datetime) -> Article:
    """
    Publish an article (J1).

    :raises BadWords: at the field that does not hold
    """
    _check(draft)
    article = Article(owner=draft.owner or by, created_at=at, updated_at=at)
    _take(article, draft)
    article.save()
    _keep(article, note="", by=by, at=at)
    record("knowledge.article_written", obj=article, by=by, at=at)
    return article


@transaction.atomic
def edit_article(
    *,
    article_id: int,
    draft: ArticleDraft,
    by: Account | None,
    at: dt.datetime,
    note: str = "",
    number: int | None = None,
) -> Article:
    """
    Change an article; the old words stay as a version. ``number`` is the version one saw.

    :raises StaleText: if it has been changed meanwhile
    """
    _check(draft)
    article = Article.objects.select_for_update().get(pk=article_id)
    if number is not None and article.number != number:
        raise StaleText(_("这篇文章刚被别人改过，请看过最新内容再改。"))
    _take(article, draft)
    if draft.owner is not None:
        article.owner = draft.owner
    article.number += 1
    article.updated_at = at
    article.save()
    _keep(article, note=note, by=by, at=at)
    record(
        "knowledge.article_edited",
        obj=article,
        by=by,
        at=at,
        changes={"number": article.number},
        reason=note,
    )
    return article


@transaction.atomic
def retire_article(
    *, article_id: int, by: Account | None, at: dt.datetime, reason: str = ""
) -> Article:
    """Take an article out of use; it stays readable by its address."""
    article = Article.objects.select_for_update().get(pk=article_id)
    article.retired_at = article.updated_at = at
    article.save(update_fields=["retired_at", "updated_at"])
    remove("article", article.pk)
    record("knowledge.article_retired", obj=article, by=by, at=at, reason=reason)
    return article
