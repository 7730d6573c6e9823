"""Who sits where an approval asks for somebody, and who steps in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from cangke.foundation.access.public import Grant, Roles, day_of

from .models import Department, Employee, Post

DEPUTY_POSTS = ("cs-deputy",)


def _employee(account_id: int | None) -> Employee | None:
    if account_id is None:
        return None
    return (
        Employee.objects.select_related("department", "site", "post")
        .filter(account_id=account_id)
        .first()
    )


def _accounts(employee_ids: Iterable[int]) -> list[int]:
    """The accounts of those who are at work, in the order given."""
    wanted = list(dict.fromkeys(employee_ids))
    known = dict(
        Employee.objects.at_work()
        .filter(pk__in=wanted, account__is_active=True)
        .values_list("pk", "account_id")
    )
    return [account for pk in wanted if (account := known.get(pk)) is not None]


def _superiors(employee: Employee | None) -> list[int]:
    """The employees above somebody, nearest first; a circle ends where it began."""
    if employee is None:
        return []
    above = dict(Employee.objects.values_list("pk", "superior_id"))
    chain: list[int] = []
    step = above.get(employee.pk)
    while step is not None and step != employee.pk and step not in chain:
        chain.append(step)
        step = above.get(step)
    return chain


def _departments(employee: Employee) -> list[int]:
    """Somebody's department and those above it, nearest first; a circle ends where it began."""
    above = dict(Department.objects.values_list("pk", "parent_id"))
    found: list[int] = []
    here: int | None = employee.department_id
    while here is not None and here not in found:
        found.append(here)
        here = above.get(here)
    return found


def _heads(employee: Employee | None) -> list[int]:
    """The heads of somebody's department and of those above it, nearest first."""
    if employee is None:
        return []
    heads = dict(Department.objects.values_list("pk", "head_id"))
    return [head for unit in _departments(employee) if (head := heads.get(unit)) is not None]


def holders_of_role(role: str, *, near: Employee | None = None) -> list[int]:
    """The active accounts that hold a role; of the same site only, if there are any."""
    day = day_of(timezone.now())
    held = Grant.objects.in_force(day).filter(role=role, account__is_active=True)
    ids = list(dict.fromkeys(held.order_by("account_id").values_list("account_id", flat=True)))
    return _near(ids, near)


def _near(ids: list[int], near: Employee | None) -> list[int]:
    if near is None:
        return ids
    local = set(
        Employee.objects.at_work()
        .filter(account_id__in=ids, site_id=near.site_id)
        .values_list("account_id", flat=True)
    )
    return [one for one in ids if one in local] or ids


def _holders_here(role: str, place: str, employee: Employee | None) -> list[int]:
    """Those who hold a role in the applicant's own site, or department or the nearest above it."""
    if employee is None:
        return []
    units = [{"site": employee.site_id}]
    if place == "department":
        units = [{"department": unit} for unit in _departments(employee)]
    held = holders_of_role(role)
    for unit in units:
        here = Employee.objects.at_work().filter(account_id__in=held, **unit)
        found = [one for one in here.order_by("pk").values_list("account_id", flat=True) if one]
        if found:
            return found
    return []


def approvers(*, seat: str, value: str, applicant_id: int) -> Sequence[int]:
    """The accounts a seat means for an applicant (answers `approvals.ports.approvers`)."""
    employee = _employee(applicant_id)
    if seat == "manager":
        chain = _superiors(employee)
        level = int(value or "1")
        return _accounts(chain[level - 1 : level])
    if seat == "head":
        return _accounts(_heads(employee)[:1])
    if seat == "role":
        role, _at, place = value.partition("@")
        if place:
            return _holders_here(role, place, employee)
        return holders_of_role(role, near=employee)
    if seat == "team":
        members = Employee.objects.at_work().filter(team__code=value, account__is_active=True)
        return [one for one in members.order_by("pk").values_list("account_id", flat=True) if one]
    if seat == "post":
        held = Employee.objects.at_work().filter(post__code=value, account__is_active=True)
        found = [one for one in held.order_by("pk").values_list("account_id", flat=True) if one]
        return _near(found, employee)
    return ()


def substitutes(*, account_id: int | None, applicant_id: int) -> Sequence[Sequence[int]]:
    """
    Who steps in where a seat cannot decide, nearest first.

    The deputy of the department, the superiors of whoever is missing, the heads, personnel, the
    general manager and at last the administrator: an approval never stands still.
    """
    applicant = _employee(applicant_id)
    missing = _employee(account_id) or applicant
    groups: list[list[int]] = []
    if missing is not None:
        deputies = Employee.objects.at_work().filter(
            department_id=missing.department_id, post__code__in=DEPUTY_POSTS
        )
        groups.append(_accounts(deputies.exclude(pk=missing.pk).values_list("pk", flat=True)))
        groups += [[one] for one in _accounts([*_superiors(missing), *_heads(missing)])]
    for role in (Roles.HR, Roles.MANAGER, Roles.ADMIN):
        groups.append(holders_of_role(role, near=applicant))
    return [group for group in groups if group]


def post_title(*, code: str) -> str:
    """What a post is called in the reader's language; its code where there is no such post."""
    post = Post.objects.filter(code=code).first()
    return post.title if post else code


def post_code_of(*, account_id: int) -> str:
    """The code of the post an account's employee holds, or ""."""
    employee = _employee(account_id)
    return employee.post.code if employee else ""
