"""Checks of the demonstration company: scored, appealed, and some still to be read."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping

from cangke.foundation.access.public import Account

from . import actions, queries
from .models import Check
from .rules import CheckState

WORDS = [
    "开头问候及时，第二条回复先道歉再给方案，很好；没有说明退款到账时间。",
    "客户问尺码，没有反问身高体重就推荐，产品知识扣分。",
    "客户催了两次才说明查询进度，倾听扣分；结尾有确认。",
    "处理清楚，语气平和。",
]


def load(rng: random.Random, accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Draw the last weeks; the supervisor has read most, one agent has appealed."""
    actions.draw_weeks(at=at - dt.timedelta(days=at.weekday(), minutes=30))
    inspector = accounts["zhanghui"]
    rows = Check.objects.exclude(agent__account=inspector).order_by("week", "pk")
    left = {pk for pk in rows.values_list("pk", flat=True).reverse()[:6]}
    for check in rows:
        if check.pk in left:
            continue
        policy = queries.inspection_policy(check.week)
        scores = {
            item.code: item.points - rng.choice([0, 0, 0, 0, item.points // 5])
            for item in queries.sheet_for(check, policy)
        }
        actions.score_check(
            check_id=check.pk,
            scores=scores,
            comment=rng.choice(WORDS),
            by=inspector,
            at=at - dt.timedelta(hours=rng.randint(2, 20)),
        )
    scored = Check.objects.filter(state=CheckState.SCORED, total__lt=100)
    for check in scored.select_related("agent__account").order_by("-week", "pk")[:1]:
        if check.agent.account is not None:
            actions.appeal_check(
                check_id=check.pk,
                text="客户第二条消息里已经写了身高体重，所以没有再问。",
                by=check.agent.account,
                at=at - dt.timedelta(hours=1),
            )
