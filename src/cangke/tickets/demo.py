"""The work items of the demonstration company: promises kept, broken, waiting and still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account
from cangke.people.public import Employee

from . import actions

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)

# Who, kind, words, amount, hours from registering to due, hours ago registered, what became of it.
PROMISES: Sequence[tuple[str, str, str, str, float, float, str]] = (
    ("liqiang", "coupon", "拍错尺码，18:00 前退优惠券 20 元", "20.00", 6, 52, "kept"),
    ("wangfang", "reship", "少发的螺丝包今天补寄", "", 7, 47, "kept"),
    ("wangfang", "call_back", "查到物流后给客户回电", "", 3, 30, "broken"),
    ("sunyue", "gift", "补一张手写贺卡", "3.00", 5, 28, "late"),
    ("machao", "coupon", "破损补差 15 元", "15.00", 8, 26, "waived"),
    ("liqiang", "ship_date", "今天 18:00 前发出", "", 4, 1.5, ""),
    ("liqiang", "gift", "下单送擦镜布一块", "2.00", 26, 3, ""),
    ("wangfang", "call_back", "下午回电说明退款进度", "", 2.5, 1, ""),
    ("hejia", "reship", "补发电源线", "12.00", 20, 2, ""),
    ("wangfang", "coupon", "整单迟到，退差价 80 元", "80.00", 30, 2, ""),
)


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Register the promises, the oldest first, and let become of them what became."""
    staff = {
        each.account.username: each
        for each in Employee.objects.filter(account__isnull=False).select_related(
            "account", "site", "team"
        )
        if each.account is not None
    }
    taken: set[int] = set()
    for who, kind, text, amount, lasts, ago, end in PROMISES:
        made_at = at - ago * HOUR
        conversation = _conversation(staff[who], taken, before=made_at)
        if conversation is None:
            continue
        taken.add(conversation.customer_id)
        pledge = actions.make_pledge(
            kind=kind,
            text=text,
            amount=Decimal(amount) if amount else None,
            currency="CNY" if amount else "",
            keeper=staff[who],
            due_at=made_at + lasts * HOUR,
            conversation=conversation,
            order=conversation.order,
            accepted=True,
            by=accounts[who],
            at=made_at,
        )
        _end(pledge.pk, end, due_at=pledge.due_at, who=accounts[who], boss=accounts["zhanghui"])


def _conversation(agent: Employee, taken: set[int], *, before: dt.datetime) -> Conversation | None:
    """Return the agent's newest conversation of the time with somebody not met here yet."""
    rows = Conversation.objects.filter(assignee=agent, opened_at__lt=before)
    rows = rows.exclude(customer_id__in=taken)
    return rows.select_related("customer", "order").order_by("-opened_at").first()


def _end(pledge_id: int, end: str, *, due_at: dt.datetime, who: Account, boss: Account) -> None:
    words: dict[str, Any] = {"pledge_id": pledge_id}
    if end == "kept":
        actions.keep_pledge(proof="已处理，单号 SF1352", by=who, at=due_at - 40 * MINUTE, **words)
    elif end == "broken":
        actions.sweep_pledges(at=due_at + MINUTE)
    elif end == "late":
        actions.keep_pledge(proof="已补寄", by=who, at=due_at + 3 * HOUR, **words)
    elif end == "waived":
        actions.waive_pledge(reason="客户改为退货", by=boss, at=due_at - HOUR, **words)
