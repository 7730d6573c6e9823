"""Sites, departments, teams, shops, brands and posts: one page shape for all six."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model
from django.forms import ModelForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, ListPage, SignedInRequest, act, once
from cangke.foundation.wording import listed

from .. import actions, forms, models
from ..models import Brand, Department, Post, Shop, Site, Team

Cells = Callable[[Any], dict[str, object]]


@dataclass(frozen=True)
class Unit:
    """How one kind of unit is listed and changed."""

    model: type[Model]
    label: Any
    form: type[ModelForm]
    save: Callable[..., Any]
    columns: tuple[Column, ...]
    cells: Cells
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()


def _names(rows: Any) -> str:
    return listed(str(row) for row in rows.all())


def _features(department: Department) -> str:
    labels = dict(models.feature_choices())
    return listed(str(labels[code]) for code in department.features_off if code in labels)


NAME = Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head")
CODE = Column("code", gettext_lazy("代码"), sort="code", phone="side")

UNITS: dict[str, Unit] = {
    "departments": Unit(
        Department,
        gettext_lazy("部门"),
        forms.DepartmentForm,
        actions.save_department,
        (
            NAME,
            CODE,
            Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
            Column("parent", gettext_lazy("上级部门")),
            Column("head", gettext_lazy("负责人"), phone="line"),
            Column("off", gettext_lazy("关闭的功能")),
        ),
        lambda row: {
            "kind": row.get_kind_display(),
            "parent": row.parent or "—",
            "head": row.head or "—",
            "off": _features(row) or "—",
        },
        related=("parent", "head"),
    ),
    "teams": Unit(
        Team,
        gettext_lazy("组"),
        forms.TeamForm,
        actions.save_team,
        (
            NAME,
            CODE,
            Column("department", gettext_lazy("部门"), sort="department_id"),
            Column("site", gettext_lazy("站点"), sort="site_id"),
            Column("leader", gettext_lazy("组长"), phone="line"),
            Column("shops", gettext_lazy("店铺"), phone="line"),
            Column("tags", gettext_lazy("职责标签")),
        ),
        lambda row: {
            "department": row.department,
            "site": row.site,
            "leader": row.leader or "—",
            "shops": _names(row.shops) or "—",
            "tags": listed(row.duty_tags) or "—",
        },
        related=("department", "site", "leader"),
        prefetch=("shops",),
    ),
    "shops": Unit(
        Shop,
        gettext_lazy("店铺"),
        forms.ShopForm,
        actions.save_shop,
        (
            NAME,
            CODE,
            Column("brand", gettext_lazy("品牌"), sort="brand_id"),
            Column("marketplace", gettext_lazy("平台"), sort="marketplace"),
            Column("site", gettext_lazy("站点"), sort="site_id"),
            Column("state", gettext_lazy("状态"), sort="state", phone="line"),
            Column("launch", gettext_lazy("上线日"), sort="launch_date"),
            Column("teams", gettext_lazy("服务的组"), phone="line"),
        ),
        lambda row: {
            "brand": row.brand or "—",
            "marketplace": row.marketplace or "—",
            "site": row.site,
            "state": row.get_state_display(),
            "launch": row.launch_date or "—",
            "teams": _names(row.teams) or "—",
        },
        related=("brand", "site"),
        prefetch=("teams",),
    ),
    "brands": Unit(
        Brand, gettext_lazy("品牌"), forms.BrandForm, actions.save_brand, (NAME, CODE),
        lambda row: {},
    ),
    "sites": Unit(
        Site,
        gettext_lazy("站点"),
        forms.SiteForm,
        actions.save_site,
        (
            NAME,
            CODE,
            Column("zone", gettext_lazy("时区"), sort="zone", phone="line"),
            Column("country", gettext_lazy("国家代码"), sort="country"),
            Column("currency", gettext_lazy("币种"), sort="currency"),
        ),
        lambda row: {"zone": row.zone, "country": row.country, "currency": row.currency},
    ),
    "posts": Unit(
        Post,
        gettext_lazy("岗位"),
        forms.PostForm,
        actions.save_post,
        (
            NAME,
            CODE,
            Column("english", gettext_lazy("英文名称"), sort="name_en"),
            Column("family", gettext_lazy("类别"), sort="family", phone="line"),
            Column("stage", gettext_lazy("接待环节"), phone="line"),
            Column("reports", gettext_lazy("直属上级岗位")),
        ),
        lambda row: {
            "english": row.name_en,
            "family": row.get_family_display(),
            "stage": row.get_stage_display(),
            "reports": row.reports_to or "—",
        },
        related=("reports_to",),
    ),
}  # fmt: skip


class UnitList(ListPage[Any]):
    name = "people.unit"
    template = "people/unit/list.html"
    default_sort = "code"
    columns = (NAME, CODE)
    kind: ClassVar[str]
    of: ClassVar[Unit]

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.pairs = [("code", row.code), *self.of.cells(row).items()]
            row.url = reverse("people:unit", args=[self.kind, row.pk])
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.of.label,
            "kinds": [(key, unit.label) for key, unit in UNITS.items()],
            "may_organise": can(self.account, "people.organise"),
        }


# Each kind has columns of its own, and remembers each person's choice of them.
LISTS: dict[str, type[UnitList]] = {
    kind: type(
        "UnitList",
        (UnitList,),
        {"name": f"people.{kind}", "columns": unit.columns, "kind": kind, "of": unit},
    )
    for kind, unit in UNITS.items()
}


def _unit(kind: str) -> Unit:
    try:
        return UNITS[kind]
    except KeyError:
        raise Http404 from None


@allowed("people.chart")
def unit_list(request: SignedInRequest, kind: str) -> HttpResponse:
    unit = _unit(kind)
    rows = scope(request.user, unit.model, "view")
    if unit.related:
        rows = rows.select_related(*unit.related)
    return LISTS[kind](request, rows.prefetch_related(*unit.prefetch)).response()


@allowed("people.organise")
@once("people.unit")
def unit_new(request: SignedInRequest, kind: str) -> HttpResponse:
    return _edit(request, kind, _unit(kind).model(), _("新建%(kind)s"))


@allowed("people.organise")
@once("people.unit")
def unit_edit(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    row = get_visible(request.user, _unit(kind).model, "change", pk=pk)
    return _edit(request, kind, row, _("修改%(kind)s"))


def _edit(request: SignedInRequest, kind: str, row: Model, heading: str) -> HttpResponse:
    unit = _unit(kind)
    key = row.pk
    form = unit.form(request.POST or None, instance=row)
    back = reverse("people:units", args=[kind])
    return act(
        request,
        form,
        lambda values: unit.save(pk=key, by=request.user, at=timezone.now(), **values),
        title=heading % {"kind": unit.label},
        done=back,
        said=_("已保存。"),
        back=back,
        template="people/employee/edit.html",
    )
