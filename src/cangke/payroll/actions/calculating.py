"""Calculating a run: as often as one likes until it is locked, person by person, resumable."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.money.public import to_cents
from cangke.people.public import Employee
from cangke.rulebook.public import explain_many

from .. import ports, queries, wording
from ..models import SETTLED, PayItem, PayLine, PayRun, PaySlip
from ..queries import Reckoned
from .explaining import explain_items
from .refusals import RunClosed

BATCH = 250
Step = Callable[[int, int], None]
TOTALS = (
    "gross",
    "deductions",
    "insurance_employee",
    "insurance_company",
    "tax",
    "net",
    "receivable",
)


def locked_run(run_id: int) -> PayRun:
    """The run under its lock, with its site and its leaver."""
    rows = PayRun.objects.select_for_update(of=("self",)).select_related("site", "employee")
    return rows.get(pk=run_id)


def open_run(run_id: int) -> PayRun:
    """
    The run under its lock, if slips may still be written.

    :raises RunClosed: if it is locked or paid
    """
    run = locked_run(run_id)
    if not run.is_open:
        raise RunClosed(
            _("%(month)s 的工资%(state)s，不能再核算。更正会成为下一次工资里的一项。")
            % {"month": f"{run.month:%Y-%m}", "state": run.get_state_display()}
        )
    return run


def calculate(*, run_id: int, by: Account, at: dt.datetime, step: Step | None = None) -> PayRun:
    """
    Work out every slip of a run anew, in pieces; the same facts change nothing (L1–L13).

    What a killed process left is taken up by doing it again. Two at once end with the same slips.

    :raises RunClosed: if the run is locked
    """
    with transaction.atomic():
        run = open_run(run_id)
        run.complete = False
        run.calculated_by, run.calculated_at = by, at
        run.save(update_fields=["complete", "calculated_by", "calculated_at"])
    people = queries.people_of_run(run)
    paid: set[int] = set()
    for start in range(0, len(people), BATCH):
        paid |= _write(run_id, people[start : start + BATCH], at=at)
        if step is not None:
            step(min(start + BATCH, len(people)), len(people))
    return _finish(run_id, paid, by=by, at=at)


@transaction.atomic
def _write(run_id: int, people: Sequence[Employee], *, at: dt.datetime) -> set[int]:
    """Write the slips of some people; return who has one."""
    run = open_run(run_id)
    own: set[int] = set()
    if run.kind == "supplement":
        # What is decided for a month that is paid comes into the next one.
        own = queries.own_slips([each.pk for each in people], run.month)
    take_extras([each for each in people if each.pk not in own], run.month, at=at)
    reckoned = queries.reckon_run(run, people, at=at)
    write_slips(run, reckoned, at=at)
    return {each.employee.pk for each in reckoned}


def take_extras(people: Sequence[Employee], month: dt.date, *, at: dt.datetime) -> int:
    """Take in what appraisal and liability have decided for the month; each record once."""
    ids = [each.pk for each in people]
    offered = ports.extras.ask(employee_ids=ids, month=month)
    if not offered:
        return 0
    known = set(
        PayItem.objects.filter(
            source__in={each.source for each in offered},
            reference__in={each.reference for each in offered},
        ).values_list("source", "reference")
    )
    fresh = [
        PayItem(
            employee_id=each.employee_id,
            month=month,
            kind=each.kind,
            amount=to_cents(each.amount),
            source=each.source,
            reference=each.reference,
            reason=each.reason[:300],
            url=each.url[:200],
            recorded_at=at,
        )
        for each in offered
        if (each.source, each.reference) not in known
    ]
    PayItem.objects.bulk_create(fresh)
    explain_items(fresh, at=at)
    return len(fresh)


def write_slips(run: PayRun, reckoned: Sequence[Reckoned], *, at: dt.datetime) -> int:
    """Write the slips that differ; return how many. The caller holds the run's lock."""
    known = {
        slip.employee_id: slip
        for slip in run.slips.filter(employee__in=[each.employee.pk for each in reckoned])
    }
    fresh: list[PaySlip] = []
    stale: list[PaySlip] = []
    changed: list[tuple[PaySlip, Reckoned]] = []
    for each in reckoned:
        digest = each.digest()
        slip = known.get(each.employee.pk)
        if slip is not None and slip.digest == digest:
            continue
        if slip is None:
            slip = PaySlip(
                run=run,
                employee=each.employee,
                month=run.month,
                part=run.sequence if each.corrects_only else 0,
                currency=run.currency,
            )
            fresh.append(slip)
        else:
            stale.append(slip)
        _fill(slip, each, digest, at)
        changed.append((slip, each))
    PaySlip.objects.bulk_create(fresh)
    PaySlip.objects.bulk_update(stale, _FIELDS)
    PayLine.objects.filter(slip__in=[slip.pk for slip in stale]).delete()
    PayLine.objects.bulk_create(_lines(changed))
    _explain(changed, run.month, at)
    return len(changed)


