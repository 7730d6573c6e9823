from __future__ import annotations

import datetime as dt
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import File
from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from cangke.foundation.audit.public import record
from cangke.foundation.files import public as files
from cangke.foundation.refusal import Refusal

from .. import queries, registry
from ..models import ImportChunk, ImportRun, Phase, RunState
from ..registry import REFUSED, TAKEN, UNCHANGED, BadRow, Importer, Outcome, Row, Task, refused
from .exporting import write_csv

log = logging.getLogger(__name__)
LONGEST_GROUP = 5_000
MARKS = {TAKEN: "t", UNCHANGED: "u", REFUSED: "r"}
Step = Callable[[int, int], None]
Clock = Callable[[], dt.datetime]


class Superseded(Exception):
    """Another process has taken the run up and is further."""


@dataclass
class Piece:
    """Neighbouring rows that are handled together: parsed ones, and those refused while parsing."""

    rows: list[Row] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)


def check_run(run: ImportRun, *, step: Step, clock: Clock) -> ImportRun:
    """
    Try every row and undo it again, chunk by chunk; keep what would have become of each.

    A trial and the real thing are the same code, so that what passes here passes there.
    """
    ImportChunk.objects.filter(run=run, phase=Phase.CHECK).delete()
    task = Task(run.started_by, clock(), run.options, True, run.key)
    importer = registry.IMPORTERS[run.kind]()
    importer.begin(task)
    counts: Counter[str] = Counter()
    done = 0
    for piece in _pieces(importer, run, after=0):
        with transaction.atomic():
            _take(importer, piece, task)
            transaction.set_rollback(True)
        importer.undone(task)
        chunk = _chunk(run, Phase.CHECK, piece)
        chunk.save()
        counts.update(chunk.marks)
        done += len(piece.lines)
        step(done, run.row_count)
    _save(
        run,
        state=RunState.CHECKED,
        lines_in=done,
        taken=counts["t"],
        unchanged=counts["u"],
        refused=counts["r"],
        message="",
    )
    return run


def commit_run(run: ImportRun, *, step: Step, clock: Clock) -> ImportRun:
    """
    Take the rows in, each chunk in one transaction with the place reached, and write the result.

    Behind a crash or a cancel it goes on from that place, so that no row is taken twice or lost.
    """
    task = Task(run.started_by, run.committed_at or clock(), run.options, False, run.key)
    importer = registry.IMPORTERS[run.kind]()
    importer.begin(task)
    for piece in _pieces(importer, run, after=run.checkpoint):
        _commit_piece(importer, run, piece, task)
        step(run.lines_in, run.row_count)
    with transaction.atomic():
        importer.end(task)
        record(
            "sheets.imported",
            obj=run,
            by=run.started_by,
            at=clock(),
            changes={
                "kind": run.kind,
                "lines_in": run.lines_in,
                "taken": run.taken,
                "unchanged": run.unchanged,
                "refused": run.refused,
            },
        )
    result = _write_result(run, at=clock())
    _save(run, state=RunState.DONE, result=result, finished_at=clock(), message="")
    return run


def _save(run: ImportRun, **values: Any) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=list(values))


def _pieces(importer: Importer, run: ImportRun, *, after: int) -> Iterator[Piece]:
    """Cut the rows into chunks, never between neighbours that belong together."""
    piece = Piece()
    last_group: object = None
    width = len(run.columns)
    for line, cells in queries.records(run, after=after):
        parsed: Row | None = None
        reason = ""
        try:
            values = importer.row(queries.parsed(importer, run.mapping, width, cells), line)
            parsed = Row(line, values)
        except BadRow as error:
            reason = error.reason
        group = parsed.values.get(importer.group_by) if parsed and importer.group_by else None
        full = len(piece.lines) >= importer.chunk_size
        together = group is not None and group == last_group
        if full and (not together or len(piece.lines) >= LONGEST_GROUP):
            yield piece
            piece = Piece()
        piece.lines.append(line)
        if parsed is None:
            piece.outcomes[line] = refused(reason)
        else:
            piece.rows.append(parsed)
            last_group = group
    if piece.lines:
        yield piece


