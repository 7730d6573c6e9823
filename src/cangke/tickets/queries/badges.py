from __future__ import annotations

from django.utils import timezone

from cangke.foundation.access.public import Account, can, scope
from cangke.foundation.ui.public import Badge

from ..models import Errand, Pledge, Ticket
from .errands import errands_to_answer
from .pledges import overdue_pledges

MOST = 99


def menu_badge(account: Account) -> Badge | None:
    """
    How much is overdue: one's own tickets and promises, for leaders all within reach; else how
    much one has to work on.
    """
    at = timezone.now()
    if can(account, "tickets.manage"):
        tickets, pledges = scope(account, Ticket, "view"), scope(account, Pledge, "view")
    else:
        tickets = Ticket.objects.filter(owner__account_id=account.pk)
        pledges = Pledge.objects.filter(keeper__account_id=account.pk)
    overdue = Ticket.objects.filter(pk__in=tickets.values("pk")).overdue(at)
    late = overdue.order_by().values("pk")[:MOST].count()
    late += overdue_pledges(pledges, at=at).order_by().values("pk")[:MOST].count()
    if late:
        return Badge(min(late, MOST), late=True)
    mine = Ticket.objects.working().filter(owner__account_id=account.pk)
    keeps = Pledge.objects.running().filter(keeper__account_id=account.pk)
    count = (
        mine.order_by().values("pk")[:MOST].count() + keeps.order_by().values("pk")[:MOST].count()
    )
    return Badge(min(count, MOST)) if count else None


def errand_badge(account: Account) -> Badge | None:
    """How much waits for somebody's answer; red once it, or what they asked, is overdue."""
    at = timezone.now()
    waiting = errands_to_answer(account).order_by().values("pk")
    mine = Errand.objects.filter(issuer__account_id=account.pk).overdue(at).order_by().values("pk")
    late = Errand.objects.filter(pk__in=waiting).overdue(at)[:MOST].count() + mine[:MOST].count()
    if late:
        return Badge(min(late, MOST), late=True)
    count = waiting[:MOST].count()
    return Badge(count) if count else None
