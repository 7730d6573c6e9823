from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, F, Func, Max, Q, QuerySet

from cangke.foundation.access.public import GATES, can, scope

from . import registry, rules
from .models import SearchDoc, SearchNumber
from .rules import Query

MOST_HITS = 200
BATCH, STRETCH = 500, 50_000  # documents looked at first, and how far back
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


class _Candidate(NamedTuple):
    """A document that matches, before its gate was asked."""

    pk: int
    kind: str
    object_id: int


class HasText(Func):
    """The condition that a document holds all phrases of a query."""

    output_field = BooleanField()

    def __init__(self, query: Query) -> None:
        super().__init__(F("pk"))
        self.query = query

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
            return f"({table}.vector @@ %s::tsquery)", (rules.tsquery(self.query),)
        key, parameters = compiler.compile(column)
        found = "SELECT rowid FROM search_fts WHERE search_fts MATCH %s"
        return f"({key} IN ({found}))", (*parameters, rules.fts5_query(self.query))


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


def _searched(account: Any, kinds: Collection[str] | None) -> dict[str, registry.Kind]:
    """The kinds asked for of which the account may see any row."""
    return {
        code: kind
        for code, kind in registry.KINDS.items()
        if (kinds is None or code in kinds)
        and can(account, GATES[kind.model].permissions[kind.action])
    }


def search(
    account: Any, text: str, *, kinds: Collection[str] | None = None, limit: int = 20
) -> list[Hit]:
    """
    Return what the account may find for the text: by number first, then by title, then by text.

    In each of these the newest come first. Rows come through the gate of their kind, and are
    spelled as the account may see them. Any text is a query; nothing in it is an operator.
    """
    limit = max(1, min(limit, MOST_HITS))
    query = rules.parse_query(text)
    searched = _searched(account, kinds)
    if not searched or not query:
        return []
    chosen: dict[int, None] = {}
    for batch in _candidates(query, searched):
        new = [each for each in batch if each.pk not in chosen]
        chosen |= dict.fromkeys(_allowed(account, new, searched))
        if len(chosen) >= limit:
            break
    kept = list(chosen)[:limit]
    docs = SearchDoc.objects.in_bulk(kept)
    return _spelled(account, [docs[pk] for pk in kept if pk in docs])


def _candidates(query: Query, searched: Collection[str]) -> Iterator[list[_Candidate]]:
    """What matches, the best first, in batches: most searches need the first alone."""
    if query.number or query.whole:
        numbered = SearchDoc.objects.filter(
            pk__in=_has_number(query).values("doc"), kind__in=searched
        )
        yield from _batches(numbered.order_by("-updated_at", "-pk"))
    if query.phrases:
        newest = SearchDoc.objects.aggregate(newest=Max("pk"))["newest"] or 0
        yield from _matching(query, searched, newest=newest, title_only=True)
        yield from _matching(query, searched, newest=newest, title_only=False)


def _batches(rows: QuerySet[SearchDoc]) -> Iterator[list[_Candidate]]:
    start, size = 0, BATCH
    found = rows.values_list("pk", "kind", "object_id")
    while batch := [_Candidate(*row) for row in found[start : start + size]]:
        yield batch
        if len(batch) < size:
            return
        start, size = start + size, size * 4


def _matching(
    query: Query, searched: Collection[str], *, newest: int, title_only: bool
) -> Iterator[list[_Candidate]]:
    """
    Documents that hold all phrases, from the last one written backwards.

    The text index is asked for a stretch of documents at a time, longer each time: a word that is
    everywhere is not collected from the whole house, and a rare one is found in a few questions.
    """
    above, size, stretch = newest + 1, BATCH, STRETCH
    while above > 0:
        start = max(above - stretch, 0)
        rows = _stretch(query, searched, (start, above), size, title_only=title_only)
        yield [_Candidate(*row[:3]) for row in sorted(rows, key=_freshness, reverse=True)]
        if len(rows) == size:
            above, size = rows[-1][0], size * 4
        else:
            above, stretch = start, stretch * 8


def _stretch(
    query: Query,
    searched: Collection[str],
    between: tuple[int, int],
    most: int,
    *,
    title_only: bool,
) -> list[tuple[int, str, int, Any]]:
    """The last ``most`` matching documents from one primary key to before another, as rows."""
    marks = ", ".join(["%s"] * len(searched))
    if connection.vendor == "postgresql":
        found, spelled = "", rules.tsquery(query, "A" if title_only else "")
        match, key = "doc.vector @@ %s::tsquery", "doc.id"
    else:
        found, spelled = "search_fts JOIN", rules.fts5_query(query, "title" if title_only else "")
        match, key = "search_fts MATCH %s", "search_fts.rowid"
    joined = f"{found} search_searchdoc doc" + (" ON doc.id = search_fts.rowid" if found else "")
    sql = (
        f"SELECT doc.id, doc.kind, doc.object_id, doc.updated_at FROM {joined} "
        f"WHERE {match} AND {key} >= %s AND {key} < %s AND doc.kind IN ({marks}) "
        f"ORDER BY {key} DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [spelled, *between, *searched, most])
        return cursor.fetchall()


def _freshness(row: tuple[int, str, int, Any]) -> tuple[Any, int]:
    return row[3], row[0]


def _allowed(
    account: Any, found: list[_Candidate], searched: Mapping[str, registry.Kind]
) -> list[int]:
    """Those of the documents whose rows the account may see, in their order."""
    wanted: dict[str, list[int]] = {}
    for each in found:
        wanted.setdefault(each.kind, []).append(each.object_id)
    seen = {
        (code, pk)
        for code, ids in wanted.items()
        for pk in scope(account, searched[code].model, searched[code].action)
        .filter(pk__in=ids)
        .values_list("pk", flat=True)
    }
    return [each.pk for each in found if (each.kind, each.object_id) in seen]


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
