from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.files import public as files
from cangke.foundation.jobs.public import cancel_job, start_job
from cangke.foundation.refusal import Conflict, Refusal

from .. import queries, reading, registry, rules, words
from ..models import ImportRun, ImportTemplate, RunState

TEXT = "text/csv"
UNKNOWN = "application/octet-stream"
KEEP = dt.timedelta(days=180)
MOST_TABLE = 300 * 1024 * 1024
TAKEN_AS = frozenset({"text/plain", "text/csv", "text/html", "message/rfc822", "image/svg+xml"})
STOPPED = (RunState.FAILED, RunState.CANCELLED)
STAGED = (RunState.UPLOADED, RunState.MAPPED, RunState.CHECKED)


def upload(
    *,
    kind: str,
    upload: File,
    by: Account | None,
    at: dt.datetime,
    options: Mapping[str, str] | None = None,
    name: str = "",
) -> ImportRun:
    """
    Keep a file, find out how to read it and suggest which column is which.

    :raises Refusal: if it is no table, or an option is missing or unknown
    """
    importer = registry.IMPORTERS[kind]
    chosen = check_options(importer, options or {}, by=by)
    given_name = name or str(upload.name or "")
    known = TEXT if _is_text(upload, given_name) else ""
    kept = files.store(
        upload,
        purpose="sheets.upload",
        by=by,
        at=at,
        allowed_types=files.SHEETS,
        name=name,
        known_type=known,
    )
    run = ImportRun(kind=kind, file=kept, started_by=by, created_at=at, options=chosen, columns=[])
    _find_how(run, at=at)
    _read_columns(run)
    run.mapping = suggested(run)
    run.save()
    return run


def _is_text(upload: File, name: str) -> bool:
    """
    Whether the file may be read as CSV.

    Buyers write anything into their remarks, and a table stays a table whatever is in its cells:
    markup and stray control signs are dealt with row by row.
    """
    upload.seek(0)
    head = upload.read(64 * 1024)
    found = files.sniff(head, name)
    if found != UNKNOWN:
        return found in TAKEN_AS
    return name.lower().endswith((".csv", ".tsv", ".txt")) and bool(head) and b"\x00" not in head


def check_options(
    importer: type[registry.Importer], options: Mapping[str, str], *, by: Account | None
) -> dict[str, str]:
    """
    Return the options with defaults filled in.

    :raises Refusal: if one is missing, unknown, or not among its choices
    """
    known = {option.name: option for option in importer.options}
    for name in options:
        if name not in known:
            raise Refusal(_("没有这个选项：%s。") % name)
    chosen = {}
    for name, option in known.items():
        value = str(options.get(name) or option.default)
        allowed = {str(key) for key, _label in option.choices(by)}
        if value and value not in allowed:
            raise Refusal(_("“%s”的取值不在可选范围内。") % option.label, field=name)
        if option.required and not value:
            raise Refusal(_("请选择“%s”。") % option.label, field=name)
        chosen[name] = value
    return chosen


def _find_how(run: ImportRun, *, at: dt.datetime, sheet: str = "") -> None:
    """Find encoding and delimiter, or turn the workbook into CSV."""
    if run.file.content_type == TEXT:
        try:
            run.encoding, run.delimiter = reading.find_how(run.file)
        except rules.Undecodable as error:
            raise Refusal(
                _("第 %d 行附近的文字编码无法识别，请另存为 UTF-8 的 CSV 再导入。") % error.line
            ) from error
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = reading.convert_workbook(run.file, folder, sheet)
        except reading.Unreadable as error:
            raise Refusal(words.refused_file(error.code)) from error
        with made.path.open("rb") as content:
            run.table = files.store(
                File(content, name="table.csv"),
                purpose="sheets.table",
                by=run.started_by,
                at=at,
                known_type=TEXT,
                limit=MOST_TABLE,
            )
    run.encoding, run.delimiter = "utf-8", ","
    run.sheets, run.sheet = made.sheets, made.sheet


