"""Every address without a key: its security headers, and that reading changes nothing."""

import hashlib

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cangke.foundation.access.public import Roles, grant
from tests.factories import client_for, make_account
from tests.house.addresses import all_addresses

pytestmark = pytest.mark.django_db
PLAIN = [each for each in all_addresses() if not each.keys and each.name.rpartition(":")[2]]
# Sessions note that they are used; nothing else may be written by reading.
WRITTEN_BY_READING = {"django_session", "usersessions_usersession"}
# Reading that must leave a trace: what is given out as a file is logged (Q3).
RECORDED = {
    "reports:compliance-export": {"audit_auditentry"},
    "reports:cost-export": {"audit_auditentry"},
    "reports:service-export": {"audit_auditentry"},
}
PARTS = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'")
# Each with the reason why a browser may keep it.
STORED = {"healthz": "says nothing about anybody"}


def _names() -> list[str]:
    return sorted({each.name for each in PLAIN})


def _state() -> dict[str, str]:
    """A digest of every table's rows."""
    digests = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in WRITTEN_BY_READING:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


@pytest.fixture
def everybody():
    account = make_account(Roles.ADMIN)
    for role in (Roles.HR, Roles.FINANCE):  # what is kept from administrators is read, too
        grant(account=account, role=role, scope_kind="all", by=None, at=account.date_joined)
    administrator = client_for(account)
    administrator.get("/me/")  # the first request notes the session
    found = {"a stranger": Client(), "an administrator": administrator}
    for browser in found.values():
        browser.raise_request_exception = False
    return found


def _complaints(name: str, who: str, response) -> list[str]:
    headers, found = response.headers, []
    policy = headers.get("Content-Security-Policy", "")
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        if part not in policy:
            found.append(f"no {part} in the policy")
    if "unsafe" in policy or "*" in policy:
        found.append(f"a loose policy: {policy}")
    if "frame-ancestors 'none'" not in policy and not getattr(response, "ck_framed_by", ()):
        found.append("may be framed by anybody")
    if headers.get("X-Content-Type-Options") != "nosniff":
        found.append("no nosniff")
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        found.append("sends its address to others")
    stored = "no-store" not in headers.get("Cache-Control", "")
    if stored and who != "a stranger" and name not in STORED:
        found.append("may be stored while signed in")
    return [f"GET {name} as {who}: {each}" for each in found]


def test_every_page_carries_its_headers(everybody):
    problems = []
    for name in _names():
        for who, browser in everybody.items():
            response = browser.get(reverse(name))
            if response.status_code >= 500:
                problems.append(f"GET {name} as {who}: {response.status_code}")
            problems += _complaints(name, who, response)
    assert problems == [], "\n".join(["", *problems])


def test_reading_a_page_changes_nothing(everybody):
    problems, before = [], _state()
    for name in _names():
        for who, browser in everybody.items():
            browser.get(reverse(name))
            after = _state()
            changed = {table for table in after if after[table] != before.get(table)}
            if changed - RECORDED.get(name, set()):
                problems.append(f"GET {name} as {who} wrote {', '.join(sorted(changed))}")
            before = after
    assert problems == [], "\n".join(["", *problems])


def test_a_stranger_sees_only_what_is_open():
    """Design security 11: all else asks to sign in; the few open pages are known by name."""
    browser, found = Client(), []
    for each in PLAIN:
        response = browser.get(reverse(each.name))
        if response.status_code == 200 and each.own and each.mark != "open":
            found.append(each.name)
    assert found == []
