"""The queue that carries the outbox to a worker, so that no page waits for another server."""

from django_tasks import task


@task()
def send(item_id: int) -> None:
    from django.utils import timezone

    from .actions import deliver

    deliver(item_id, at=timezone.now())


def carry(item_id: int) -> None:
    """Put one item on the queue."""
    send.enqueue(item_id)
