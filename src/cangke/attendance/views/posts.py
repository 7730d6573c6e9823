"""Presence at the post."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, can, get_visible
from cangke.foundation.files.public import IMAGES, store
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    SignedInRequest,
    act,
    once,
)

from .. import actions, forms, queries
from ..models import PostRecord
from ..models.posts import post_kind_choices


class PostFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=post_kind_choices)
    date = filters.DateFromToRangeFilter(
        label=gettext_lazy("日期"), field_name="from_at", widget=DateRange()
    )


class PostList(ListPage[PostRecord]):
    name = "attendance.post"
    template = "attendance/post/list.html"
    filterset_class = PostFilter
    counted = npgettext_lazy("presence records", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="side"),
        Column("from", gettext_lazy("开始"), sort="from_at", phone="line"),
        Column("until", gettext_lazy("结束"), phone="line"),
        Column("seen", gettext_lazy("看到的情况")),
        Column("by", gettext_lazy("登记人"), phone="line"),
        Column("said", gettext_lazy("本人说明")),
    ]
    default_sort = "-from"
    empty = Empty(
        gettext_lazy("没有在岗记录"), gettext_lazy("脱岗、串岗由组长登记，本人会收到通知。")
    )

    def get_context(self) -> dict[str, Any]:
        return {"may_lead": can(self.account, "attendance.lead")}


def _rows(request: SignedInRequest) -> Any:
    return queries.visible(request.user, PostRecord).select_related(
        "employee__site", "recorded_by", "proof"
    )


@require_GET
@allowed("attendance.view")
def post_list(request: SignedInRequest) -> HttpResponse:
    return PostList(request, _rows(request)).response()


@require_http_methods(["GET", "POST"])
@allowed("attendance.lead")
@once("attendance.post")
def post_new(request: SignedInRequest) -> HttpResponse:
    people = queries.looked_after(request.user, "attendance.lead").exclude(account=request.user)
    form = forms.PostForm(
        request.POST or None,
        request.FILES or None,
        people=people.filter(employed_to__isnull=True),
        initial={"from_at": timezone.localtime()},
    )

    def perform(values: dict[str, Any]) -> PostRecord:
        at = timezone.now()
        upload = values.pop("proof")
        proof = None
        if upload is not None:
            proof = store(
                upload, purpose="attendance.post", by=request.user, at=at, allowed_types=IMAGES
            )
        return actions.record_post(by=request.user, at=at, proof=proof, **values)

    return act(
        request,
        form,
        perform,
        title=_("登记在岗情况"),
        done=lambda made: reverse("attendance:post", args=[made.pk]),
        said=_("已登记，本人会收到通知。"),
        back=reverse("attendance:posts"),
    )


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
def post_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was seen; the person may say something to it, once."""
    found = get_visible(request.user, PostRecord, rows=_rows(request), pk=pk)
    own = found.employee.account_id == request.user.pk
    context: dict[str, Any] = {
        "record": found,
        "zone": found.employee.site.zone,
        "may_state": own and found.stated_at is None,
        "form": forms.StatementForm(),
    }
    if request.method == "POST" and own:
        form = forms.StatementForm(request.POST)
        return act(
            request,
            form,
            lambda values: actions.state_post(
                record_id=found.pk,
                statement=values["statement"],
                by=request.user,
                at=timezone.now(),
            ),
            title=_("本人说明"),
            done=reverse("attendance:post", args=[found.pk]),
            said=_("说明已提交。"),
            template="attendance/post/detail.html",
            context=context | {"form": form},
        )
    status = 200 if request.method == "GET" else 403
    return render(request, "attendance/post/detail.html", context, status=status)
