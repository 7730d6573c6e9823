"""The rulebook as people read it: chapters, paragraphs with live values, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cangke.foundation.wording import in_english

from .. import ports, rules
from ..models import UNPUBLISHED, PolicySet, RulebookVersion, State
from .force import catalogue, version_in_force

ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class LivePiece:
    """Words, or a live value; ``was`` is what the version before says, if that differs."""

    text: str
    key: str = ""
    was: str = ""


@dataclass(frozen=True)
class Paragraph:
    code: str
    number: str
    title: str
    source: str
    pieces: Sequence[LivePiece]
    unread: Sequence[tuple[str, LivePiece]]
    own: bool
    law: bool = False


@dataclass(frozen=True)
class ChapterText:
    key: str
    ordinal: str
    title: str
    paragraphs: Sequence[Paragraph]


def reading_language() -> str:
    return "en" if in_english() else "zh"


def shown_value(parameter: rules.Parameter, stored: Any, language: str) -> str:
    """A stored value as people read it: codes of posts and seats by their names."""
    return rules.shown_value(parameter, stored, language, ports.named.ask)


def list_sets() -> list[PolicySet]:
    return list(PolicySet.objects.all())


def get_set(key: str | None) -> PolicySet | None:
    """The set of that key, the default one without a key, or None."""
    sets = PolicySet.objects.all()
    return sets.filter(key=key).first() if key else sets.filter(is_default=True).first()


def get_version(policy_set: PolicySet, *, on: dt.date) -> RulebookVersion | None:
    """The version in force on the day, with its body."""
    held = version_in_force(on=on, group=policy_set.key)
    if held.pk is None:
        return None
    return RulebookVersion.objects.select_related("policy_set", "published_by").get(pk=held.pk)


def get_draft(policy_set: PolicySet) -> RulebookVersion | None:
    return (
        RulebookVersion.objects.select_related("policy_set", "created_by", "asked_by")
        .filter(policy_set=policy_set, state__in=UNPUBLISHED)
        .first()
    )


def before(version: RulebookVersion) -> RulebookVersion | None:
    """What held before the version, or what a draft will follow."""
    rows = RulebookVersion.objects.filter(policy_set_id=version.policy_set_id).exclude(
        state__in=UNPUBLISHED
    )
    if version.state not in (State.SUPERSEDED, State.WITHDRAWN):
        rows = rows.filter(state=State.PUBLISHED)
    return rows.filter(number__lt=version.number).order_by("-number").first()


@dataclass(frozen=True)
class VersionLine:
    """One line of the list of versions; ``standing`` is what it is on the day asked."""

    version: RulebookVersion
    standing: str
    tone: str
    words: str


def standing_of(version: RulebookVersion, *, on: dt.date) -> tuple[str, str, str]:
    """Return code, tone and words: a draft, to come, in force, past or superseded."""
    if version.state in UNPUBLISHED:
        return "draft", "wait", str(State(version.state).label)
    if version.state in (State.SUPERSEDED, State.WITHDRAWN):
        return "superseded", "", str(State(version.state).label)
    if version.effective_from is not None and version.effective_from > on:
        return "coming", "accent", _("待生效")
    if version_in_force(on=on, group=version.policy_set.key).pk == version.pk:
        return "in_force", "done", _("现行")
    return "past", "", _("已过期")


def list_versions(policy_set: PolicySet, *, on: dt.date) -> list[VersionLine]:
    """All versions of the set, newest first, without their bodies."""
    rows = (
        RulebookVersion.objects.filter(policy_set=policy_set)
        .select_related("policy_set", "created_by", "published_by")
        .defer("body")
    )
    return [VersionLine(row, *standing_of(row, on=on)) for row in rows]


def read_book(
    body: Mapping[str, Any], *, older: Mapping[str, Any] | None = None
) -> list[ChapterText]:
    """Return the chapters of a body that hold something, in the reader's language."""
    language = reading_language()
    chapters: list[ChapterText] = []
    for chapter in rules.Chapter:
        paragraphs = [
            read_clause(clause, body["values"], older=(older or {}).get("values"))
            for clause in body["clauses"]
            if clause["chapter"] == chapter
        ]
        if paragraphs:
            n = len(chapters)
            ordinal = ORDINALS[n] if language == "zh" else str(n + 1)
            title = _(rules.CHAPTER_TITLES[chapter])
            chapters.append(ChapterText(str(chapter), ordinal, title, paragraphs))
    return chapters


def read_clause(
    clause: Mapping[str, str],
    values: Mapping[str, Any],
    *,
    older: Mapping[str, Any] | None = None,
) -> Paragraph:
    """Return one paragraph with its live values, and with those its text does not name."""
    language = reading_language()
    shipped = catalogue().clauses.get(clause["code"])
    parameters = shipped.parameters if shipped else {}
    text = clause["text_en"] if language == "en" and clause["text_en"] else clause["text"]
    title = clause["title_en"] if language == "en" and clause["title_en"] else clause["title"]
    pieces = [
        _live(piece, parameters, values, older, language)
        for piece in rules.read_text(text, values, parameters, language, ports.named.ask)
    ]
    named = set(rules.placeholders(text))
    unread = []
    for key, parameter in parameters.items():
        if key not in named:
            shown = shown_value(parameter, values.get(key, parameter.default), language)
            piece = _live(rules.Piece(shown, key), parameters, values, older, language)
            unread.append((parameter.label_in(language), piece))
    return Paragraph(
        code=clause["code"],
        number=clause["number"],
        title=title,
        source=clause["source"],
        pieces=pieces,
        unread=unread,
        own=shipped is None,
        law=shipped is not None and shipped.law,
    )


