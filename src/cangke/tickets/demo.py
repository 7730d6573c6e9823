"""The work items of the demonstration company: tickets in hand, promises kept and broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account
from cangke.people.public import Employee, Team

from . import actions, queries
from .models import Counterpart, TicketKind
from .rules.fields import filled

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


# Kind, owner, fields, hours ago opened, hours until due (from now), state, note for colleagues.
TICKETS: Sequence[tuple[str, str, dict[str, str], float, float | None, str, str]] = (
    (
        "unfinished",
        "wangfang",
        {"problem": "收到的台灯少一个螺丝包", "demand": "今天补寄"},
        26,
        -2,
        "in_progress",
        "仓库说螺丝包要等下午到货。",
    ),
    (
        "unfinished",
        "liqiang",
        {"problem": "颜色发错，要白色发了米色", "demand": "换货，不想出运费"},
        5,
        6,
        "new",
        "",
    ),
    (
        "unfinished",
        "hejia",
        {"problem": "包裹一直没有更新", "demand": "查到位置后电话告知"},
        30,
        3,
        "waiting_carrier",
        "",
    ),
    ("lost", "machao", {"tracking_no": "SF1389005521"}, 20, -1, "waiting_carrier", "已提交查件。"),
    ("late", "sunyue", {"order_no": "720544"}, 2, 1.5, "waiting_warehouse", ""),
    ("damaged", "wangfang", {"found": "damaged", "quantity": "2"}, 9, 8, "waiting_customer", ""),
    ("price_difference", "liqiang", {"amount": "15.00"}, 40, None, "solved", ""),
    (
        "cargo_status",
        "",
        {"shipment_no": "FBA17XK2LM", "question": "什么时候入仓？"},
        3,
        5,
        "new",
        "",
    ),
    (
        "storage_fee",
        "",
        {"from_date": "2026-10-01", "until_date": "2026-10-31", "amount": "3280.00"},
        28,
        9,
        "in_progress",
        "和财务核对托盘数。",
    ),
    ("follow_up", "tangxin", {}, 7, 7, "in_progress", "约客户晚上八点后联系。"),
)


# Department, who asks, words, hours ago, hours until due (from now), reply.
ASKED: Sequence[tuple[str, str, str, float, float, str]] = (
    ("warehouse", "wangfang", "螺丝包什么时候到货？客户等着补寄", 5, -1, ""),
    (
        "logistics",
        "machao",
        "SF1389005521 三天没有更新，请联系承运商",
        20,
        3,
        "已联系，派件员明天上门。",
    ),
    ("quality", "wangfang", "台灯破损两起，请看一下这一批的包装", 3, 6, ""),
    ("finance", "zhouting", "请核对十月托盘数和仓储费", 26, 4, ""),
    ("operations", "liqiang", "客户反映尺码表看不懂，能否换图", 2, 22, ""),
)
# Who answers for a department in the demonstration company: a team, or named people.
ANSWERED_BY: Mapping[str, Sequence[str]] = {
    "warehouse": ("liuyang", "gaofeng"),
    "logistics": ("duanrui",),
    "quality": ("renhao",),
    "finance": ("qianlan", "sunli"),
    "operations": ("linyue",),
    "sales": ("linyue",),
    "supply_chain": ("shenwei",),
    "product": ("linyue",),
    "after_sales": ("zhouping",),
}


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Register promises and open tickets, the oldest first, and let become of them what became."""
    staff = {
        each.account.username: each
        for each in Employee.objects.filter(account__isnull=False).select_related(
            "account", "site", "team"
        )
        if each.account is not None
    }
    _route()
    for row in sorted(TICKETS, key=lambda each: -each[3]):
        _open(row, staff, accounts, at=at)
    for line in ASKED:
        _ask(line, staff, accounts, at=at)
    _order(staff, accounts, at=at)
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


def _route() -> None:
    """Say who works on service requests, and who answers for each department."""
    team = Team.objects.filter(code="3pl").first()
    for code, names in ANSWERED_BY.items():
        row = Counterpart.objects.get(code=code)
        row.members.set(Employee.objects.filter(account__username__in=names))
    TicketKind.objects.filter(group="request", team__isnull=True).update(team=team)


def _open(
    row: tuple[str, str, dict[str, str], float, float | None, str, str],
    staff: Mapping[str, Employee],
    accounts: Mapping[str, Account],
    *,
    at: dt.datetime,
) -> None:
    code, who, values, ago, due, state, words = row
    kind = TicketKind.objects.select_related("team", "hours").get(code=code)
    opened_at = at - ago * HOUR
    by = accounts[who or "zhouting"]
    owner = staff[who] if who else None
    conversation = _conversation(staff[who or "zhouting"], set(), before=opened_at)
    order = conversation.order if conversation is not None else None
    zone = by.zone or "Asia/Shanghai"
    known = queries.known_of(
        conversation.customer if conversation is not None else None, order, zone=zone
    )
    complete = {
        "nick": "小王爱喝茶",
        "order_no": "720538",
        "purchase_date": "2026-11-20",
        **filled(kind.specs, known),
        **values,
    }
    ticket = actions.open_ticket(
        kind=kind,
        owner=owner,
        due_at=None if due is None else max(at + due * HOUR, opened_at + HOUR),
        conversation=conversation,
        order=order,
        values=complete,
        by=by,
        at=opened_at,
    )
    later = opened_at + 20 * MINUTE
    worker = ticket.owner.account or by
    if words:
        actions.comment_on_ticket(ticket_id=ticket.pk, text=words, by=worker, at=later)
    if state != "new":
        actions.move_ticket(
            ticket_id=ticket.pk,
            state=state,
            solution="已退差价" if state == "solved" else "",
            by=worker,
            at=later,
        )


def _ask(
    row: tuple[str, str, str, float, float, str],
    staff: Mapping[str, Employee],
    accounts: Mapping[str, Account],
    *,
    at: dt.datetime,
) -> None:
    code, who, words, ago, due, reply = row
    asked_at = at - ago * HOUR
    errand = actions.ask_department(
        counterpart=Counterpart.objects.get(code=code),
        title=words,
        due_at=max(at + due * HOUR, asked_at + HOUR),
        conversation=_conversation(staff[who], set(), before=asked_at),
        by=accounts[who],
        at=asked_at,
    )
    if reply:
        answerer = accounts[ANSWERED_BY[code][0]]
        actions.answer_errand(errand_id=errand.pk, text=reply, by=answerer, at=asked_at + HOUR)


def _order(
    staff: Mapping[str, Employee], accounts: Mapping[str, Account], *, at: dt.datetime
) -> None:
    """Two tasks ordered from above, one of them without a report although it is due."""
    for who, words, ago, due in (
        ("liqiang", "整理本周没有成交的原因，写三条改进", 30, -3),
        ("fenglin", "看完新品资料，周五前回报疑问", 6, 40),
    ):
        actions.order_task(
            receiver=staff[who],
            title=words,
            due_at=at + due * HOUR,
            by=accounts["chenjing"],
            at=at - ago * HOUR,
        )
