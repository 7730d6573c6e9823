"""Which version is in force, and the typed policies it says. Read often, so kept in memory."""

from __future__ import annotations

import bisect
import datetime as dt
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from django.apps import apps

from .. import rules
from ..models import Assignment, Edition, PolicySet, RulebookVersion, State
from .registry import EVALUATORS

Policy = TypeVar("Policy")
LOOK_AGAIN_SECONDS = 2.0
SPECIFIC_FIRST = ("team", "department", "site")


def catalogue() -> rules.Catalogue:
    """All clauses of the rooms that are switched on, read once from their ``clauses.toml``."""
    return _shipped()


@cache
def _shipped() -> rules.Catalogue:
    clauses: list[rules.Clause] = []
    cases: list[dict[str, Any]] = []
    for config in apps.get_app_configs():
        if config.name.startswith("cangke."):
            file = resources.files(config.name) / "clauses.toml"
            if file.is_file():
                text = file.read_text(encoding="utf-8")
                clauses += rules.parse_clauses(text)
                cases += rules.parse_cases(text)
    return rules.Catalogue(clauses, evaluators=EVALUATORS, cases=cases)


@dataclass(frozen=True)
class InForce:
    """A published version as far as look-ups care; ``pk`` None is what the software ships."""

    set_key: str
    number: int
    effective_from: dt.date | None
    pk: int | None = None


@dataclass
class Timeline:
    """The published versions of one set, oldest first."""

    key: str
    days: list[dt.date] = field(default_factory=list)
    versions: list[InForce] = field(default_factory=list)

    def on(self, day: dt.date) -> InForce:
        """The version in force that day; before the first one, the first one."""
        if not self.versions:
            return InForce(self.key, 0, None)
        return self.versions[max(bisect.bisect_right(self.days, day) - 1, 0)]


@dataclass
class Shelf:
    """What this process knows of the rulebook, until the edition's token changes."""

    token: str
    timelines: dict[str, Timeline]
    default: str
    assignments: dict[tuple[str, int], list[tuple[dt.date, dt.date | None, str]]]
    look_again_at: float
    bodies: dict[int, dict[str, Any]] = field(default_factory=dict)
    policies: dict[tuple[type, int | None], Any] = field(default_factory=dict)

    def timeline(self, group: str | None) -> Timeline:
        if group is None:
            return self.timelines.get(self.default) or Timeline(self.default)
        try:
            return self.timelines[group]
        except KeyError:
            raise LookupError(f"there is no policy set {group!r}") from None


_shelf: Shelf | None = None
_lock = threading.Lock()


def forget() -> None:
    """Read everything anew next time (after a publication; between tests)."""
    global _shelf
    _shelf = None


def _token() -> str:
    return Edition.objects.values_list("token", flat=True).first() or ""


def _load() -> Shelf:
    token = _token()
    sets = list(PolicySet.objects.values_list("pk", "key", "is_default"))
    timelines = {key: Timeline(key) for _pk, key, _default in sets}
    keys = {pk: key for pk, key, _default in sets}
    rows = (
        RulebookVersion.objects.filter(state=State.PUBLISHED)
        .order_by("effective_from")
        .values_list("policy_set_id", "number", "effective_from", "pk")
    )
    for set_id, number, day, pk in rows:
        if day is not None:
            timeline = timelines[keys[set_id]]
            timeline.days.append(day)
            timeline.versions.append(InForce(timeline.key, number, day, pk))
    assignments: dict[tuple[str, int], list[tuple[dt.date, dt.date | None, str]]] = {}
    for kind, unit, start, until, set_id in Assignment.objects.values_list(
        "unit_kind", "unit_id", "valid_from", "until", "policy_set_id"
    ):
        assignments.setdefault((kind, unit), []).append((start, until, keys[set_id]))
    return Shelf(
        token=token,
        timelines=timelines,
        default=next((key for _pk, key, default in sets if default), "default"),
        assignments=assignments,
        look_again_at=time.monotonic() + LOOK_AGAIN_SECONDS,
    )


def _current() -> Shelf:
    global _shelf
    shelf = _shelf
    if shelf is not None and time.monotonic() < shelf.look_again_at:
        return shelf
    with _lock:
        if shelf is not None and shelf is _shelf and shelf.token == _token():
            shelf.look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS
            return shelf
        _shelf = shelf = _load()
        return shelf


