"""Explanations as people open them."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cangke.foundation.access.public import (
    GATES,
    PERMISSIONS,
    ROLE_NAMES,
    Account,
    get_visible,
    may_enter,
    scope,
)
from cangke.foundation.ui import public as ui
from cangke.foundation.wording import listed

from ..models import Explanation, RulebookVersion
from .reading import clause_of, get_set, get_version, read_clause

# kind of a fact → URL name that shows the record, and its model where rows of it are hidden;
# figure → what people call it
FACT_PAGES: dict[str, tuple[str, type[Model] | None]] = {}
FIGURES: dict[str, Any] = {}
SAID: dict[str, Callable[[str], str]] = {}  # figure → its stored result in words

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


def _said(value: str) -> str:
    """A stored value as the reader's clock shows it, if it is an instant; else as it is."""
    if not INSTANT.fullmatch(value):
        return value
    return date_format(timezone.localtime(dt.datetime.fromisoformat(value)), "Y-m-d H:i")


def register_fact(kind: str, url_name: str, *, model: type[Model] | None = None) -> None:
    """
    Let facts of a kind ("desk.message") link to ``reverse(url_name, args=[id])``.

    With ``model`` only the records that the reader may see are links: who decides about an
    objection reads the explanation, and need not see what it rests on.
    """
    FACT_PAGES[kind] = url_name, model


def register_figure(figure: str, label: Any, *, said: Callable[[str], str] | None = None) -> None:
    """
    Say what people call a figure ("first_response" → 首次响应时间).

    ``said`` puts a stored result that is no number or instant into the reader's words.
    """
    FIGURES[figure] = label
    if said is not None:
        SAID[figure] = said


def result_words(row: Explanation) -> str:
    """The result of an explanation as its reader is told it."""
    said = SAID.get(row.figure)
    return said(row.result) if said else _said(row.result)


def get_subject(account: Account, label: str, pk: int) -> Model:
    """
    Return the record whose figure is asked about, through its own room's gate.

    :raises Http404: if there is none, the room declares no gate, or it is somebody else's
    """
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    gate = GATES.get(model)
    if gate is None or "view" not in gate.permissions:
        raise Http404
    return get_visible(account, model, "view", pk=pk)


def is_explained(subject: Model, figure: str) -> bool:
    """Whether the figure was ever derived: what people set by hand has nothing to open."""
    rows = Explanation.objects.filter(subject_type=subject._meta.label, subject_id=subject.pk)
    return rows.filter(figure=figure).exists()


def explained_figures(subject: Model) -> set[str]:
    """The figures of a record that open an explanation."""
    rows = Explanation.objects.filter(subject_type=subject._meta.label, subject_id=subject.pk)
    return set(rows.values_list("figure", flat=True))


def list_explanations(subject: Model, figure: str) -> list[Explanation]:
    """All explanations of the figure, newest first."""
    return list(
        Explanation.objects.filter(
            subject_type=subject._meta.label, subject_id=subject.pk, figure=figure
        ).order_by("-pk")[:20]
    )


def shown_explanation(account: Account, rows: list[Explanation]) -> ui.Explanation:
    """The newest explanation as the frame draws it for somebody, earlier results below."""
    newest = rows[0]
    version = (
        RulebookVersion.objects.filter(policy_set__key=newest.set_key, number=newest.version_number)
        .select_related("policy_set")
        .first()
    )
    clause = clause_of(version.body if version else None, newest.clause)
    title, text = newest.clause, ""
    if clause is not None:
        paragraph = read_clause(clause, version.body["values"] if version else {})
        title = paragraph.title
        text = "".join(piece.text for piece in paragraph.pieces)
    name = FIGURES.get(newest.figure, title)
    return ui.Explanation(
        title=_("%(name)s：%(result)s") % {"name": name, "result": result_words(newest)},
        clause=f"{newest.clause_number} {title}".strip(),
        clause_url=f"{_book(version)}#{newest.clause}" if version else "",
        clause_text=text,
        version=_version_words(version),
        facts=_facts(newest.facts, account),
        sums=_sums(newest),
        decisions=[_earlier(newest, first=True), *(_earlier(row) for row in rows[1:])],
        changed_by=who_changes(),
    )


