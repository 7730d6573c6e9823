from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, Roles, can
from cangke.foundation.audit.public import record
from cangke.foundation.calendar import public as calendar
from cangke.foundation.refusal import Refusal

from .. import queries, rules
from ..models import Brand, Department, Headcount, Post, Shop, Site, Team
from .descriptions import load_descriptions

COUNTRY_DEFAULT = "CN"  # where no site is set up yet
U = TypeVar("U", Site, Department, Brand, Shop, Team, Post)


@transaction.atomic
def load_post_catalogue(*, by: Account | None, at: dt.datetime) -> int:
    """
    Add the posts of the shipped catalogue that are missing (R2, R3); return how many.

    Posts that exist stay as the company has them.
    """
    known = {post.code: post for post in Post.objects.all()}
    added = []
    for spec in rules.POSTS:
        if spec.code in known:
            continue
        known[spec.code] = Post.objects.create(
            code=spec.code,
            name=spec.name,
            name_en=spec.name_en,
            family=spec.family,
            role=spec.role,
            reach=spec.reach,
            stage=spec.stage,
        )
        added.append(spec)
    for spec in added:
        if spec.reports_to:
            post = known[spec.code]
            post.reports_to = known[spec.reports_to]
            post.save(update_fields=["reports_to"])
    if added:
        record(
            "people.posts_loaded", by=by, at=at, changes={"posts": [spec.code for spec in added]}
        )
    return len(added)


def ensure(*, at: dt.datetime) -> None:
    """See to what every installation needs at its start: posts, their descriptions, days off."""
    load_post_catalogue(by=None, at=at)
    load_descriptions(at=at)
    know_calendars(at=at)


def know_calendars(*, at: dt.datetime) -> list[tuple[str, int]]:
    """
    Load this year's and next year's published days off where sites are; return what is new.

    Years that are known stay as the company has them. Next year's is taken when it is published.
    """
    countries = set(Site.objects.values_list("country", flat=True)) or {COUNTRY_DEFAULT}
    found = []
    for country in sorted(countries):
        years = [
            year for year in (at.year, at.year + 1) if not calendar.is_known_year(country, year)
        ]
        try:
            known = calendar.seed_calendar(region=country, years=years, at=at) if years else []
        except Refusal:  # nothing is published for the country: only its weekends are free
            continue
        found += [(country, year) for year in known]
    return found


def _save(
    row: U, values: Mapping[str, Any], *, action: str, by: Account | None, at: dt.datetime
) -> U:
    """Write named fields of a row and record what changed; unchanged rows are not written."""
    new = row.pk is None
    changes = {}
    for name, value in values.items():
        old = None if new else getattr(row, name)
        if new or old != value:
            changes[name] = [_plain(old), _plain(value)]
            setattr(row, name, value)
    if changes or new:
        row.save()
        record(action, obj=row, by=by, at=at, changes=changes)
    return row


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _locked(model: type[U], pk: int | None) -> U:
    return model() if pk is None else model.objects.select_for_update().get(pk=pk)


@transaction.atomic
def save_site(*, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any) -> Site:
    """Open a site or change it: code, name, zone, country, currency."""
    return _save(_locked(Site, pk), values, action="people.site_saved", by=by, at=at)


@transaction.atomic
def save_department(
    *, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any
) -> Department:
    """
    Make a department or change it: code, name, kind, parent, head, features_off.

    :raises Refusal: if it would hang below itself, or a function is unknown
    """
    department = _locked(Department, pk)
    parent = values.get("parent")
    if pk is not None and parent and parent.pk in queries.department_ids_below([pk]):
        raise Refusal(_("上级部门不能是本部门或它的下级。"), field="parent")
    unknown = set(values.get("features_off", ())) - set(rules.FEATURES)
    if unknown:
        raise Refusal(_("没有这项功能。"), field="features_off")
    return _save(department, values, action="people.department_saved", by=by, at=at)


