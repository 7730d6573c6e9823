"""Job descriptions, the demands of posts, and who meets them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Sum

from cangke.foundation.access.public import Account, scope

from .. import rules
from ..models import Employee, Headcount, JobDescription, Post, Qualification


def description_of(post_id: int) -> JobDescription | None:
    """Return the job description in force for a post: its newest version."""
    return (
        JobDescription.objects.filter(post_id=post_id)
        .select_related("post", "department", "superior", "by")
        .order_by("-version")
        .first()
    )


def descriptions_in_force(post_ids: Collection[int]) -> dict[int, JobDescription]:
    """Return post id → the description in force, in one query."""
    rows = JobDescription.objects.filter(post_id__in=post_ids).order_by("post_id", "version")
    return {row.post_id: row for row in rows.select_related("post")}


def posts_of_codes(codes: Sequence[str]) -> list[Post]:
    """Return the posts with the codes, in that order; unknown ones are left out."""
    known = {post.code: post for post in Post.objects.filter(code__in=list(codes))}
    return [known[code] for code in codes if code in known]


def brought_by(employee: Employee) -> rules.Brought:
    """What is on record about somebody's qualification."""
    row = Qualification.objects.filter(employee=employee).first()
    return rules.Brought(
        education=rules.Education(row.education if row else ""),
        has_major=bool(row and row.has_major),
        experience_years=row.experience_years if row else 0,
        skills=[*employee.skills, *(row.certificates if row else [])],
        languages=employee.languages,
        qualities=row.qualities if row else [],
    )


def standing(employee: Employee, description: JobDescription) -> list[rules.Line]:
    """Hold somebody against a job description, demand by demand (R5)."""
    return rules.compare(description.profile, brought_by(employee))


def planned_of(post_id: int) -> int | None:
    """Return how many people of a post are planned in all units together; None if nowhere."""
    found: int | None = Headcount.objects.filter(post_id=post_id).aggregate(all=Sum("planned"))[
        "all"
    ]
    return found


def may_rate(account: Account, employee_id: int) -> bool:
    """Whether somebody may rate an employee: within reach, and never oneself."""
    rows = scope(account, Employee, "rate").exclude(account=account)
    return rows.filter(pk=employee_id).exists()
