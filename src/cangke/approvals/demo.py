"""The approvals of the demonstration company: asked, answered, given back, waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from cangke.foundation.access.public import Account

from . import actions
from .models import ApprovalCase

HOUR = dt.timedelta(hours=1)


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Hand in four requests, the oldest first, and answer what has been answered."""
    first = _ask(
        accounts["liqiang"],
        at - 70 * HOUR,
        title="老客户要求补发生日贺卡",
        body="客户上次漏收贺卡，这次下单要求补两张。建议补一张手写的，成本 3 元。",
        amount="3.00",
    )
    _answer(first, "approve", at - 66 * HOUR, "可以，以后同类情况照此办理。")
    second = _ask(
        accounts["wangfang"],
        at - 30 * HOUR,
        title="整箱破损，客户要求按零售价赔偿",
        body="720538 一箱 12 件全部压坏，客户要求按零售价赔。建议先按进价赔，差额发券。",
        amount="860.00",
    )
    _answer(second, "approve", at - 27 * HOUR, "同意建议，请部门负责人看金额。")
    third = _ask(
        accounts["liqiang"],
        at - 9 * HOUR,
        title="买家要求改发到同城朋友家自提",
        body="制度里没有写能不能改成自提。",
    )
    _answer(third, "return", at - 8 * HOUR, "请写清楚订单号，以及朋友是不是同一收货地区。")
    _ask(
        accounts["liqiang"],
        at - 5 * HOUR,
        title="直播粉丝要求叠加两张券",
        body="活动规则写一单一张，粉丝说主播口头答应过。建议退一张券的差价 15 元。",
        amount="15.00",
    )


def _ask(
    by: Account, at: dt.datetime, *, title: str, body: str, amount: str | None = None
) -> ApprovalCase:
    sum_of = Decimal(amount) if amount else None
    return actions.ask(title=title, body=body, amount=sum_of, currency="CNY", by=by, at=at)


def _answer(case: ApprovalCase, action: str, at: dt.datetime, comment: str) -> None:
    task = case.tasks.select_related("account").get(state="open")
    actions.decide(
        task_id=task.pk,
        action=action,
        by=task.account,
        at=at,
        seen=case.fingerprint,
        comment=comment,
    )
