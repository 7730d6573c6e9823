from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cangke.foundation.access.public import Account, allowed, get_visible
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset

from . import actions, queries
from .forms import JobFilter
from .models import Job


class JobList(ListPage[Job]):
    name = "jobs.job"
    template = "jobs/job/list.html"
    filterset_class = JobFilter
    columns = [
        Column("title", gettext_lazy("任务"), "title", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), "state", always=True, phone="side"),
        Column("progress", gettext_lazy("进度"), phone="line"),
        Column("message", gettext_lazy("说明"), phone="line"),
        Column("created", gettext_lazy("开始时间"), "created_at", phone="line"),
        Column("finished", gettext_lazy("结束时间"), "finished_at", hidden=True),
    ]
    default_sort = "-created"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("open", gettext_lazy("进行中"), "state=queued&state=running"),
        Preset("failed", gettext_lazy("失败"), "state=failed", tone="late"),
    ]
    empty = Empty(
        gettext_lazy("还没有后台任务"), gettext_lazy("导入、导出和账单等较长的工作会出现在这里。")
    )
    counted = npgettext_lazy("jobs", "%(shown)s 个任务", "%(shown)s 个任务", "count")

    def decorate(self, rows: list[Job]) -> list[Job]:
        return queries.decorate(rows)


def _own(request: HttpRequest, key: str, action: str = "view") -> Job:
    rows = queries.own_jobs(cast(Account, request.user))
    return get_visible(request.user, Job, action, rows=rows, key=key)


@require_safe
@allowed("jobs.view")
def job_list(request: HttpRequest) -> HttpResponse:
    return JobList(request, queries.own_jobs(cast(Account, request.user))).response()


@require_safe
@allowed("jobs.view")
def job_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One job with its progress; htmx fetches the progress alone."""
    job = _own(request, key)
    queries.decorate([job])
    part = "#progress" if request.headers.get("HX-Target") == "job-progress" else ""
    return render(request, f"jobs/job/detail.html{part}", {"job": job})


@require_POST
@allowed("jobs.view")
def job_cancel(request: HttpRequest, key: str) -> HttpResponse:
    job = _own(request, key, "change")
    actions.cancel_job(key=job.key, by=cast(Account, request.user))
    messages.success(request, _("已请求取消；做完的部分会保留。"))
    return redirect("jobs:detail", job.key)


@require_safe
@allowed("jobs.view")
def running(request: HttpRequest) -> HttpResponse:
    """What runs and what ended lately, as a panel."""
    account = cast(Account, request.user)
    context: dict[str, Any] = {"jobs": queries.running(account, at=now())}
    return render(request, "jobs/job/panel.html", context)
