from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from . import rules
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


def entries_of(object_type: str, object_id: int | str) -> QuerySet[AuditEntry]:
    """What was done to one object, newest first."""
    return AuditEntry.objects.filter(
        object_type=object_type, object_id=str(object_id)
    ).select_related("actor", "on_behalf_of")
