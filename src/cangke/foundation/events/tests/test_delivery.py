import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from cangke import wiring
from cangke.foundation.events import codec
from cangke.foundation.events.public import (
    Delivery,
    EventRecord,
    NotInTransaction,
    publish,
    sweep,
    wire,
)

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Happened:
    number: int
    at: dt.datetime
    amount: Decimal | None = None


heard: list[Happened] = []
fail = [False]


def listen(event: Happened) -> None:
    if fail[0]:
        raise RuntimeError("not now")
    heard.append(event)


@pytest.fixture(autouse=True)
def _wired():
    heard.clear()
    fail[0] = False
    wire({Happened: [listen]})
    yield
    wire(wiring.EVENTS)


def test_an_event_reaches_its_handler_after_the_commit():
    event = Happened(1, timezone.now(), Decimal("1.10"))
    with transaction.atomic():
        publish(event)
        assert heard == []
    assert heard == [event]
    assert Delivery.objects.get().done_at


def test_a_rolled_back_event_never_happened():
    with transaction.atomic():
        publish(Happened(1, timezone.now()))
        transaction.set_rollback(True)
    assert heard == []
    assert not EventRecord.objects.exists()


def test_outside_a_transaction_nothing_is_published():
    with pytest.raises(NotInTransaction):
        publish(Happened(1, timezone.now()))
    assert not EventRecord.objects.exists()


def test_a_failed_handler_is_tried_again_by_the_sweeper():
    fail[0] = True
    with transaction.atomic():
        publish(Happened(1, timezone.now()))
    assert heard == []
    fail[0] = False
    later = timezone.now() + dt.timedelta(hours=2)
    assert sweep(at=later) == 1
    assert [each.number for each in heard] == [1]
    assert sweep(at=later) == 0


def test_values_come_back_as_they_went():
    event = Happened(7, dt.datetime(2026, 3, 8, 10, 0, tzinfo=dt.UTC), None)
    assert codec.from_json(Happened, codec.to_json(event)) == event
