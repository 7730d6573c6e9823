from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, ScopeKind, held_by

from .. import rules
from ..models import Department, Employee, EmployeeTerm, Headcount, Post, Shop, Site, Team


def employee_of(account: object) -> Employee | None:
    """Return the employee behind an account, asked once for the account's object; None if none."""
    if not isinstance(account, Account):
        return None
    known: dict[str, Employee | None] = account.__dict__
    if "_ck_employee" not in known:
        known["_ck_employee"] = (
            Employee.objects.select_related("team", "department", "post", "site")
            .filter(account=account)
            .first()
        )
    return known["_ck_employee"]


def zone_of(account: object) -> str:
    """Return the zone a person works in: own choice, then site; empty if neither is known."""
    if isinstance(account, Account) and account.zone:
        return account.zone
    employee = employee_of(account)
    return employee.site.zone if employee else ""


def department_ids_below(roots: Iterable[int]) -> frozenset[int]:
    """Return the departments and all under them."""
    units = [
        rules.Unit(pk, parent_id)
        for pk, parent_id in Department.objects.values_list("pk", "parent_id")
    ]
    return rules.below(units, roots)


def own_scope_ids(*, account_id: int, kind: str) -> Collection[int]:
    """
    Answer access: the ids an account's own scope of a kind reaches.

    Team: own team and teams led. Department: own department, departments headed, all below them.
    Shop: the shops of those teams. Other kinds belong to other rooms and reach nothing here.
    """
    employee = (
        Employee.objects.at_work()
        .filter(account_id=account_id)
        .values("pk", "team_id", "department_id")
        .first()
    )
    if employee is None:
        return ()
    if kind == "department":
        headed = Department.objects.filter(head_id=employee["pk"]).values_list("pk", flat=True)
        return department_ids_below([employee["department_id"], *headed])
    if kind in ("team", "shop"):
        teams = Team.objects.filter(Q(pk=employee["team_id"]) | Q(leader_id=employee["pk"]))
        if kind == "team":
            return frozenset(teams.values_list("pk", flat=True))
        return frozenset(Shop.objects.filter(teams__in=teams).values_list("pk", flat=True))
    return ()


def shops_of_teams(team_ids: Collection[int]) -> QuerySet[Shop]:
    """Return the shops that the teams serve."""
    return Shop.objects.filter(
        pk__in=Team.shops.through.objects.filter(team_id__in=team_ids).values("shop_id")
    )


def shops_of_departments(department_ids: Collection[int]) -> QuerySet[Shop]:
    """Return the shops that teams of the departments serve."""
    return Shop.objects.filter(
        pk__in=Team.shops.through.objects.filter(team__department_id__in=department_ids).values(
            "shop_id"
        )
    )


def shops_within(account: object, code: str) -> QuerySet[Shop]:
    """Return the shops over which an account holds a permission: what its forms may offer."""
    if not isinstance(account, Account):
        return Shop.objects.none()
    reached = Q(pk__in=[])
    for held in held_by(account):
        if code not in held.permissions:
            continue
        if held.kind == ScopeKind.ALL:
            return Shop.objects.all()
        ids = (
            (held.scope_id,)
            if held.scope_id is not None
            else own_scope_ids(account_id=account.pk, kind=held.kind)
        )
        if held.kind == ScopeKind.SHOP:
            reached |= Q(pk__in=ids)
        elif held.kind == ScopeKind.TEAM:
            reached |= Q(pk__in=shops_of_teams(ids))
        elif held.kind == ScopeKind.DEPARTMENT:
            reached |= Q(pk__in=shops_of_departments(ids))
    return Shop.objects.filter(reached)


def teams_of_shop(shop_id: int) -> QuerySet[Team]:
    """Return the teams that serve a shop (B3)."""
    return Team.objects.filter(shops=shop_id)


def agents(
    *, team_ids: Collection[int] | None = None, shop_id: int | None = None, stage: str = ""
) -> QuerySet[Employee]:
    """
    Return people at work in customer service who can sign in.

    ``shop_id`` narrows to teams serving the shop, ``stage`` to posts that serve that side of
    已发货 (``pre_sales`` or ``after_sales``).
    """
    rows = (
        Employee.objects.at_work()
        .filter(account__is_active=True)
        .exclude(post__stage=rules.Stage.NONE)
        .select_related("account", "team", "post", "site")
    )
    if team_ids is not None:
        rows = rows.filter(team_id__in=team_ids)
    if shop_id is not None:
        rows = rows.filter(team_id__in=teams_of_shop(shop_id).values("pk"))
    if stage:
        rows = rows.filter(post__stage__in=[stage, rules.Stage.BOTH])
    return rows


def leaders_above(employee: Employee) -> list[Employee]:
    """
    Return the ladder of escalation (B6): team leader, superiors upward, head of department.

    Each once, without the employee, nearest first.
    """
    chain: list[int] = []
    if employee.team_id and employee.team and employee.team.leader_id:
        chain.append(employee.team.leader_id)
    above = dict(Employee.objects.values_list("pk", "superior_id"))
    superiors: list[int] = []
    step = above.get(employee.pk)
    # The first superior is mostly the team's leader: the walk goes on above.
    while step is not None and step not in superiors and step != employee.pk:
        superiors.append(step)
        step = above.get(step)
    chain += superiors
    heads = dict(Department.objects.values_list("pk", "head_id"))
    head = heads.get(employee.department_id)
    if head is not None:
        chain.append(head)
    wanted = list(dict.fromkeys(pk for pk in chain if pk != employee.pk))
    found = Employee.objects.at_work().select_related("account").in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def term_on(employee_id: int, day: dt.date) -> EmployeeTerm | None:
    """Return the terms that held for an employee on a day."""
    return (
        EmployeeTerm.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=day))
        .filter(employee_id=employee_id, from_date__lte=day)
        .select_related("team", "department", "post", "site", "superior")
        .order_by("-from_date")
        .first()
    )


