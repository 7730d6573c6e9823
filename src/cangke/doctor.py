"""The health of an installation: what `cangke doctor` looks at."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cangke.foundation.audit import public as audit
from cangke.foundation.events.public import Delivery
from cangke.foundation.jobs.public import Job, JobState

ANCHOR = "audit.anchor"


@dataclass(frozen=True)
class Finding:
    name: str
    good: bool
    text: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def _database(at: dt.datetime) -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
        yield Finding("database", answer == "ok", f"SQLite {answer}")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            yield Finding("database", True, f"PostgreSQL {cursor.fetchone()[0]}")
    plan = MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )
    yield Finding("migrations", not plan, f"{len(plan)} to run")


def _audit(at: dt.datetime) -> Iterator[Finding]:
    verdict = verify_audit()
    yield Finding(
        "audit chain",
        verdict.intact,
        f"{verdict.checked} checked, {verdict.unsealed} not sealed {verdict.problem}".strip(),
    )


def _queues(at: dt.datetime) -> Iterator[Finding]:
    late = Delivery.objects.filter(
        done_at=None, next_try_at__lt=at - dt.timedelta(minutes=10)
    ).count()
    yield Finding("event deliveries", late == 0, f"{late} overdue")
    stuck = Job.objects.filter(
        state__in=[JobState.QUEUED, JobState.RUNNING],
        lease_until__lt=at - dt.timedelta(minutes=10),
    ).count()
    yield Finding("jobs", stuck == 0, f"{stuck} stuck")


def _settings(at: dt.datetime) -> Iterator[Finding]:
    from cangke.foundation.ui.public import assets_built

    yield Finding("debug", not settings.DEBUG, "on" if settings.DEBUG else "off")
    yield Finding("assets", assets_built(), "built" if assets_built() else "not built")
    for name in ("secret.key", "secrets.keys"):
        path = Path(settings.DATA) / name
        if path.exists():
            private = path.stat().st_mode & 0o077 == 0
            yield Finding(name, private, "private" if private else "readable by others")


EXAMINATIONS: list[Callable[[dt.datetime], Iterator[Finding]]] = [
    _audit,
    _queues,
    _settings,
]


def examine(*, at: dt.datetime) -> list[Finding]:
    """
    Look at everything and say what was found, good or not.

    A database that is damaged or not migrated is not asked further: its tables may be missing.
    """
    found = list(_database(at))
    if all(finding.good for finding in found):
        found += [finding for look in EXAMINATIONS for finding in look(at)]
    return found


def anchor_path() -> Path:
    return Path(settings.DATA) / ANCHOR


def read_anchor() -> tuple[int, str] | None:
    """The newest (sequence, hash) kept beside the database."""
    try:
        lines = anchor_path().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return None
    if not lines:
        return None
    last = json.loads(lines[-1])
    return int(last["sequence"]), str(last["hash"])


def keep_anchor(at: dt.datetime) -> None:
    """Write the head of the audit chain beside the database, once a day."""
    sequence, value = audit.head()
    known = read_anchor()
    if sequence and (known is None or known[0] < sequence):
        with anchor_path().open("a", encoding="ascii") as file:
            file.write(
                json.dumps({"at": at.isoformat(), "sequence": sequence, "hash": value}) + "\n"
            )


def verify_audit() -> audit.Verdict:
    """Verify the chain against the anchor kept outside the database."""
    return audit.verify(anchor=read_anchor())