def _read_columns(run: ImportRun, *, header_row: int | None = None) -> None:
    """Read the headings and count the rows below them."""
    importer = registry.IMPORTERS[run.kind]
    table = queries.table_of(run)
    try:
        first = reading.first_rows(table)
        known = frozenset(
            rules.same_heading(spelling)
            for field in importer.fields
            for spelling in (field.name, *field.heading().spellings)
        )
        run.header_row = header_row or rules.find_header(first, known) + 1
        if run.header_row > len(first):
            raise Refusal(_("表头行不在前 %d 行里。") % reading.PREVIEW_ROWS, field="header_row")
        run.columns = [rules.plain_cell(cell)[:200] for cell in first[run.header_row - 1]]
        run.row_count = reading.count_rows(table, run.header_row)
    except reading.Unreadable as error:
        if error.code == "encoding":
            raise Refusal(_("按这个编码读不出来，请换一个。"), field="encoding") from error
        raise Refusal(words.refused_file(error.code)) from error
    if not run.row_count:
        raise Refusal(words.refused_file("rows"))


def suggested(run: ImportRun) -> dict[str, Any]:
    """Suggest the mapping: that of a kept template whose headings are all there, else by name."""
    importer = registry.IMPORTERS[run.kind]
    plain = {rules.same_heading(column): index for index, column in enumerate(run.columns)}
    best: dict[str, Any] = {}
    for template in ImportTemplate.objects.filter(kind=run.kind):
        mapping = applied(template.mapping, plain)
        if len(mapping) == len(template.mapping) and len(mapping) > len(best):
            best = mapping
    by_name = rules.suggest_mapping(run.columns, [field.heading() for field in importer.fields])
    return best if len(best) >= len(by_name) else dict(by_name)


def applied(mapping: Mapping[str, Any], plain: Mapping[str, int]) -> dict[str, Any]:
    """Turn headings into the columns of this file; what is not there is left out."""
    found: dict[str, Any] = {}
    for name, source in mapping.items():
        if isinstance(source, dict):
            found[name] = source
        elif rules.same_heading(str(source)) in plain:
            found[name] = plain[rules.same_heading(str(source))]
    return found


@transaction.atomic
def choose_reading(
    *,
    run: ImportRun,
    at: dt.datetime,
    encoding: str = "",
    delimiter: str = "",
    header_row: int | None = None,
    sheet: str = "",
) -> ImportRun:
    """
    Read the file otherwise: another encoding, delimiter, heading row or sheet.

    :raises Refusal: if it cannot be read so
    """
    run = _locked(run, STAGED)
    if sheet and sheet != run.sheet:
        if sheet not in run.sheets:
            raise Refusal(words.refused_file("sheet"), field="sheet")
        _find_how(run, at=at, sheet=sheet)
        header_row = None
    if run.file.content_type == TEXT:
        run.encoding = encoding if encoding in rules.ENCODINGS else run.encoding
        run.delimiter = delimiter if delimiter in rules.DELIMITERS else run.delimiter
    _read_columns(run, header_row=header_row)
    run.mapping, run.state = suggested(run), RunState.UPLOADED
    run.save()
    return run


@transaction.atomic
def map_run(
    *,
    run: ImportRun,
    mapping: Mapping[str, Any],
    by: Account | None,
    at: dt.datetime,
    options: Mapping[str, str] | None = None,
    template_name: str = "",
) -> ImportRun:
    """
    Say which column holds which field: an index from 0, or ``{"value": "…"}`` for all rows alike.

    :raises Refusal: if a required field has none, or a column or constant cannot be
    """
    run = _locked(run, STAGED)
    importer = registry.IMPORTERS[run.kind]
    run.mapping = check_mapping(importer, mapping, width=len(run.columns))
    if options is not None:
        run.options = check_options(importer, options, by=by)
    run.state = RunState.MAPPED
    run.save(update_fields=["mapping", "options", "state"])
    if template_name:
        by_heading = {
            name: source if isinstance(source, dict) else run.columns[source]
            for name, source in run.mapping.items()
        }
        ImportTemplate.objects.update_or_create(
            kind=run.kind,
            name=template_name[:80],
            defaults={
                "mapping": by_heading,
                "options": run.options,
                "saved_by": by,
                "saved_at": at,
            },
        )
    return run


def check_mapping(
    importer: type[registry.Importer], mapping: Mapping[str, Any], *, width: int
) -> dict[str, Any]:
    """Return the mapping in one spelling; see `map_run`."""
    known = {field.name: field for field in importer.fields}
    checked: dict[str, Any] = {}
    for name, source in mapping.items():
        if name not in known:
            raise Refusal(_("没有这个字段：%s。") % name)
        if isinstance(source, dict):
            value = str(source.get("value", ""))[:500]
            if value:
                try:
                    known[name].parse(value)
                except rules.BadValue as error:
                    raise Refusal(
                        f"{known[name].label}：{words.sentence(error)}", field=name
                    ) from error
                checked[name] = {"value": value}
        elif isinstance(source, int) and 0 <= source < width:
            checked[name] = source
        else:
            raise Refusal(_("“%s”对应的列不存在。") % known[name].label, field=name)
    for name, field in known.items():
        if field.required and name not in checked:
            raise Refusal(_("请选择“%s”对应的列。") % field.label, field=name)
    return checked


