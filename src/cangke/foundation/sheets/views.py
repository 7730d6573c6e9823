from __future__ import annotations

import csv
import io
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import Account, allowed, can, denied, get_visible
from cangke.foundation.files.public import attachment
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import Column, Empty, ListPage, refused

from . import actions, forms, queries, registry
from .models import ImportRun, ImportTemplate, Phase, RunState

TONES = {
    RunState.DONE: "done",
    RunState.FAILED: "late",
    RunState.CANCELLED: "",
    RunState.CHECKING: "accent",
    RunState.RUNNING: "accent",
}


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _importer(request: HttpRequest, kind: str) -> type[registry.Importer]:
    """
    Return the importer if the account may use it.

    :raises Http404: if there is none of that kind
    :raises PermissionDenied: without its permission (recorded)
    """
    importer = registry.IMPORTERS.get(kind)
    if importer is None:
        raise Http404
    account = _account(request)
    if not can(account, importer.permission):
        denied.ask(account_id=account.pk, model=importer.permission, key=request.path)
        raise PermissionDenied
    return importer


def _run(request: HttpRequest, key: str, action: str = "view") -> ImportRun:
    """Return the person's own run; another's is not there."""
    account = _account(request)
    run = get_visible(account, ImportRun, action, key=key, started_by_id=account.pk)
    _importer(request, run.kind)
    return run


