"""The kinds of shift."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, SignedInRequest, act, once

from .. import actions, forms
from ..models import ShiftType


class ShiftTypeList(ListPage[ShiftType]):
    name = "attendance.shift"
    template = "attendance/shift/list.html"
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("hours", gettext_lazy("时间"), sort="start", phone="line"),
        Column("break", gettext_lazy("休息分钟"), numeric=True),
        Column("mark", gettext_lazy("排班表上的字"), phone="line"),
        Column("code", gettext_lazy("代码"), sort="code"),
        Column("state", gettext_lazy("状态"), phone="side"),
    ]
    default_sort = "hours"
    empty = Empty(
        gettext_lazy("还没有班次"),
        gettext_lazy("先建白班和晚班，再排班。"),
        [(gettext_lazy("新建班次"), "attendance:shift-new")],
    )

    def get_context(self) -> dict[str, object]:
        return {"may_define": can(self.account, "attendance.define")}


@require_GET
@allowed("attendance.view")
def shift_list(request: SignedInRequest) -> HttpResponse:
    return ShiftTypeList(request, scope(request.user, ShiftType, "view")).response()


@require_http_methods(["GET", "POST"])
@allowed("attendance.define")
@once("attendance.shift")
def shift_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    row = get_visible(request.user, ShiftType, "change", pk=pk) if pk else ShiftType()
    before = {each: getattr(row, each) for each in ("pk",)}
    form = forms.ShiftTypeForm(request.POST or None, instance=row)
    back = reverse("attendance:shifts")
    return act(
        request,
        form,
        lambda values: actions.save_shift_type(
            pk=before["pk"], by=request.user, at=timezone.now(), **values
        ),
        title=_("修改班次") if pk else _("新建班次"),
        done=back,
        said=_("班次已保存。"),
        back=back,
        template="attendance/shift/edit.html",
    )
