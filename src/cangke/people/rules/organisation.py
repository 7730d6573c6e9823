"""What the organisation knows without a database: statuses, functions, the post catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a person stands in employment (R8)."""

    PROBATION = "probation"
    REGULAR = "regular"
    SUSPENDED = "suspended"
    LEFT = "left"


# Which status may follow which; leaving ends the file, coming back is a new hire.
NEXT_STATUS: Mapping[Status, frozenset[Status]] = {
    Status.PROBATION: frozenset({Status.REGULAR, Status.SUSPENDED, Status.LEFT}),
    Status.REGULAR: frozenset({Status.SUSPENDED, Status.LEFT}),
    Status.SUSPENDED: frozenset({Status.PROBATION, Status.REGULAR, Status.LEFT}),
    Status.LEFT: frozenset(),
}

# Shut out at once (Q8): the account of a person in one of these may not sign in.
SHUT_OUT = frozenset({Status.SUSPENDED, Status.LEFT})


class Stage(StrEnum):
    """Which side of 已发货 a post serves (B1)."""

    PRE_SALES = "pre_sales"
    AFTER_SALES = "after_sales"
    BOTH = "both"
    NONE = ""


# The functions a department may switch off (R10), each an area of the main menu.
FEATURES: tuple[str, ...] = (
    "desk",
    "tickets",
    "orders",
    "warehouse",
    "aftersales",
    "complaints",
    "customers",
    "marketing",
    "billing",
    "knowledge",
    "people",
    "attendance",
    "regularization",
    "supervision",
    "quality",
    "reports",
    "rulebook",
)


@dataclass(frozen=True)
class PostSpec:
    """One post of the catalogue as shipped (R2, R3)."""

    code: str
    name: str
    name_en: str
    family: str  # service | warehouse | office
    role: str  # preset role granted on hiring
    reach: str  # scope kind of that grant
    stage: Stage = Stage.NONE
    reports_to: str = ""
    headcount: int = 0  # sample figure of the sources, structure only (AMB-31)


