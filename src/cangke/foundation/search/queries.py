from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from cangke.foundation.access.public import GATES, can, scope

from . import registry, rules
from .models import SearchDoc, SearchNumber
from .rules import Query

MOST_HITS = 200
HIDDEN_DIGITS = 4  # the last digits that every mask of a phone shows


@dataclass(frozen=True)
class Hit:
    """One thing found, spelled as the account may see it."""

    kind: str
    label: Any
    icon: str
    object_id: int
    title: str
    subtitle: str
    url: str


class HasText(Func):
    """The condition that a document holds all phrases of a query (in its title)."""

    output_field = BooleanField()

    def __init__(self, query: Query, *, title_only: bool = False) -> None:
        super().__init__(F("pk"))
        self.query = query
        self.title_only = title_only

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        column: Any = self.get_source_expressions()[0]
        if connection.vendor == "postgresql":
            table = compiler.quote_name_unless_alias(column.alias)
            spelled = rules.tsquery(self.query, "A" if self.title_only else "")
            return f"({table}.vector @@ %s::tsquery)", (spelled,)
        key, parameters = compiler.compile(column)
        spelled = rules.fts5_query(self.query, "title" if self.title_only else "")
        found = "SELECT rowid FROM search_fts WHERE search_fts MATCH %s"
        return f"({key} IN ({found}))", (*parameters, spelled)


def _starting(field: str, start: str) -> dict[str, str]:
    """The condition that a field starts with letters and digits, found through the index."""
    if connection.vendor == "postgresql":
        return {f"{field}__startswith": start}
    return {f"{field}__gte": start, f"{field}__lt": start + "\U0010ffff"}


def _has_number(query: Query) -> QuerySet[SearchNumber]:
    """Numbers that are the query, or start or end with it; masked ones only as `Entry` says."""
    # One flat OR, so that each branch goes through its own index.
    wanted = Q(value=query.whole)
    if query.number:
        backwards = _starting("reversed_value", query.number[::-1])
        wanted |= Q(masked=False, **_starting("value", query.number))
        wanted |= Q(masked=False, **backwards)
        if len(query.number) <= HIDDEN_DIGITS and query.number.isdigit():
            wanted |= Q(masked=True, **backwards)
    return SearchNumber.objects.filter(wanted)


def _visible(account: Any, kinds: Collection[str] | None) -> tuple[list[registry.Kind], Q]:
    """The kinds the account may search, and the condition that a document is one of its rows."""
    searched, rows = [], Q(pk__in=[])
    for kind in registry.KINDS.values():
        if kinds is not None and kind.code not in kinds:
            continue
        if not can(account, GATES[kind.model].permissions[kind.action]):
            continue
        searched.append(kind)
        mine = scope(account, kind.model, kind.action).filter(pk=OuterRef("object_id"))
        rows |= Q(kind=kind.code) & Q(Exists(mine))
    return searched, rows


def find(account: Any, text: str, *, kinds: Collection[str] | None = None) -> QuerySet[SearchDoc]:
    """
    Return the documents that match and that the account may see: titles first, then the newest.

    Whole numbers and parts of numbers come through `search`, which asks for them first.
    """
    query = rules.parse_query(text)
    searched, rows = _visible(account, kinds)
    if not searched or not query.phrases:
        return SearchDoc.objects.none()
    return (
        SearchDoc.objects.filter(rows)
        .filter(HasText(query))
        .order_by(HasText(query, title_only=True).desc(), F("updated_at").desc(), "-pk")
    )


def search(
    account: Any, text: str, *, kinds: Collection[str] | None = None, limit: int = 20
) -> list[Hit]:
    """
    Return what the account may find for the text: by number first, then by title, then by text.

    Rows come through the gate of their kind, and are spelled as the account may see them. Any text
    is a query; nothing in it is an operator.
    """
    limit = max(1, min(limit, MOST_HITS))
    query = rules.parse_query(text)
    searched, rows = _visible(account, kinds)
    if not searched or not query:
        return []
    docs: list[SearchDoc] = []
    if query.number or query.whole:
        numbered = SearchDoc.objects.filter(pk__in=_has_number(query).values("doc")).filter(rows)
        docs = list(numbered.order_by("-updated_at", "-pk")[:limit])
    if len(docs) < limit and query.phrases:
        more = find(account, text, kinds=kinds).exclude(pk__in=[doc.pk for doc in docs])
        docs.extend(more[: limit - len(docs)])
    return _spelled(account, docs)


def _spelled(account: Any, docs: list[SearchDoc]) -> list[Hit]:
    words: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in registry.KINDS.values():
        ids = [doc.object_id for doc in docs if doc.kind == kind.code]
        if kind.present is not None and ids:
            mine = scope(account, kind.model, kind.action).filter(pk__in=ids)
            for pk, spelled in kind.present(account, list(mine)).items():
                words[kind.code, pk] = spelled
    hits = []
    for doc in docs:
        kind = registry.KINDS[doc.kind]
        if kind.present is not None and (doc.kind, doc.object_id) not in words:
            continue
        title, subtitle = words.get((doc.kind, doc.object_id), (doc.title, doc.subtitle))
        hits.append(Hit(doc.kind, kind.label, kind.icon, doc.object_id, title, subtitle, doc.url))
    return hits


def matching_ids(kind: str, text: str) -> QuerySet[SearchDoc, int]:
    """
    Return the object ids of a kind that match, for a list to filter its own scoped rows with.

    Use it as a subquery: ``rows.filter(pk__in=matching_ids("order", text))``. It does not ask the
    gate: the rows it filters have been through it.
    """
    query = rules.parse_query(text)
    found = Q(pk__in=[])
    if query.phrases:
        found |= Q(HasText(query))
    if query.number or query.whole:
        found |= Q(pk__in=_has_number(query).values("doc"))
    return SearchDoc.objects.filter(found, kind=kind).values_list("object_id", flat=True)
