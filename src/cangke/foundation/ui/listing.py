"""
One list page: filters in the address, order, bounded pages, columns, views, bulk and export.

A list never counts its table: it looks one row past the page and counts at most `MOST` rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import Model, QuerySet
from django.forms import Field, Form
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext
from django_filters import FilterSet

from cangke.foundation.access.public import Account, can
from cangke.foundation.wording import listed

from . import ports, queries
from .models import ListChoice, SavedView

M = TypeVar("M", bound=Model)
Text = str | Promise

MOST = 10_000
MOST_ON_TABS = 999
MOST_CHOSEN = 1_000
OWN_KEYS = ("sort", "page", "view", "saved", "counts", "export")


@dataclass(frozen=True)
class Column:
    """
    A column: ``sort`` is the ORM path (or paths) it sorts by, ``phone`` its place on a card.

    ``phone``: ``head`` (first line), ``side`` (first line, right), ``line`` (a labelled line) or
    empty (not on the phone). ``hidden`` columns are off until chosen, ``always`` ones stay.
    """

    key: str
    label: Text
    sort: str | tuple[str, ...] = ()
    numeric: bool = False
    hidden: bool = False
    always: bool = False
    phone: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else self.sort


@dataclass(frozen=True)
class Preset:
    """A tab that everybody sees: a query of the list's own filters under a name."""

    key: str
    label: Text
    query: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Bulk:
    """Something done with the marked rows: a POST of ``ids`` (or ``all`` and ``query``)."""

    key: str
    label: Text
    url_name: str
    icon: str = ""
    permission: str = ""
    confirm: Text = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Empty:
    """What a list says before its first row: why, and the steps (label, URL name) that help."""

    title: Text = gettext_lazy("这里还没有内容")
    text: Text = ""
    actions: tuple[tuple[Text, str], ...] | list[tuple[Text, str]] = ()

    @property
    def links(self) -> list[tuple[Text, str]]:
        return [(label, reverse(url_name)) for label, url_name in self.actions]


@dataclass(frozen=True)
class Heading:
    """A shown column's head: its sort link and where the order stands (``""`` if elsewhere)."""

    column: Column
    url: str
    direction: str


@dataclass(frozen=True)
class Chip:
    """A filter in force: label, value in words, and the address without it."""

    name: str
    label: Text
    value: str
    url: str
    found: str = ""


@dataclass
class Tab:
    """A preset or saved view as shown: ``count`` is None until asked for."""

    label: Text
    url: str
    current: bool
    tone: str = ""
    count: str | None = None
    saved: SavedView | None = None


