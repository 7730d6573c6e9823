"""A house that moves from SQLite to PostgreSQL: nothing lost, nothing changed, or nothing done."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from bench.stage import Stage
from cangke import doctor, moving
from cangke.customers.models import Customer
from cangke.foundation.access.public import Account
from cangke.foundation.live.models import LiveEvent
from cangke.foundation.refusal import Refusal
from cangke.foundation.search.public import matching_ids
from cangke.rulebook.models import RulebookVersion
from tests import migrated
from tests.faults.rows import digests

# An index made again from its definition says its casts at another place.
_CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def old() -> Iterator[tuple[Path, dict[str, str]]]:
    """The file of a house on SQLite, and what its tables say."""
    stage = Stage("sqlite")
    try:
        migrated.fetch(str(stage.data / "cangke.sqlite3"))
        assert stage.run("migrate").returncode == 0
        said = json.loads(stage.script("tests.faults.rows"))
        yield stage.data / "cangke.sqlite3", said
    finally:
        stage.remove()


def test_every_row_arrives_as_it_was(old: tuple[Path, dict[str, str]]) -> None:
    file, said = old
    heard: dict[str, int] = {}
    moved = moving.move(file, told=heard.__setitem__)
    assert digests() == said
    assert heard == moved.rows
    assert sum(moved.rows.values()) > 5000
    # What PostgreSQL cannot keep is named, and only that was touched.
    assert moved.cleaned == {"customers_customer": 1}
    assert Customer.objects.earliest("pk").display_name == "Zoë\\u0000\ufffd吴"


def test_the_house_lives_on_where_it_moved_to(old: tuple[Path, dict[str, str]]) -> None:
    file, _said = old
    moving.move(file)
    with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as before:
        highest = before.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'live_liveevent'"
        ).fetchone()[0]
        said = before.execute("SELECT body FROM desk_message WHERE body LIKE '%物流%'").fetchall()
        found = before.execute("SELECT COUNT(*) FROM search_searchnumber").fetchone()[0]
    # A number once given is not given again, though its row is gone.
    event = LiveEvent.objects.latest("pk")
    assert event.pk < highest
    event.pk = None
    event.save(force_insert=True)
    assert event.pk == highest + 1
    assert found
    assert matching_ids("message", "物流").count() == len(said) > 0
    assert all(each.good for each in doctor.examine(at=timezone.now()))
    assert doctor.verify_audit().intact
    # What keeps the tables honest is back: keys, indexes, and triggers on what is published.
    with pytest.raises(DatabaseError, match="a published rulebook never changes"):
        RulebookVersion.objects.filter(state="published").update(sha256="0" * 64)


def test_what_stands_in_the_database_is_what_a_new_one_has(
    old: tuple[Path, dict[str, str]],
) -> None:
    before = _shape()
    moving.move(old[0])
    assert _shape() == before
    assert len(before) > 1000


def test_nobody_is_moved_in_upon(old: tuple[Path, dict[str, str]]) -> None:
    Account.objects.create(username="lives-here")
    before = digests()
    with pytest.raises(Refusal, match="已有账号"):
        moving.move(old[0])
    assert digests() == before


def test_what_fails_half_way_leaves_the_target_empty(
    old: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    torn = tmp_path / "torn.sqlite3"
    with sqlite3.connect(old[0]) as source:
        source.execute("VACUUM INTO ?", [str(torn)])
    with sqlite3.connect(torn) as broken:  # a message of a conversation that is not there
        broken.execute("PRAGMA foreign_keys = OFF")
        broken.execute("UPDATE desk_message SET conversation_id = 999999 WHERE id = 1")
    shape, before = _shape(), digests()
    with pytest.raises(Refusal, match="desk_message"):
        moving.move(torn)
    assert digests() == before
    assert _shape() == shape
    moving.move(old[0])
    assert digests() == old[1]


def test_a_file_that_is_no_house_or_an_older_one_is_refused(
    old: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="找不到文件"):
        moving.move(tmp_path / "nothing.sqlite3")
    letter = tmp_path / "letter.sqlite3"
    letter.write_text("Dear Cangke", encoding="utf-8")
    with pytest.raises(Refusal, match="不是仓客的数据库"):
        moving.move(letter)
    older = tmp_path / "older.sqlite3"
    with sqlite3.connect(old[0]) as source:
        source.execute("VACUUM INTO ?", [str(older)])
    with sqlite3.connect(older) as changed:
        changed.execute("DELETE FROM django_migrations WHERE app = 'payroll' AND name > '0001'")
    with pytest.raises(Refusal, match="cangke migrate"):
        moving.move(older)
    assert not Account.objects.exists()


def _shape() -> set[tuple[str, ...]]:
    """Constraints, indexes and triggers that are in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), '' "
            "FROM pg_constraint WHERE connamespace = current_schema()::regnamespace UNION ALL "
            "SELECT tablename, indexname, indexdef, '' FROM pg_indexes "
            "WHERE schemaname = current_schema() UNION ALL "
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text "
            "FROM pg_trigger WHERE NOT tgisinternal"
        )
        return {(*each[:2], _CASTS.sub("", each[2]), each[3]) for each in cursor.fetchall()}
