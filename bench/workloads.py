"""The measured work, room by room. Each takes the stage, what was seeded, and the report."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from .figures import Load, Report, closed_loop, percentile
from .pages import paths
from .stage import ROOT, Browser, Stage, free_port, resident_mb

DATA = ROOT.parent / "shared" / "data" / "online-retail-2010-12.csv"
SECONDS = 10.0
PEOPLE = 1000
Seeded = dict[str, Any]


def add_load(report: Report, workload: str, metric: str, load: Load, **more: object) -> None:
    report.require(
        not load.failures, f"{workload} {metric}: {load.failures[0] if load.failures else ''}"
    )
    report.add(workload, metric, **load.as_metrics(), **more)


def bare(stage: Stage, report: Report) -> dict[str, float]:
    """The limits of this run: a bare INSERT view and a bare list view on the same server."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.bare", str(port), str(report.rows)],
        env=stage.environment,
        cwd=ROOT,
    )
    rates = {}
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{url}/list", timeout=5)
                break
            except httpx.HTTPError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        for name in ("insert", "list"):
            clients = [httpx.Client(base_url=url, timeout=30) for _ in range(8)]
            load = closed_loop(
                lambda worker, _turn, path=name, many=clients: (
                    many[worker]  # type: ignore[misc]
                    .get(f"/{path}")
                    .raise_for_status()
                ),
                workers=8,
                seconds=SECONDS / 2,
            )
            add_load(report, "bare", name, load)
            rates[name] = load.rate
    finally:
        process.terminate()
        process.wait()
    return rates


def pay(stage: Stage, report: Report) -> None:
    """W4: from raw punches to payslips; the slips alone; the same facts twice."""
    found = json.loads(stage.script("bench.pay", str(PEOPLE)))
    report.require(found["identical"], "W4: the same facts gave other slips")
    report.require(found["people"] == PEOPLE, f"W4: {found['people']} slips for {PEOPLE} people")
    report.require(found["queries"] == found["queries_of_ten"], "W4: queries grow with the people")
    report.add("W4", f"punches to payslips, {PEOPLE} people", seconds=found["seconds"])
    report.add("W4", "calculated again, unchanged", seconds=found["again_seconds"])
    report.add("W4", "payslips alone", rate_per_s=found["slips_per_second"])
    report.require(found["lock_kept"], "W4: the lock changed what was calculated")
    report.add("W4", f"locking a run of {PEOPLE} people", seconds=found["lock_seconds"])


def conversation_of(person: Browser) -> str:
    """The first conversation of somebody's workbench."""
    page = person.get("/desk/").text
    marker = 'id="conv-'
    if marker not in page:
        raise RuntimeError("the workbench shows no conversation")
    place = page.index(marker) + len(marker)
    return page[place : page.index('"', place)]


