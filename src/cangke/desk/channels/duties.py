"""What the channels do by the clock. Each piece of work is a row; the queue only carries its id."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from cangke.foundation.jobs.public import every

from ..models import Mailbox, WecomAccount
from .connector import outgoing as tool
from .mail import fetching, intake, outgoing
from .wecom import intake as wecom_intake
from .wecom import outgoing as wecom


@task()
def visit_mailbox(mailbox_id: int) -> None:
    """Visit if nobody has been there since this was put on the queue."""
    at = timezone.now()
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is not None and mailbox.is_due(at):
        fetching.visit(mailbox_id, at=at)


@task()
def send_mail(outgoing_id: int) -> None:
    outgoing.send(outgoing_id, at=timezone.now())


@task()
def hand_over(outgoing_id: int) -> None:
    tool.send(outgoing_id, at=timezone.now())


@every(seconds=5)
def hand_over_waiting(at: dt.datetime) -> None:
    """Hand over what is due: tried before, put back by a person, or left by a crash."""
    for pk in tool.due(at=at):
        hand_over.enqueue(pk)


@every(seconds=5)
def fetch_mail(at: dt.datetime) -> None:
    """Visit the mailboxes that are due; a server that does not answer holds up nobody else."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    due = Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=at)
    for pk in Mailbox.objects.filter(free, due, channel__is_active=True).values_list(
        "pk", flat=True
    ):
        visit_mailbox.enqueue(pk)


@every(seconds=5)
def send_waiting_mail(at: dt.datetime) -> None:
    """Send what is due: tried before, put back by a person, or left by a crash."""
    for pk in outgoing.due(at=at):
        send_mail.enqueue(pk)


@task()
def visit_wecom(account_id: int) -> None:
    """Visit if nobody has been there since this was put on the queue."""
    at = timezone.now()
    account = WecomAccount.objects.filter(pk=account_id).first()
    if account is not None and account.is_due(at):
        wecom_intake.visit(account_id, at=at)


@task()
def send_wecom(send_id: int) -> None:
    wecom.send(send_id, at=timezone.now())


@every(seconds=5)
def fetch_wecom(at: dt.datetime) -> None:
    """Visit the accounts that called, failed before, or have been silent for a while."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    due = Q(next_pull_at__isnull=True) | Q(next_pull_at__lte=at)
    rows = WecomAccount.objects.filter(free, due, channel__is_active=True)
    for pk in rows.values_list("pk", flat=True):
        visit_wecom.enqueue(pk)


@every(seconds=5)
def send_waiting_wecom(at: dt.datetime) -> None:
    """Send what is due: tried before, put back by a person, or left by a crash."""
    for pk in wecom.due(at=at):
        send_wecom.enqueue(pk)


@every(seconds=60)
def read_waiting_mail(at: dt.datetime) -> None:
    """Read what was kept and never read: a crash came between."""
    intake.take_in_waiting(at=at)
