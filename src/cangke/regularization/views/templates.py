"""The ways to regularize: their steps and criteria in words, copies, drafts, and who uses them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, can, get_visible
from cangke.foundation.ui.public import Column, Empty, ListPage, SignedInRequest, act, once
from cangke.foundation.wording import listed
from cangke.rulebook.public import policy

from .. import actions, forms, queries, rules, toml, wording
from ..models import ProcessTemplate, TemplateVersion

TONES = {"draft": "wait", "published": "done", "superseded": ""}


class TemplateList(ListPage[ProcessTemplate]):
    name = "regularization.template"
    template = "regularization/template/list.html"
    counted = npgettext_lazy("procedures", "%(shown)s 个", "%(shown)s 个", "count")
    columns = [
        Column("name", gettext_lazy("流程"), always=True, phone="head"),
        Column("steps", gettext_lazy("步骤"), phone="line"),
        Column("used", gettext_lazy("用于"), phone="line"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("version", gettext_lazy("版本")),
        Column("note", gettext_lazy("说明")),
    ]
    empty = Empty(gettext_lazy("没有转正流程"), gettext_lazy("安装时会自带六个流程。"), [])

    def decorate(self, rows: list[ProcessTemplate]) -> list[ProcessTemplate]:
        language = get_language() or ""
        for row in rows:
            shown = _shown_version(row)
            row.title = row.name_in(language)  # type: ignore[attr-defined]
            row.shown = shown  # type: ignore[attr-defined]
            row.tone = TONES[shown.state]  # type: ignore[attr-defined]
            steps = shown.parsed.steps
            row.said = " → ".join(step.name_in(language) for step in steps)  # type: ignore[attr-defined]
            row.count = len(steps)  # type: ignore[attr-defined]
        return rows


def _shown_version(template: ProcessTemplate) -> TemplateVersion:
    """The version in force; the draft of a template that has none."""
    versions = list(template.versions.all())
    return next((each for each in versions if each.state == "published"), versions[0])


@require_GET
@allowed("regularization.view")
def template_list(request: SignedInRequest) -> HttpResponse:
    return TemplateList(request, queries.list_templates(request.user)).response()


def _template(request: SignedInRequest, pk: int, action: str = "view") -> ProcessTemplate:
    return get_visible(request.user, ProcessTemplate, action, pk=pk)


def _draft(template: ProcessTemplate) -> TemplateVersion:
    found = template.versions.filter(state="draft").first()
    if found is None:
        raise Http404
    return found


@require_GET
@allowed("regularization.view")
def template_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Steps with who acts and by when, criteria with what they are held against."""
    template = _template(request, pk)
    language = get_language() or ""
    versions = list(template.versions.select_related("by").order_by("-number"))
    wanted = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.number) == wanted), None)
    if wanted and shown is None:
        raise Http404
    shown = shown or _shown_version(template)
    parsed = shown.parsed
    steps = [
        {
            "step": step,
            "name": step.name_in(language),
            "who": wording.actor_words(step),
            "mode": wording.mode_words(step),
            "within": ngettext("%s 天内", "%s 天内", step.days) % step.days if step.days else "",
            "together": step.decides
            and sum(1 for each in parsed.steps if each.stage == step.stage) > 1,
            "items": _("评分项：") + listed(map(wording.item_words, parsed.items))
            if step.kind == rules.Kind.EVALUATE
            else "",
        }
        for step in parsed.steps
    ]
    criteria = [
        {
            "criterion": each,
            "name": each.name_in(language),
            "measures": [
                f"{wording.measure_words(key)} {wording.bound_words(key, each.thresholds[key])}"
                if key in each.thresholds
                else wording.measure_words(key)
                for key in each.measures
            ],
            "item": wording.item_words(each.item) if each.item else "",
        }
        for each in parsed.criteria
    ]
    context = {
        "template": template,
        "name": template.name_in(language),
        "shown": shown,
        "tone": TONES[shown.state],
        "steps": steps,
        "criteria": criteria,
        "text": toml.write_template(shown.body),
        "versions": versions,
        "departments": list(template.departments.all()),
        "draft": next((each for each in versions if each.state == "draft"), None),
        "published": any(each.state == "published" for each in versions),
        "may_define": can(request.user, "regularization.define"),
    }
    return render(request, "regularization/template/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("regularization.define")
@once("regularization.copy")
def template_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    origin = _template(request, pk, "change")
    initial = {"name": _("%s（副本）") % origin.name}
    return act(
        request,
        forms.CopyForm(request.POST or None, initial=initial),
        lambda data: actions.copy_template(
            template_id=origin.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("复制流程"),
        done=lambda made: reverse("regularization:template", args=[made.pk]),
        said=_("已复制成草稿，修改后发布。"),
        back=reverse("regularization:template", args=[pk]),
        submit_label=_("复制"),
    )


@require_http_methods(["GET", "POST"])
@allowed("regularization.define")
@once("regularization.template")
def template_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the draft of the next version, beginning with the newest."""
    template = _template(request, pk, "change")
    newest = template.versions.order_by("-number").first()
    initial = {
        "name": template.name,
        "name_en": template.name_en,
        "note": template.note,
        "text": toml.write_template(newest.body) if newest else "",
    }

    def perform(data: dict[str, Any]) -> TemplateVersion:
        body = actions.read_text(data.pop("text"))
        return actions.save_template(
            template_id=template.pk, body=body, by=request.user, at=timezone.now(), **data
        )

    return act(
        request,
        forms.TemplateForm(request.POST or None, initial=initial),
        perform,
        title=_("编写转正流程"),
        done=lambda made: reverse("regularization:template", args=[pk]) + f"?version={made.number}",
        said=_("草稿已保存，发布后对新建的档案生效。"),
        back=reverse("regularization:template", args=[pk]),
        submit_label=_("保存草稿"),
    )


@require_http_methods(["GET", "POST"])
@allowed("regularization.define")
def template_steps(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the steps row by row; what is saved is the draft of the next version."""
    template = _template(request, pk, "change")
    newest = template.versions.order_by("-number").first()
    if newest is None:
        raise Http404
    initial = forms.steps_of(newest.parsed)
    rows = forms.StepSet(request.POST or None, initial=initial, prefix="s")
    problems: list[str] = []
    if request.method == "POST" and rows.is_valid():
        try:
            made = actions.save_template(
                template_id=template.pk,
                name=template.name,
                name_en=template.name_en,
                note=template.note,
                body=forms.body_of(rows, newest.body),
                by=request.user,
                at=timezone.now(),
            )
        except actions.BadTemplate as refusal:
            problems = str(refusal).splitlines()
        else:
            messages.success(request, _("草稿已保存，发布后对新建的档案生效。"))
            done = reverse("regularization:template", args=[pk])
            return redirect(f"{done}?version={made.number}")
    context = {
        "template": template,
        "name": template.name_in(get_language() or ""),
        "rows": rows,
        "problems": problems,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "regularization/template/steps.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed("regularization.define")
def template_criteria(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the criteria row by row, with thresholds and weights of the template's own (N12)."""
    template = _template(request, pk, "change")
    newest = template.versions.order_by("-number").first()
    if newest is None:
        raise Http404
    rows = forms.CriterionSet(
        request.POST or None,
        initial=forms.criteria_of(newest.parsed),
        prefix="c",
        form_kwargs={"standard": policy(rules.CriteriaPolicy, on=timezone.localdate())},
    )
    problems: list[str] = []
    if request.method == "POST" and rows.is_valid():
        try:
            made = actions.save_template(
                template_id=template.pk,
                name=template.name,
                name_en=template.name_en,
                note=template.note,
                body=forms.body_with_criteria(rows, newest.body),
                by=request.user,
                at=timezone.now(),
            )
        except actions.BadTemplate as refusal:
            problems = str(refusal).splitlines()
        else:
            messages.success(request, _("草稿已保存，发布后对新建的档案生效。"))
            done = reverse("regularization:template", args=[pk])
            return redirect(f"{done}?version={made.number}")
    context = {
        "template": template,
        "name": template.name_in(get_language() or ""),
        "rows": rows,
        "problems": problems,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "regularization/template/criteria.html", context, status=status)


@require_POST
@allowed("regularization.define")
def template_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    template = _template(request, pk, "change")
    actions.publish_template(version_id=_draft(template).pk, by=request.user, at=timezone.now())
    messages.success(request, _("已发布。已有的档案仍按原来的版本走完。"))
    return redirect("regularization:template", pk)


@require_POST
@allowed("regularization.define")
def template_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    template = _template(request, pk, "change")
    actions.discard_draft(version_id=_draft(template).pk, by=request.user, at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    if not ProcessTemplate.objects.filter(pk=pk).exists():
        return redirect("regularization:templates")
    return redirect("regularization:template", pk)


@require_http_methods(["GET", "POST"])
@allowed("regularization.define")
def template_use(request: SignedInRequest, pk: int) -> HttpResponse:
    template = _template(request, pk, "change")
    initial = {"departments": template.departments.all(), "is_default": template.is_default}
    return act(
        request,
        forms.UseForm(request.POST or None, initial=initial),
        lambda data: actions.use_template(
            template_id=template.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("用于哪些部门"),
        done=reverse("regularization:template", args=[pk]),
        said=_("已指定，对新建的档案生效。"),
        back=reverse("regularization:template", args=[pk]),
        submit_label=_("保存"),
    )
