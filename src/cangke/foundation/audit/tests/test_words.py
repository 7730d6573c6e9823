"""What people read instead of codes."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from cangke.foundation.access.public import Roles
from cangke.foundation.audit.public import (
    LABELS,
    act_label,
    changes_of,
    entries_about,
    object_text,
    object_url,
    record,
)
from tests.factories import make_account

FOUNDATION = Path(__file__).resolve().parents[2]


def test_every_act_of_access_has_a_name():
    written = set()
    for path in (FOUNDATION / "access").rglob("*.py"):
        if "tests" not in path.parts:
            written |= set(re.findall(r'"(access\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    permissions = {"access.view", "access.manage", "access.reveal", "access.reveal_sensitive"}
    ports = {"access.own_scope_ids", "access.scope_names", "access.recorded", "access.published"}
    assert written - permissions - ports - {"access.counted"} - LABELS.keys() == set()


def test_an_act_nobody_named_shows_its_room_and_code():
    assert act_label("access.strange") == "账户与权限 · strange"
    assert act_label("nowhere.done") == "nowhere.done"


@pytest.mark.django_db
def test_an_entry_of_a_model_that_is_gone_still_opens():
    by = make_account(Roles.ADMIN)
    entry = record("test.done", by=by, at=timezone.now(), changes={"x": [1, None], "y": {"a": 2}})
    entry.object_type, entry.object_id = "gone.Thing", "7"
    assert object_text(entry) == "gone.Thing #7"
    assert object_url(entry) == ""
    assert [(each.name, each.old, each.new) for each in changes_of(entry)] == [
        ("x", "1", ""),
        ("y", "", "a: 2"),
    ]


@pytest.mark.django_db
def test_the_history_of_several_objects_is_one_list():
    first, second = make_account(), make_account()
    record("test.done", obj=first, by=None, at=timezone.now())
    record("test.done", obj=second, by=None, at=timezone.now())
    found = entries_about(("access.Account", [first.pk, second.pk])).filter(action="test.done")
    assert [each.object_id for each in found] == [str(second.pk), str(first.pk)]
    assert not entries_about().exists()
