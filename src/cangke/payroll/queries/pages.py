"""What the pages of payroll show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from .. import wording
from ..models import AbsenceMeasure, PayLine, PayRun, PaySlip
from .blocking import Blocker
from .recorded import month_before

MOST = 50


@dataclass(frozen=True)
class Difference:
    """Whose net pay differs from the month before, and by how much."""

    slip: PaySlip
    before: Decimal | None

    @property
    def change(self) -> Decimal:
        return self.slip.net - (self.before or Decimal(0))


def listed_slips(rows: QuerySet[PaySlip]) -> QuerySet[PaySlip]:
    """The rows a list of slips needs, with their lines, in two queries."""
    return rows.select_related("employee__post", "employee__department", "run").prefetch_related(
        "lines"
    )


def slips_to_look_at(run: PayRun) -> list[PaySlip]:
    """Slips with something to decide or to know, those to be confirmed first."""
    rows = run.slips.exclude(problems=[]).select_related("employee", "confirmed_by")
    return sorted(rows[:200], key=lambda each: (not each.needs_confirmation, each.employee.number))[
        :MOST
    ]


def differences(run: PayRun, *, most: int = 8) -> list[Difference]:
    """Whose net pay changed most since the month before; who came first in this month as well."""
    earlier = dict(
        PaySlip.objects.filter(
            month=month_before(run.month), currency=run.currency, part=0
        ).values_list("employee_id", "net")
    )
    rows = run.slips.select_related("employee")
    found = [Difference(slip, earlier.get(slip.employee_id)) for slip in rows]
    changed = [each for each in found if each.change]
    return sorted(changed, key=lambda each: (-abs(each.change), each.slip.employee_id))[:most]


def measures_of(run: PayRun) -> list[AbsenceMeasure]:
    """The drafts and proposals that the run's absences call for."""
    rows = AbsenceMeasure.objects.filter(slip__run=run).select_related("slip__employee")
    return list(rows)


def blockers_shown(blockers: Sequence[Blocker]) -> list[dict[str, object]]:
    """What stands before the lock, as sentences with the slip they are about."""
    return [{"text": wording.blocker_text(each), "slip_id": each.slip_id} for each in blockers]


@dataclass(frozen=True)
class ShownLine:
    """A line as the slip shows it."""

    line: PayLine
    label: str
    url: str

    @property
    def taken(self) -> bool:
        return self.line.amount < 0 and not self.line.code.startswith("adjustment")


def month_totals(slip: PaySlip) -> dict[str, object]:
    """The figures of attendance beside a slip, from the facts it was worked out from."""
    facts = slip.facts
    return {
        name: facts.get(name)
        for name in (
            "worked",
            "rest_taken",
            "rest_entitled",
            "leave_days",
            "absent_days",
            "late",
            "early",
            "clean",
        )
    }