def law(stage: Stage, report: Report) -> None:
    """Rules: looked up warm; a version with fifty own cases; approvals of an old company."""
    closed, still_open = report.rows, max(1, report.rows // 20)
    found = json.loads(stage.script("bench.law", str(closed), str(still_open)))
    report.add("rules", "policy, warm (us)", rate_per_s=round(1e6 / found["look_up_us"]), **found)
    report.add("rules", "publish, 50 own cases", seconds=found["publish_seconds"])
    for name in ("inbox", "all", "case", "panel"):
        metric = f"approvals {name}, {closed} closed and {still_open} open"
        report.add("rules", metric, p95_ms=found[f"{name}_p95_ms"])
    report.require(found["look_up_us"] < 50, "rules: a warm look-up takes 50 us or more")
    report.require(found["publish_seconds"] < 2, "rules: publishing takes 2 s or more")
    for name in ("inbox", "case"):
        report.require(found[f"{name}_p95_ms"] < 100, f"rules: {name} takes 100 ms or more")


def pages(stage: Stage, seeded: Seeded, report: Report, limits: dict[str, float]) -> None:
    """W2: the workbench and its list, one person after the other and eight at once."""
    one = Browser(stage, seeded["agents"][0], seeded["password"])
    boss = Browser(stage, seeded["supervisor"], seeded["password"])
    conversation = conversation_of(one)
    words = (seeded["agents"][0], seeded["supervisor"], conversation, str(seeded["long"]))
    for metric, figures in json.loads(stage.script("bench.pages", *words)).items():
        report.add("W2", f"{metric}, server time", **figures)
    for metric, username, path, fragment in paths(*words):
        browser = boss if username == seeded["supervisor"] else one
        browser.get(path, fragment=fragment)
        load = closed_loop(
            lambda _worker, _turn, who=browser, where=path, part=fragment: who.get(  # type: ignore[misc]
                where, fragment=part
            ),
            workers=1,
            seconds=SECONDS / 2,
        )
        add_load(report, "W2", f"{metric}, c=1", load)
    many = [Browser(stage, name, seeded["password"]) for name in seeded["agents"][:8]]
    load = closed_loop(
        lambda worker, _turn: many[worker].get("/desk/inbox/", fragment=True),
        workers=8,
        seconds=SECONDS,
    )
    add_load(report, "W2", "my list, c=8", load, ratio=round(load.rate / limits["list"], 3))


def live(stage: Stage, seeded: Seeded, report: Report) -> None:
    """W6: from a reply that is accepted to the other browser that hears of it."""
    one = Browser(stage, seeded["agents"][1], seeded["password"])
    conversation = conversation_of(one)
    heard: dict[int, float] = {}
    ready, stop = threading.Event(), threading.Event()
    arrived: list[float] = []

    def listen() -> None:
        cookies = dict(one.http.cookies)
        url = stage.live_url(f"/live/?topic=conversation:{conversation}")
        with httpx.stream("GET", url, cookies=cookies, timeout=30) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    ready.set()
                    if '"message"' in line:
                        arrived.append(time.perf_counter())
                if stop.is_set():
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    report.require(ready.wait(10), "W6: the stream did not open")
    taken = []
    for turn in range(60):
        before = len(arrived)
        started = time.perf_counter()
        one.post(
            f"/desk/c/{conversation}/reply/",
            {"body": f"live {turn}", "client_token": f"live-{turn}"},
        )
        deadline = time.perf_counter() + 5
        while len(arrived) == before and time.perf_counter() < deadline:
            time.sleep(0.002)
        if len(arrived) > before:
            taken.append((arrived[-1] - started) * 1000)
            heard[turn] = taken[-1]
        time.sleep(0.05)
    stop.set()
    report.require(len(taken) == 60, f"W6: {60 - len(taken)} replies were not heard within 5 s")
    report.add(
        "W6",
        "reply sent to heard in the other browser",
        p50_ms=round(percentile(taken, 0.5), 1),
        p95_ms=round(percentile(taken, 0.95), 1),
    )


def memory(stage: Stage, report: Report) -> None:
    """Resident memory of what serves, after it has rested a moment."""
    time.sleep(2)
    report.add("memory", "all processes", mb=round(stage.memory_mb(), 1))


def imports(backend: str, report: Report) -> None:
    """The real order file: seconds, peak memory, and that a second time changes nothing."""
    if not DATA.exists():
        report.add("import", "left out: the order file is not beside the project")
        return
    stage = Stage(backend)
    try:
        stage.script("bench.shop")
        reports: list[dict[str, Any]] = []
        for metric in ("42,481 lines", "the same again"):
            peak = 0.0
            started = time.perf_counter()
            process = subprocess.Popen(
                [
                    sys.executable, "-m", "cangke.cli", "import", "orders", str(DATA),
                    "--set", "shop=bench", "--json",
                ],
                env=stage.environment, cwd=stage.data, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            watcher = _Peak(process.pid)
            out = process.communicate()[0]
            peak = watcher.stop()
            seconds = time.perf_counter() - started
            answer = json.loads(out or b"{}")
            reports.append(answer)
            report.add("import", metric, seconds=round(seconds, 1), mb=peak, **_counts(answer))
        one, two = reports
        adds_up = one.get("lines_in") == one.get("taken", 0) + one.get("unchanged", 0) + one.get(
            "refused", 0
        )
        report.require(adds_up, "import: lines in are not lines taken, unchanged and refused")
        report.require(not two.get("taken"), "import: the second time took lines again")
    finally:
        stage.remove()


def _counts(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in ("lines_in", "taken", "unchanged", "refused")}


class _Peak:
    """The highest resident memory of a process while it runs, in MB."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.done = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.done.wait(0.1):
            if not Path(f"/proc/{self.pid}").exists():
                return
            self.peak = max(self.peak, resident_mb(self.pid))

    def stop(self) -> float:
        self.done.set()
        self.thread.join()
        return self.peak
