"""
A team's month proposed, and everybody of it at the clock at once.

Run inside the installation: ``python -m bench.shifts PEOPLE``; prints the seconds of a proposal for
sixty people over thirty-one days, and who may log in.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import threading
import time
from typing import Any

from .figures import Load, Report
from .stage import Browser, Stage

PASSWORD = "bench-punch-2026"
MONTH = dt.date(2027, 1, 1)
TEAM = 60
DOOR = 10.0  # seconds in which people come to the clock


def main(people: int) -> dict[str, object]:
    import django

    django.setup()
    from django.utils import timezone

    from cangke.attendance import actions
    from cangke.attendance.models import ShiftAssignment, ShiftType

    now = timezone.now()
    teams = _fill(people, now)
    kinds = {kind.code: kind.pk for kind in ShiftType.objects.all()}
    least = {kinds["day"]: 20, kinds["evening"]: 8}
    actions.save_needs(team=teams[0], least=least, by=None, at=now)
    started = time.perf_counter()
    cells = actions.propose_month(team=teams[0], month=MONTH, by=None, at=now)
    seconds = time.perf_counter() - started
    return {
        "propose_seconds": round(seconds, 2),
        "cells": cells,
        "kept": ShiftAssignment.objects.filter(roster__team=teams[0]).count() == cells,
        "usernames": [f"punch-{n}" for n in range(people)],
    }


def _fill(people: int, now: dt.datetime) -> list[Any]:
    """Teams of sixty whose people may log in, all by one password."""
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from cangke.attendance import actions as attendance
    from cangke.foundation.access import public as access
    from cangke.people import public as staff
    from cangke.people.models import Employee

    with transaction.atomic():
        staff.load_post_catalogue(by=None, at=now)
        attendance.ensure(at=now)
        site = staff.save_site(code="punch", name="punch", zone="Asia/Shanghai", by=None, at=now)
        unit = staff.save_department(code="punch", name="punch", kind="ecommerce", by=None, at=now)
        post = staff.Post.objects.get(code="pre-sales")
        secret = make_password(PASSWORD)
        accounts = access.Account.objects.bulk_create(
            access.Account(username=f"punch-{n}", display_name=f"P{n}", password=secret)
            for n in range(people)
        )
        teams = [
            staff.save_team(
                code=f"t{n}", name=f"t{n}", department=unit, site=site, shop_ids=[], by=None, at=now
            )
            for n in range((max(people, TEAM) + TEAM - 1) // TEAM)
        ]
        for n in range(max(people, TEAM)):
            Employee.objects.create(
                account=accounts[n] if n < people else None, number=f"C{n:05d}", name=f"P{n}",
                department=unit, team=teams[n // TEAM], post=post, site=site, status="regular",
                employed_from=dt.date(2025, 1, 1),
            )  # fmt: skip
        for account in accounts:
            access.grant(
                account=account, role=access.Roles.AGENT, scope_kind=access.ScopeKind.SELF,
                by=None, at=now,
            )  # fmt: skip
    return teams


def count() -> dict[str, object]:
    """How many punches are on record."""
    import django

    django.setup()
    from cangke.attendance.models import RawPunch

    return {"kept": RawPunch.objects.count()}


def shifts(stage: Stage, report: Report, people: int) -> None:
    """The proposal, then everybody at the clock."""
    found = json.loads(stage.script("bench.shifts", str(people)))
    report.require(found["kept"], "shifts: the proposal did not keep what it said")
    metric = f"roster proposed, {TEAM} people, 31 days"
    report.add("shifts", metric, seconds=found["propose_seconds"])
    with stage.serving():
        punches(stage, found["usernames"], report)


def punches(stage: Stage, usernames: list[str], report: Report) -> None:
    """
    Everybody punches twice, each signed in and at the page, over real HTTP.

    As people come through a door, within ten seconds; then all at the same moment, which no server
    answers sooner than it has computed as many answers (decision 0095).
    """
    people = [Browser(stage, name, PASSWORD) for name in usernames]
    for person in people:
        person.get("/attendance/")  # the page with the button
    rng = random.Random(41)
    for metric, spread in ((f"within {DOOR:.0f} s", DOOR), ("at once", 0.0)):
        _next_minute()
        load = _punch(people, [rng.random() * spread for _ in people])
        report.add("shifts", f"punch, {len(people)} {metric}", **load.as_metrics())
        report.require(
            not load.failures, f"shifts: {len(load.failures)} failed: {load.failures[:1]}"
        )
    kept = json.loads(stage.script("bench.shifts", "count"))["kept"]
    report.require(kept == 2 * len(people), f"shifts: {kept} punches kept of {2 * len(people)}")


def _punch(people: list[Browser], delays: list[float]) -> Load:
    """One punch of each, so many seconds after all are there."""
    gate = threading.Barrier(len(people))
    taken: list[float] = []
    failures: list[str] = []

    def go(person: Browser, delay: float) -> None:
        gate.wait()
        time.sleep(delay)
        started = time.perf_counter()
        try:
            person.post("/attendance/punch/", {})
        except Exception as error:  # noqa: BLE001  # every wrong answer is counted, none hidden
            failures.append(f"{type(error).__name__}: {error}"[:300])
        taken.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=go, args=each) for each in zip(people, delays, strict=True)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(taken, time.perf_counter() - started, failures)


def _next_minute() -> None:
    """Wait for one that has begun: twice within a minute is one punch."""
    time.sleep(61 - time.time() % 60)


if __name__ == "__main__":
    print(json.dumps(count() if sys.argv[1] == "count" else main(int(sys.argv[1]))))
