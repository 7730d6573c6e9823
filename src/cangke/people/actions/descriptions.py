"""Writing down what a post is, and what somebody brings to it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record

from ..models import Employee, JobDescription, Post, Qualification
from .employment import edit_employee

SHIPPED = Path(__file__).resolve().parent.parent / "descriptions.toml"


@transaction.atomic
def describe_post(
    *, post_id: int, dated: dt.date, by: Account | None, at: dt.datetime, **values: Any
) -> JobDescription:
    """
    Put a new version of a post's job description in force; those before stay as they were (R4).

    ``values`` are the fields of the form.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=post_id)
    before = post.descriptions.aggregate(last=Max("version"))["last"] or 0
    values.setdefault("title", post.name)
    made = JobDescription.objects.create(
        post=post, version=before + 1, dated=dated, by=by, created_at=at, **values
    )
    record(
        "people.post_described",
        obj=post,
        by=by,
        at=at,
        changes={"version": made.version, "dated": dated},
    )
    return made


def load_descriptions(*, at: dt.datetime) -> int:
    """Add the shipped descriptions of posts that have none yet; return how many (R4, R5, R9)."""
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    core = shipped["core"]
    posts = {post.code: post for post in Post.objects.filter(descriptions__isnull=True)}
    done = 0
    for row in shipped["post"]:
        post = posts.get(row["code"])
        if post is None:
            continue
        values = {key: value for key, value in row.items() if key not in ("code", "dated", "core")}
        if row.get("core"):
            for name in ("words", "words_en"):
                values[name] = {**values[name], **core[name]}
        for name in ("salary_from", "salary_to"):
            if name in values:
                values[name] = Decimal(values[name])
        describe_post(
            post_id=post.pk,
            dated=row["dated"],
            superior=post.reports_to,
            by=None,
            at=at,
            **values,
        )
        done += 1
    return done


@transaction.atomic
def record_qualification(
    *,
    employee_id: int,
    by: Account | None,
    at: dt.datetime,
    languages: Iterable[str],
    skills: Iterable[str],
    **values: Any,
) -> Qualification:
    """
    Keep what somebody brings: education, years, certificates, and the qualities vouched for (R5).
    """
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee_id)
    edit_employee(
        employee_id=employee_id, languages=list(languages), skills=list(skills), by=by, at=at
    )
    row = Qualification.objects.filter(employee=employee).first() or Qualification(
        employee=employee
    )
    changes = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            changes[name] = [old, value]
            setattr(row, name, value)
    if changes or row.pk is None:
        row.save()
        record("people.qualified", obj=employee, by=by, at=at, changes=changes)
    return row
