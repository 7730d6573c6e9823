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
BATCH = 500  # documents looked at first
MOST_ASKED = 1_500  # documents whose gate is asked in one search; it can be gone on with
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


@dataclass(frozen=True)
class Found:
    """
    What a search found.

    ``earlier`` is where to go on with it, ``None`` where everything has been looked through: a word
    that is everywhere is looked for among the newest documents first.
    """

    hits: list[Hit]
    earlier: int | None = None


class _Candidate(NamedTuple):
    """A document that matches, before its gate was asked."""

    pk: int
    kind: str
    object_id: int
    updated_at: Any


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
    account: Any,
    text: str,
    *,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    before: int | None = None,
) -> Found:
    """
    Return what the account may find for the text: by number first, then by title, then by text.

    In each of these the newest come first. Rows come through the gate of their kind, and are
    spelled as the account may see them. Any text is a query; nothing in it is an operator. With
    ``before``, the ``earlier`` of what was found last, the search goes on in older texts.
    """
    limit = max(1, min(limit, MOST_HITS))
    query = rules.parse_query(text)
    searched = _searched(account, kinds)
    if not searched or not query:
        return Found([])
    chosen: dict[int, None] = {}
    earlier = None
    above = _after_the_newest() if before is None else before
    if before is None:
        for batch in _best(query, searched, above):
            new = [each for each in batch if each.pk not in chosen]
            chosen |= dict.fromkeys(_allowed(account, new, searched))
            if len(chosen) >= limit:
                break
    if query.phrases:
        written, earlier = _written(
            account, query, searched, above=above, limit=limit - len(chosen), known=chosen
        )
        chosen |= written
    kept = list(chosen)[:limit]
    docs = SearchDoc.objects.in_bulk(kept)
    return Found(_spelled(account, [docs[pk] for pk in kept if pk in docs]), earlier)


def _best(query: Query, searched: Collection[str], above: int) -> Iterator[list[_Candidate]]:
    """What bears the number or has the words in its title, in batches."""
    if query.number or query.whole:
        numbered = SearchDoc.objects.filter(
            pk__in=_has_number(query).values("doc"), kind__in=searched
        )
        yield from _batches(numbered.order_by("-updated_at", "-pk"))
    if query.phrases:
        asked = 0
        for batch in _matching(query, searched, above=above, title_only=True):
            yield sorted(batch, key=_freshness, reverse=True)
            asked += len(batch)
            if asked >= MOST_ASKED:
                return


def _written(
    account: Any,
    query: Query,
    searched: Mapping[str, registry.Kind],
    *,
    above: int,
    limit: int,
    known: Collection[int],
) -> tuple[dict[int, None], int | None]:
    """
    Documents below a primary key that hold the words anywhere, and where to go on.

    As many as the limit are taken from the last one written backwards, and shown freshest first.
    """
    if limit <= 0:
        return {}, above
    taken: list[_Candidate] = []
    asked = 0
    for batch in _matching(query, searched, above=above, title_only=False):
        new = [each for each in batch if each.pk not in known]
        seen = set(_allowed(account, new, searched))
        taken += [each for each in new if each.pk in seen]
        if len(taken) > limit:
            taken = taken[:limit]
            return _freshest(taken), taken[-1].pk
        asked += len(batch)
        if asked >= MOST_ASKED:
            return _freshest(taken), batch[-1].pk
    return _freshest(taken), None


def _freshest(found: list[_Candidate]) -> dict[int, None]:
    return dict.fromkeys(each.pk for each in sorted(found, key=_freshness, reverse=True))


def _after_the_newest() -> int:
    return (SearchDoc.objects.aggregate(newest=Max("pk"))["newest"] or 0) + 1


def _batches(rows: QuerySet[SearchDoc]) -> Iterator[list[_Candidate]]:
    start, size = 0, BATCH
    found = rows.values_list("pk", "kind", "object_id", "updated_at")
    while batch := [_Candidate(*row) for row in found[start : start + size]]:
        yield batch
        if len(batch) < size:
            return
        start, size = start + size, size * 4


def _matching(
    query: Query, searched: Collection[str], *, above: int, title_only: bool
) -> Iterator[list[_Candidate]]:
    """
    Documents that hold all phrases, from below a primary key backwards.

    The text index is asked for a block of documents at a time, a larger one each time: a word that
    is everywhere is not collected from the whole house, and a rare one is found in a few questions.
    """
    size, step = BATCH, 0
    while above > 0:
        batch = _in_block(query, searched, above, step, size, title_only=title_only)
        yield batch
        if len(batch) == size:
            above, size, step = batch[-1].pk, size * 2, max(step - 1, 0)
        else:
            start = _start_of_block(above, step)
            if above - start > rules.BLOCKS[step] // 2:  # a beginning of a block says little
                step = min(step + 1, len(rules.BLOCKS) - 1)
            above = start


def _start_of_block(above: int, step: int) -> int:
    """The first primary key of the block in which the one before ``above`` lies."""
    return (above - 1) // rules.BLOCKS[step] * rules.BLOCKS[step]


def _in_block(
    query: Query, searched: Collection[str], above: int, step: int, most: int, *, title_only: bool
) -> list[_Candidate]:
    """The last ``most`` matching documents below a primary key and in the block it ends in."""
    start = _start_of_block(above, step)
    marks = ", ".join(["%s"] * len(searched))
    if connection.vendor == "postgresql":
        joined, key = "search_searchdoc doc", "doc.id"
        last_first = "doc.id + 0"  # or the planner reads documents by key, whatever they hold
        match = f"doc.{'titles' if title_only else 'vector'} @@ %s::tsquery"
        spelled = rules.tsquery(query, rules.block_token(start, step))
    else:
        index = "search_titles" if title_only else "search_fts"
        key = last_first = f"{index}.rowid"
        joined = f"{index} JOIN search_searchdoc doc ON doc.id = {key}"
        match, spelled = f"{index} MATCH %s", rules.fts5_query(query)
    sql = (
        f"SELECT doc.id, doc.kind, doc.object_id, doc.updated_at FROM {joined} "
        f"WHERE {match} AND {key} >= %s AND {key} < %s AND doc.kind IN ({marks}) "
        f"ORDER BY {last_first} DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [spelled, start, above, *searched, most])
        return [_Candidate(*row) for row in cursor.fetchall()]


def _freshness(each: _Candidate) -> tuple[Any, int]:
    return each.updated_at, each.pk


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
