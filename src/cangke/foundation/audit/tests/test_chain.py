from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cangke.foundation.audit.public import AuditEntry, head, record, seal_entries, verify
from cangke.foundation.audit.triggers import changeable

pytestmark = pytest.mark.django_db


def _write(count: int) -> None:
    for number in range(count):
        record("test.done", by=None, at=timezone.now(), changes={"n": number})


def test_sealed_entries_verify_and_new_ones_are_reported_as_unsealed():
    _write(5)
    assert seal_entries(at=timezone.now()) == 5
    _write(2)
    verdict = verify()
    assert (verdict.intact, verdict.checked, verdict.unsealed) == (True, 5, 2)
    assert seal_entries(at=timezone.now()) == 2
    assert seal_entries(at=timezone.now()) == 0


@pytest.mark.parametrize(
    "verb", ["UPDATE audit_auditentry SET reason='x'", "DELETE FROM audit_auditseal"]
)
def test_the_database_refuses_to_change_the_log(verb):
    _write(1)
    seal_entries(at=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(verb)
    assert AuditEntry.objects.get().reason == ""


def test_verify_names_the_first_entry_that_was_changed_behind_its_back():
    _write(4)
    seal_entries(at=timezone.now())
    anchor = head()
    with connection.cursor() as cursor:
        changeable(
            SimpleNamespace(connection=connection, execute=cursor.execute), "audit_auditentry"
        )
    third = AuditEntry.objects.order_by("pk")[2]
    connection.cursor().execute(
        f"UPDATE audit_auditentry SET reason = 'forged' WHERE id = {third.pk}"
    )
    verdict = verify(anchor=anchor)
    assert (verdict.intact, verdict.broken_at) == (False, 3)


def test_an_anchor_shows_a_tail_that_was_cut_off():
    _write(3)
    seal_entries(at=timezone.now())
    anchor = (4, "f" * 64)
    assert verify(anchor=anchor).problem == "tail cut off"
