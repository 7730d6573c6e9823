"""What a post is: its job description, where it leads, and how somebody meets its demands."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, act, once
from cangke.foundation.wording import listed
from cangke.rulebook.public import policy

from .. import actions, forms, ports, queries, rules, wording
from ..models import Employee, JobDescription, Post, Qualification
from .employees import visible_employee


def _post(request: SignedInRequest, pk: int, action: str = "view") -> Post:
    return get_visible(request.user, Post, action, pk=pk)


def _demands(description: JobDescription) -> list[tuple[Any, str, bool]]:
    """The qualification of a description: label, words, whether it is only preferred."""
    nobody = rules.compare(description.profile, rules.Brought())
    found: dict[Any, list[str]] = {}
    firm: dict[Any, bool] = {}
    for line in nobody:
        label = wording.PART_LABELS[line.part]
        found.setdefault(label, []).append(wording.wanted_words(line))
        firm[label] = line.is_required
    return [(label, listed(words), firm[label]) for label, words in found.items()]


def _shown(request: SignedInRequest, post: Post) -> dict[str, Any]:
    """The form of a post as pages and paper show it; the pay only to whom it concerns."""
    language = get_language() or ""
    versions = list(post.descriptions.select_related("department", "superior", "by"))
    wanted = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.version) == wanted), None)
    if wanted and shown is None:
        raise Http404
    shown = shown or next(iter(versions), None)
    own = queries.employee_of(request.user)
    context: dict[str, Any] = {"post": post, "shown": shown, "versions": versions}
    if shown is None:
        return context
    words = shown.words_in(language)
    planned = shown.headcount
    return {
        **context,
        "title": shown.title_in(language),
        "words": words,
        "fields": [
            (wording.FIELD_LABELS[key], words[f"field_{key}"])
            for key in rules.WorkField
            if words[f"field_{key}"]
        ],
        "sections": [
            (wording.WORD_LABELS[key], words[key])
            for key in ("position", "reporting", "duties", "authority", "equipment")
        ],
        "contacts": [
            (wording.WORD_LABELS[key], words[key])
            for key in ("contacts_inside", "contacts_outside")
        ],
        "conditions": [
            (wording.WORD_LABELS[key], words[key]) for key in ("workplace", "hours", "conditions")
        ],
        "demands": _demands(shown),
        "headcount": planned if planned is not None else queries.planned_of(post.pk),
        "rotation": queries.posts_of_codes(shown.rotation),
        "promotion": queries.posts_of_codes(shown.promotion),
        "may_pay": can(request.user, "people.view") or (own is not None and own.post_id == post.pk),
    }


def _next_posts(promotion: list[Post]) -> list[dict[str, Any]]:
    """The posts one may rise to with what they ask for (R7)."""
    described = queries.descriptions_in_force([post.pk for post in promotion])
    return [
        {"post": post, "demands": _demands(described[post.pk]) if post.pk in described else []}
        for post in promotion
    ]


def _targets(request: SignedInRequest, post: Post) -> dict[str, Any]:
    """What the post is to sell, for whom it concerns, and whether it may have a target (B12)."""
    own = queries.employee_of(request.user)
    if not can(request.user, "people.view") and (own is None or own.post_id != post.pk):
        return {}
    rule = policy(rules.TargetPolicy, on=timezone.localdate())
    return {
        "sees_targets": True,
        "targets": queries.targets_of(post.pk),
        "may_have_target": rules.may_have_target(post.stage, policy=rule),
    }


def _holders(request: SignedInRequest, post: Post) -> list[Employee]:
    """Who holds the post, as far as the person may open their files."""
    if not can(request.user, "people.view"):
        return []
    seen = scope(request.user, Employee, "view")
    return list(post.employees.employed().filter(pk__in=seen).order_by("number"))


@require_GET
@allowed("people.chart")
def post_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The job description in force or an older version, and the posts it leads to."""
    post = _post(request, pk)
    context = _shown(request, post)
    return render(
        request,
        "people/post/detail.html",
        {
            **context,
            "next_posts": _next_posts(context.get("promotion", [])),
            "people": _holders(request, post),
            "may_organise": can(request.user, "people.organise"),
            **_targets(request, post),
        },
    )


