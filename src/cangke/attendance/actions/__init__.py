"""What people do with shifts and rosters."""

from .planning import (
    Edit,
    NotEmployed,
    Outdated,
    ShiftMissing,
    fill,
    plan_cells,
    propose_month,
    save_needs,
)
from .publishing import NobodyLeads, NothingPlanned, publish_roster
from .shifts import ShiftInUse, ensure_shift_types, save_shift_type
from .swapping import (
    SwapImpossible,
    SwapOver,
    answer_swap,
    ask_swap,
    decide_swap,
    withdraw_swap,
)

__all__ = [
    "Edit",
    "NobodyLeads",
    "NotEmployed",
    "NothingPlanned",
    "Outdated",
    "ShiftInUse",
    "ShiftMissing",
    "SwapImpossible",
    "SwapOver",
    "answer_swap",
    "ask_swap",
    "decide_swap",
    "ensure",
    "ensure_shift_types",
    "fill",
    "plan_cells",
    "propose_month",
    "publish_roster",
    "save_needs",
    "save_shift_type",
    "withdraw_swap",
]

ensure = ensure_shift_types