POSTS: tuple[PostSpec, ...] = (
    PostSpec("general-manager", "总经理", "General manager", "office", "manager", "all"),
    PostSpec(
        "cs-supervisor",
        "客服主管",
        "CS supervisor",
        "service",
        "supervisor",
        "department",
        Stage.BOTH,
        "general-manager",
    ),
    PostSpec(
        "cs-deputy",
        "客服副主管",
        "Deputy CS supervisor",
        "service",
        "deputy",
        "department",
        Stage.BOTH,
        "cs-supervisor",
    ),
    PostSpec(
        "cs-leader",
        "客服组长",
        "CS team leader",
        "service",
        "leader",
        "team",
        Stage.BOTH,
        "cs-deputy",
    ),
    PostSpec(
        "pre-sales",
        "售前客服",
        "Pre-sales agent",
        "service",
        "pre_sales",
        "team",
        Stage.PRE_SALES,
        "cs-leader",
    ),
    PostSpec(
        "after-sales",
        "售后客服",
        "After-sales agent",
        "service",
        "after_sales",
        "team",
        Stage.AFTER_SALES,
        "cs-leader",
    ),
    PostSpec(
        "cs-specialist",
        "客服专员",
        "CS specialist",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-leader",
        2,
    ),
    PostSpec(
        "warehouse-cs",
        "仓库客服专员",
        "Warehouse CS specialist",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-leader",
    ),
    PostSpec(
        "logistics-cs-specialist",
        "物流客服专员",
        "Logistics CS specialist",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-leader",
    ),
    PostSpec(
        "storage-cs",
        "仓储客服专员",
        "Storage CS specialist",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-leader",
    ),
    PostSpec(
        "warehouse-after-sales",
        "仓库售后专员",
        "Warehouse after-sales specialist",
        "service",
        "after_sales",
        "team",
        Stage.AFTER_SALES,
        "cs-leader",
    ),
    PostSpec(
        "logistics-cs",
        "物流客服",
        "Logistics CS agent",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-leader",
    ),
    PostSpec(
        "marketing-reception",
        "营销中心接待客服",
        "Marketing-centre reception agent",
        "service",
        "agent",
        "team",
        Stage.BOTH,
        "cs-supervisor",
    ),
    PostSpec(
        "warehouse-manager",
        "仓储部经理",
        "Warehouse department manager",
        "warehouse",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "general-manager",
        1,
    ),
    PostSpec(
        "finished-goods-supervisor",
        "成品仓主管",
        "Finished goods supervisor",
        "warehouse",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "warehouse-manager",
        1,
    ),
    PostSpec(
        "semi-finished-goods-supervisor",
        "半成品仓主管",
        "Semi-finished goods supervisor",
        "warehouse",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "warehouse-manager",
        1,
    ),
    PostSpec(
        "warehouse-coordinator",
        "协调员",
        "Coordinator",
        "warehouse",
        "warehouse_clerk",
        "all",
        Stage.NONE,
        "warehouse-manager",
        1,
    ),
    PostSpec(
        "receiving-dispatch-leader",
        "收发组组长",
        "Receiving-dispatch leader",
        "warehouse",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "finished-goods-supervisor",
        1,
    ),
    PostSpec(
        "functional-leader",
        "职能组组长",
        "Functional leader",
        "warehouse",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "finished-goods-supervisor",
        1,
    ),
    PostSpec(
        "warehouse-clerk",
        "仓务员",
        "Warehouse clerk",
        "warehouse",
        "warehouse_clerk",
        "all",
        Stage.NONE,
        "receiving-dispatch-leader",
        20,
    ),
    PostSpec(
        "order-printing-clerk",
        "打单文员",
        "Order-printing clerk",
        "warehouse",
        "warehouse_clerk",
        "all",
        Stage.NONE,
        "functional-leader",
        2,
    ),
    PostSpec(
        "material-controller",
        "物控员",
        "Material controller",
        "warehouse",
        "warehouse_clerk",
        "all",
        Stage.NONE,
        "functional-leader",
        1,
    ),
    PostSpec(
        "warehouse-finance-clerk",
        "仓库财务文员",
        "Warehouse finance clerk",
        "warehouse",
        "finance",
        "all",
        Stage.NONE,
        "functional-leader",
        1,
    ),
    PostSpec(
        "logistics-supervisor",
        "物流运营主管",
        "Logistics operations supervisor",
        "service",
        "supervisor",
        "department",
        Stage.NONE,
        "general-manager",
    ),
    PostSpec(
        "cs-manager",
        "客户服务经理",
        "Customer service manager",
        "service",
        "supervisor",
        "department",
        Stage.NONE,
        "general-manager",
    ),
    PostSpec(
        "logistics-manager",
        "物流经理",
        "Logistics manager",
        "office",
        "warehouse_supervisor",
        "all",
        Stage.NONE,
        "general-manager",
    ),
    PostSpec(
        "finance-clerk",
        "财务专员",
        "Finance clerk",
        "office",
        "finance",
        "all",
        Stage.NONE,
        "general-manager",
    ),
    PostSpec(
        "hr-clerk",
        "人事专员",
        "Personnel clerk",
        "office",
        "hr",
        "all",
        Stage.NONE,
        "general-manager",
    ),
)


@dataclass(frozen=True)
class Unit:
    """A department in the tree: its own id and its parent's."""

    id: int
    parent_id: int | None


def below(units: Iterable[Unit], roots: Iterable[int]) -> frozenset[int]:
    """Return the roots and every unit under them; a ring in the data ends the walk."""
    children: dict[int | None, list[int]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit.id)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        unit_id = waiting.pop()
        if unit_id not in found:
            found.add(unit_id)
            waiting.extend(children.get(unit_id, ()))
    return frozenset(found)


def features_off(chain: Sequence[Iterable[str]]) -> frozenset[str]:
    """
    Return the functions a department does not use (R10).

    ``chain`` holds what the department and each department above it switched off: a parent's
    switch counts for all below.
    """
    return frozenset(feature for off in chain for feature in off if feature in FEATURES)


@dataclass(frozen=True)
class Term:
    """One stretch of an employee's terms: from and to are inclusive days; open ends are None."""

    from_date: dt.date
    to_date: dt.date | None


def term_on(terms: Sequence[Term], day: dt.date) -> int | None:
    """Return the index of the term in force on the day, or None before the first."""
    best: int | None = None
    for index, term in enumerate(terms):
        if term.from_date <= day and (term.to_date is None or day <= term.to_date):
            best = index
    return best


def may_become(status: str, wanted: str) -> bool:
    """Whether a person may go from one status to the other."""
    return Status(wanted) in NEXT_STATUS[Status(status)]
