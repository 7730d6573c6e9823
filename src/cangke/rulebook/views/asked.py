"""What the address asks for: which set, which day or version."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest
from django.utils import timezone

from cangke.foundation.access.public import can

from .. import queries, rules
from ..models import UNPUBLISHED, PolicySet, RulebookVersion


@dataclass(frozen=True)
class Asked:
    """The set and the version to read; ``version`` None is what the software ships."""

    policy_set: PolicySet | None
    version: RulebookVersion | None
    on: dt.date
    by_number: bool = False

    @cached_property
    def body(self) -> dict[str, Any]:
        """What holds: the version's words and values, and what the software ships since."""
        complete = rules.new_body(queries.catalogue(), self.version.body if self.version else None)
        if self.version is None:
            return complete
        held = self.version.body["clauses"]
        codes = {clause["code"] for clause in held}
        added = [clause for clause in complete["clauses"] if clause["code"] not in codes]
        return {"clauses": [*held, *added], "values": complete["values"]}

    @property
    def is_draft(self) -> bool:
        return self.version is not None and self.version.state in UNPUBLISHED

    @property
    def set_key(self) -> str:
        return self.policy_set.key if self.policy_set else ""


def in_side(request: HttpRequest) -> bool:
    """Whether the script asked for the panel beside the text."""
    details: Any = getattr(request, "htmx", None)
    return bool(details and details.target == "rules-side")


def today() -> dt.date:
    """Today in the house's zone."""
    return timezone.localtime(timezone.now()).date()


def read_day(text: str) -> dt.date | None:
    """:raises SuspiciousOperation: if it is no day"""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SuspiciousOperation("no such day") from None


def read_revision(request: HttpRequest) -> int | None:
    """The revision of the draft that the person saw, if the form says so."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def find_set(key: str | None) -> PolicySet:
    """:raises Http404: if there is no such set"""
    found = queries.get_set(key)
    if found is None:
        raise Http404
    return found


def read_asked(request: HttpRequest) -> Asked:
    """
    Read ``?set=&on=&version=``; the default set and today without them.

    Drafts are shown to those who may edit.

    :raises Http404: if there is no such set or version
    :raises SuspiciousOperation: if day or number are malformed
    """
    key = request.GET.get("set") or None
    on = read_day(request.GET.get("on", "")) or today()
    policy_set = queries.get_set(key)
    if policy_set is None:
        if key is not None:
            raise Http404
        return Asked(None, None, on)
    number = request.GET.get("version", "")
    if not number:
        return Asked(policy_set, queries.get_version(policy_set, on=on), on)
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise SuspiciousOperation("no such version")
    version = policy_set.versions.filter(number=int(number)).first()
    if version is None or (version.state in UNPUBLISHED and not can(request.user, "rulebook.edit")):
        raise Http404
    return Asked(policy_set, version, on, by_number=True)
