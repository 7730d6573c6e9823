"""Flows: their versions, their steps in words, and the draft of the next one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import ROLE_NAMES, Account, allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, act, once
from cangke.foundation.wording import listed

from .. import actions, forms, ports, registry, toml, wording
from ..models import ApprovalFlow

TONES = {"draft": "wait", "published": "done", "superseded": ""}


class FlowList(ListPage[ApprovalFlow]):
    name = "approvals.flow"
    template = "approvals/flow/list.html"
    counted = npgettext_lazy("flows", "%(shown)s 个", "%(shown)s 个", "count")
    columns = [
        Column("name", gettext_lazy("流程"), sort="name", always=True, phone="head"),
        Column("number", gettext_lazy("版本"), sort="number", phone="side"),
        Column("steps", gettext_lazy("步骤"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("published", gettext_lazy("发布时间"), sort="published_at", phone="line"),
    ]
    default_sort = "name"
    empty = Empty(gettext_lazy("没有流程"), gettext_lazy("用到审批的功能会自带流程。"), [])

    def decorate(self, rows: list[ApprovalFlow]) -> list[ApprovalFlow]:
        language = get_language() or ""
        for row in rows:
            row.title = row.name_in(language)  # type: ignore[attr-defined]
            row.tone = TONES[row.state]  # type: ignore[attr-defined]
            row.said = " → ".join(  # type: ignore[attr-defined]
                step.name_in(language) for step in row.flow.steps
            )
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "may_define": can(self.request.user, "approvals.define"),
        }


@require_GET
@allowed("approvals.view")
def flow_list(request: HttpRequest) -> HttpResponse:
    rows = scope(request.user, ApprovalFlow, "view").exclude(state="superseded")
    return FlowList(request, rows).response()


@require_GET
@allowed("approvals.view")
def flow_detail(request: HttpRequest, pk: int) -> HttpResponse:
    flow = get_visible(request.user, ApprovalFlow, "view", pk=pk)
    language = get_language() or ""
    roles = {str(code): label for code, label in ROLE_NAMES.items()}
    said = []
    for step in flow.flow.steps:
        people = [wording.who_text(who, roles=roles) for who in step.who]
        routes = [
            (
                listed(wording.who_text(who, roles=roles) for who in route.who),
                listed(ports.post_title.ask(code=code) for code in route.posts),
                route.above,
                route.currency,
            )
            for route in step.routes
        ]
        asked = listed(field.label_in(language) for field in step.fields)
        mode = wording.MODES[step.mode]
        said.append((step, step.name_in(language), listed(people), routes, mode, asked))
    context = {
        "flow": flow,
        "name": flow.name_in(language),
        "tone": TONES[flow.state],
        "steps": said,
        "text": toml.write_flow(flow.body),
        "versions": ApprovalFlow.objects.filter(key=flow.key).select_related("published_by"),
        "home": registry.home_of(flow.key),
        "may_define": can(request.user, "approvals.define") and not registry.home_of(flow.key),
    }
    return render(request, "approvals/flow/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("approvals.define")
@once("approvals.flow")
def flow_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write the draft of the next version, beginning with an existing one."""
    account = cast(Account, request.user)
    found = get_visible(account, ApprovalFlow, "change", pk=pk) if pk else None
    if found is not None and (home := registry.home_of(found.key)):
        return redirect(home)
    initial = {}
    if found is not None:
        initial = {
            "key": found.key,
            "name": found.name,
            "name_en": found.name_en,
            "text": toml.write_flow(found.body),
        }
    form = forms.FlowForm(request.POST or None, initial=initial, key=found.key if found else "")

    def perform(data: dict[str, Any]) -> ApprovalFlow:
        body = actions.read_text(data.pop("text"))
        return actions.save_flow(body=body, by=account, at=timezone.now(), **data)

    return act(
        request,
        form,
        perform,
        title=_("编写流程"),
        done=lambda flow: reverse("approvals:flow", args=[flow.pk]),
        said=_("草稿已保存，发布后对新提交的事项生效。"),
        back=reverse("approvals:flow", args=[pk]) if pk else reverse("approvals:flows"),
        submit_label=_("保存草稿"),
    )


@require_POST
@allowed("approvals.define")
def flow_publish(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, ApprovalFlow, "change", pk=pk)
    actions.publish_flow(flow_id=found.pk, by=cast(Account, request.user), at=timezone.now())
    messages.success(request, _("已发布。正在审批的事项仍按原来的版本走完。"))
    return redirect("approvals:flow", pk)


@require_POST
@allowed("approvals.define")
def flow_discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, ApprovalFlow, "change", pk=pk)
    actions.discard_flow(flow_id=found.pk, by=cast(Account, request.user), at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    return redirect("approvals:flows")
