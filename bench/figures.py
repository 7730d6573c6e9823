"""Percentiles, rates and how they are printed: a table for people, JSON lines for machines."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile; ``share`` from 0 to 1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def calibrate() -> float:
    """Milliseconds of a fixed loop: how fast this machine is at the moment."""
    started = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number & 7
    return (time.perf_counter() - started) * 1000


@dataclass
class Load:
    """What a closed loop of workers measured."""

    milliseconds: list[float]
    seconds: float
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def as_metrics(self) -> dict[str, float]:
        if not self.milliseconds:
            return {"rate_per_s": 0.0}
        return {
            "rate_per_s": round(self.rate, 1),
            "p50_ms": round(percentile(self.milliseconds, 0.5), 1),
            "p95_ms": round(percentile(self.milliseconds, 0.95), 1),
            "p99_ms": round(percentile(self.milliseconds, 0.99), 1),
        }


class Report:
    """Collects metrics and prints each as one JSON line."""

    def __init__(self, backend: str, rows: int) -> None:
        self.backend, self.rows = backend, rows
        self.lines: list[dict[str, object]] = []
        self.failed: list[str] = []

    def add(self, workload: str, metric: str, **values: object) -> None:
        line = {
            "workload": workload,
            "metric": metric,
            "backend": self.backend,
            "rows": self.rows,
            **values,
        }
        self.lines.append(line)
        print(json.dumps(line, ensure_ascii=False), flush=True)

    def require(self, good: bool, sentence: str) -> None:
        """A broken invariant or a wrong answer fails the whole run; a slow figure does not."""
        if not good:
            self.failed.append(sentence)
            print(json.dumps({"failed": sentence}, ensure_ascii=False), flush=True)

    def table(self) -> str:
        keys = ("rate_per_s", "p50_ms", "p95_ms", "seconds", "mb", "ratio")
        rows = [("workload", "metric", *keys)]
        rows += [
            (
                str(line["workload"]),
                str(line["metric"]),
                *(str(line.get(key, "")) for key in keys),
            )
            for line in self.lines
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def closed_loop(
    work: Callable[[int, int], None], *, workers: int, seconds: float, most: int = 100_000
) -> Load:
    """Run ``work(worker, turn)`` in so many threads for so long; collect what each call took."""
    import threading

    deadline = time.perf_counter() + seconds
    taken: list[list[float]] = [[] for _ in range(workers)]
    failures: list[str] = []

    def loop(worker: int) -> None:
        turn = 0
        while time.perf_counter() < deadline and turn < most:
            started = time.perf_counter()
            try:
                work(worker, turn)
            except Exception as error:  # noqa: BLE001  # every wrong answer is counted, none hidden
                failures.append(f"{type(error).__name__}: {error}"[:300])
            taken[worker].append((time.perf_counter() - started) * 1000)
            turn += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=loop, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(sum(taken, []), time.perf_counter() - started, failures)
