"""W3: what supervisors read, over a month and over a year; each figure against brute force."""

from __future__ import annotations

import datetime as dt
import json
import time

from .figures import Report, closed_loop
from .stage import Browser, Stage
from .workloads import Seeded, add_load, conversation_of

SECONDS = 5.0


def reports(stage: Stage, seeded: Seeded, report: Report) -> None:
    """Service report and board; then a message that was just answered shows in the report."""
    boss = Browser(stage, seeded["supervisor"], seeded["password"])
    today = dt.date.fromisoformat(time.strftime("%Y-%m-%d", time.gmtime()))
    year = today - dt.timedelta(days=364)
    span = f"period=days&first={year}&last={today}"
    for metric, path in (
        ("service report, 30 days", "/reports/service/"),
        ("service report, 365 days", f"/reports/service/?{span}"),
        ("cost of service, 365 days", f"/reports/cost/?{span}"),
    ):
        boss.get(path)
        load = closed_loop(
            lambda _worker, _turn, where=path: boss.get(where),  # type: ignore[misc]
            workers=1,
            seconds=SECONDS,
        )
        add_load(report, "W3", metric, load)
    found = json.loads(stage.script("bench.brute", seeded["supervisor"], str(year), str(today)))
    report.require(
        found["equal"], f"W3: the report says {found['said']}, counted {found['counted']}"
    )
    _fresh(stage, seeded, report)


def _fresh(stage: Stage, seeded: Seeded, report: Report) -> None:
    """How long after an answer the board counts it."""
    agent = Browser(stage, seeded["agents"][2], seeded["password"])
    place = conversation_of(agent)
    boss = Browser(stage, seeded["supervisor"], seeded["password"])
    before = boss.get("/board/", fragment=True).text
    started = time.perf_counter()
    agent.post(f"/desk/c/{place}/reply/", {"body": "fresh", "client_token": f"fresh-{started}"})
    while boss.get("/board/", fragment=True).text == before:
        if time.perf_counter() - started > 5:
            report.require(False, "W3: an answer did not show on the board within 5 s")
            return
        time.sleep(0.05)
    report.add(
        "W3", "answered to shown on the board", seconds=round(time.perf_counter() - started, 2)
    )
