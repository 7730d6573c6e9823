"""What a person arranges for themselves: views, columns, language, theme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Refusal

from .models import ListChoice, OnceKey, SavedView

MOST_VIEWS = 30
THEMES = ("auto", "light", "dark")
KEPT = dt.timedelta(hours=48)


@transaction.atomic
def save_view(*, page: str, name: str, query: str, by: Account) -> SavedView:
    """
    Keep a list's address under a name; the same name overwrites.

    :raises Refusal: without a name, with one too long, or with too many views on the page
    """
    name = " ".join(name.split())
    if not name or len(name) > 40:
        raise Refusal(_("请给视图起个名字，最多 40 个字"), field="name")
    kept = QueryDict(query[:2000], mutable=True)
    for passing in ("page", "saved", "export", "counts"):
        kept.pop(passing, None)
    others = SavedView.objects.select_for_update().filter(account_id=by.pk, page=page)
    if others.exclude(name=name).count() >= MOST_VIEWS:
        raise Refusal(_("每个列表最多保存 30 个视图，请先删除不用的"), field="name")
    view, _created = SavedView.objects.update_or_create(
        account_id=by.pk, page=page, name=name, defaults={"query": kept.urlencode()[:2000]}
    )
    return view


def drop_view(*, page: str, name: str, by: Account) -> None:
    """Forget a saved view of the person's own; silently if there is none."""
    SavedView.objects.filter(account_id=by.pk, page=page, name=name).delete()


@transaction.atomic
def choose_list(
    *, page: str, by: Account, columns: Sequence[str] | None = None, density: str | None = None
) -> ListChoice:
    """Keep the columns or the row height of a list; what is None stays as it is."""
    choice, _created = ListChoice.objects.select_for_update().get_or_create(
        account_id=by.pk, page=page
    )
    if columns is not None:
        choice.columns = [each[:40] for each in columns[:60]]
    if density is not None:
        choice.density = density if density in ("tight", "loose") else ""
    choice.save()
    return choice


def set_preferences(*, by: Account, language: str | None = None, theme: str | None = None) -> None:
    """
    Set the person's own language or theme; what is None stays as it is.

    :raises Refusal: for a language or theme there is not
    """
    fields = []
    if language is not None:
        if language and language not in dict(settings.LANGUAGES):
            raise Refusal(_("没有这种语言"), field="language")
        by.language = language
        fields.append("language")
    if theme is not None:
        if theme not in THEMES:
            raise Refusal(_("没有这个主题"), field="theme")
        by.theme = theme
        fields.append("theme")
    if fields:
        by.save(update_fields=fields)


def forget_once_keys(*, at: dt.datetime) -> int:
    """Delete the kept answers that are older than 48 hours; return how many."""
    deleted, _by_model = OnceKey.objects.filter(created_at__lt=at - KEPT).delete()
    return deleted
