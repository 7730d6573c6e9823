"""The log as its readers see it."""

import re

import pytest
from django.utils import timezone

from cangke.foundation.access.public import Roles, grant
from cangke.foundation.audit.public import AuditEntry, record, seal_entries
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
URL = "/settings/audit/"


@pytest.fixture
def manager():
    return make_account(Roles.MANAGER, display_name="总经理")


@pytest.fixture
def visitor(manager):
    return client_for(manager)


def page(response):
    return response.content.decode()


def shown(response):
    return [int(key) for key in re.findall(r'href="/settings/audit/(\d+)/"', page(response))]


def write(count, **fields):
    at, by = timezone.now(), fields.pop("by", None)
    action = fields.pop("action", "test.done")
    return [record(action, by=by, at=at, **fields).pk for _n in range(count)]


@pytest.mark.requirement("X4")
def test_x4_the_log_is_paged_by_key_forth_and_back_without_a_gap(visitor):
    write(130)
    everything = list(AuditEntry.objects.order_by("-pk").values_list("pk", flat=True))
    first = visitor.get(URL)
    older = re.search(r'href="(\?[^"]*before=\d+[^"]*)"', page(first)).group(1)
    second = visitor.get(URL + older.replace("&amp;", "&"))
    assert shown(first) + shown(second) == everything[:100]
    newer = re.search(r'href="(\?[^"]*after=\d+[^"]*)"', page(second)).group(1)
    write(1)
    back = visitor.get(URL + newer.replace("&amp;", "&"))
    assert shown(back) == everything[:50], "what came meanwhile moves nothing"


def test_the_log_takes_the_same_queries_at_any_length(visitor, django_assert_max_num_queries):
    visitor.get(URL)
    write(80, by=make_account())
    with django_assert_max_num_queries(12):
        visitor.get(URL)


@pytest.mark.requirement("X4")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=孙悦", True),
        ("q=授予", False),
        ("q=退款证据", True),
        ("q=test.done", True),
        ("q=4711", True),
        ("q=%234711", True),
        ("object_id=4711", True),
        ("object_id=47", False),
        ("action=access.revealed", False),
        ("at_after=2026-01-01", True),
        ("at_before=2020-01-01", False),
    ],
)
def test_x4_the_log_is_searched_by_who_what_object_and_reason(visitor, query, found):
    account = make_account(display_name="孙悦")
    entry = AuditEntry.objects.create(
        at=timezone.now(),
        actor=account,
        action="test.done",
        object_type="access.Account",
        object_id="4711",
        reason="退款证据",
    )
    assert (entry.pk in shown(visitor.get(f"{URL}?{query}"))) is found


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("before=x", 400),
        ("after=-1", 400),
        ("before=" + "9" * 30, 400),
        ("sort=actor", 400),
        ("view=nothing", 400),
        ("actor=999999", 422),
        ("actor=x", 422),
        ("at_after=yesterday", 422),
        ("action=' OR 1=1", 422),
    ],
)
def test_bad_addresses_are_answered_and_nothing_breaks(visitor, query, status):
    assert visitor.get(f"{URL}?{query}").status_code == status


@pytest.mark.requirement("Q10")
def test_q10_an_entry_shows_old_and_new_and_what_is_personal_stays_masked(visitor, manager):
    account = make_account(display_name="王芳")
    entry = record(
        "access.account_changed",
        obj=account,
        by=manager,
        at=timezone.now(),
        changes={
            "display_name": ["王芳", "王方"],
            "email": ["old@example.com", "new@example.com"],
            "password": ["secret-old", "secret-new"],
            "zone": ["Asia/Shanghai", "Europe/Berlin"],
            "right": "hr",
        },
        reason="<script>alert(1)</script>",
    )
    seal_entries(at=timezone.now())
    found = page(visitor.get(f"{URL}{entry.pk}/"))
    assert "王方" in found
    assert "o***@example.com" in found
    assert "n***@example.com" in found
    for hidden in ("old@", "secret-old", "Europe/Berlin", "<script>alert"):
        assert hidden not in found
    assert "人事" in found, "the right is spelled for people"
    assert entry.seal.hash in found


def test_only_readers_of_the_log_see_it_and_nobody_changes_it(manager):
    entry = record("test.done", by=manager, at=timezone.now())
    hr = client_for(make_account(Roles.HR))
    assert hr.get(URL).status_code == 403
    assert hr.get(f"{URL}{entry.pk}/").status_code == 403
    visitor = client_for(manager)
    for method in (visitor.post, visitor.put, visitor.delete):
        assert method(f"{URL}{entry.pk}/").status_code == 405


@pytest.mark.requirement("X4", "Q3")
def test_what_is_filtered_is_exported_in_words_by_right_and_with_a_reason(visitor, manager):
    write(2, by=manager, action="access.denied", reason="=1+1")
    write(1, by=manager, action="access.granted")
    wanted = URL + "?action=access.denied&export=csv"
    assert "reason" in page(visitor.get(wanted))
    answer = visitor.get(wanted + "&reason=audit+of+the+year")
    assert answer["Content-Type"].startswith("text/csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "越权访问被拒" in lines[1]
    assert ",=1+1" not in lines[1]
    entry = AuditEntry.objects.get(action="sheets.exported")
    assert entry.reason == "audit of the year"
    reader = make_account("")
    grant(account=reader, permission="audit.view", scope_kind="all", by=None, at=timezone.now())
    assert client_for(reader).get(wanted + "&reason=because").status_code == 400
