"""The desk's day in the demonstration company: calls, visitors, a letter, who was online."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping

from django.db.models import Max, Min
from django.db.models.functions import TruncDate

from cangke.customers.public import Customer
from cangke.foundation.access.public import Account
from cangke.people.public import Employee, Site

from . import actions
from .models import (
    Channel,
    Conversation,
    HandlingResult,
    Message,
    PresenceInterval,
    QuestionType,
    Rating,
)

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
PRESENCE_DAYS = 21

# Question, answer, result, type.
CALLS = (
    ("发货三天了物流没有更新", "查到在分拨中心，催了快递", "明天上午前有新轨迹", "tracking"),
    ("想改收货地址，还没发货", "已改备注，请仓库按新地址打单", "地址已改", "order_change"),
    ("要开增值税专票", "记下税号和邮箱", "三个工作日内发到邮箱", "payment"),
    ("到货少了一件配件", "核对出库照片，确认漏装", "补发配件，不收运费", "short"),
    ("问海外仓一件代发的收费", "按报价单说明了操作费和仓储费", "资料已发邮箱", "storage"),
    ("包裹显示签收，本人没有收到", "联系快递核实签收人", "门卫代收，买家已找到", "tracking"),
)
# Name, company, kind, purpose, people, minutes inside (None: still there).
VISITORS = (
    ("周经理", "深圳启航贸易有限公司", "inspection", "看仓，核对在库的三个型号", 2, 95),
    ("刘师傅", "德邦快递", "pick_up", "提走退件 12 箱", 1, 25),
    ("陈小姐", "个人", "interview", "应聘售后客服", 1, 50),
    ("王工", "恒安消防", "service", "季度消防检查", 2, 130),
    ("何先生", "个人", "pick_up", "自提订单", 1, 15),
    ("马经理", "义乌源美包装", "delivery", "送纸箱样品", 1, 40),
    ("孙先生", "宁波聚信物流", "inquiry", "谈下月的提货时间", 1, None),
    ("郭女士", "个人", "complaint", "商品有破损，带来现场看", 1, None),
)


# Out of twenty who answer: five stars to one.
SCORES = (*(5,) * 11, *(4,) * 5, *(3,) * 2, 2, 1)
SAID = {
    5: ("回复很快，问题解决了", "客服很耐心", "Very helpful, thank you!", ""),
    4: ("还可以", "处理得不错", ""),
    3: ("等得有点久", ""),
    2: ("问了三遍才说清楚", "物流还是没有更新"),
    1: ("说好今天发货，没有发", "一直让我等"),
}


def load(rng: random.Random, accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Three weeks at the phone and at the door, and a few things that wait for somebody."""
    _presence(at)
    _calls(rng, accounts, at)
    _visitors(accounts, at)
    actions.log_letter(
        sender="浙江华信家居有限公司",
        contact="0574-87650021",
        received_date=(at - DAY).date(),
        subject="关于十月仓储费对账的函",
        body="贵司十月账单中第 3、7 项与我司入库记录不符，请核对后书面答复。",
        registered_no="XA71200934533",
        by=accounts["chenjing"],
        at=at - 5 * HOUR,
    )
    _ratings(at)
    _waiting(accounts, at)


def _ratings(at: dt.datetime) -> None:
    """Two of five who were asked have answered, most of them content."""
    rng = random.Random(20)
    for rating in Rating.objects.filter(withdrawn_at__isnull=True).order_by("pk"):
        answered = rating.asked_at + rng.randint(1, 90) * MINUTE
        if rng.random() < 0.4 and answered < at:
            score = rng.choice(SCORES)
            actions.rate(
                rating_id=rating.pk, score=score, note=rng.choice(SAID[score]), at=answered
            )


def _presence(at: dt.datetime) -> None:
    """Who replied on a day was online from before the first reply until after the last one."""
    replies = (
        Message.objects.filter(
            counts_as_reply=True, at__gte=at - PRESENCE_DAYS * DAY, at__lt=at - DAY
        )
        .annotate(day=TruncDate("at", tzinfo=dt.UTC))
        .order_by()
        .values_list("agent_id", "day")
        .annotate(first=Min("at"), last=Max("at"))
    )
    rows = []
    for agent, _day, first, last in sorted(replies):
        came, left = first - 35 * MINUTE, last + 50 * MINUTE
        noon = came + (left - came) / 2
        spans = [(came, left, "online")]
        if left - came > 4 * HOUR:
            spans = [
                (came, noon, "online"),
                (noon, noon + 45 * MINUTE, "break"),
                (noon + 45 * MINUTE, left, "online"),
            ]
        rows += [
            PresenceInterval(agent_id=agent, state=state, from_at=begins, to_at=ends, source="self")
            for begins, ends, state in spans
        ]
    PresenceInterval.objects.bulk_create(rows)