def areas_off(*, account_id: int) -> Collection[str]:
    """Answer the menu: the functions switched off for the account's department (R10)."""
    department_id = (
        Employee.objects.filter(account_id=account_id)
        .values_list("department_id", flat=True)
        .first()
    )
    if department_id is None:
        return frozenset()
    rows = {
        pk: (parent_id, off)
        for pk, parent_id, off in Department.objects.values_list("pk", "parent_id", "features_off")
    }
    chain = []
    step: int | None = department_id
    while step is not None and step in rows:
        parent_id, off = rows.pop(step)
        chain.append(off)
        step = parent_id
    return rules.features_off(chain)


# --- organisation chart (R1)


@dataclass
class Seat:
    """One post in a unit: how many are planned, how many are there, and who."""

    post: Post
    planned: int = 0
    people: list[Employee] = field(default_factory=list)

    @property
    def actual(self) -> int:
        return len(self.people)

    @property
    def vacant(self) -> int:
        return max(0, self.planned - self.actual)

    @property
    def surplus(self) -> int:
        return max(0, self.actual - self.planned) if self.planned else 0

    @property
    def vacant_text(self) -> str:
        return _("缺 %d") % self.vacant

    @property
    def surplus_text(self) -> str:
        return _("超 %d") % self.surplus


@dataclass
class Branch:
    """A department or team in the chart, with its seats and what hangs below."""

    unit: Department | Team
    seats: list[Seat] = field(default_factory=list)
    teams: list[Branch] = field(default_factory=list)
    children: list[Branch] = field(default_factory=list)

    @property
    def planned(self) -> int:
        return sum(seat.planned for seat in self.seats) + sum(
            each.planned for each in [*self.teams, *self.children]
        )

    @property
    def actual(self) -> int:
        return sum(seat.actual for seat in self.seats) + sum(
            each.actual for each in [*self.teams, *self.children]
        )


def org_chart() -> list[Branch]:
    """Return the departments as trees with teams, seats, planned and actual headcount (R1)."""
    posts = {post.pk: post for post in Post.objects.all()}
    people: dict[tuple[int, int | None], dict[int, list[Employee]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for employee in Employee.objects.employed().order_by("number"):
        people[employee.department_id, employee.team_id][employee.post_id].append(employee)
    planned: dict[tuple[int, int | None], Counter[int]] = defaultdict(Counter)
    for row in Headcount.objects.all():
        planned[row.department_id, row.team_id][row.post_id] = row.planned

    def seats(key: tuple[int, int | None]) -> list[Seat]:
        wanted = dict.fromkeys([*planned.get(key, ()), *people.get(key, ())])
        found = [
            Seat(
                posts[post_id],
                planned.get(key, Counter())[post_id],
                people.get(key, {}).get(post_id, []),
            )
            for post_id in wanted
        ]
        return sorted(found, key=lambda seat: (seat.post.family, seat.post.pk))

    branches = {
        each.pk: Branch(each, seats((each.pk, None)))
        for each in Department.objects.select_related("head")
    }
    for team in Team.objects.select_related("leader", "site"):
        branches[team.department_id].teams.append(
            Branch(team, seats((team.department_id, team.pk)))
        )
    roots = []
    for branch in branches.values():
        parent_id = branch.unit.parent_id if isinstance(branch.unit, Department) else None
        if parent_id in branches:
            branches[parent_id].children.append(branch)
        else:
            roots.append(branch)
    return roots


@dataclass
class Line:
    """Somebody in the lines of reporting, with those who report to them."""

    employee: Employee
    reports: list[Line] = field(default_factory=list)

    @property
    def below(self) -> int:
        """How many people there are below, directly or not."""
        return sum(1 + line.below for line in self.reports)


def reporting_lines() -> list[Line]:
    """
    Return who reports to whom, from those with nobody above (R1).

    People whose superiors form a ring stand at the top, so that nobody is missing.
    """
    rows = Employee.objects.employed().select_related("post", "department").order_by("number")
    lines = {row.pk: Line(row) for row in rows}
    tops = []
    for pk, line in lines.items():
        above = line.employee.superior_id
        seen = {pk}
        while above in lines and above not in seen:
            seen.add(above)
            above = lines[above].employee.superior_id
        superior_id = line.employee.superior_id
        if superior_id in lines and above not in seen:
            lines[superior_id].reports.append(line)
        else:
            tops.append(line)
    return tops


def employees_with_account(account_ids: Collection[int]) -> dict[int, Employee]:
    """Return account id → employee for the accounts, in one query."""
    rows = Employee.objects.filter(account_id__in=account_ids).select_related("team", "post")
    return {row.account_id: row for row in rows if row.account_id is not None}


def default_site() -> Site | None:
    """Return the site of the installation: the only or the first one."""
    return Site.objects.order_by("pk").first()
