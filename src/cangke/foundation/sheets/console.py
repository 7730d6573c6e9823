"""``cangke import``: the same stages as on the pages, one after the other in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Refusal

from . import actions, queries, reading, registry, rules, words
from .models import ImportRun, RunState

MOST_ERRORS = 1_000


def run_import(
    kind: str,
    path: Path,
    *,
    mapping: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    dry_run: bool = False,
    by: Account | None = None,
    at: dt.datetime,
) -> dict[str, Any]:
    """
    Take a file in and report what became of its rows, as plain JSON data.

    ``mapping`` is field → heading (or column number from 1, or ``{"value": …}``); without it
    columns are found by their headings. ``state`` is ``done``, ``checked`` (a trial) or ``failed``;
    ``errors`` lists the first refused rows as ``{"line": …, "reason": …}``, ``line`` 0 being the
    file itself.
    """
    importer = registry.IMPORTERS.get(kind)
    if importer is None:
        known = ", ".join(sorted(registry.IMPORTERS)) or "-"
        return _failed(
            kind,
            path,
            _("没有这种导入：%(kind)s；可用的有：%(known)s") % {"kind": kind, "known": known},
        )
    try:
        with path.open("rb") as content:
            run = actions.upload(
                kind=kind,
                upload=File(content, name=path.name),
                by=by,
                at=at,
                options=options,
            )
        chosen = dict(run.mapping) if mapping is None else _by_heading(run, mapping)
        run = actions.map_run(run=run, mapping=chosen, by=by, at=at)
        return _report(_go(run, dry_run=dry_run, at=at), path)
    except Refusal as refusal:
        return _failed(kind, path, str(refusal.message))
    except reading.Unreadable as error:
        return _failed(kind, path, words.refused_file(error.code))


def _by_heading(run: ImportRun, mapping: Mapping[str, Any]) -> dict[str, Any]:
    plain = {rules.same_heading(column): index for index, column in enumerate(run.columns)}
    found: dict[str, Any] = {}
    for name, source in mapping.items():
        if isinstance(source, dict):
            found[name] = source
        elif isinstance(source, int) and not isinstance(source, bool):
            found[name] = source - 1
        elif rules.same_heading(str(source)) in plain:
            found[name] = plain[rules.same_heading(str(source))]
        else:
            raise Refusal(_("文件里没有这一列：%s") % source)
    return found


def _go(run: ImportRun, *, dry_run: bool, at: dt.datetime) -> ImportRun:
    if dry_run:
        run.state = RunState.CHECKING
        run.save(update_fields=["state"])
        return actions.check_run(run, step=_silent, clock=timezone.now)
    with transaction.atomic():
        run = actions.begin_commit(run=run, at=at)
    return actions.commit_run(run, step=_silent, clock=timezone.now)


def _silent(done: int, total: int) -> None:
    """The console waits; nobody looks at the progress."""


def _report(run: ImportRun, path: Path) -> dict[str, Any]:
    phase = "commit" if run.state == RunState.DONE else "check"
    errors = queries.refused_rows(run, phase, most=MOST_ERRORS)
    return {
        "kind": run.kind,
        "file": path.name,
        "run": run.key,
        "state": run.state,
        "encoding": run.encoding,
        "mapping": {
            name: source if isinstance(source, dict) else run.columns[source]
            for name, source in run.mapping.items()
        },
        "lines_in": run.lines_in,
        "taken": run.taken,
        "unchanged": run.unchanged,
        "refused": run.refused,
        "errors": [{"line": line, "reason": reason} for line, reason in errors],
        "result": run.result.content.path if run.result else None,
    }


def _failed(kind: str, path: Path, reason: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "file": path.name,
        "state": "failed",
        "lines_in": 0,
        "taken": 0,
        "unchanged": 0,
        "refused": 0,
        "errors": [{"line": 0, "reason": reason}],
    }