def _calls(rng: random.Random, accounts: Mapping[str, Account], at: dt.datetime) -> None:
    phone = Channel.objects.filter(kind="phone", is_active=True).order_by("pk").first()
    if phone is None:
        return
    buyers = list(Customer.objects.filter(country="CN").order_by("pk")[:40])
    types = {each.code: each for each in QuestionType.objects.all()}
    solved = HandlingResult.objects.get(code="solved")
    serving = [accounts[each] for each in ("liqiang", "wangfang")]
    for number in range(18):
        question, answer, result, code = CALLS[number % len(CALLS)]
        called = at - (number * 26 + 3) * HOUR - rng.randint(0, 50) * MINUTE
        buyer = rng.choice(buyers)
        # The last two customers wait to be called back: one soon, one already.
        back = {0: at + 2 * HOUR, 1: at - HOUR}.get(number)
        actions.log_call(
            channel=phone,
            customer=buyer,
            question=question,
            answer=answer,
            result=result,
            caller_name=buyer.display_name,
            caller_phone=f"138{rng.randint(10**7, 10**8 - 1)}",
            direction="out" if number % 5 == 4 else "in",
            duration_seconds=rng.randint(60, 540),
            called_at=called,
            call_back_due_at=back,
            question_type=types[code],
            handling_result=solved,
            by=serving[number % 2],
            at=called + 6 * MINUTE,
        )


def _visitors(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    site = Site.objects.filter(code="ningbo").first()
    host = Employee.objects.filter(account=accounts["chenjing"]).first()
    if site is None:
        return
    for number, (name, company, kind, purpose, people, minutes) in enumerate(VISITORS):
        came = at - (number + 1) * 31 * HOUR
        if minutes is None:
            came = at - (20 + 5 * number) * MINUTE
        visit = actions.sign_in_visitor(
            site=site,
            visitor_name=name,
            company=company,
            purpose_kind=kind,
            purpose=purpose,
            people=people,
            host=host if kind in ("interview", "inspection") else None,
            badge=f"F{number + 1:03d}",
            by=accounts["chenjing"],
            at=came,
        )
        if minutes is not None:
            actions.sign_out_visitor(
                visit_id=visit.pk,
                result="已办完",
                by=accounts["chenjing"],
                at=came + minutes * MINUTE,
            )


def _waiting(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """A transfer to each of two to be accepted, a colleague asked in a note, a reply for later."""
    asked = [Employee.objects.get(account=accounts[each]) for each in ("liqiang", "wangfang")]
    held = (
        Conversation.objects.filter(
            state__in=("active", "waiting_customer"), assignee__account__isnull=False
        )
        .exclude(assignee__in=asked)
        .select_related("assignee__account")
        .order_by("pk")
    )
    talks = [
        (each.pk, each.assignee.account)
        for each in held[:4]
        if each.assignee is not None and each.assignee.account is not None
    ]
    for (conversation_id, holder), colleague in zip(talks, asked, strict=False):
        actions.request_transfer(
            conversation_id=conversation_id,
            to_agent=colleague,
            reason="这位客户上次由你接待",
            by=holder,
            at=at - MINUTE,
        )
    for conversation_id, holder in talks[2:3]:
        actions.write_note(
            conversation_id=conversation_id,
            body="这款有没有现货？客户很急。",
            mentioned=asked[:1],
            by=holder,
            at=at - 2 * MINUTE,
        )
    for conversation_id, holder in talks[3:4]:
        actions.schedule_reply(
            conversation_id=conversation_id,
            body="您好，您的包裹今天已经到达派送网点，请留意电话。",
            send_at=at + 6 * HOUR,
            by=holder,
            at=at - 3 * MINUTE,
            client_token="demo-later-1",
        )