@dataclass(frozen=True)
class Count:
    """How many rows match; ``more`` says that counting stopped."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.more else f"{self.number:,}"


class ListPage(Generic[M]):
    """
    Subclass, set the attributes, hand over scoped rows, return `response`.

    At most four queries whatever the length: rows, a bounded count (only past the first page),
    saved views, chosen columns. A list without result asks a few more to name the filter to drop.

    :raises SuspiciousOperation: for a sort, page or view there is not (answered 400)
    """

    name: ClassVar[str]
    template: ClassVar[str]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    columns: ClassVar[Sequence[Column]]
    default_sort: ClassVar[str] = ""
    presets: ClassVar[Sequence[Preset]] = ()
    per_page: ClassVar[int] = 50
    bulk: ClassVar[Sequence[Bulk]] = ()
    empty: ClassVar[Empty] = Empty()
    export: ClassVar[str] = ""
    export_permission: ClassVar[str] = ""
    counted: ClassVar[Any] = npgettext_lazy("rows counted", "%(shown)s 条", "%(shown)s 条", "count")

    def __init__(self, request: HttpRequest, rows: QuerySet[M]) -> None:
        self.request = request
        self.account = cast(Account, request.user)
        self.all_rows = rows
        self.params: QueryDict = request.GET

    # --- for rooms to override

    def decorate(self, rows: list[M]) -> list[M]:
        """Attach what the page's rows need beside their own columns, in one query each."""
        return rows

    def row_key(self, row: M) -> str:
        """The value a marked row posts as ``ids``."""
        return str(row.pk)

    def row_class(self, row: M) -> str:
        """An extra CSS class of the row."""
        return ""

    def summary(self) -> str:
        """A line at the foot beside the count (sums of what matches)."""
        return ""

    def get_context(self) -> dict[str, Any]:
        """More context for the template."""
        return {}

    # --- the address

    @cached_property
    def preset(self) -> Preset | None:
        wanted = self.params.get("view", "")
        if not wanted:
            return self.presets[0] if self.presets else None
        for preset in self.presets:
            if preset.key == wanted:
                return preset
        raise SuspiciousOperation(f"no view {wanted!r}")

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """The column key and whether it descends; ("", False) keeps the rows' own order."""
        wanted = self.params.get("sort", "") or self.default_sort
        key, descending = wanted.removeprefix("-"), wanted.startswith("-")
        if key and not any(column.key == key and column.paths for column in self.columns):
            raise SuspiciousOperation(f"can't sort by {wanted!r}")
        return key, descending

    @cached_property
    def page(self) -> int:
        text = self.params.get("page", "") or "1"
        if not text.isascii() or not text.isdigit() or not 0 < len(text) < 9 or int(text) < 1:
            raise SuspiciousOperation("page must be a number from 1")
        return min(int(text), max(1, MOST // self.per_page))

    def filter_data(self, params: QueryDict, preset: Preset | None) -> QueryDict:
        """The preset's conditions, overruled by those in the address."""
        data = QueryDict(preset.query if preset else "", mutable=True)
        for key in params:
            if key not in OWN_KEYS:
                data.setlist(key, params.getlist(key))
        return data

    def url(self, **changes: object) -> str:
        """This address with keys replaced (or dropped, by None) and back on the first page."""
        params = self.params.copy()
        for passing in ("page", "counts", "export"):
            params.pop(passing, None)
        for key, value in changes.items():
            params.pop(key, None)
            if value is not None:
                params[key] = str(value)
        return f"?{params.urlencode()}" if params else "?"

    # --- rows

    def _filtered(self, params: QueryDict, preset: Preset | None) -> tuple[QuerySet[M], Any]:
        if self.filterset_class is None:
            return self.all_rows, None
        filterset = self.filterset_class(
            self.filter_data(params, preset), queryset=self.all_rows, request=self.request
        )
        if not filterset.form.is_valid():
            return self.all_rows.none(), filterset
        return cast("QuerySet[M]", filterset.qs), filterset

    @cached_property
    def _filter(self) -> tuple[QuerySet[M], Any]:
        try:
            return self._filtered(self.params, self.preset)
        except (OverflowError, ValueError) as error:
            raise SuspiciousOperation("a filter value is out of range") from error

    @property
    def filterset(self) -> Any:
        return self._filter[1]

    @property
    def form(self) -> Form | None:
        return self.filterset.form if self.filterset else None

    @property
    def valid(self) -> bool:
        return self.form is None or not self.form.errors

    @property
    def matching(self) -> QuerySet[M]:
        """Everything that matches, in the order asked for."""
        return self.order(self._filter[0])

    def order(self, rows: QuerySet[M]) -> QuerySet[M]:
        key, descending = self.sort
        if not key:
            return rows if rows.ordered else rows.order_by("-pk")
        paths = next(column.paths for column in self.columns if column.key == key)
        signed = [f"-{path}" if descending else path for path in paths]
        return rows.order_by(*signed, "-pk" if descending else "pk")

    @cached_property
    def _looked(self) -> tuple[list[M], bool]:
        start = (self.page - 1) * self.per_page
        try:
            found = list(self.matching[start : start + self.per_page + 1])
        except OverflowError as error:
            raise SuspiciousOperation("a filter value is out of range") from error
        return self.decorate(found[: self.per_page]), len(found) > self.per_page

    @property
    def rows(self) -> list[M]:
        return self._looked[0]

    @cached_property
    def marked(self) -> list[tuple[M, str, str]]:
        """The page's rows with the key each posts and its extra class."""
        return [(row, self.row_key(row), self.row_class(row)) for row in self.rows]

    @cached_property
    def count(self) -> Count:
        rows, more = self._looked
        if not more and self.page == 1:
            return Count(len(rows))
        return _bounded_count(self._filter[0], MOST)

    @property
    def total_words(self) -> str:
        """How many rows match, with what they are."""
        return str(self.counted % {"count": self.count.number, "shown": str(self.count)})

    @property
    def first(self) -> int:
        return (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def has_next(self) -> bool:
        return self._looked[1] and self.page < MOST // self.per_page

    @property
    def at_limit(self) -> bool:
        """Whether there are more rows than may be paged through."""
        return self._looked[1] and not self.has_next

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page + 1) if self.has_next else ""

    @property
    def first_text(self) -> str:
        return f"{self.first:,}"

    @property
    def last_text(self) -> str:
        return f"{self.last:,}"

    # --- columns

    @cached_property
    def choice(self) -> ListChoice:
        return queries.list_choice(self.account, self.name)

    @property
    def density(self) -> str:
        return str(self.choice.density or "tight")

    @cached_property
    def shown(self) -> list[Column]:
        chosen = set(self.choice.columns)
        return [
            column
            for column in self.columns
            if column.always or (column.key in chosen if chosen else not column.hidden)
        ]

    @cached_property
    def shown_by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.shown}

    @cached_property
    def cell_heads(self) -> dict[str, tuple[str, str]]:
        """The classes and label of each shown column's cells, ready for HTML: once, not by row."""
        return {
            key: (_css_of(column), escape(column.label))
            for key, column in self.shown_by_key.items()
        }

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        return [
            (column, column.key in self.shown_by_key)
            for column in self.columns
            if not column.always
        ]

    @property
    def headings(self) -> list[Heading]:
        key, descending = self.sort
        found = []
        for column in self.shown:
            if not column.paths:
                found.append(Heading(column, "", ""))
                continue
            here = column.key == key
            direction = ("descending" if descending else "ascending") if here else ""
            wanted = column.key if here and descending else f"-{column.key}"
            if not here and not column.numeric and column.key not in self.default_sort:
                wanted = column.key
            found.append(Heading(column, self.url(sort=wanted), direction))
        return found

    @property
    def sortable(self) -> list[tuple[str, Text, bool]]:
        """Every order there is, for the phone: value, words, whether it is the present one."""
        key, descending = self.sort
        return [
            (value, label, (column.key, way) == (key, descending))
            for column in self.columns
            if column.paths
            for value, way, label in (
                (column.key, False, f"{column.label} ↑"),
                (f"-{column.key}", True, f"{column.label} ↓"),
            )
        ]

    # --- filters

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a changed filter keeps of the address: the view and, without a panel, the order."""
        keys = ["view"] if self.fields else ["view", "sort"]
        return [(key, str(self.params[key])) for key in keys if self.params.get(key)]

    @property
    def clear_url(self) -> str:
        view = self.params.get("view", "")
        return f"?view={view}" if view else "?"

    @property
    def counts_url(self) -> str:
        return f"{self.url()}&counts=1"

    @property
    def xlsx_url(self) -> str:
        return self.url(export="xlsx")

    @property
    def csv_url(self) -> str:
        return self.url(export="csv")

    @property
    def fields(self) -> list[BoundField]:
        """The filter form's fields, the search box apart."""
        return [field for field in self.form if field.name != "q"] if self.form else []

    @property
    def search(self) -> BoundField | None:
        return self.form["q"] if self.form and "q" in self.form.fields else None

    @cached_property
    def chips(self) -> list[Chip]:
        if self.form is None or not self.valid:
            return []
        found = []
        for field in self.form:
            names = [name for name in _names_of(field) if self.params.get(name)]
            if not names:
                continue
            cleaned = self.form.cleaned_data.get(field.name)
            if _is_nothing(cleaned):  # in the address, but no value there is: it filters nothing
                continue
            value = _words_of(field.field, cleaned)
            without = self.url(**dict.fromkeys(names))
            label = _("搜索") if field.name == "q" else field.label
            found.append(Chip(field.name, label, value, without))
        return found

    @property
    def narrow(self) -> Chip | None:
        """With no result: the one filter whose dropping brings the fewest rows back."""
        best: tuple[int, Chip] | None = None
        for chip in self.chips[:5]:
            dropped = self.params.copy()
            for name in _names_of(self.form[chip.name]) if self.form else []:
                dropped.pop(name, None)
            rows, _filterset = self._filtered(dropped, self.preset)
            count = _bounded_count(rows, MOST_ON_TABS)
            if count.number and (best is None or count.number < best[0]):
                best = (
                    count.number,
                    Chip(chip.name, chip.label, chip.value, chip.url, found=str(count)),
                )
        return best[1] if best else None

    @property
    def filtered(self) -> bool:
        return bool(self.chips) or bool(self.preset and self.preset.query)

    @cached_property
    def elsewhere(self) -> bool:
        """Whether it is only the tab that is empty: other rows there are."""
        return bool(self.preset and self.preset.query) and self.all_rows.exists()

    @property
    def elsewhere_url(self) -> str:
        """The tab that shows every row, if there is one."""
        return next((f"?view={each.key}" for each in self.presets if not each.query), "")

    # --- views

    @cached_property
    def tabs(self) -> list[Tab]:
        saved = self.params.get("saved", "")
        tabs = [
            Tab(
                preset.label,
                f"?view={preset.key}",
                current=not saved and preset is self.preset,
                tone=preset.tone,
            )
            for preset in self.presets or [Preset("", _("全部"))]
        ]
        if not self.presets:
            tabs[0].url, tabs[0].current = "?", not saved
        for view in queries.saved_views(self.account, self.name):
            link = f"?{view.query}&saved={view.pk}" if view.query else f"?saved={view.pk}"
            tabs.append(Tab(view.name, link, current=saved == str(view.pk), saved=view))
        return tabs

    @property
    def current_saved(self) -> SavedView | None:
        return next((tab.saved for tab in self.tabs if tab.current), None)

    @property
    def query(self) -> str:
        """What a saved view or a bulk act keeps of the address."""
        return self.url(saved=None).removeprefix("?")

    def count_tabs(self) -> None:
        """Count every preset, bounded; asked for after the page."""
        for tab, preset in zip(self.tabs, self.presets, strict=False):
            rows, _filterset = self._filtered(QueryDict(), preset)
            tab.count = str(_bounded_count(rows, MOST_ON_TABS))

    # --- acts

    @property
    def bulk_acts(self) -> list[Bulk]:
        return [act for act in self.bulk if not act.permission or can(self.account, act.permission)]

    @property
    def may_export(self) -> bool:
        return bool(self.export) and (
            not self.export_permission or can(self.account, self.export_permission)
        )

    def chosen(self) -> QuerySet[M]:
        """
        Return the rows a bulk POST chose, at most 1,000: the marked ones or all that match.

        :raises SuspiciousOperation: for keys that can't be keys of this list
        """
        if self.request.POST.get("all") == "1":
            self.params = QueryDict(self.request.POST.get("query", "")[:2000])
            keys = self.matching.values("pk")[:MOST_CHOSEN]
            return self.all_rows.filter(pk__in=keys)
        key = self.all_rows.model._meta.pk
        try:
            ids = [key.to_python(each) for each in self.request.POST.getlist("ids")[:MOST_CHOSEN]]
        except ValidationError as error:
            raise SuspiciousOperation("ids must be keys") from error
        if any(isinstance(each, int) and not 0 < each < 2**63 for each in ids):
            raise SuspiciousOperation("ids must be keys")
        return self.all_rows.filter(pk__in=ids)

    # --- the answer

    def response(self) -> HttpResponse:
        """Return the page, its rows for htmx, the counted tabs, or the exported file."""
        if "export" in self.params:
            return self._export()
        context = {"list": self, **self.get_context()}
        if self.params.get("counts"):
            self.count_tabs()
            return render(self.request, "ui/list/_views.html", context)
        _ = self.page, self.sort, self.preset, self.rows
        return render(self.request, self.template, context, status=200 if self.valid else 422)

    def _export(self) -> HttpResponse:
        wanted = self.params["export"]
        if not self.may_export or wanted not in ("csv", "xlsx") or not self.valid:
            raise SuspiciousOperation("this list has no such export")
        answer = ports.exported.ask(
            kind=self.export, rows=self.matching, file_format=wanted, request=self.request
        )
        return cast(HttpResponse, answer)


def _bounded_count(rows: QuerySet[Any], most: int) -> Count:
    number = rows.order_by().values("pk")[: most + 1].count()
    return Count(min(number, most), more=number > most)


def _css_of(column: Column) -> str:
    css = "ck-cell ck-r" if column.numeric else "ck-cell"
    return f"{css} ck-cell--{column.phone}" if column.phone in ("head", "side", "line") else css


def _names_of(field: BoundField) -> list[str]:
    """The names a filter has in the address: its own, or those of its parts."""
    suffixes: Iterable[str] = getattr(field.field.widget, "suffixes", None) or ()
    return [f"{field.name}_{suffix}" for suffix in suffixes] or [field.name]


def _is_nothing(value: Any) -> bool:
    """Whether a cleaned filter value leaves every row in."""
    if isinstance(value, list | tuple | set | QuerySet):
        return not value
    return value is None or value == ""


def _words_of(field: Field, value: Any) -> str:
    """A filter's value as a person reads it."""
    if isinstance(value, slice):
        start, stop = (
            "" if each is None else str(getattr(each, "date", lambda e=each: e)())
            for each in (value.start, value.stop)
        )
        if start and stop:
            return (
                start
                if start == stop
                else _("%(start)s 至 %(stop)s")
                % {
                    "start": start,
                    "stop": stop,
                }
            )
        return f"≥ {start}" if start else f"≤ {stop}"
    if isinstance(value, bool):
        return pgettext("filter", "是") if value else pgettext("filter", "否")
    choices: dict[str, str] = {}
    if not hasattr(field, "queryset"):
        choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list | tuple | set | QuerySet):
        words = [choices.get(str(each), str(each)) for each in list(value)[:4]]
        if len(value) > 3:
            return _("%(count)s 项") % {"count": len(value)}
        return listed(words)
    return choices.get(str(value), str(value))
