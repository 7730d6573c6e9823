"""
Design security 26, 27, 34: hostile words in every text field are shown as words, on every page.

Every room's objects are made as for the matrix; then each column that holds people's words is
overwritten with markup, a template tag and a format string, and every page that reads is opened.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from cangke.foundation.access.public import Roles, grant
from tests.factories import client_for, make_account
from tests.house.addresses import Address, all_addresses
from tests.house.objects import PREPARED, load

pytestmark = pytest.mark.django_db
OBJECTS = load()
HOSTILE = "</a\"'><xss onload=1>{{7*7}}{0}"
SHORT = "\"'><xss>"
RAW = ("<xss", "49{0}")
#: Columns with words of the program, not of people: they name code, a state, a zone, a row.
WRITTEN_BY_CODE = frozenset(
    {
        "action",
        "app_label",
        "codename",
        "content_type",
        "currency",
        "direction",
        "event",
        "from_state",
        "kind",
        "language",
        "mode",
        "model",
        "name_of",
        "object_id",
        "origin",
        "password",
        "permission",
        "role",
        "scope_kind",
        "sender",
        "source",
        "stage",
        "state",
        "step",
        "subject_type",
        "time_zone",
        "timezone",
        "to_state",
        "topic",
        "zone",
    }
)
ADDRESSES = [each for each in all_addresses() if each.own and each.name.rpartition(":")[2]]
ROOMS = sorted({each.name.partition(":")[0] for each in ADDRESSES if ":" in each.name})
#: They answer streams, files, scripts and strangers: no page of theirs has words for staff.
WORDLESS = frozenset({"access", "files", "live", "portal", "rest", "ui"})


def _columns(model: type[models.Model]) -> Iterator[models.Field]:
    for field in model._meta.concrete_fields:
        words = isinstance(field, models.CharField | models.TextField) and not field.is_relation
        if not words or field.primary_key or field.unique or field.choices:
            continue
        if field.name in WRITTEN_BY_CODE or type(field).__name__ not in ("CharField", "TextField"):
            continue
        if (field.max_length or 4000) >= len(SHORT):
            yield field


def _poison() -> int:
    """Overwrite what people wrote; rows that the database itself protects stay. Return how many."""
    count = 0
    for model in apps.get_models():
        if not model.__module__.startswith("cangke."):
            continue
        for field in _columns(model):
            fits = (field.max_length or 4000) >= len(HOSTILE)
            rows = model._base_manager.exclude(**{field.name: ""})
            try:
                with transaction.atomic():
                    count += rows.update(**{field.name: HOSTILE if fits else SHORT})
            except DatabaseError:
                continue
    return count


def everybody():
    account = make_account(Roles.ADMIN)
    for role in Roles:
        if role not in (Roles.ADMIN, Roles.CLIENT):
            grant(account=account, role=role, scope_kind="all", by=None, at=account.date_joined)
    for act in PREPARED:
        act(account)
    browser = client_for(account)
    browser.raise_request_exception = False
    return browser


def _addresses(room: str) -> list[Address]:
    return [
        each
        for each in ADDRESSES
        if each.name.partition(":")[0] == room and (not each.keys or each.name in OBJECTS)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_hostile_words_are_shown_as_words_on_every_page(room):
    browser = everybody()
    urls, made = [], {}
    for each in _addresses(room):
        entry = OBJECTS.get(each.name)
        if entry is not None and entry.make not in made:
            made[entry.make] = entry.make()
        urls.append(reverse(each.name, kwargs=made[entry.make] if entry else {}))
    assert _poison()
    shown, problems = 0, []
    for url in urls:
        answer = browser.get(url, {"view": "all"})
        if answer.status_code == 400:  # a list without this view
            answer = browser.get(url)
        if answer.status_code >= 500:
            problems.append(f"GET {url}: {answer.status_code}")
        elif answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            page = answer.content.decode()
            shown += "&lt;xss" in page
            problems += [f"GET {url}: {raw}" for raw in RAW if raw in page]
    assert problems == [], "\n".join(["", *problems])
    assert shown or room in WORDLESS, "no page showed what was written"