@require_GET
@allowed("people.chart")
def post_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form on paper, in the usual layout (R4)."""
    post = _post(request, pk)
    context = _shown(request, post)
    if context["shown"] is None:
        raise Http404
    return render(request, "people/post/print.html", {**context, "at": timezone.now()})


@require_http_methods(["GET", "POST"])
@allowed("people.organise")
@once("people.describe")
def post_describe(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the next version of a job description, beginning with the one in force."""
    post = _post(request, pk, "change")
    back = reverse("people:post", args=[pk])
    return act(
        request,
        forms.DescriptionForm(
            request.POST or None, post=post, before=queries.description_of(post.pk)
        ),
        lambda values: actions.describe_post(
            post_id=post.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("岗位说明书 · %s") % post.title,
        done=back,
        said=_("新版本已生效，旧版本保留。"),
        back=back,
        template="people/post/edit.html",
    )


@require_http_methods(["GET", "POST"])
@allowed("people.organise")
@once("people.target")
def post_target(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set what the post is to sell in a month (B12)."""
    post = _post(request, pk, "change")
    back = reverse("people:post", args=[pk])
    return act(
        request,
        forms.SalesTargetForm(request.POST or None),
        lambda values: actions.set_sales_target(
            post_id=post.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("销售目标 · %s") % post.title,
        done=back,
        said=_("已定销售目标。"),
        back=back,
        template="people/employee/edit.html",
    )


@require_GET
@allowed("people.chart")
def employee_standing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody against the demands of the own post, or of one they may rise to (R5, R7)."""
    employee = visible_employee(request, pk)
    own = queries.description_of(employee.post_id)
    offered = [employee.post, *(queries.posts_of_codes(own.promotion) if own else [])]
    wanted = request.GET.get("post", "")
    post = next((each for each in offered if str(each.pk) == wanted), employee.post)
    description = own if post.pk == employee.post_id else queries.description_of(post.pk)
    lines = queries.standing(employee, description) if description else []
    return render(
        request,
        "people/employee/standing.html",
        {
            "employee": employee,
            "posts": offered,
            "post": post,
            "description": description,
            "rows": [
                {
                    "line": line,
                    "label": wording.PART_LABELS[line.part],
                    "wanted": wording.wanted_words(line),
                    "training": ports.training_for.ask(topic=wording.wanted_words(line))
                    if line.is_gap
                    else (),
                    "may_learn": line.part not in (rules.Part.EDUCATION, rules.Part.EXPERIENCE),
                }
                for line in lines
            ],
            "gaps": len(rules.gaps(lines)),
            "may_qualify": _may_qualify(request, employee.pk),
        },
    )


def _may_qualify(request: SignedInRequest, pk: int) -> bool:
    return can(request.user, "people.rate") and queries.may_rate(request.user, pk)


@require_http_methods(["GET", "POST"])
@allowed("people.rate")
@once("people.qualification")
def employee_qualification(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what somebody brings."""
    employee = visible_employee(request, pk, "rate")
    if employee.account_id == request.user.pk:
        raise Refusal(_("自己的任职资格由上级或人事登记。"))
    own = queries.description_of(employee.post_id)
    row = Qualification.objects.filter(employee=employee).first() or Qualification()
    back = reverse("people:standing", args=[pk])
    return act(
        request,
        forms.QualificationForm(
            request.POST or None,
            instance=row,
            employee=employee,
            demanded=list(own.qualities) if own else [],
        ),
        lambda values: actions.record_qualification(
            employee_id=employee.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("任职资格 · %s") % employee.name,
        done=back,
        said=_("已保存。"),
        back=back,
        template="people/employee/edit.html",
    )
