from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from cangke.foundation.access.public import CLASSES, FieldClass, field_class, mask_all
from cangke.foundation.wording import listed, strung

from . import registry, rules
from .models import AuditEntry, AuditSeal


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many links hold, where the chain breaks first, what is unsealed."""

    checked: int
    unsealed: int
    head: str
    broken_at: int | None = None
    problem: str = ""

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def verify(*, anchor: tuple[int, str] | None = None) -> Verdict:
    """
    Recompute the whole chain.

    ``anchor`` is a (sequence, hash) kept outside the database; it shows a tail that was cut off
    or a chain that was written anew.
    """
    previous, expected = rules.GENESIS, 0
    anchored = anchor is None or anchor[0] == 0
    for seal in AuditSeal.objects.select_related("entry").iterator(chunk_size=2000):
        expected += 1
        if seal.sequence != expected:
            return Verdict(expected - 1, _unsealed(), previous, expected, "sequence missing")
        previous = rules.link_hash(previous, seal.sequence, seal.entry.values_for_hash())
        if previous != seal.hash:
            return Verdict(expected - 1, _unsealed(), previous, expected, "content changed")
        if anchor is not None and seal.sequence == anchor[0]:
            if seal.hash != anchor[1]:
                return Verdict(expected - 1, _unsealed(), previous, expected, "anchor differs")
            anchored = True
    if not anchored:
        return Verdict(expected, _unsealed(), previous, expected + 1, "tail cut off")
    return Verdict(expected, _unsealed(), previous)


def _unsealed() -> int:
    return AuditEntry.objects.filter(seal__isnull=True).count()


def head() -> tuple[int, str]:
    """The newest (sequence, hash), to be kept outside the database as an anchor."""
    last = AuditSeal.objects.order_by("-sequence").first()
    return (last.sequence, last.hash) if last else (0, rules.GENESIS)


def entries_about(*objects: tuple[str, Collection[int | str]]) -> QuerySet[AuditEntry]:
    """What was done to any of the objects, given as (type, keys), newest first."""
    wanted = Q(pk__in=[])
    for object_type, keys in objects:
        wanted |= Q(object_type=object_type, object_id__in=[str(key) for key in keys])
    return AuditEntry.objects.filter(wanted).select_related("actor", "on_behalf_of")


def entries_of(object_type: str, object_id: int | str) -> QuerySet[AuditEntry]:
    """What was done to one object, newest first."""
    return AuditEntry.objects.filter(
        object_type=object_type, object_id=str(object_id)
    ).select_related("actor", "on_behalf_of")


@dataclass(frozen=True)
class Change:
    """One line of an entry as it may be shown: field in words, old and new (or only a fact)."""

    name: str
    old: str
    new: str
    is_change: bool


def model_of(entry: AuditEntry) -> type[Model] | None:
    """The model of what the act was done to, if this installation still has it."""
    try:
        return apps.get_model(entry.object_type) if entry.object_type else None
    except (LookupError, ValueError):
        return None


def object_text(entry: AuditEntry) -> str:
    """What the act was done to, in words: ``账户 #12``."""
    if not entry.object_type:
        # Who reached for what is not theirs touched nothing: the address is all there is.
        return str(entry.changes.get("key", "")) if entry.action == "access.denied" else ""
    model = model_of(entry)
    name = str(model._meta.verbose_name) if model else entry.object_type
    return f"{name} #{entry.object_id}"


def object_url(entry: AuditEntry) -> str:
    """The page of what the act was done to, or nothing."""
    url_name = registry.PAGES.get(entry.object_type)
    if not url_name:
        return ""
    try:
        return reverse(url_name, kwargs={"pk": entry.object_id})
    except NoReverseMatch:
        return ""


def changes_of(entry: AuditEntry) -> list[Change]:
    """
    What the entry says was changed, masked by the class of each field.

    A field of the model that no room has classified stays hidden; facts that are no field were
    written for people and are shown as they are.
    """
    model = model_of(entry)
    found = []
    for name, value in entry.changes.items():
        label, mask = _label_and_mask(model, name, entry.action)
        pair = isinstance(value, list) and len(value) == 2 and name not in ("added", "removed")
        old, new = value if pair else ("", value)
        found.append(Change(label, mask(_text(old)), mask(_text(new)), pair))
    return found


def _label_and_mask(model: type[Model] | None, name: str, action: str) -> tuple[str, Any]:
    fact = registry.fact_of(action, name)
    try:
        if model is None:
            return str(fact.label), fact.words
        label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return str(fact.label), fact.words
    kind = field_class(model, name)
    if kind in (FieldClass.PUBLIC, FieldClass.INTERNAL):
        return label, str
    return label, mask_all if kind is None else CLASSES[model].masks[name]


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return listed(str(each) for each in value)
    if isinstance(value, dict):
        return strung(f"{key}: {each}" for key, each in value.items())
    return str(value)
