from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    once,
    refused,
)

from .. import actions, forms, models, queries
from ..models import Reach, Script, ScriptFolder, ScriptState


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]  # let in by `allowed`


class ScriptFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    stage = filters.ChoiceFilter(label=gettext_lazy("阶段"), choices=models.stage_choices)
    reach = filters.ChoiceFilter(label=gettext_lazy("范围"), choices=models.reach_choices)
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=models.script_state_choices)
    folder = filters.ModelChoiceFilter(
        label=gettext_lazy("目录"), queryset=ScriptFolder.objects.all(), method="in_folder"
    )
    mine = filters.BooleanFilter(label=gettext_lazy("我写的"), method="only_mine")
    waiting = filters.BooleanFilter(label=gettext_lazy("待我审"), method="only_waiting")

    def search(self, rows: QuerySet[Script], name: str, value: str) -> QuerySet[Script]:
        return queries.matching(rows, value)

    def in_folder(self, rows: QuerySet[Script], name: str, value: ScriptFolder) -> QuerySet[Script]:
        return rows.filter(folder__in=queries.folders_below(value))

    def only_mine(self, rows: QuerySet[Script], name: str, value: bool) -> QuerySet[Script]:
        return rows.filter(owner=self.request.user) if value and self.request else rows

    def only_waiting(self, rows: QuerySet[Script], name: str, value: bool) -> QuerySet[Script]:
        if not value or not self.request:
            return rows
        return rows.filter(pk__in=queries.waiting_scripts(self.request.user).values("pk"))