@dataclass(frozen=True)
class ClauseInForce:
    """A clause as it held on a day: its name, its words with live values, its version's name."""

    name: str
    text: str
    version: str
    url: str


def clause_in_force(code: str, *, on: dt.date) -> ClauseInForce:
    """
    Return a clause of the default set in the reader's language, as it held on the day (S3, S6).

    :raises LookupError: if there is no such clause
    """
    policy_set = get_set(None)
    version = get_version(policy_set, on=on) if policy_set else None
    clause = clause_of(version.body if version else None, code)
    if clause is None:
        raise LookupError(f"there is no clause {code!r}")
    paragraph = read_clause(clause, version.body["values"] if version else {})
    return ClauseInForce(
        name=f"{paragraph.number} {paragraph.title}".strip(),
        text="".join(piece.text for piece in paragraph.pieces),
        version=_version_words(version),
        url=f"{_book(version)}#{code}" if version else "",
    )


def _book(version: RulebookVersion) -> str:
    query = f"set={version.policy_set.key}&version={version.number}"
    return f"{reverse('rulebook:book')}?{query}"


def _version_words(version: RulebookVersion | None) -> str:
    if version is None:
        return _("随软件提供")
    day = version.effective_from.isoformat() if version.effective_from else ""
    return _("%(set)s 第 %(number)d 版，%(day)s 起") % {
        "set": version.policy_set.title,
        "number": version.number,
        "day": day,
    }


def _facts(facts: Sequence[dict[str, Any]], account: Account) -> list[ui.Fact]:
    """The facts as somebody reads them, each a link where they may follow it."""
    asked: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        kind = fact.get("kind")
        if fact.get("id") is not None and kind in FACT_PAGES and FACT_PAGES[kind][1] is not None:
            asked[kind].add(fact["id"])
    seen = {kind: _seen(account, kind, ids) for kind, ids in asked.items()}
    return [_fact(fact, account, seen) for fact in facts]


def _seen(account: Account, kind: str, ids: set[int]) -> set[int]:
    model = FACT_PAGES[kind][1]
    if model is None:
        return ids
    return set(scope(account, model, "view").filter(pk__in=ids).values_list("pk", flat=True))


def _fact(fact: dict[str, Any], account: Account, seen: Mapping[str, set[int]]) -> ui.Fact:
    url, kind, pk = "", fact.get("kind"), fact.get("id")
    if pk is not None and kind in FACT_PAGES and pk in seen.get(kind, {pk}):
        try:
            url = reverse(FACT_PAGES[kind][0], args=[pk])
        except NoReverseMatch:
            url = ""
    if url and not may_enter(account, url):
        url = ""
    label = _(fact["label"]) if fact["label"] else ""
    return ui.Fact(label=label, value=_said(fact["value"]), url=url)


def _sums(row: Explanation) -> list[ui.Sum]:
    text = row.arithmetic.get("text", "")
    total = ui.Sum(_("结果"), result_words(row), total=True)
    if not text:
        return [total]
    facts = {name: _said(value) for name, value in row.arithmetic.get("facts", {}).items()}
    words = _(text) % facts if facts else _(text)
    return [ui.Sum(words), total]


def _earlier(row: Explanation, *, first: bool = False) -> str:
    at = date_format(timezone.localtime(row.at), "Y-m-d H:i")
    sentence = _("%(at)s 由系统算出") if first else _("此前 %(at)s 算出 %(result)s")
    return sentence % {"at": at, "result": result_words(row)}


def who_changes() -> str:
    """Which roles may change a rule, and that another has to agree."""
    roles = PERMISSIONS["rulebook.edit"].roles
    names = [str(name) for role, name in ROLE_NAMES.items() if role in roles]
    return _("起草新版制度：%s；由管理层批准后生效") % listed(names)
