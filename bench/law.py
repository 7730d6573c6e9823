"""
The rulebook and the approvals of an old company.

Run inside the installation: ``python -m bench.law CLOSED OPEN``; prints what was measured. Closed
cases are written as years of work would leave them; a tenth of the open ones wait for one person.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from .figures import percentile

AT = dt.datetime(2026, 5, 4, 3, tzinfo=dt.UTC)
BATCH = 5000
KIND = "approvals.request"
CASES = 50
LOOKS = 20_000
PAGES = 60


def main(closed: int, still_open: int) -> dict[str, object]:
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    boss, newest = _fill(closed, still_open)
    return {**_look_up(), **_publish(), **_pages(boss, newest)}


def _fill(closed: int, still_open: int) -> tuple[Any, int]:
    from django.db import transaction
    from django.utils import timezone

    from cangke.approvals import public as approvals
    from cangke.approvals.models import ApprovalCase, ApprovalDecision, ApprovalFlow, ApprovalTask
    from cangke.foundation.access import public as access
    from cangke.rulebook import public as rulebook

    now = timezone.now()
    with transaction.atomic():
        rulebook.ensure_first_version(at=now)
        approvals.ensure(at=now)
        people = [
            access.create_account(
                username=f"law-{n}", display_name=f"law {n}", password=None, by=None, at=now
            )
            for n in range(60)
        ]
        for person in people:
            access.grant(
                account=person, role=access.Roles.AGENT, scope_kind=access.ScopeKind.SELF,
                by=None, at=now,
            )  # fmt: skip
        flow = ApprovalFlow.objects.get(key=KIND, state="published")
        cases = []
        for n in range(closed + still_open):
            ended = n < closed
            cases.append(
                ApprovalCase(
                    number=f"L{n:07d}", flow=flow, kind=KIND, subject_id=n + 1, title=f"matter {n}",
                    facts=[["what", "why"]], applicant=people[10 + n % 50], fingerprint="0" * 64,
                    state="approved" if ended else "running", stage=None if ended else 1,
                    submitted_at=now - dt.timedelta(minutes=closed + still_open - n),
                    closed_at=now if ended else None,
                )
            )  # fmt: skip
        cases = ApprovalCase.objects.bulk_create(cases, batch_size=BATCH)
        tasks = ApprovalTask.objects.bulk_create(
            (
                ApprovalTask(
                    case=case, round=1, step="superior", account=people[n % 10],
                    state="agreed" if case.closed_at else "open", opened_at=case.submitted_at,
                    due_at=now + dt.timedelta(hours=n % 90), settled_at=case.closed_at,
                )
                for n, case in enumerate(cases)
            ),
            batch_size=BATCH,
        )  # fmt: skip
        ApprovalDecision.objects.bulk_create(
            (
                ApprovalDecision(
                    case_id=task.case_id, task=task, round=1, step="superior", action="approve",
                    by_id=task.account_id, agrees=True, fingerprint="0" * 64, at=now,
                )
                for task in tasks
                if task.settled_at
            ),
            batch_size=BATCH,
        )  # fmt: skip
    mine = next(each for each in reversed(tasks) if each.account_id == people[0].pk)
    return people[0], mine.case_id


def _look_up() -> dict[str, float]:
    """How long a room waits for its rules once they are in memory, in microseconds."""
    from cangke.attendance.public import LatePolicy
    from cangke.rulebook.public import policy

    day = AT.date()
    policy(LatePolicy, on=day)
    started = time.perf_counter()
    for _again in range(LOOKS):
        policy(LatePolicy, on=day)
    return {"look_up_us": round((time.perf_counter() - started) / LOOKS * 1e6, 2)}


def _publish() -> dict[str, float]:
    """A version with fifty cases of its own, from the draft to its being in force."""
    from django.utils import timezone

    from cangke.rulebook import actions

    now = timezone.now()
    draft = actions.open_draft(
        policy_set=actions.ensure_first_version(at=now).policy_set, by=None, at=now
    )
    for amount in range(CASES):
        facts = {"in": f"08:{31 + amount % 10}", "out": "17:30", "punched": True}
        case = {
            "rule": "attendance.day",
            "name": f"case {amount}",
            "given": facts,
            "expect": {"parts": 5},
        }
        actions.save_case(draft_id=draft.pk, number=None, case=case, by=None, at=now)
    actions.change_values(draft_id=draft.pk, values={"late.tier2": "25"}, by=None, at=now)
    actions.accept_results(draft_id=draft.pk, by=None, at=now)
    started = time.perf_counter()
    actions.publish_version(
        draft_id=draft.pk,
        effective_from=timezone.localtime(now).date(),
        note="bench",
        by=None,
        at=now,
    )
    return {"publish_seconds": round(time.perf_counter() - started, 3)}


def _pages(boss: Any, case_id: int) -> dict[str, float]:
    """The inbox and a case as the busiest person opens them, in milliseconds."""
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[str, float] = {}
    for name, url in (
        ("inbox", reverse("approvals:list")),
        ("all", f"{reverse('approvals:list')}?view=all"),
        ("case", reverse("approvals:case", args=[case_id])),
        ("panel", reverse("approvals:panel")),
    ):
        found[f"{name}_p95_ms"] = round(percentile(_timed(lambda u=url: client.get(u)), 0.95), 1)  # type: ignore[misc]
    return found


def _timed(act: Callable[[], Any]) -> list[float]:
    taken = []
    act()
    for _again in range(PAGES):
        started = time.perf_counter()
        answer = act()
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"answered {answer.status_code}")
    return taken


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
