"""Kinds of jobs and periodic duties, declared in the ``tasks.py`` of each room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Work = Callable[[Any], None]  # called with the job's Progress
Duty = Callable[[dt.datetime], Any]


@dataclass(frozen=True)
class Kind:
    code: str
    label: Any
    work: Work


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: int
    duty: Duty


KINDS: dict[str, Kind] = {}
PERIODIC: dict[str, Periodic] = {}


def job_kind(code: str, label: Any) -> Callable[[Work], Work]:
    """Declare work ``(progress) -> None`` that may be started as a job; it must be idempotent."""

    def declare(work: Work) -> Work:
        KINDS[code] = Kind(code, label, work)
        return work

    return declare


def every(*, seconds: int) -> Callable[[Duty], Duty]:
    """Declare a duty ``(at) -> Any`` that one worker does each so many seconds; idempotent."""

    def declare(duty: Duty) -> Duty:
        name = f"{duty.__module__}.{duty.__name__}"
        PERIODIC[name] = Periodic(name, seconds, duty)
        return duty

    return declare
