"""The planner is told how large the tables are, once they have grown."""

import pytest
from django.db import connection
from django.utils import timezone

from cangke.foundation.events.models import EventRecord
from cangke.foundation.jobs import tasks
from cangke.foundation.sqlite.statistics import SMALLEST, keep_statistics

pytestmark = pytest.mark.django_db
TABLE = EventRecord._meta.db_table


def publish(count):
    at = timezone.now()
    EventRecord.objects.bulk_create(
        [EventRecord(name="x", payload={}, published_at=at) for _n in range(count)]
    )


def counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(stat) FROM sqlite_stat1 WHERE tbl = %s", [TABLE])
        return cursor.fetchone()[0]


def test_a_table_is_counted_when_it_has_grown_by_half():
    if connection.vendor != "sqlite":
        publish(SMALLEST)
        assert keep_statistics() == [], "PostgreSQL counts by itself"
        return
    publish(SMALLEST - 1)
    assert TABLE not in keep_statistics()
    publish(1)
    assert TABLE in keep_statistics()
    assert counted().split()[0] == str(SMALLEST)
    assert keep_statistics() == []
    publish(SMALLEST // 2 - 1)
    assert TABLE not in keep_statistics()
    publish(2)
    assert TABLE in keep_statistics()
    EventRecord.objects.all().delete()
    assert TABLE not in keep_statistics(), "what is small needs no plan"


def test_the_clock_does_it():
    publish(SMALLEST)
    tasks.count_for_the_planner(timezone.now())
    assert TABLE not in keep_statistics()
