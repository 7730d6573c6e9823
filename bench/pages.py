"""
Server time of pages: the request inside the process, without a socket and a client beside it.

``python -m bench.pages AGENT SUPERVISOR CONVERSATION LONG`` in an installation; prints one object.
"""

from __future__ import annotations

import json
import sys
import time
from urllib.parse import quote

import django

from .figures import percentile

TURNS = 60
ASKED = quote("物流两天")


def paths(
    agent: str, supervisor: str, conversation: str, long: str
) -> list[tuple[str, str, str, bool]]:
    """What is measured: name, who asks, address, whether only a part of the page is asked for."""
    return [
        ("workbench page", agent, "/desk/", False),
        ("list of the team", supervisor, "/desk/inbox/?scope=team", True),
        ("conversation", agent, f"/desk/c/{conversation}/", True),
        ("conversation of 1,771 messages", supervisor, f"/desk/c/{long}/", True),
        ("all conversations, agent", agent, "/desk/conversations/", False),
        ("all conversations, supervisor", supervisor, "/desk/conversations/", False),
        ("search, agent", agent, f"/search/?q={ASKED}", False),
        ("search, supervisor", supervisor, f"/search/?q={ASKED}", False),
        ("live board", supervisor, "/board/", True),
    ]


def main(*words: str) -> dict[str, dict[str, float]]:
    django.setup()
    from django.conf import settings
    from django.test import Client

    from cangke.foundation.access.public import Account

    settings.ALLOWED_HOSTS = ["testserver"]
    found = {}
    for name, username, path, fragment in paths(*words):
        client = Client(headers={"HX-Request": "true"} if fragment else {})
        client.force_login(
            Account.objects.get(username=username),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        client.get(path)
        taken = []
        for _ in range(TURNS):
            started = time.perf_counter()
            answer = client.get(path)
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"GET {path} answered {answer.status_code}")
        found[name] = {
            "p50_ms": round(percentile(taken, 0.5), 1),
            "p95_ms": round(percentile(taken, 0.95), 1),
        }
    return found


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