def _locked(run: ImportRun, states: tuple[str, ...]) -> ImportRun:
    """
    Lock the run for a change of stage; one whose job has died counts as broken.

    :raises Conflict: if it has gone on meanwhile
    """
    locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.is_busy and locked.job is not None and not locked.job.is_open:
        locked.state = RunState.FAILED
    if locked.state in STOPPED and locked.committed_at is None and RunState.MAPPED in states:
        # Nothing was taken in yet: it may be mapped and tried once more.
        return locked
    if locked.state not in states:
        raise Conflict(_("这次导入已经是“%s”，请刷新页面。") % locked.get_state_display())
    return locked


@transaction.atomic
def start_check(*, run: ImportRun, by: Account | None, at: dt.datetime) -> ImportRun:
    """Try the whole file without keeping anything, in the background."""
    run = _locked(run, (RunState.MAPPED, RunState.CHECKED))
    run.state, run.message = RunState.CHECKING, ""
    run.job = start_job(
        "sheets.check",
        {"run": run.pk},
        by=by,
        at=at,
        title=_("检查：%s") % registry.IMPORTERS[run.kind].label,
    )
    run.save(update_fields=["state", "message", "job"])
    return run


@transaction.atomic
def start_commit(*, run: ImportRun, by: Account | None, at: dt.datetime) -> ImportRun:
    """
    Take the rows in, in the background; a broken or cancelled run goes on where it stopped.

    :raises Conflict: if it is running or done
    """
    run = _locked(run, (RunState.CHECKED, *STOPPED))
    if run.state in STOPPED and run.committed_at is None:
        raise Refusal(_("请先检查，再开始导入。"))
    run = begin_commit(run=run, at=at)
    run.job = start_job(
        "sheets.commit",
        {"run": run.pk},
        by=by,
        at=at,
        title=_("导入：%s") % registry.IMPORTERS[run.kind].label,
    )
    run.save(update_fields=["job"])
    record(
        "sheets.import_started",
        obj=run,
        by=by,
        at=at,
        changes={"kind": run.kind, "file": run.file.name, "sha256": run.file.sha256},
    )
    return run


def begin_commit(*, run: ImportRun, at: dt.datetime) -> ImportRun:
    """Mark as running; the counts of the trial make way for those of the real thing."""
    if run.committed_at is None:
        run.checkpoint = run.lines_in = run.taken = run.unchanged = run.refused = 0
        run.committed_at = at
    run.state, run.message, run.finished_at = RunState.RUNNING, "", None
    run.save()
    return run


@transaction.atomic
def cancel_run(*, run: ImportRun, by: Account, at: dt.datetime) -> ImportRun:
    """Stop: what was taken in by then stays, and the run can be taken up again."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.is_busy and locked.job is not None and locked.job.is_open:
        cancel_job(key=locked.job.key, by=by)
        return locked
    if locked.state in (RunState.DONE, RunState.CANCELLED):
        raise Conflict(_("这次导入已经结束。"))
    locked.state, locked.finished_at = RunState.CANCELLED, at
    locked.save(update_fields=["state", "finished_at"])
    return locked


@transaction.atomic
def forget_old(*, at: dt.datetime, limit: int = 200) -> int:
    """Drop imports of half a year ago with their files; that they were is in the audit log."""
    old = ImportRun.objects.filter(created_at__lt=at - KEEP).exclude(
        state__in=[RunState.CHECKING, RunState.RUNNING]
    )
    runs = list(old.select_related("file", "table", "result").order_by("pk")[:limit])
    for run in runs:
        held = [file for file in (run.file, run.table, run.result) if file is not None]
        run.delete()
        for file in held:
            files.delete_file(file)
    return len(runs)


@transaction.atomic
def drop_template(*, template: ImportTemplate, by: Account, at: dt.datetime) -> None:
    """Forget a kept mapping."""
    record(
        "sheets.template_dropped",
        obj=template,
        by=by,
        at=at,
        changes={"kind": template.kind, "name": template.name},
    )
    template.delete()
