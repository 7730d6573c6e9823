from __future__ import annotations

import datetime as dt
import logging
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from . import codec, registry
from .models import Delivery, EventRecord

log = logging.getLogger(__name__)
FIRST_SWEEP = dt.timedelta(seconds=30)  # a delivery younger than this is still in its own process
KEEP = dt.timedelta(days=30)


class NotInTransaction(RuntimeError):
    """An event must be published inside the transaction of the change it tells of."""


def publish(event: object) -> EventRecord:
    """
    Log the event with the change, and hand it to its handlers once both are committed.

    Delivery is at least once: handlers are idempotent. What a crash left, `sweep` delivers.

    :raises NotInTransaction: outside ``transaction.atomic``
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(type(event).__name__)
    now = timezone.now()
    name = registry.event_name(type(event))
    record = EventRecord.objects.create(name=name, payload=codec.to_json(event), published_at=now)
    handlers = registry.handlers_of(name)
    if handlers:
        deliveries = Delivery.objects.bulk_create(
            [
                Delivery(event=record, handler=handler, next_try_at=now + FIRST_SWEEP)
                for handler in handlers
            ]
        )
        for delivery in deliveries:
            transaction.on_commit(partial(_hand_over, delivery), robust=True)
    return record


def deliver(delivery_id: int) -> bool:
    """Call the handler of one delivery; a failure is noted and tried again later."""
    delivery = Delivery.objects.select_related("event").filter(pk=delivery_id, done_at=None).first()
    return delivery is not None and _hand_over(delivery)


def _hand_over(delivery: Delivery) -> bool:
    event_type = registry.type_of(delivery.event.name)
    handler = registry.handlers_of(delivery.event.name).get(delivery.handler)
    if event_type is None or handler is None:
        # The wiring of an older release: nobody listens any more.
        Delivery.objects.filter(pk=delivery.pk).update(done_at=timezone.now(), error="unwired")
        return False
    try:
        handler(codec.from_json(event_type, delivery.event.payload))
    except Exception as error:  # noqa: BLE001  # one handler's fault must not reach the others
        wait = dt.timedelta(seconds=min(30 * 2**delivery.tries, 3600))
        Delivery.objects.filter(pk=delivery.pk).update(
            tries=delivery.tries + 1,
            next_try_at=timezone.now() + wait,
            error=f"{type(error).__name__}: {error}"[:2000],
        )
        log.exception("handler %s failed on %s", delivery.handler, delivery.event)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(done_at=timezone.now(), error="")
    return True


def sweep(*, at: dt.datetime, limit: int = 500) -> int:
    """Deliver what is due and undone; return how many were delivered."""
    waiting = Delivery.objects.filter(done_at=None, next_try_at__lte=at).order_by("next_try_at")
    return sum(deliver(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def forget_old(*, at: dt.datetime) -> int:
    """Drop events older than 30 days whose deliveries are all done."""
    old = EventRecord.objects.filter(published_at__lt=at - KEEP).exclude(
        deliveries__done_at__isnull=True
    )
    return old.delete()[0]
