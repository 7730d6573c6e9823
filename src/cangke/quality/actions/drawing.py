"""Choosing what is read: by chance each week, what went wrong openly, and by hand (A23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.desk.public import ConductAlert, Conversation, PhoneCall
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.foundation.notices.public import notify
from cangke.foundation.numbering.public import next_number
from cangke.people.public import Employee, Site, leaders_above
from cangke.tickets.public import broken_pledges

from .. import queries, rules
from ..models import Check
from ..rules import CheckReason
from .scoring import CheckIncomplete, note

WEEK = dt.timedelta(days=7)
LONGEST_BACK = 4  # weeks that a house which was off is drawn for afterwards


def draw_weeks(*, at: dt.datetime, by: Account | None = None) -> int:
    """
    Draw, site by site, the weeks that have ended and were not drawn yet; return how many checks.

    What was drawn once is not drawn again: a conversation that is opened anew changes nothing.
    """
    drawn = 0
    for site in Site.objects.order_by("pk"):
        ended = queries.week_of(site_day(at, site.zone))
        for back in range(LONGEST_BACK, 0, -1):
            drawn += _draw(site, ended - back * WEEK, at=at, by=by)
    return drawn


@transaction.atomic
def _draw(site: Site, week: dt.date, *, at: dt.datetime, by: Account | None) -> int:
    start, _end = day_bounds(week, site.zone)
    end, _later = day_bounds(week + WEEK, site.zone)
    policy = queries.inspection_policy(week)
    served: dict[int, list[int]] = {}
    for agent_id, conversation_id in sorted(queries.served_between(start, end, site_id=site.pk)):
        served.setdefault(agent_id, []).append(conversation_id)
    known = set(
        Check.objects.filter(week=week, agent__site=site, reason=CheckReason.RANDOM)
        .values_list("agent_id", flat=True)
        .distinct()
    )
    wanted: dict[tuple[int, int], CheckReason] = {}
    for agent_id, ids in sorted(served.items()):
        if agent_id not in known:
            size = rules.sample_size(len(ids), policy=policy)
            for pk in rules.draw(ids, size=size, secret=_secret(), week=week, employee_id=agent_id):
                wanted[pk, agent_id] = CheckReason.RANDOM
    for conversation_id, agent_id, reason in _open_faults(site, served, start, end):
        wanted.setdefault((conversation_id, agent_id), reason)
    made = _make(site, week, wanted, at=at, by=by, due=policy.due_days)
    _tell_inspectors(made, at=at)
    return len(made)


def _secret() -> bytes:
    return f"quality|{settings.SECRET_KEY}".encode()


def _open_faults(
    site: Site, served: dict[int, list[int]], start: dt.datetime, end: dt.datetime
) -> Iterable[tuple[int, int, CheckReason]]:
    """Major complaints, stopped replies and broken promises of the week, with whose they are."""
    answered = {pk for ids in served.values() for pk in ids}
    major = set(
        Conversation.objects.filter(
            is_major=True, closed_at__gte=start, closed_at__lt=end, pk__in=answered
        ).values_list("pk", flat=True)
    )
    for agent_id, ids in sorted(served.items()):
        for pk in sorted(major.intersection(ids)):
            yield pk, agent_id, CheckReason.MAJOR
    alerts = ConductAlert.objects.filter(at__gte=start, at__lt=end, agent__site=site)
    for pk, agent_id in alerts.order_by("pk").values_list("conversation_id", "agent_id"):
        yield pk, agent_id, CheckReason.CONDUCT
    for pledge in broken_pledges(since=start, until=end):
        if pledge.conversation_id is not None and pledge.keeper.site_id == site.pk:
            yield pledge.conversation_id, pledge.keeper_id, CheckReason.PROMISE


def _make(
    site: Site,
    week: dt.date,
    wanted: dict[tuple[int, int], CheckReason],
    *,
    at: dt.datetime,
    by: Account | None,
    due: int,
) -> list[Check]:
    ids = {conversation_id for conversation_id, _agent_id in wanted}
    known = set(
        Check.objects.filter(conversation__in=ids).values_list("conversation_id", "agent_id")
    )
    calls = set(
        PhoneCall.objects.filter(conversation__in=ids).values_list("conversation_id", flat=True)
    )
    made = []
    for (conversation_id, agent_id), reason in sorted(wanted.items()):
        if (conversation_id, agent_id) in known:
            continue
        check = Check.objects.create(
            number=next_number("check", at=at, zone=site.zone),
            conversation_id=conversation_id,
            agent_id=agent_id,
            week=week,
            reason=reason,
            is_call=conversation_id in calls,
            drawn_at=at,
            due_date=site_day(at, site.zone) + dt.timedelta(days=due),
        )
        note(check, "drawn", by=by, at=at)
        record("quality.drawn", obj=check, by=by, at=at, changes={"reason": reason.value})
        made.append(check)
    return made


def _tell_inspectors(made: list[Check], *, at: dt.datetime) -> None:
    """Whoever leads is told once, however many of their people were drawn."""
    agents = {each.agent_id for each in made}
    people = Employee.objects.filter(pk__in=agents).select_related("team", "account")
    told: dict[int, Account] = {}
    for agent in people:
        account = next(queries.inspectors_of(agent, above=leaders_above(agent)), None)
        if account is not None:
            told[account.pk] = account
    notify(
        told.values(),
        kind="quality.drawn",
        title=gettext_lazy("上周的质检样本已抽出"),
        url=f"{reverse('quality:list')}?state=open",
        at=at,
    )


@transaction.atomic
def add_check(
    *, conversation: Conversation, agent: Employee, reason: str, by: Account, at: dt.datetime
) -> Check:
    """
    Have a conversation read that was not drawn, with a reason (A23).

    :raises CheckIncomplete: without a reason, for oneself, or for who did not answer in it
    """
    if not reason.strip():
        raise CheckIncomplete(_("请写明为什么检查这个会话。"), field="reason")
    if agent.account_id == by.pk:
        raise CheckIncomplete(_("不能检查自己的会话。"), field="agent")
    if not queries.agents_of(conversation).filter(pk=agent.pk).exists():
        raise CheckIncomplete(_("这位客服没有在会话里回复过，或已经检查过。"), field="agent")
    today = site_day(at, agent.site.zone)
    policy = queries.inspection_policy(today)
    check = Check.objects.create(
        number=next_number("check", at=at, zone=agent.site.zone),
        conversation=conversation,
        agent=agent,
        week=queries.week_of(today),
        reason=CheckReason.MANUAL,
        is_call=PhoneCall.objects.filter(conversation=conversation).exists(),
        drawn_at=at,
        due_date=today + dt.timedelta(days=policy.due_days),
    )
    note(check, "added", by=by, at=at, text=reason.strip())
    record("quality.added", obj=check, by=by, at=at, reason=reason.strip())
    return check