class RunList(ListPage[ImportRun]):
    name = "sheets.run"
    template = "sheets/run/list.html"
    columns = [
        Column("file", gettext_lazy("文件"), always=True, phone="head"),
        Column("kind", gettext_lazy("种类"), sort="kind", phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("lines_in", gettext_lazy("读入"), sort="lines_in", numeric=True),
        Column("taken", gettext_lazy("导入"), sort="taken", numeric=True, phone="line"),
        Column("unchanged", gettext_lazy("已存在"), sort="unchanged", numeric=True),
        Column("refused", gettext_lazy("未导入"), sort="refused", numeric=True, phone="line"),
        Column("created", gettext_lazy("上传时间"), sort="created_at"),
    ]
    empty = Empty(
        gettext_lazy("还没有导入过"),
        gettext_lazy("订单、商品、客户等都可以从表格导入。"),
        [(gettext_lazy("导入表格"), "sheets:new")],
    )

    def decorate(self, rows: list[ImportRun]) -> list[ImportRun]:
        for row in rows:
            _dress(row)
        return rows


def _dress(run: ImportRun) -> None:
    """Attach what the pages say about a run."""
    importer = registry.IMPORTERS.get(run.kind)
    run.kind_label = importer.label if importer else run.kind  # type: ignore[attr-defined]  # page
    run.tone = TONES.get(RunState(run.state), "wait")  # type: ignore[attr-defined]  # page


@require_safe
@allowed("sheets.use")
def run_list(request: HttpRequest) -> HttpResponse:
    """The person's own imports."""
    return RunList(request, queries.runs_of(_account(request))).response()


@require_safe
@allowed("sheets.use")
def new(request: HttpRequest) -> HttpResponse:
    """What can be imported."""
    importers = queries.importers_for(_account(request))
    return render(request, "sheets/run/new.html", {"importers": importers})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("sheets.use")
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file."""
    importer = _importer(request, kind)
    account = _account(request)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = forms.UploadForm(*data, importer=importer, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.upload(
                kind=kind,
                upload=form.cleaned_data["file"],
                by=account,
                at=timezone.now(),
                options=form.options,
            )
        except Refusal as refusal:
            if refusal.field not in form.fields:
                refusal.field = f"option_{refusal.field}" if refusal.field else "file"
            refused(form, refusal)
        else:
            return redirect("sheets:map", key=run.key)
    context = {"form": form, "importer": importer, "multipart": True}
    status = 422 if form.errors else 200
    return render(request, "sheets/run/upload.html", context, status=status)


@require_safe
@allowed("sheets.use")
def blank(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty sheet with the headings of a kind."""
    importer = _importer(request, kind)
    text = io.StringIO(newline="")
    csv.writer(text).writerow([str(field.label) for field in importer.fields])
    content = text.getvalue().encode("utf-8-sig")
    name = _("%s-空白模板.csv") % importer.label
    return attachment(
        request, io.BytesIO(content), name=name, content_type="text/csv", size=len(content)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("sheets.use")
def map_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Say which column holds which field, then have the file tried."""
    account = _account(request)
    run = _run(request, key, "change")
    if run.committed_at or run.is_busy and run.job and run.job.is_open:
        return redirect("sheets:run", key=run.key)
    data = request.POST if request.method == "POST" else None
    form = forms.MapForm(data, run=run, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            actions.map_run(
                run=run,
                mapping=form.mapping,
                options=form.options,
                by=account,
                at=timezone.now(),
                template_name=form.cleaned_data["template_name_"].strip(),
            )
            actions.start_check(run=run, by=account, at=timezone.now())
        except Refusal as refusal:
            refusal.field = _field_of(form, refusal.field)
            refused(form, refusal)
        else:
            return redirect("sheets:run", key=run.key)
    return _map_page(request, run, form, forms.ReadingForm(run=run))


def _field_of(form: forms.MapForm, name: str | None) -> str | None:
    for prefix in ("value_", "map_", "option_"):
        full = f"{prefix}{name}"
        if full in form.fields and (prefix != "value_" or form.data.get(f"map_{name}") == "="):
            return full
    return None


def _map_page(
    request: HttpRequest, run: ImportRun, form: forms.MapForm, reading: forms.ReadingForm
) -> HttpResponse:
    _dress(run)
    context = {
        "run": run,
        "form": form,
        "reading": reading,
        "importer": registry.IMPORTERS[run.kind],
        "preview": queries.preview(run),
        "templates": queries.templates_of(run.kind),
    }
    status = 422 if form.errors or reading.errors else 200
    return render(request, "sheets/run/map.html", context, status=status)


@require_POST
@allowed("sheets.use")
def read_again(request: HttpRequest, key: str) -> HttpResponse:
    """Read the file with another encoding, delimiter, sheet or heading row."""
    run = _run(request, key, "change")
    reading = forms.ReadingForm(request.POST, run=run)
    if reading.is_valid():
        try:
            actions.choose_reading(run=run, at=timezone.now(), **reading.cleaned_data)
        except Refusal as refusal:
            refused(reading, refusal)
        else:
            return redirect("sheets:map", key=run.key)
    form = forms.MapForm(None, run=run, account=_account(request))
    return _map_page(request, run, form, reading)


@require_safe
@allowed("sheets.use")
def run_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Where a run stands: trial, progress, result; the part in motion refreshes itself."""
    run = _run(request, key)
    if run.state in (RunState.UPLOADED, RunState.MAPPED):
        return redirect("sheets:map", key=run.key)
    _dress(run)
    lost = run.is_busy and run.job is not None and not run.job.is_open
    phase = Phase.COMMIT if run.committed_at else Phase.CHECK
    context: dict[str, Any] = {
        "run": run,
        "busy": run.is_busy and not lost,
        "lost": lost,
        "percent": min(run.job.done * 100 // run.row_count, 100) if run.job and run.is_busy else 0,
        "errors": [] if run.is_busy else queries.refused_rows(run, phase),
        "may_start": run.state == RunState.CHECKED and run.taken + run.unchanged > 0,
        "stopped": lost or run.state in (RunState.FAILED, RunState.CANCELLED),
    }
    partial = "#status" if request.GET.get("part") == "status" else ""
    return render(request, f"sheets/run/detail.html{partial}", context)


@require_POST
@allowed("sheets.use")
def run_start(request: HttpRequest, key: str) -> HttpResponse:
    """Take the rows in, or go on where a broken run stopped."""
    run = _run(request, key, "change")
    if run.state == RunState.CHECKED and run.refused and "only_good" not in request.POST:
        messages.warning(
            request, _("有 %d 行不能导入：请先改好文件，或勾选“只导入正确的行”。") % run.refused
        )
        return redirect("sheets:run", key=run.key)
    actions.start_commit(run=run, by=_account(request), at=timezone.now())
    return redirect("sheets:run", key=run.key)


@require_POST
@allowed("sheets.use")
def run_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Stop a run; what was taken in by then stays."""
    run = _run(request, key, "change")
    actions.cancel_run(run=run, by=_account(request), at=timezone.now())
    messages.success(request, _("已请求停止；已导入的行保留。"))
    return redirect("sheets:run", key=run.key)


@require_POST
@allowed("sheets.use")
def template_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a kept mapping of a kind the person may import."""
    template = ImportTemplate.objects.filter(pk=pk).first()
    if template is None:
        raise Http404
    _importer(request, template.kind)
    actions.drop_template(template=template, by=_account(request), at=timezone.now())
    messages.success(request, _("已删除模板“%s”。") % template.name)
    return redirect("sheets:upload", kind=template.kind)