@dataclass
class Trial:
    """Values that stand in for those of a policy set while something is tried out."""

    set_key: str
    values: Mapping[str, Any]
    policies: dict[type, Any] = field(default_factory=dict)


_trial: ContextVar[Trial | None] = ContextVar("rulebook_trial", default=None)


@contextmanager
def trial(set_key: str, values: Mapping[str, Any]) -> Iterator[None]:
    """
    Let every look-up inside answer, for the policy set, as if these values were in force.

    For reading only: whoever stores something inside stores what never held.
    """
    token = _trial.set(Trial(set_key, values))
    try:
        yield
    finally:
        _trial.reset(token)


def edition() -> tuple[str, Trial | None]:
    """What the answers rest on: they are the same as long as this is (with what is tried out)."""
    return _current().token, _trial.get()


def version_in_force(*, on: dt.date, group: str | None = None) -> InForce:
    """
    Return the version that holds on the day; before the first version, the first.

    :raises LookupError: if there is no such policy set
    """
    return _current().timeline(group).on(on)


def policy(policy_type: type[Policy], *, on: dt.date, group: str | None = None) -> Policy:
    """
    Return the policy in force on the day, typed and complete (S1, S3).

    ``group`` is the key of a policy set, None the default set. Keys that an older version does
    not hold yet have the shipped default; without any version everything has it.

    :raises LookupError: if there is no such policy set
    :raises rules.PolicyMismatch: if a stored value does not fit the policy's field
    """
    shelf = _current()
    timeline = shelf.timeline(group)
    tried = _trial.get()
    if tried is not None and tried.set_key == timeline.key:
        if policy_type not in tried.policies:
            tried.policies[policy_type] = rules.build(policy_type, tried.values)
        return tried.policies[policy_type]  # type: ignore[no-any-return]  # as below
    version = timeline.on(on)
    known = shelf.policies.get((policy_type, version.pk))
    if known is None:
        values = _body(shelf, version.pk)["values"] if version.pk else {}
        known = rules.build(policy_type, values)
        shelf.policies[policy_type, version.pk] = known
    return known  # type: ignore[no-any-return]  # the key holds the type


def trial_policy(
    policy_type: type[Policy],
    *,
    on: dt.date,
    values: Mapping[str, Any],
    group: str | None = None,
) -> Policy:
    """
    Return the policy of a day with some values of a trial in place of its own; nothing is kept.

    ``values`` are stored forms as `check_values` returns them; keys of other policies are ignored.

    :raises LookupError: if there is no such policy set
    """
    shelf = _current()
    version = shelf.timeline(group).on(on)
    own = _body(shelf, version.pk)["values"] if version.pk else {}
    return rules.build(policy_type, {**own, **values})


def shipped_policy(policy_type: type[Policy], *, values: Mapping[str, Any]) -> Policy:
    """Return the policy the software ships, with some values of a trial; asks no database."""
    return rules.build(policy_type, {**catalogue().defaults(), **values})


def check_values(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[rules.Problem]]:
    """Return parameter values in stored form, and what is wrong with those that do not fit."""
    known = catalogue().parameters
    kept: dict[str, Any] = {}
    problems: list[rules.Problem] = []
    for key, value in given.items():
        if key not in known:
            problems.append(rules.Problem(key, "body.unknown_key", (("key", key),)))
            continue
        try:
            kept[key] = rules.check(known[key], value)
        except rules.BadValue as refused:
            problems.append(refused.problem)
    return kept, problems


def _body(shelf: Shelf, pk: int) -> dict[str, Any]:
    body = shelf.bodies.get(pk)
    if body is None:
        body = RulebookVersion.objects.values_list("body", flat=True).get(pk=pk)
        shelf.bodies[pk] = body
    return body


def set_for(units: Iterable[tuple[str, int]], *, on: dt.date) -> str | None:
    """
    Return the key of the policy set that units of the organisation live by, None for the default.

    ``units`` are ``("team", 3)``, ``("department", 2)``, ``("site", 1)`` in any order: the
    assignment of the smallest unit in force that day wins.
    """
    shelf = _current()
    if not shelf.assignments:
        return None
    for unit in sorted(units, key=_by_size):
        for start, until, key in shelf.assignments.get(unit, ()):
            if start <= on and (until is None or on <= until):
                return key
    return None


def _by_size(unit: tuple[str, int]) -> int:
    return SPECIFIC_FIRST.index(unit[0]) if unit[0] in SPECIFIC_FIRST else len(SPECIFIC_FIRST)
