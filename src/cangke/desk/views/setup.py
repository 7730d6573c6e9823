"""How the desk is set up: queues and who serves them, what agents may be given, types, results."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Search, SignedInRequest, act, once

from .. import actions
from ..forms import GroupForm, HandlingResultForm, ProfileForm, QuestionTypeForm
from ..models import AgentProfile, Conversation, HandlingResult, QuestionType, QueueGroup

STATE = Column("state", gettext_lazy("状态"), sort="is_active", phone="side")
POSITION = Column("position", gettext_lazy("次序"), sort="position", numeric=True, phone="line")


def _spoken(codes: list[str]) -> str:
    names = dict(settings.LANGUAGES)
    return "、".join(str(names.get(code, code)) for code in codes)


class SetupList(ListPage[Any]):
    """One kind of thing the desk is set up with: its name leads to the form."""

    template = "desk/setup/list.html"
    title: ClassVar[Any]
    edit_name: ClassVar[str]
    new_name: ClassVar[str] = ""

    def shown_name(self, row: Any) -> str:
        return str(row.name)

    def cells(self, row: Any) -> dict[str, object]:
        raise NotImplementedError

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.shown_name = self.shown_name(row)
            row.pairs = self.cells(row).items()
            row.url = reverse(self.edit_name, args=[row.pk])
            row.off = getattr(row, "is_active", True) is False
        return rows

    def get_context(self) -> dict[str, Any]:
        new_url = reverse(self.new_name) if self.new_name else ""
        return {"title": self.title, "new_url": new_url}


class GroupList(SetupList):
    name = "desk.group"
    title = gettext_lazy("接待组")
    edit_name = "desk:group"
    new_name = "desk:group-new"
    columns = [
        Column("name", gettext_lazy("接待组"), sort="name", always=True, phone="head"),
        STATE,
        Column("stage", gettext_lazy("阶段"), sort="stage", phone="line"),
        Column("team", gettext_lazy("小组"), sort="team__name", phone="line"),
        Column("members", gettext_lazy("成员"), sort="served_by", numeric=True, phone="line"),
        Column("waiting", gettext_lazy("排队"), sort="queued", numeric=True),
        Column("languages", gettext_lazy("语言")),
        Column("rank", gettext_lazy("先后"), sort="rank", numeric=True),
    ]
    default_sort = "rank"
    empty = Empty(
        gettext_lazy("还没有接待组"),
        gettext_lazy("建一个组，选好成员，新会话就有人接。"),
        [(gettext_lazy("新建接待组"), "desk:group-new")],
    )

    def cells(self, row: QueueGroup) -> dict[str, object]:
        return {
            "stage": row.get_stage_display() or _("不限"),
            "team": row.team or "—",
            "members": row.served_by,  # type: ignore[attr-defined]  # counted by the view
            "waiting": row.queued,  # type: ignore[attr-defined]  # counted by the view
            "languages": _spoken(row.languages) or _("不限"),
            "rank": row.rank,
        }


class ProfileFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("搜索"),
        field_name="employee__name",
        lookup_expr="icontains",
        widget=Search(),
    )
    group = filters.ModelChoiceFilter(
        label=gettext_lazy("接待组"), field_name="groups", queryset=QueueGroup.objects.all()
    )


class ProfileList(SetupList):
    name = "desk.profile"
    title = gettext_lazy("客服资料")
    edit_name = "desk:profile"
    filterset_class = ProfileFilter
    columns = [
        Column("name", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("team", gettext_lazy("小组"), sort="employee__team__name", phone="side"),
        Column("groups", gettext_lazy("接待组"), phone="line"),
        Column("stages", gettext_lazy("阶段"), phone="line"),
        Column("languages", gettext_lazy("语言")),
        Column("shops", gettext_lazy("店铺")),
        Column("load", gettext_lazy("上限"), sort="max_chats", numeric=True, phone="line"),
        Column("weight", gettext_lazy("权重"), sort="weight", numeric=True),
        Column("trainer", gettext_lazy("带教人"), hidden=True),
    ]
    default_sort = "name"
    empty = Empty(
        gettext_lazy("还没有客服"),
        gettext_lazy("在人事里录入客服岗位的员工，这里就会出现。"),
    )

    def shown_name(self, row: AgentProfile) -> str:
        return row.employee.name

    def cells(self, row: AgentProfile) -> dict[str, object]:
        stages = [_("售前")] * row.serves_presale + [_("售后")] * row.serves_aftersale
        return {
            "team": row.employee.team or "—",
            "groups": "、".join(group.name for group in row.groups.all()) or "—",
            "stages": "、".join(stages) or "—",
            "languages": _spoken(row.languages) or "—",
            "shops": _("全部") if row.every_shop else _("本组"),
            "load": row.max_chats,
            "weight": row.weight,
            "trainer": row.trainee_of or "—",
        }


class QuestionTypeList(SetupList):
    name = "desk.question_type"
    title = gettext_lazy("问题类型")
    edit_name = "desk:question-type"
    new_name = "desk:question-type-new"
    columns = [
        Column("name", gettext_lazy("问题类型"), sort="name", always=True, phone="head"),
        STATE,
        Column("name_en", gettext_lazy("英文名称"), sort="name_en", phone="line"),
        Column("stage", gettext_lazy("阶段"), sort="stage", phone="line"),
        Column("complaint", gettext_lazy("算作投诉"), sort="is_complaint"),
        POSITION,
    ]
    default_sort = "position"

    def cells(self, row: QuestionType) -> dict[str, object]:
        return {
            "name_en": row.name_en or "—",
            "stage": row.get_stage_display() or _("不限"),
            "complaint": _("是") if row.is_complaint else "—",
            "position": row.position,
        }


class HandlingResultList(SetupList):
    name = "desk.handling_result"
    title = gettext_lazy("处理结果")
    edit_name = "desk:handling-result"
    new_name = "desk:handling-result-new"
    columns = [
        Column("name", gettext_lazy("处理结果"), sort="name", always=True, phone="head"),
        STATE,
        Column("name_en", gettext_lazy("英文名称"), sort="name_en", phone="line"),
        Column("solved", gettext_lazy("算作解决"), sort="is_solved", phone="line"),
        POSITION,
    ]
    default_sort = "position"

    def cells(self, row: HandlingResult) -> dict[str, object]:
        return {
            "name_en": row.name_en or "—",
            "solved": _("是") if row.is_solved else "—",
            "position": row.position,
        }


def _groups(request: SignedInRequest) -> QuerySet[QueueGroup]:
    """The queues with how many serve them and how many customers wait in them, in one query."""
    queued = (
        Conversation.objects.queued()
        .filter(group_id=OuterRef("pk"))
        .order_by()
        .values("group_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        scope(request.user, QueueGroup, "change")
        .select_related("team")
        .annotate(
            served_by=Count(
                "profiles", filter=Q(profiles__employee__account__is_active=True), distinct=True
            ),
            queued=Coalesce(Subquery(queued), 0),
        )
    )


@require_safe
@allowed("desk.setup")
def group_list(request: SignedInRequest) -> HttpResponse:
    return GroupList(request, _groups(request)).response()


@require_safe
@allowed("desk.setup")
def profile_list(request: SignedInRequest) -> HttpResponse:
    rows = (
        scope(request.user, AgentProfile, "change")
        .exclude(employee__status="left")
        .select_related("employee__team", "trainee_of")
        .prefetch_related("groups")
    )
    return ProfileList(request, rows).response()


@require_safe
@allowed("desk.setup")
def question_type_list(request: SignedInRequest) -> HttpResponse:
    return QuestionTypeList(request, scope(request.user, QuestionType, "change")).response()


@require_safe
@allowed("desk.setup")
def handling_result_list(request: SignedInRequest) -> HttpResponse:
    return HandlingResultList(request, scope(request.user, HandlingResult, "change")).response()


def _crumbs(kind: type[SetupList], back: str) -> dict[str, Any]:
    return {"list_title": kind.title, "list_url": back}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
@once("desk.group")
def group_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a queue."""
    row = get_visible(request.user, QueueGroup, "change", pk=pk) if pk else None
    back = reverse("desk:groups")
    return act(
        request,
        GroupForm(request.POST or None, instance=row),
        lambda values: actions.save_group(
            group=QueueGroup.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建接待组"),
        done=back,
        said=_("已保存。"),
        back=back,
        template="desk/setup/edit.html",
        context=_crumbs(GroupList, back),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
@once("desk.profile")
def profile_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what an agent may be given."""
    row = get_visible(request.user, AgentProfile, "change", pk=pk)
    back = reverse("desk:profiles")
    return act(
        request,
        ProfileForm(request.POST or None, instance=row),
        lambda values: actions.save_profile(
            employee=row.employee, by=request.user, at=timezone.now(), **values
        ),
        title=row.employee.name,
        done=back,
        said=_("已保存。"),
        back=back,
        template="desk/setup/edit.html",
        context=_crumbs(ProfileList, back),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
@once("desk.question_type")
def question_type_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make, rename, order or retire a question type."""
    row = get_visible(request.user, QuestionType, "change", pk=pk) if pk else None
    back = reverse("desk:question-types")
    return act(
        request,
        QuestionTypeForm(request.POST or None, instance=row),
        lambda values: actions.save_question_type(
            question_type=QuestionType.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建问题类型"),
        done=back,
        said=_("已保存。"),
        back=back,
        template="desk/setup/edit.html",
        context=_crumbs(QuestionTypeList, back),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
@once("desk.handling_result")
def handling_result_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make, rename, order or retire a handling result."""
    row = get_visible(request.user, HandlingResult, "change", pk=pk) if pk else None
    back = reverse("desk:handling-results")
    return act(
        request,
        HandlingResultForm(request.POST or None, instance=row),
        lambda values: actions.save_handling_result(
            handling_result=HandlingResult.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建处理结果"),
        done=back,
        said=_("已保存。"),
        back=back,
        template="desk/setup/edit.html",
        context=_crumbs(HandlingResultList, back),
    )
