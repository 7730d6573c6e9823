"""What payroll works out and reads; nothing here writes."""

from .bank import bank_file
from .blocking import Blocker, blockers
from .due import due_day, next_due_day, run_policy
from .effects import locked_until, month_effects
from .owed import collected_of, owed_by
from .pages import (
    Difference,
    ShownLine,
    blockers_shown,
    differences,
    listed_slips,
    measures_of,
    month_totals,
    slips_to_look_at,
)
from .reasons import CLAUSES, decisions
from .reckoning import Reckoned, corrections_of, reckon, reckon_run
from .recorded import (
    month_after,
    month_before,
    month_span,
    own_slips,
    people_of,
    people_of_run,
)
from .simulation import BadMonth, simulate_month

__all__ = [
    "CLAUSES",
    "BadMonth",
    "Blocker",
    "Difference",
    "Reckoned",
    "ShownLine",
    "bank_file",
    "blockers",
    "blockers_shown",
    "collected_of",
    "corrections_of",
    "decisions",
    "differences",
    "due_day",
    "listed_slips",
    "locked_until",
    "measures_of",
    "month_after",
    "month_before",
    "month_effects",
    "month_span",
    "month_totals",
    "next_due_day",
    "owed_by",
    "own_slips",
    "people_of",
    "people_of_run",
    "reckon",
    "reckon_run",
    "run_policy",
    "simulate_month",
    "slips_to_look_at",
]