class ScriptList(ListPage[Script]):
    name = "knowledge.script"
    template = "knowledge/script/list.html"
    filterset_class = ScriptFilter
    counted = npgettext_lazy("scripts", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("title", gettext_lazy("话术"), sort="title", always=True, phone="head"),
        Column("shortcut", gettext_lazy("快捷码"), sort="shortcut", phone="side"),
        Column("stage", gettext_lazy("阶段"), sort="stage"),
        Column("reach", gettext_lazy("范围"), sort="reach"),
        Column("folder", gettext_lazy("目录"), sort="folder__position"),
        Column("text", gettext_lazy("内容"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("uses", gettext_lazy("使用"), sort="uses", numeric=True, phone="line"),
        Column("owner", gettext_lazy("作者"), hidden=True),
        Column("updated", gettext_lazy("修改时间"), sort="updated_at", hidden=True),
    ]
    default_sort = "-uses"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("presale", gettext_lazy("售前"), "stage=presale"),
        Preset("aftersale", gettext_lazy("售后"), "stage=aftersale"),
        Preset("mine", gettext_lazy("我写的"), "mine=true"),
        Preset("waiting", gettext_lazy("待我审"), "waiting=true", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("还没有话术"),
        gettext_lazy("把常用的回复写成话术，聊天时输入 / 就能插入。"),
        [(gettext_lazy("写一条"), "knowledge:script-new")],
    )

    def get_context(self) -> dict[str, Any]:
        language = get_language() or ""
        return {
            **super().get_context(),
            "language": language,
            "tones": {"proposed": "wait", "returned": "late", "active": "done", "retired": ""},
            "may_write": can(self.request.user, "knowledge.write"),
            "may_review": can(self.request.user, "knowledge.review"),
        }


@require_GET
@allowed("knowledge.view")
def script_list(request: HttpRequest) -> HttpResponse:
    rows = scope(request.user, Script, "view").select_related("folder", "owner", "team")
    if request.GET.get("state") != ScriptState.RETIRED:
        rows = rows.exclude(state=ScriptState.RETIRED)
    return ScriptList(request, rows).response()


@require_GET
@allowed("knowledge.view")
def script_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _find(request, pk))


def _find(request: HttpRequest, pk: int, action: str = "view") -> Script:
    rows = scope(request.user, Script, action).select_related(
        "folder", "owner", "team", "reviewed_by", "replaces"
    )
    return get_visible(request.user, Script, action, rows=rows, pk=pk)


def _may_edit(account: Account, script: Script) -> bool:
    if script.state == ScriptState.RETIRED or not can(account, "knowledge.write"):
        return False
    return script.reach != Reach.ME or script.owner_id == account.pk


def _shown(
    request: HttpRequest,
    script: Script,
    *,
    form: forms.ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    account = _account(request)
    language = get_language() or ""
    reviews = actions.may_review(account, script.reach, script.team)
    own = script.owner_id == account.pk
    private = script.reach == Reach.ME or script.state != ScriptState.ACTIVE
    context = {
        "script": script,
        "title": script.title_in(language),
        "tone": {"proposed": "wait", "returned": "late", "active": "done"}.get(script.state, ""),
        "samples": [
            (code, name, queries.render_pieces(script, queries.sample_context(code)))
            for code, name in (("zh-hans", _("中文")), ("en", _("英文")))
            if code != "en" or script.body_en
        ],
        "versions": script.versions.select_related("by"),
        "recent": queries.count_uses(script, at=timezone.now()),
        "form": form or forms.ReviewForm(),
        "may_edit": _may_edit(account, script),
        "proposes": script.state == ScriptState.ACTIVE and not reviews and script.reach != Reach.ME,
        "may_decide": script.state == ScriptState.PROPOSED and reviews,
        "may_retire": script.state != ScriptState.RETIRED and (reviews if not private else own),
    }
    return render(request, "knowledge/script/detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed("knowledge.write")
@once("knowledge.script")
def script_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    account = _account(request)
    script = _find(request, pk) if pk else None
    if script is not None and not _may_edit(account, script):
        raise PermissionDenied
    initial: dict[str, Any] = {"stage": "all", "reach": "me"}
    if script is not None:
        initial = {
            name: getattr(script, name) for name in forms.ScriptForm.base_fields if name != "note"
        }
    form = forms.ScriptForm(request.POST or None, account=account, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, script, account)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            text = _("已提交审核。") if saved.state == ScriptState.PROPOSED else _("已保存。")
            messages.success(request, text)
            return redirect("knowledge:script", saved.pk)
    context = {
        "form": form,
        "script": script,
        "reviews": can(account, "knowledge.review"),
        "cancel_url": reverse("knowledge:script", args=[pk]) if pk else reverse("knowledge:list"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "knowledge/script/edit.html", context, status=status)


def _save(form: forms.ScriptForm, script: Script | None, account: Account) -> Script:
    draft = actions.ScriptDraft(**form.words())
    at = timezone.now()
    if script is None:
        return actions.write_script(draft=draft, by=account, at=at)
    return actions.edit_script(
        script_id=script.pk,
        draft=draft,
        note=form.cleaned_data.get("note", ""),
        number=form.cleaned_data["number"],
        by=account,
        at=at,
    )


@require_POST
@allowed("knowledge.review")
@once("knowledge.review")
def script_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Share a proposal (``decision=approve``) or give it back."""
    script = _find(request, pk, "review")
    form = forms.ReviewForm(request.POST)
    if form.is_valid():
        decide = (
            actions.approve_script
            if request.POST.get("decision") == "approve"
            else actions.return_script
        )
        try:
            decided = decide(
                script_id=script.pk,
                note=form.cleaned_data["note"],
                by=_account(request),
                at=timezone.now(),
            )
        except actions.BadWords as refusal:
            refused(form, refusal)
        else:
            shared = decided.state == ScriptState.ACTIVE
            messages.success(request, _("已共享。") if shared else _("已退回作者。"))
            return redirect("knowledge:script", decided.pk)
    return _shown(request, script, form=form, status=422)


@require_POST
@allowed("knowledge.write")
def script_retire(request: HttpRequest, pk: int) -> HttpResponse:
    script = _find(request, pk)
    actions.retire_script(script_id=script.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已停用。"))
    return redirect("knowledge:list")
