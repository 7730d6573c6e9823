"""
A month of many people, from raw punches to payslips.

Run inside the installation: ``python -m bench.pay PEOPLE``; prints seconds and rates. Shifts and
punches are written as a clock would leave them; everything after that is measured.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from typing import Any

SEED = 43
MONTH = dt.date(2026, 4, 1)
AT = dt.datetime(2026, 5, 4, 3, tzinfo=dt.UTC)
BATCH = 5000


def main(people: int) -> dict[str, object]:
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cangke.attendance import public as attendance
    from cangke.payroll import actions, queries
    from cangke.payroll.models import PaySlip

    maker, checker, site = _fill(people)
    run = actions.start_run(site=site, month=MONTH, by=maker, at=AT)
    started = time.perf_counter()
    first = actions.calculate(run_id=run.pk, by=maker, at=AT)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    second = actions.calculate(run_id=run.pk, by=maker, at=AT)
    again = time.perf_counter() - started
    everybody = queries.people_of(site, MONTH)
    with CaptureQueriesContext(connection) as asked:
        queries.reckon(everybody, MONTH, at=AT)
    few = everybody[:10]
    with CaptureQueriesContext(connection) as asked_of_few:
        queries.reckon(few, MONTH, at=AT)
    started = time.perf_counter()
    attendance.judge_months(everybody, MONTH, at=AT)
    judging = time.perf_counter() - started
    actions.submit_run(run_id=run.pk, by=maker, at=AT)
    for slip in PaySlip.objects.filter(run=run):
        if slip.needs_confirmation:
            actions.confirm_guard(slip_id=slip.pk, reason="bench", by=checker, at=AT)
    started = time.perf_counter()
    locked = actions.lock_run(run_id=run.pk, by=checker, at=AT)
    locking = time.perf_counter() - started
    return {
        "lock_seconds": round(locking, 2),
        "lock_kept": locked.digest == first.digest,
        "people": second.people,
        "seconds": round(whole, 2),
        "again_seconds": round(again, 2),
        "slips_per_second": round(len(everybody) / (whole - judging), 1),
        "queries": _counted(asked),
        "queries_of_ten": _counted(asked_of_few),
        "identical": first.digest == second.digest,
    }


def _counted(asked: Any) -> int:
    """The queries, without the look every two seconds whether rules were published."""
    return sum("rulebook_edition" not in each["sql"] for each in asked)


def _fill(people: int) -> tuple[object, object, object]:
    from django.db import transaction

    from cangke.attendance import actions as attendance
    from cangke.attendance.models import RawPunch, Roster, ShiftAssignment, ShiftType
    from cangke.foundation.access.public import Account, create_account
    from cangke.payroll import actions
    from cangke.people import public as staff
    from cangke.people.models import Employee

    rng = random.Random(SEED)
    with transaction.atomic():
        maker, checker = (
            create_account(username=name, display_name="bench", password=None, by=None, at=AT)
            for name in ("bench-hr", "bench-finance")
        )
        staff.load_post_catalogue(by=None, at=AT)
        attendance.ensure(at=AT)
        actions.ensure(at=AT)
        site = staff.save_site(code="pay", name="pay", zone="Asia/Shanghai", by=None, at=AT)
        unit = staff.save_department(code="pay", name="pay", kind="ecommerce", by=None, at=AT)
        team = staff.save_team(
            code="pay", name="pay", department=unit, site=site, shop_ids=[], by=None, at=AT
        )
        post = staff.Post.objects.get(code="pre-sales")
        accounts = Account.objects.bulk_create(
            Account(username=f"p{n:05d}", display_name=f"P{n}") for n in range(people)
        )
        Employee.objects.bulk_create(
            Employee(
                account=accounts[n],
                number=f"P{n:05d}", name=f"P{n}", department=unit, team=team, post=post, site=site,
                status="regular", employed_from=dt.date(2025, 1, 1),
            )
            for n in range(people)
        )  # fmt: skip
        roster = Roster.objects.create(team=team, month=MONTH, number=1, published_at=AT)
        kind = ShiftType.objects.get(code="day")
        rows, punches = [], []
        for person in Employee.objects.filter(team=team):
            free = set(rng.sample(range(30), 4))
            for n in range(30):
                day = MONTH + dt.timedelta(days=n)
                starts = dt.datetime.combine(day, dt.time(0, 30), tzinfo=dt.UTC)
                ends = starts + dt.timedelta(hours=9)
                if n in free:
                    continue
                rows.append(
                    ShiftAssignment(
                        roster=roster, employee=person, date=day, shift_type=kind,
                        starts_at=starts, ends_at=ends, published_at=AT, recorded_at=AT,
                    )
                )  # fmt: skip
                came = starts + dt.timedelta(minutes=rng.choice([-9, -4, -2, -1, 0, 0, 7, 14, 35]))
                for moment in (came, ends + dt.timedelta(minutes=rng.randint(0, 9))):
                    punches.append(
                        RawPunch(
                            employee=person, at=moment, minute=moment, source="built_in",
                            recorded_at=AT,
                        )
                    )  # fmt: skip
        ShiftAssignment.objects.bulk_create(rows, batch_size=BATCH)
        RawPunch.objects.bulk_create(punches, batch_size=BATCH)
    return maker, checker, site


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
