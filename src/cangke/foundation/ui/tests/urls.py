"""Addresses for the tests of the frame: its own, the account pages, views that misbehave."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path

from cangke.foundation.access.public import Account, open_to_all, signed_in
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.ui import gallery
from cangke.foundation.ui import urls as ui_urls
from cangke.foundation.ui.public import (
    Badge,
    Bulk,
    Column,
    DateRange,
    Empty,
    ListPage,
    MenuItem,
    Panel,
    Preset,
    Search,
    allow_framing,
    once,
    toast,
)

FAULTS = {
    "refusal": Refusal("电话只能有数字", field="phone"),
    "conflict": Conflict("别人先改过了"),
    "denied": PermissionDenied(),
    "missing": Http404(),
    "bad": SuspiciousOperation("no"),
    "large": RequestDataTooBig(),
    "broken": RuntimeError("password=hunter2"),
}


@open_to_all
def fault(request: HttpRequest, kind: str) -> HttpResponse:
    raise FAULTS[kind]


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "uitests/page.html")


@open_to_all
def framed(request: HttpRequest) -> HttpResponse:
    return allow_framing(HttpResponse("widget"), ["https://shop.example"])


@signed_in
def members_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


WORK_DONE: list[str] = []


@open_to_all
@once("uitests.rename")
def rename(request: HttpRequest) -> HttpResponse:
    """Rename an account: a write, so that what is rolled back can be seen."""
    name = request.POST.get("name", "")
    WORK_DONE.append(name)
    Account.objects.filter(username="target").update(display_name=name)
    if name == "refused":
        raise Refusal("不能叫这个名字", field="name")
    if name == "broken":
        raise RuntimeError("gone wrong")
    if name == "invalid":
        return HttpResponse("form", status=422)
    if name == "toast":
        return toast(HttpResponse("row"), "已改名", undo="/undo/")
    return HttpResponseRedirect(f"/done/{len(WORK_DONE)}/")


@signed_in
def rename_form(request: HttpRequest) -> HttpResponse:
    return render(request, "uitests/rename.html")


@signed_in
def done(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="username", lookup_expr="icontains", widget=Search)
    kind = django_filters.ChoiceFilter(
        choices=[("staff", "员工"), ("client", "客户")], label="类别"
    )
    number = django_filters.NumberFilter(
        field_name="pk", label="编号", widget=forms.TextInput, max_value=None
    )
    joined = django_filters.DateFromToRangeFilter(
        field_name="date_joined", label="加入", widget=DateRange
    )
    active = django_filters.BooleanFilter(field_name="is_active", label="启用")

    class Meta:
        model = Account
        fields: list[str] = []


class PeopleList(ListPage[Account]):
    name = "uitests.people"
    template = "uitests/people.html"
    filterset_class = PeopleFilter
    columns = [
        Column("name", "姓名", sort="display_name", always=True, phone="head"),
        Column("login", "登录名", sort="username"),
        Column("joined", "加入", sort=("date_joined", "username"), numeric=True),
        Column("mail", "邮箱", hidden=True),
    ]
    default_sort = "login"
    presets = [Preset("all", "全部"), Preset("clients", "客户", "kind=client", tone="wait")]
    per_page = 5
    bulk = [
        Bulk("disable", "停用", "bulk", icon="ban"),
        Bulk("pay", "发薪", "bulk", permission="payroll.pay"),
    ]
    empty = Empty("还没有人", "先导入花名册。", [("导入", "home")])
    export = "uitests.people"


@signed_in
def people(request: HttpRequest) -> HttpResponse:
    return PeopleList(request, Account.objects.all()).response()


@signed_in
def bulk(request: HttpRequest) -> HttpResponse:
    chosen = PeopleList(request, Account.objects.exclude(username="hidden")).chosen()
    return HttpResponse(",".join(sorted(chosen.values_list("username", flat=True))))


@open_to_all
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(f"panel {pk}")


def late_orders(account: Account) -> Badge:
    return Badge(3, late=True)


MENU = [
    MenuItem("首页", "home", "home", badge=late_orders),
    MenuItem("账户", "people", "people", "access.view", area="access", badge=lambda _who: 2),
    MenuItem("薪资", "bulk", "wallet", ["payroll.view", "payroll.pay"], area="payroll"),
    MenuItem("图示", "ui:gallery", "board", area="ui", badge=lambda _who: None),
]
SLOTS = {
    "customers.detail": [
        Panel("panel", "订单", permission="access.view"),
        "panel",
        Panel("panel", "工资", permission="payroll.view"),
    ],
    "palette.actions": [Panel("home", "新建订单", icon="plus")],
}

handler400 = "cangke.foundation.ui.errors.bad_request"
handler403 = "cangke.foundation.ui.errors.permission_denied"
handler404 = "cangke.foundation.ui.errors.page_not_found"
handler500 = "cangke.foundation.ui.errors.server_error"
urlpatterns = [
    path("", home, name="home"),
    path("fault/<str:kind>/", fault, name="fault"),
    path("api/v1/<str:kind>/", fault, name="api-fault"),
    path("framed/", framed, name="framed"),
    path("members/", members_only, name="members"),
    path("rename/", rename, name="rename"),
    path("rename-form/", rename_form, name="rename-form"),
    path("done/<int:number>/", done, name="done"),
    path("people/", people, name="people"),
    path("bulk/", bulk, name="bulk"),
    path("panel/<int:pk>/", panel, name="panel"),
    path("account/", include("allauth.urls")),
    path("live/", include("cangke.foundation.live.urls")),
    path("ui/", include(([*ui_urls.urlpatterns, *gallery.urlpatterns], "ui"))),
]