_FIELDS = [
    *TOTALS,
    "facts",
    "problems",
    "digest",
    "calculated_at",
    "guard_mode",
    "guard_limit",
    "guard_exceeded",
    "uncollected",
    "confirmed_by",
    "confirmed_at",
    "confirmed_reason",
]


def _fill(slip: PaySlip, each: Reckoned, digest: str, at: dt.datetime) -> None:
    for name in TOTALS:
        setattr(slip, name, to_cents(getattr(each.slip, name)))
    slip.facts, slip.problems = each.document(), each.problems
    slip.digest, slip.calculated_at = digest, at
    guard = each.slip.guard
    slip.guard_mode, slip.guard_limit = str(guard.mode), guard.limit
    slip.guard_exceeded, slip.uncollected = guard.exceeded, to_cents(guard.uncollected)
    # What somebody has confirmed was another slip.
    slip.confirmed_by = slip.confirmed_at = None
    slip.confirmed_reason = ""


def _lines(changed: Iterable[tuple[PaySlip, Reckoned]]) -> list[PayLine]:
    return [
        PayLine(
            slip=slip,
            place=place,
            code=line.code,
            amount=to_cents(line.amount),
            clause=line.clause,
            explain=line.explain[:300],
            note=wording.line_note(line, each)[:300],
        )
        for slip, each in changed
        for place, line in enumerate(each.slip.lines, start=1)
    ]


def _explain(changed: Iterable[tuple[PaySlip, Reckoned]], month: dt.date, at: dt.datetime) -> None:
    by_set: dict[str | None, list[Any]] = defaultdict(list)
    for slip, each in changed:
        by_set[each.policies.group] += [
            (slip, code, decision) for code, decision in queries.decisions(each)
        ]
    for group, decisions in by_set.items():
        explain_many(decisions, at=at, on=month, group=group)


@transaction.atomic
def _finish(run_id: int, paid: Collection[int], *, by: Account, at: dt.datetime) -> PayRun:
    """Drop the slips of those the run does not pay any more, and write the totals."""
    run = open_run(run_id)
    gone = run.slips.exclude(employee__in=paid)
    PayLine.objects.filter(slip__in=gone).delete()
    gone.delete()
    before = run.digest
    total_up(run)
    run.complete = True
    run.calculated_by, run.calculated_at = by, at
    if run.state == "draft" or before != run.digest:
        run.state = "calculated"
        run.submitted_by = run.submitted_at = None
    run.save()
    record(
        "payroll.calculated",
        obj=run,
        by=by,
        at=at,
        changes={"people": run.people, "net": str(run.net), "digest": run.digest[:12]},
    )
    return run


def total_up(run: PayRun) -> None:
    """Set the run's totals and its fingerprint from its slips; the caller saves."""
    sums = run.slips.aggregate(**{name: Sum(name) for name in TOTALS})
    for name in TOTALS:
        setattr(run, name, to_cents(sums[name] or 0))
    digests = list(run.slips.order_by("employee_id").values_list("digest", flat=True))
    run.people = len(digests)
    run.digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()


def is_settled(employee_id: int, month: dt.date) -> bool:
    """Whether somebody's pay of a month is locked or paid."""
    return PaySlip.objects.filter(
        employee=employee_id, month=month, run__state__in=SETTLED
    ).exists()


def settled_months(employee_id: int, since: dt.date) -> list[dt.date]:
    """The locked months of somebody from one on."""
    rows = PaySlip.objects.filter(
        employee=employee_id, month__gte=since.replace(day=1), part=0, run__state__in=SETTLED
    )
    return list(rows.order_by("month").values_list("month", flat=True))