def _live(
    piece: rules.Piece,
    parameters: Mapping[str, rules.Parameter],
    values: Mapping[str, Any],
    older: Mapping[str, Any] | None,
    language: str,
) -> LivePiece:
    was = ""
    if piece.key and older is not None:
        parameter = parameters[piece.key]
        old = older.get(piece.key, parameter.default)
        if old != values.get(piece.key, parameter.default):
            was = shown_value(parameter, old, language)
    return LivePiece(piece.text, piece.key, was)


def clause_of(body: Mapping[str, Any] | None, code: str) -> Mapping[str, str] | None:
    """A clause's words as the body has them, or as the software ships them."""
    for clause in (body or {}).get("clauses", ()):
        if clause["code"] == code:
            return clause  # type: ignore[no-any-return]  # bodies hold text in clauses
    shipped = catalogue().clauses.get(code)
    return shipped.as_body() if shipped else None


@dataclass(frozen=True)
class Difference:
    """One change between two versions as people read it."""

    kind: str
    clause: str
    number: str
    name: str
    old: str
    new: str


def list_differences(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Difference]:
    """What a reader of the old body has to know about the new one; nothing without an old one."""
    if old is None:
        return []
    language = reading_language()
    told = []
    for change in rules.diff(old, new, catalogue()):
        clause = clause_of(new, change.clause) or clause_of(old, change.clause) or {}
        if change.kind == "case":
            clause = {"title": _("自带案例")}
        title = clause.get("title_en" if language == "en" else "title") or clause.get("title", "")
        told.append(
            Difference(
                kind=change.kind,
                clause=title,
                number=clause.get("number", ""),
                name=_name_of(change, language),
                old=_told(change.name, change.old, language),
                new=_told(change.name, change.new, language),
            )
        )
    return told


def _name_of(change: rules.Change, language: str) -> str:
    parameter = catalogue().parameters.get(change.name)
    if parameter is not None:
        return parameter.label_in(language)
    words = {
        "number": _("条款号"),
        "chapter": _("章"),
        "title": _("标题"),
        "title_en": _("标题（英文）"),
        "text": _("正文"),
        "text_en": _("正文（英文）"),
        "source": _("出处"),
    }
    return words.get(change.name, "")


def _told(name: str, value: Any, language: str) -> str:
    if value is None:
        return ""
    parameter = catalogue().parameters.get(name)
    return shown_value(parameter, value, language) if parameter else str(value)


@dataclass(frozen=True)
class ToldOutcome:
    """An example as people read it: labels and values, and what came out otherwise."""

    number: int
    name: str
    rule: str
    given: Sequence[tuple[str, str]]
    expect: Sequence[tuple[str, str, str]]  # label, expected, found where it differs
    passed: bool
    error: str


def told_outcome(outcome: rules.Outcome) -> ToldOutcome:
    """An example and what it came to, in the reader's language."""
    language = reading_language()
    evaluator = outcome.evaluator
    case = outcome.case
    wrong = {key: found for key, _expected, found in outcome.wrong}
    given: list[tuple[str, str]] = []
    expect: list[tuple[str, str, str]] = []
    for each in evaluator.given if evaluator else ():
        if each.key in case["given"]:
            shown = shown_value(each, case["given"][each.key], language)
            given.append((each.label_in(language), shown))
    for each in evaluator.expect if evaluator else ():
        if each.key in case["expect"]:
            shown = shown_value(each, case["expect"][each.key], language)
            found = shown_value(each, wrong[each.key], language) if each.key in wrong else ""
            expect.append((each.label_in(language), shown, found))
    error = outcome.error
    if error == "case.unknown_rule":
        error = _("没有名为 %s 的规则") % case["rule"]
    return ToldOutcome(
        outcome.number,
        case["name"],
        evaluator.label_in(language) if evaluator else case["rule"],
        given,
        expect,
        outcome.passed,
        error,
    )


@dataclass(frozen=True)
class Past:
    """A value of a parameter and the version that brought it."""

    version: RulebookVersion
    shown: str


def history_of(policy_set: PolicySet, key: str) -> list[Past]:
    """The values a parameter has had in published versions, newest first, changes only."""
    parameter = catalogue().parameters[key]
    language = reading_language()
    rows = RulebookVersion.objects.filter(policy_set=policy_set, state=State.PUBLISHED).order_by(
        "effective_from"
    )
    past: list[Past] = []
    for version in rows:
        value = version.body["values"].get(key, parameter.default)
        shown = shown_value(parameter, value, language)
        if not past or past[-1].shown != shown:
            past.append(Past(version, shown))
    return past[::-1]
