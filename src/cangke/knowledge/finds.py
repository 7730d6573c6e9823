"""How scripts and articles are found."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cangke.foundation.search.public import register_search

from .models import Article, Script


def _present(account: Any, rows: Sequence[Any]) -> Mapping[int, tuple[str, str]]:
    language = get_language() or ""
    return {
        row.pk: (row.title_in(language), row.body_in(language)[:80].replace("\n", " "))
        for row in rows
    }


register_search("script", _("话术"), model=Script, icon="slash", order=60, present=_present)
register_search("article", _("知识"), model=Article, icon="book", order=50, present=_present)
