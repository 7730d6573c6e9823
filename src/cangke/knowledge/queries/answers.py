"""The answer panel: what to tell this customer, from articles and scripts (A15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.urls import reverse

from cangke.foundation.access.public import Account, scope
from cangke.foundation.search.public import tokens

from .. import rules
from ..models import Article, Category, Script
from .scripts import (
    FilledScript,
    fill_script,
    fill_scripts,
    matching_articles,
    usable_scripts,
)

MOST = 6
MOST_KEPT = 8192
PANEL = (Category.SERVICE, Category.RATES, Category.PROCEDURE)
_kept: dict[tuple[str, int, int, str], rules.Words] = {}

Text = TypeVar("Text", Article, Script)


@dataclass(frozen=True)
class Situation:
    """Whom the answer is for: the client and the shop it may be about, and the language."""

    clients: Collection[int] = ()
    shop_id: int | None = None
    stage: str = ""


@dataclass(frozen=True)
class Answer:
    """Something to tell the customer. ``script`` is set where sending it counts as its use."""

    title: str
    text: str
    url: str
    label: str
    client: str = ""
    script: int | None = None


def answers(
    account: Account,
    situation: Situation,
    context: rules.ScriptContext,
    *,
    text: str = "",
    asked: str = "",
    category: str = "",
    on: dt.date,
) -> list[Answer]:
    """
    Return what fits what the agent typed; without that, what the customer asked; the best first.

    A price for one client is found for that client alone. With neither a word nor a question the
    articles of the category, or of service, rates and procedures, stand there to be read.
    """
    rows = articles_for(account, situation, on=on, category=category)
    words = tokens((text or asked)[:200])
    if text:
        articles = list(matching_articles(rows, text).order_by("client_id", "title", "pk"))
        articles.sort(key=lambda each: (each.client_id is None, each.title, each.pk))
        scripts = [] if category else fill_scripts(account, context, text=text, limit=3)
        return [
            *(_article(each, words, context.language) for each in articles[:MOST]),
            *(_filled(each) for each in scripts),
        ]
    found: list[Answer] = []
    if asked:
        found = [_article(each, words, context.language) for each in _alike(rows, words, "article")]
        if not category:
            scripts_here = usable_scripts(account, stage=situation.stage)
            found += [_script(each, context) for each in _alike(scripts_here, words, "script")]
    if not found and (category or not asked):
        shown = rows if category else rows.filter(category__in=PANEL)
        found = [
            _article(each, (), context.language)
            for each in shown.order_by("category", "title", "pk")[:MOST]
        ]
    return found[: MOST + 2]


def articles_for(
    account: Account, situation: Situation, *, on: dt.date, category: str = ""
) -> QuerySet[Article]:
    """The articles in force that the account may read and that may be told in this situation."""
    rows = scope(account, Article, "view").filter(
        Q(client__isnull=True) | Q(client__in=list(situation.clients)),
        Q(shop__isnull=True) | Q(shop=situation.shop_id or 0),
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        retired_at__isnull=True,
    )
    if category:
        rows = rows.filter(category=category)
    return rows.select_related("client")


def _alike(rows: QuerySet[Text], words: Collection[str], kind: str) -> list[Text]:
    """The rows most like the words. A version's tokens never change, so they are kept."""
    keys = {
        pk: (kind, pk, number, title)
        for pk, number, title in rows.order_by().values_list("pk", "number", "title")
    }
    if len(_kept) + len(keys) > MOST_KEPT:
        _kept.clear()
    missing = [pk for pk, key in keys.items() if key not in _kept]
    for row in rows.filter(pk__in=missing) if missing else ():
        _kept[keys[row.pk]] = rules.Words(
            frozenset(tokens(f"{row.title}\n{row.title_en}")),
            frozenset(tokens(f"{row.body}\n{row.body_en}")),
        )
    texts = {pk: _kept[key] for pk, key in keys.items() if key in _kept}
    best = rules.most_alike(words, texts, most=3)
    found = {row.pk: row for row in rows.filter(pk__in=best)} if best else {}
    return [found[pk] for pk in best if pk in found]


def _article(article: Article, words: Collection[str], language: str) -> Answer:
    body = article.body_in(language)
    lines = {line.strip(): tokens(line) for line in body.splitlines()} if words else {}
    return Answer(
        title=article.title_in(language),
        text=rules.telling_lines(body, lines, words),
        url=reverse("knowledge:article", args=[article.pk]),
        label=str(Category(article.category).label),
        client=article.client.name if article.client else "",
    )


def _script(script: Script, context: rules.ScriptContext) -> Answer:
    return _filled(fill_script(script, context))


def _filled(script: FilledScript) -> Answer:
    url = reverse("knowledge:script", args=[script.pk])
    return Answer(script.title, script.text, url, label="", script=script.pk)
