"""Conduct in the demonstration company: a candidate, a hearing, a measure, a commendation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import site_day
from cangke.people.public import Employee
from cangke.tickets.public import broken_pledges

from . import actions
from .rules import Source

DAY = dt.timedelta(days=1)


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """What is recorded, what was said, and what help was given before."""
    people = {
        each.account.username: each
        for each in Employee.objects.select_related("account", "site")
        if each.account is not None
    }
    boss, leader, hr = accounts["zhanghui"], accounts["linyue"], accounts["wenjing"]

    def day_of(who: str, days_ago: int) -> dt.date:
        return site_day(at - days_ago * DAY, people[who].site.zone)

    for pledge in broken_pledges(since=at - 20 * DAY, until=at)[:2]:
        actions.note_incident(
            employee=pledge.keeper,
            source=Source.PLEDGE,
            record_key=f"tickets.pledge:{pledge.pk}",
            happened_on=site_day(pledge.due_at, pledge.keeper.site.zone),
            text=f"承诺未兑现：{pledge.text}",
            url=f"/tickets/promises/{pledge.pk}/",
            at=at - DAY,
        )
    actions.note_coaching(
        employee=people["liqiang"],
        ground="noise",
        date=day_of("liqiang", 40),
        text="一起看了办公区的约定，同意戴耳机。",
        by=leader,
        at=at - 40 * DAY,
    )
    first = actions.report_case(
        employee=people["liqiang"],
        ground="noise",
        matter="上午九点到十点外放视频声音，邻座两位同事接电话受影响。",
        happened_on=day_of("liqiang", 12),
        by=leader,
        at=at - 12 * DAY,
    )
    actions.ask_person(case_id=first.pk, by=boss, at=at - 11 * DAY)
    actions.state_view(
        case_id=first.pk,
        text="耳机坏了，没有注意到影响同事，已经买了新的。",
        by=accounts["liqiang"],
        at=at - 10 * DAY,
    )
    actions.decide_case(
        case_id=first.pk,
        measure=actions.Measure(
            kind="warning",
            severity="light",
            consequence="light",
            attitude="light",
            reasoning="影响了两位同事接电话；本人主动认识并已改正。",
        ),
        by=boss,
        at=at - 9 * DAY,
    )
    actions.acknowledge(case_id=first.pk, by=accounts["liqiang"], at=at - 9 * DAY)
    actions.sweep_appeals(at=at - 2 * DAY)
    second = actions.report_case(
        employee=people["wangfang"],
        ground="conflict",
        matter="与同事因为接待分配发生争吵，声音较大。",
        happened_on=day_of("wangfang", 2),
        by=leader,
        at=at - 2 * DAY,
    )
    actions.ask_person(case_id=second.pk, by=boss, at=at - DAY)
    actions.propose_reward(
        employee=people["chenjing"],
        kind="commendation",
        date=day_of("chenjing", 15),
        reason="大促期间主动帮晚班处理积压的会话，客户好评。",
        by=leader,
        at=at - 15 * DAY,
        public=True,
    )
    actions.propose_reward(
        employee=people["emily"],
        kind="commendation",
        date=day_of("emily", 5),
        reason="整理了英文话术，新同事都在用。",
        by=hr,
        at=at - 5 * DAY,
    )