def _take(importer: Importer, piece: Piece, task: Task) -> None:
    """Have the room take a chunk; where it cannot, take it group by group."""
    if not piece.rows:
        return
    try:
        with transaction.atomic():
            outcomes = importer.commit_chunk(piece.rows, task)
    except OperationalError:
        raise
    except (Refusal, BadRow, DatabaseError) as error:
        groups = _groups(importer, piece.rows)
        if len(groups) == 1:
            reason = _reason(error)
            outcomes = [refused(reason) for _row in piece.rows]
        else:
            outcomes = [each for group in groups for each in _take_group(importer, group, task)]
    if len(outcomes) != len(piece.rows):
        raise RuntimeError(f"{importer.kind} must say what became of every row")
    piece.outcomes.update(
        {row.line: outcome for row, outcome in zip(piece.rows, outcomes, strict=True)}
    )


def _take_group(importer: Importer, rows: list[Row], task: Task) -> Sequence[Outcome]:
    importer.undone(task)
    try:
        with transaction.atomic():
            return importer.commit_chunk(rows, task)
    except OperationalError:
        raise
    except (Refusal, BadRow, DatabaseError) as error:
        return [refused(_reason(error)) for _row in rows]


def _groups(importer: Importer, rows: list[Row]) -> list[list[Row]]:
    groups: list[list[Row]] = []
    last: object = None
    for row in rows:
        group = row.values.get(importer.group_by) if importer.group_by else None
        if groups and group is not None and group == last:
            groups[-1].append(row)
        else:
            groups.append([row])
        last = group
    return groups


def _reason(error: Exception) -> str:
    if isinstance(error, Refusal):
        return str(error.message)
    if isinstance(error, BadRow):
        return error.reason
    log.warning("a row broke a rule of the database: %s", error)
    return _("与已有数据冲突，或数值超出范围")


def _chunk(run: ImportRun, phase: str, piece: Piece) -> ImportChunk:
    outcomes = [piece.outcomes[line] for line in piece.lines]
    return ImportChunk(
        run=run,
        phase=phase,
        last_line=piece.lines[-1],
        lines=piece.lines,
        marks="".join(MARKS[each.state] for each in outcomes),
        notes={
            str(line): [each.reason[:500], each.ref[:100]]
            for line, each in zip(piece.lines, outcomes, strict=True)
            if each.reason or each.ref
        },
    )


@transaction.atomic
def _commit_piece(importer: Importer, run: ImportRun, piece: Piece, task: Task) -> None:
    """
    One chunk: rows, what became of them and the place reached, all or nothing.

    :raises Superseded: if the place is no longer where this process left it
    """
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.checkpoint != run.checkpoint or locked.state != RunState.RUNNING:
        raise Superseded
    _take(importer, piece, task)
    chunk = _chunk(run, Phase.COMMIT, piece)
    chunk.save()
    counts = Counter(chunk.marks)
    _save(
        run,
        checkpoint=chunk.last_line,
        lines_in=run.lines_in + len(chunk.marks),
        taken=run.taken + counts["t"],
        unchanged=run.unchanged + counts["u"],
        refused=run.refused + counts["r"],
    )


def _write_result(run: ImportRun, *, at: dt.datetime) -> files.StoredFile:
    """Write the file again with what became of each row before it."""
    says = {"t": _("已导入"), "u": _("已存在，未改动"), "r": _("未导入")}

    def lines() -> Iterator[list[Any]]:
        yield [_("行号"), _("结果"), _("说明"), *run.columns]
        source = queries.records(run)
        for chunk in queries.chunks(run, Phase.COMMIT).iterator(chunk_size=20):
            for line, mark in zip(chunk.lines, chunk.marks, strict=True):
                number, cells = next(source)
                if number != line:
                    raise RuntimeError("the file is not the one that was taken in")
                reason, ref = chunk.notes.get(str(line), ["", ""])
                yield [line, says[mark], reason or ref, *cells]

    stem = run.file.name.rpartition(".")[0] or run.file.name
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        write_csv(lines(), out)
        out.seek(0)
        return files.store(
            File(out, name=f"{stem}-{_('导入结果')}.csv"),
            purpose="sheets.result",
            by=run.started_by,
            at=at,
            known_type="text/csv",
            limit=2 * 1024 * 1024 * 1024,
        )


def stop_run(run_id: int, *, state: str, message: str, at: dt.datetime) -> None:
    """Mark a run that did not come to its end."""
    ImportRun.objects.filter(pk=run_id, state__in=[RunState.CHECKING, RunState.RUNNING]).update(
        state=state, message=message[:500], finished_at=at
    )
