from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from cangke.foundation.access.public import CLASSES, Account, FieldClass, can, field_class, shown
from cangke.foundation.audit.public import record
from cangke.foundation.files.public import attachment
from cangke.foundation.refusal import Refusal

from .. import registry, rules
from ..registry import Column, Exporter

BATCH = 2_000
MOST_CSV = 1_000_000
MOST_XLSX = 200_000
LONGEST_CELL = 32_767  # what a sheet can hold
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class UnknownExport(Refusal):
    """There is no export of that kind, or not in that format."""

    status = 404


def _masked(account: Account | None, row: Model, name: str) -> str:
    """A field as the account may see it; the console sees what is not personal, and masks."""
    if account is not None:
        return shown(account, row, name)
    kind = field_class(type(row), name)
    value = getattr(row, name)
    if kind is None or value is None or value == "":
        return ""
    if kind in (FieldClass.PUBLIC, FieldClass.INTERNAL):
        return str(value)
    return CLASSES[type(row)].masks[name](str(value))


def _cell(account: Account | None, column: Column, row: Any) -> Any:
    if column.field:
        text = _masked(account, row, column.field)
        whole = getattr(row, column.field)
        # A number nobody needs to be kept from stays a number.
        return whole if isinstance(whole, int | Decimal) and text == str(whole) else text
    return column.value(row) if column.value else ""


def cells(
    exporter: Exporter, rows: QuerySet[Any] | Iterable[Any], *, by: Account | None
) -> Iterator[list[Any]]:
    """Yield the headings, then each row as the account may see it."""
    yield [str(column.label) for column in exporter.columns]
    found = rows.iterator(chunk_size=BATCH) if isinstance(rows, QuerySet) else rows
    for row in found:
        yield [_cell(by, column, row) for column in exporter.columns]


def _spelled(value: Any) -> Any:
    """Numbers stay numbers; everything else becomes text that no program runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return rules.safe_cell(str(value))


def write_csv(lines: Iterable[list[Any]], out: IO[bytes], *, most: int = MOST_CSV) -> int:
    """
    Write UTF-8 with a mark that spreadsheets know; return how many rows below the headings.

    :raises Refusal: past ``most`` rows
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text)
    count = -1
    for line in lines:
        count += 1
        _bound(count, most)
        writer.writerow([_spelled(value) for value in line])
    text.flush()
    text.detach()
    return max(count, 0)


def write_xlsx(lines: Iterable[list[Any]], out: IO[bytes], *, most: int = MOST_XLSX) -> int:
    """Write a workbook row by row; text is never a formula or a link."""
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(
            out,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        count = -1
        for line in lines:
            count += 1
            _bound(count, most)
            for place, value in enumerate(line):
                _write_cell(sheet, count, place, value, bold if count == 0 else None)
        book.close()
    return max(count, 0)


def _write_cell(sheet: Any, row: int, place: int, value: Any, look: Any) -> None:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    # A sheet keeps fifteen digits; longer numbers, such as parcels', stay text.
    if is_number and abs(value) < 10**15:
        sheet.write_number(row, place, value, look)
    else:
        text = "".join(sign for sign in str(_spelled(value)) if sign in "\t\n\r" or ord(sign) >= 32)
        sheet.write_string(row, place, text[:LONGEST_CELL], look)


def _bound(count: int, most: int) -> None:
    if count > most:
        raise Refusal(_("超过 %d 行，请加上筛选条件后再导出。") % most)


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def write_rows(
    exporter: Exporter,
    rows: QuerySet[Any] | Iterable[Any],
    out: IO[bytes],
    *,
    file_format: str,
    by: Account | None,
) -> int:
    """Write rows as the account may see them; return how many."""
    try:
        write = WRITERS[file_format]
    except KeyError:
        raise UnknownExport(_("没有这种导出格式。")) from None
    return write(cells(exporter, rows, by=by), out)


def _noted(
    exporter: Exporter,
    out: IO[bytes],
    count: int,
    *,
    by: Account | None,
    at: dt.datetime,
    reason: str,
    filters: str,
    file_format: str,
) -> int:
    """Write into the audit log who took what; return the size in bytes (Q3)."""
    digest, size = hashlib.sha256(), 0
    out.seek(0)
    while chunk := out.read(1024 * 1024):
        digest.update(chunk)
        size += len(chunk)
    out.seek(0)
    record(
        "sheets.exported",
        by=by,
        at=at,
        changes={
            "kind": exporter.kind,
            "rows": count,
            "filter": filters[:1000],
            "format": file_format,
            "sha256": digest.hexdigest(),
        },
        reason=reason,
    )
    return size


def export_response(
    request: HttpRequest,
    kind: str,
    rows: QuerySet[Any] | Iterable[Any],
    *,
    file_format: str,
    at: dt.datetime,
    reason: str = "",
) -> StreamingHttpResponse:
    """
    Answer with rows as a file, as the account may see them; who, what and why are logged (Q3).

    ``rows`` come from the gate. Nothing is sent before all of it is written and logged.

    :raises Refusal: without the permission, without a needed reason, or past the number of rows
    """
    account = request.user
    exporter = registry.EXPORTERS.get(kind)
    if exporter is None or not isinstance(account, Account):
        raise UnknownExport(_("没有这种导出。"))
    if not can(account, exporter.permission):
        raise UnknownExport(_("没有这种导出。"))
    if exporter.needs_reason and not reason.strip():
        raise Refusal(_("请写明导出的用途。"), field="reason")
    out = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the answer has been sent
    try:
        count = write_rows(exporter, rows, out, file_format=file_format, by=account)
        size = _noted(
            exporter,
            out,
            count,
            by=account,
            at=at,
            reason=reason.strip(),
            filters=request.GET.urlencode(),
            file_format=file_format,
        )
    except BaseException:
        out.close()
        raise
    name = f"{exporter.label}-{at:%Y%m%d-%H%M}.{file_format}"
    return attachment(request, out, name=name, content_type=TYPES[file_format], size=size)


def run_export(kind: str, *, format: str = "csv", by: Account | None, at: dt.datetime) -> bytes:  # noqa: A002  # the command's word
    """
    Return everything of a kind as a file (``cangke export KIND``); personal values are masked.

    :raises UnknownExport: if there is no such kind or format
    """
    exporter = registry.EXPORTERS.get(kind)
    if exporter is None:
        raise UnknownExport(_("没有这种导出：%s") % kind)
    with tempfile.TemporaryFile() as out:
        count = write_rows(exporter, exporter.rows(by), out, file_format=format, by=by)
        _noted(
            exporter,
            out,
            count,
            by=by,
            at=at,
            reason="cangke export",
            filters="",
            file_format=format,
        )
        return out.read()
