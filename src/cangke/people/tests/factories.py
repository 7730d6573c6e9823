"""A small company for tests: one call makes a unit, a shop, or somebody who works here."""

import datetime as dt
import itertools
from typing import Any

from cangke.people import public as people
from cangke.people.models import Department, Employee, Post, Shop, Site, Team

AT = dt.datetime(2025, 4, 3, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai
_number = itertools.count(1)


def make_site(**values: Any) -> Site:
    n = next(_number)
    values = {"code": f"site{n}", "name": f"站点{n}", "zone": "Asia/Shanghai", **values}
    return people.save_site(by=None, at=AT, **values)


def make_department(**values: Any) -> Department:
    n = next(_number)
    values = {"code": f"dep{n}", "name": f"部门{n}", "kind": "ecommerce", **values}
    return people.save_department(by=None, at=AT, **values)


def make_shop(site: Site | None = None, **values: Any) -> Shop:
    n = next(_number)
    values = {"code": f"shop{n}", "name": f"店铺{n}", "site": site or make_site(), **values}
    return people.save_shop(by=None, at=AT, **values)


def make_team(*shops: Shop, **values: Any) -> Team:
    n = next(_number)
    values.setdefault("department", None)
    values["department"] = values["department"] or make_department()
    values = {
        "code": f"team{n}",
        "name": f"组{n}",
        "site": shops[0].site if shops else make_site(),
        **values,
    }
    return people.save_team(by=None, at=AT, shop_ids=[shop.pk for shop in shops], **values)


def post(code: str) -> Post:
    """Return a post of the shipped catalogue."""
    people.load_post_catalogue(by=None, at=AT)
    return Post.objects.get(code=code)


def make_employee(code: str = "pre-sales", team: Team | None = None, **values: Any) -> Employee:
    """Return somebody with an account who holds the post, in the team or in a new one."""
    n = next(_number)
    team = team or make_team()
    values = {
        "name": f"员工{n}",
        "username": f"worker{n}",
        "department": team.department,
        "site": team.site,
        "employed_from": dt.date(2025, 1, 1),
        **values,
    }
    return people.hire(team=team, post=post(code), by=None, at=AT, **values)