@transaction.atomic
def save_brand(
    *, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any
) -> Brand:
    """Add a brand or rename it."""
    return _save(_locked(Brand, pk), values, action="people.brand_saved", by=by, at=at)


@transaction.atomic
def save_shop(
    *,
    pk: int | None = None,
    by: Account | None,
    at: dt.datetime,
    team_ids: Iterable[int] | None = None,
    **values: Any,
) -> Shop:
    """
    Open a shop or change it (B3); ``team_ids`` are the teams that serve it.

    :raises Refusal: if an upcoming shop has no launch date
    """
    shop = _locked(Shop, pk)
    state = values.get("state", shop.state)
    if state == "upcoming" and not values.get("launch_date", shop.launch_date):
        raise Refusal(_("即将上线的店铺要填上线日。"), field="launch_date")
    _save(shop, values, action="people.shop_saved", by=by, at=at)
    if team_ids is not None:
        shop.teams.set(Team.objects.filter(pk__in=list(team_ids)))
    return shop


@transaction.atomic
def save_team(
    *,
    pk: int | None = None,
    by: Account | None,
    at: dt.datetime,
    shop_ids: Iterable[int] | None = None,
    **values: Any,
) -> Team:
    """Make a team or change it: code, name, department, site, leader, duty_tags, its shops."""
    team = _save(_locked(Team, pk), values, action="people.team_saved", by=by, at=at)
    if shop_ids is not None:
        before = sorted(team.shops.values_list("pk", flat=True))
        wanted = sorted(set(shop_ids))
        if before != wanted:
            team.shops.set(Shop.objects.filter(pk__in=wanted))
            record(
                "people.team_shops_set", obj=team, by=by, at=at, changes={"shops": [before, wanted]}
            )
    return team


@transaction.atomic
def save_post(*, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any) -> Post:
    """
    Add a post or change it; a new default role counts for later hires and transfers.

    :raises Refusal: if somebody who may not manage accounts changes what a post may do, or a post
        should make administrators
    """
    post = _locked(Post, pk)
    if values.get("role") == Roles.ADMIN:
        raise Refusal(_("岗位不能带系统管理员角色，请在账户里单独授权。"), field="role")
    rights = {name: values[name] for name in ("role", "reach") if name in values}
    changes_rights = any(getattr(post, name) != value for name, value in rights.items())
    if changes_rights and by is not None and not can(by, "access.manage"):
        raise Refusal(_("岗位的默认角色与范围由账户管理员修改。"), field="role")
    return _save(post, values, action="people.post_saved", by=by, at=at)


@transaction.atomic
def set_headcount(
    *,
    department_id: int,
    post_id: int,
    planned: int,
    team_id: int | None = None,
    by: Account | None,
    at: dt.datetime,
) -> None:
    """
    Plan how many people of a post a unit has (R1); zero takes the plan away.

    :raises Refusal: if the number is negative, or the team is of another department
    """
    if planned < 0:
        raise Refusal(_("编制人数不能小于 0。"), field="planned")
    if (
        team_id is not None
        and not Team.objects.filter(pk=team_id, department_id=department_id).exists()
    ):
        raise Refusal(_("这个组不属于该部门。"), field="team")
    unit = Q(team__isnull=True) if team_id is None else Q(team_id=team_id)
    rows = Headcount.objects.select_for_update().filter(
        unit, department_id=department_id, post_id=post_id
    )
    before = rows.values_list("planned", flat=True).first()
    if before == planned or (before is None and planned == 0):
        return
    if planned == 0:
        rows.delete()
    elif before is None:
        Headcount.objects.create(
            department_id=department_id, team_id=team_id, post_id=post_id, planned=planned
        )
    else:
        rows.update(planned=planned)
    record(
        "people.headcount_set",
        by=by,
        at=at,
        changes={
            "department": department_id,
            "team": team_id,
            "post": post_id,
            "planned": [before, planned],
        },
    )
