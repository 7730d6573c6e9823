from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import site_day
from cangke.people.public import Department, Employee, approvers
from cangke.rulebook.public import policy, set_for

from .. import rules
from ..models import ProcessTemplate, TemplateVersion


def list_templates(account: Account) -> QuerySet[ProcessTemplate]:
    """The templates with their versions, 3 queries."""
    return scope(account, ProcessTemplate, "view").prefetch_related(
        Prefetch("versions", TemplateVersion.objects.order_by("-number")), "departments"
    )


def version_in_force(template: ProcessTemplate) -> TemplateVersion | None:
    return template.versions.filter(state="published").first()


def template_for(department_id: int) -> TemplateVersion | None:
    """
    The version in force for a department: its own, the nearest above it has, or the default's.

    None where no template is in force.
    """
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    own = dict(
        ProcessTemplate.departments.through.objects.filter(
            processtemplate__versions__state="published"
        ).values_list("department_id", "processtemplate_id")
    )
    seen: set[int] = set()
    here: int | None = department_id
    while here is not None and here not in seen:
        if here in own:
            return TemplateVersion.objects.filter(template=own[here], state="published").first()
        seen.add(here)
        here = parents.get(here)
    return TemplateVersion.objects.filter(template__is_default=True, state="published").first()


def units_of(employee: Employee) -> list[tuple[str, int]]:
    """Where somebody works, nearest first, for finding the rules they live by."""
    found = [("department", employee.department_id), ("site", employee.site_id)]
    return [("team", employee.team_id), *found] if employee.team_id else found


def final_approvers(*, applicant_id: int) -> Sequence[int]:
    """
    Who decides at last about an applicant, by the table of authority (N10).

    Answers the seat ``authority:regularization``; a seat nobody holds is empty.
    """
    employee = (
        Employee.objects.select_related("post", "site").filter(account_id=applicant_id).first()
    )
    if employee is None:
        return ()
    day = site_day(timezone.now(), employee.site.zone)
    table = policy(rules.AuthorityPolicy, on=day, group=set_for(units_of(employee), on=day))
    seat, _colon, value = table.seat_for(employee.post.code).partition(":")
    return approvers(seat=seat, value=value, applicant_id=applicant_id)
