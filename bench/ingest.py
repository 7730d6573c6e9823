"""W1: what comes in (chat page, answers, e-mail), and that all of it is there afterwards."""

from __future__ import annotations

import json
import threading
import time

import httpx

from .figures import Load, Report, closed_loop, percentile
from .stage import Browser, Stage
from .workloads import Seeded, add_load, conversation_of

SECONDS = 10.0
VISITORS = 250
STORM_SECONDS = 60
STORM_RATE = 50  # messages a second, of all visitors together
MAILS = 200


def ingest(stage: Stage, seeded: Seeded, report: Report, limits: dict[str, float]) -> None:
    """W1: customers open conversations over the public chat page; each message is there once."""
    base = f"/chat/{seeded['channel']}/"
    sent: list[str] = []
    lock = threading.Lock()

    def write(worker: int, turn: int) -> None:
        token = f"w{worker}t{turn}-0-{time.monotonic_ns()}"
        with httpx.Client(base_url=stage.url(), timeout=30, follow_redirects=False) as client:
            page = client.get(base)
            proof = _value(page.text, "proof")
            answer = client.post(
                base,
                data={"body": f"bench {token}", "client_token": token, "proof": proof},
                headers={"Referer": stage.url(base)},
            )
        if answer.status_code not in (200, 302, 303):
            raise RuntimeError(f"chat answered {answer.status_code}")
        with lock:
            sent.append(token)

    for workers in (1, 8):
        load = closed_loop(write, workers=workers, seconds=SECONDS)
        ratio = round(load.rate / limits["insert"], 3)
        add_load(report, "W1", f"customer opens (page and message), c={workers}", load, ratio=ratio)
    _count(stage, report, sent)


def _count(stage: Stage, report: Report, sent: list[str]) -> None:
    """Every acknowledged message is there, once, and in the order its sender wrote."""
    found = json.loads(stage.script("bench.count"))
    missing = set(sent) - set(found["tokens"])
    report.require(not missing, f"W1: {len(missing)} acknowledged messages are missing")
    report.require(found["doubled"] == 0, f"W1: {found['doubled']} messages came twice")
    report.require(found["reordered"] == 0, f"W1: {found['reordered']} messages changed places")


def answers(stage: Stage, seeded: Seeded, report: Report, limits: dict[str, float]) -> None:
    """W1 (b): agents answer, each in a conversation of their own; the response clock stops."""
    people = [Browser(stage, name, seeded["password"]) for name in seeded["agents"][:8]]
    places = [conversation_of(each) for each in people]
    sent: list[str] = []
    sending = 0

    def answer(worker: int, turn: int) -> None:
        token = f"a{sending}w{worker}-{turn:06d}-{time.monotonic_ns()}"
        people[worker].post(
            f"/desk/c/{places[worker]}/reply/",
            {"body": f"bench {token}", "client_token": token},
        )
        sent.append(token)

    for sending in (1, 8):
        load = closed_loop(answer, workers=sending, seconds=SECONDS)
        ratio = round(load.rate / limits["insert"], 3)
        add_load(report, "W1", f"agent answers, c={sending}", load, ratio=ratio)
    _count(stage, report, sent)


def mails(stage: Stage, report: Report) -> None:
    """W1 (c): raw mails through intake, in a process of its own as the worker would."""
    found = json.loads(stage.script("bench.mail", str(MAILS)))
    report.require(found["taken"] == MAILS, f"W1: {found['taken']} of {MAILS} mails were taken in")
    report.add(
        "W1", "e-mail intake, in process", rate_per_s=found["rate"],
        p50_ms=found["p50"], p95_ms=found["p95"], queries=found["queries"],
    )  # fmt: skip


def storm(stage: Stage, seeded: Seeded, report: Report) -> None:
    """
    50 messages a second for a minute from many visitors, while an agent's list is looked at.

    Sent on a timetable, not when the server is ready: what waits in the queue is in the figure.
    """
    base = f"/chat/{seeded['channel']}/"
    visitors = [_Visitor(stage, base, number) for number in range(VISITORS)]
    sent: list[str] = []
    waits: list[float] = []
    failures: list[str] = []
    lock = threading.Lock()
    began = time.perf_counter() + 1
    total = STORM_RATE * STORM_SECONDS
    turns = iter(range(total))

    def run() -> None:
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return
            due = began + turn / STORM_RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            visitor = visitors[turn % VISITORS]
            try:
                token = visitor.write(turn)
            except Exception as error:  # noqa: BLE001  # every wrong answer is counted, none hidden
                with lock:
                    failures.append(f"{type(error).__name__}: {error}"[:300])
                continue
            with lock:
                sent.append(token)
                waits.append((time.perf_counter() - due) * 1000)

    looks: list[float] = []
    stop = threading.Event()
    agent = Browser(stage, seeded["agents"][0], seeded["password"])

    def look() -> None:
        while not stop.wait(1.0):
            started = time.perf_counter()
            agent.get("/desk/inbox/", fragment=True)
            looks.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=run) for _ in range(32)]
    watcher = threading.Thread(target=look)
    started = time.perf_counter()
    for thread in (*threads, watcher):
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    stop.set()
    watcher.join()
    add_load(
        report,
        "W1",
        f"storm of {STORM_RATE}/s for {STORM_SECONDS} s",
        Load(waits, seconds, failures),
    )
    report.add(
        "W1", "an agent's list during the storm",
        p50_ms=round(percentile(looks, 0.5), 1), p95_ms=round(percentile(looks, 0.95), 1),
    )  # fmt: skip
    _count(stage, report, sent)


class _Visitor:
    """One visitor with a conversation of their own; writes one message after the other."""

    def __init__(self, stage: Stage, base: str, number: int) -> None:
        self.base, self.number = base, number
        self.http = httpx.Client(base_url=stage.url(), timeout=30, follow_redirects=False)
        self.referer = stage.url(base)
        self.proof = _value(self.http.get(base).text, "proof")
        self.lock = threading.Lock()

    def write(self, turn: int) -> str:
        token = f"s{self.number}-{turn:06d}-{time.monotonic_ns()}"
        with self.lock:
            answer = self.http.post(
                self.base,
                data={"body": f"bench {token}", "client_token": token, "proof": self.proof},
                headers={"Referer": self.referer},
            )
        if answer.status_code not in (200, 302, 303):
            raise RuntimeError(f"chat answered {answer.status_code}")
        return token


def _value(html: str, name: str) -> str:
    place = html.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return html[place : html.index('"', place)]
