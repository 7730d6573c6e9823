"""
Filling an installation: agents, a channel, conversations with messages and turns, from one seed.

Run inside the installation: ``python -m bench.seed CONVERSATIONS``; prints what the driver needs.
``python -m bench.seed settle`` catches up with what newer code would have done all the while.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import sys
from typing import Any

SEED = 41
PASSWORD = "bench-only-password"
AGENTS = 200
MESSAGES = 4
OPEN = 2000  # so many conversations are open, however many were closed
LONG = 1771  # messages of the one long conversation
PAUSE = dt.timedelta(seconds=20)  # between one message and the next
SPAN = dt.timedelta(days=400)  # through which what has ended is spread
BATCH = 5000
SAMPLE = 300  # conversations whose turns are derived again at the end
ZONE = "Asia/Shanghai"
WORDS = [
    "仓储费怎么算",
    "破损",
    "退款什么时候到",
    "物流两天没更新",
    "换货运费谁出",
    "能今天发吗",
    "少发一件",
    "发票",
    "催单",
    "颜色不对",
    "安装视频",
    "海外仓库存",
    "清关",
    "补发单号",
]


def main(conversations: int) -> dict[str, object]:
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    rng = random.Random(SEED)
    with transaction.atomic():
        made = _house(timezone.now())
    _talk(rng, made, conversations, timezone.now())
    long = _long(rng, made, timezone.now())
    _prove()
    _settle()
    return {
        "channel": made["channel"].public_key,
        "channel_id": made["channel"].pk,
        "long": long,
        "agents": [each.account.username for each in made["agents"]],
        "supervisor": "bench-boss",
        "password": PASSWORD,
    }


def _house(at: dt.datetime) -> dict[str, object]:
    from django.contrib.auth.hashers import make_password

    from cangke.desk import public as desk
    from cangke.foundation.access.public import Account
    from cangke.people import public as people

    people.load_post_catalogue(by=None, at=at)
    posts = {each.code: each for each in people.Post.objects.all()}
    site = people.save_site(code="bench", name="bench", zone=ZONE, by=None, at=at)
    department = people.save_department(
        code="bench", name="bench", kind="ecommerce", by=None, at=at
    )
    shop = people.save_shop(code="bench", name="bench shop", site=site, by=None, at=at)
    team = people.save_team(
        code="bench", name="bench", department=department, site=site, shop_ids=[shop.pk],
        by=None, at=at,
    )  # fmt: skip
    desk.ensure_defaults(at=at)

    def hire(username: str, post: str) -> people.Employee:
        return people.hire(
            name=username, department=department, team=team, post=posts[post], site=site,
            employed_from=at.date(), status=people.Status.REGULAR, username=username,
            by=None, at=at,
        )  # fmt: skip

    boss = hire("bench-boss", "cs-supervisor")
    agents = [hire(f"bench-{number}", "pre-sales") for number in range(AGENTS)]
    Account.objects.filter(username__startswith="bench-").update(password=make_password(PASSWORD))
    assert boss.account is not None
    group = desk.save_group(
        group=None, code="bench", name="bench", stage="presale", team_id=team.pk,
        members=agents, by=boss.account, at=at,
    )  # fmt: skip
    channel = desk.save_channel(
        channel=None, site=site, code="bench-web", name="bench", kind="web_chat",
        shop_id=shop.pk, default_group_id=group.pk, by=boss.account, at=at,
    )  # fmt: skip
    return {"site": site, "shop": shop, "group": group, "channel": channel, "agents": agents}


def _talk(
    rng: random.Random, made: dict[str, object], conversations: int, now: dt.datetime
) -> None:
    """Write conversations in batches; what an open one waits for is consistent with its turn."""
    from django.db import transaction

    for start in range(0, conversations, BATCH):
        with transaction.atomic():
            _batch(rng, made, start, min(BATCH, conversations - start), now, conversations)


def _batch(
    rng: random.Random,
    made: dict[str, object],
    start: int,
    count: int,
    now: dt.datetime,
    total: int,
) -> None:
    from cangke.customers.public import Customer
    from cangke.desk import public as desk

    agents, channel, group = made["agents"], made["channel"], made["group"]
    shop = made["shop"]
    kinds = list(desk.QuestionType.objects.all())
    results = list(desk.HandlingResult.objects.all())
    customers = Customer.objects.bulk_create(
        [
            Customer(number=f"B{start + i:07d}", display_name=f"买家{start + i}", created_at=now)
            for i in range(count)
        ]
    )
    rows, talks = [], []
    for i, customer in enumerate(customers):
        place = start + i
        share = max(1, total // OPEN)
        is_open = place % share == 0
        # What is open began within the hour: nothing of an older day waits to be ended.
        age = (
            dt.timedelta(minutes=place // share % 50) if is_open else SPAN * (total - place) / total
        )
        opened = now - age - dt.timedelta(minutes=5)
        agent = agents[place // share % len(agents)]  # type: ignore[index, arg-type]
        said = _said(is_open)
        asked, answered = opened + 3 * PAUSE, opened + (2 if is_open else 4) * PAUSE
        text = f"{rng.choice(WORDS)} {place}"
        rows.append(
            desk.Conversation(
                number=f"BC{place:08d}", channel=channel, customer=customer, shop=shop,
                visitor_key=hashlib.sha256(f"visitor {place}".encode()).hexdigest(),
                group=group, stage="presale", opened_at=opened, preview=text, last_seq=said,
                last_message_at=opened + said * PAUSE, last_in_at=asked, last_out_at=answered,
                first_human_reply_at=opened + 2 * PAUSE, customer_messages=2,
                human_replies=1 if is_open else 2, turn_count=2, round_number=2,
                state="active" if is_open else "closed",
                assignee=agent if is_open else None,
                waiting_since=asked if is_open else None,
                waiting_seq=3 if is_open else None,
                unread=1 if is_open else 0,
                closed_at=None if is_open else opened + dt.timedelta(minutes=4),
                close_reason="" if is_open else "settled",
                question_type=None if is_open else rng.choice(kinds),
                handling_result=None if is_open else rng.choice(results),
            )
        )  # fmt: skip
        talks.append((agent, opened, text, is_open))
    desk.Conversation.objects.bulk_create(rows, batch_size=500)
    segments = desk.Segment.objects.bulk_create(
        [
            desk.Segment(
                conversation=row, agent=agent, group=group, stage="presale", started_at=opened,
                started_seq=1, started_by="auto", has_turn=True,
                ended_at=None if is_open else opened + dt.timedelta(minutes=4),
                ended_seq=None if is_open else MESSAGES,
                end_reason="" if is_open else "closed",
            )
            for row, (agent, opened, _text, is_open) in zip(rows, talks, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    messages: list[Any] = []
    turns: list[Any] = []
    for row, segment, (agent, opened, text, is_open) in zip(rows, segments, talks, strict=True):
        spoken = [
            _message(
                row, seq, seq % 2 == 1, agent, opened + seq * PAUSE,
                f"{text}，第 {seq} 条消息，请帮忙看一下，谢谢。",
            )
            for seq in range(1, _said(is_open) + 1)
        ]  # fmt: skip
        messages += spoken
        turns += _turns(row, segment, spoken)
    desk.Message.objects.bulk_create(messages, batch_size=500)
    desk.Turn.objects.bulk_create(turns, batch_size=500)


def _message(row: Any, seq: int, inbound: bool, agent: Any, at: dt.datetime, body: str) -> Any:
    from cangke.desk import public as desk

    return desk.Message(
        conversation=row, channel_id=row.channel_id, seq=seq, at=at, body=body, origin="typed",
        direction="in" if inbound else "out", sender_kind="customer" if inbound else "agent",
        agent=None if inbound else agent, counts_as_reply=not inbound,
    )  # fmt: skip


def _turns(row: Any, segment: Any, messages: list[Any]) -> list[Any]:
    """The turns that the rules find in a conversation one agent has held all the while."""
    from cangke.desk.models import Turn
    from cangke.desk.queries import ledger as ledgers
    from cangke.desk.rules import facts
    from cangke.desk.rules.turns import TurnPolicy, derive

    first, *others = map(ledgers.spoken, messages)
    agent_id, start, end = segment.agent_id, segment.started_at, segment.ended_at
    told: list[Any] = [
        first,
        facts.SegmentStarted(segment.started_seq, start, segment.pk, agent_id, start),
        *others,
    ]
    if end is not None:
        closed = facts.SegmentEnd(segment.end_reason)
        told.append(facts.SegmentEnded(segment.ended_seq, end, segment.pk, end, closed))
    ledger = derive(told, TurnPolicy())
    return [
        ledgers.place_row(ledgers.fill_row(Turn(), turn, ledger, None), row, ZONE, row.stage)
        for turn in ledger.turns
    ]


def _said(is_open: bool) -> int:
    """How many messages there are: to the last of an open conversation nobody has answered."""
    return MESSAGES - is_open


def _long(rng: random.Random, made: dict[str, object], now: dt.datetime) -> int:
    """A conversation of many messages, ended yesterday."""
    from cangke.customers.public import Customer
    from cangke.desk import public as desk

    opened = now - dt.timedelta(days=1, seconds=LONG)
    agent, ended = made["agents"][0], now - dt.timedelta(days=1)  # type: ignore[index]
    # Who wrote first has the last word: nobody waits when it is closed.
    asked = LONG // 2
    row = desk.Conversation.objects.create(
        number="BL1", channel=made["channel"], shop=made["shop"], group=made["group"],
        customer=Customer.objects.create(number="BL1", display_name="长谈", created_at=now),
        stage="presale", opened_at=opened, last_message_at=ended,
        preview="长谈", last_seq=LONG, state="closed", closed_at=ended, close_reason="settled",
        question_type=desk.QuestionType.objects.first(),
        handling_result=desk.HandlingResult.objects.first(),
        customer_messages=asked, human_replies=LONG - asked, turn_count=asked, round_number=asked,
    )  # fmt: skip
    segment = desk.Segment.objects.create(
        conversation=row, agent=agent, group=made["group"], stage="presale", started_at=opened,
        started_seq=1, started_by="auto", has_turn=True, ended_at=ended, ended_seq=LONG,
        end_reason="closed",
    )  # fmt: skip
    messages = [
        _message(
            row, seq, seq % 2 == 0, agent, opened + dt.timedelta(seconds=seq),
            f"{rng.choice(WORDS)}，第 {seq} 条",
        )
        for seq in range(1, LONG + 1)
    ]  # fmt: skip
    desk.Message.objects.bulk_create(messages, batch_size=500)
    desk.Turn.objects.bulk_create(_turns(row, segment, messages), batch_size=500)
    return int(row.pk)


def _prove() -> None:
    """Derive the turns of some conversations from what stands there; they are the same."""
    from cangke.desk import public as desk
    from cangke.desk.queries import ledger as ledgers
    from cangke.desk.rules.turns import TurnPolicy, derive

    rows = desk.Conversation.objects.order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    for talk in rows.filter(pk__in=[*ids[:: max(1, len(ids) // SAMPLE)], ids[-1]]):
        ledger = derive(ledgers.facts_of(talk), TurnPolicy())
        kept = [
            (ledgers.rule_turn(row), row.customer_ms, row.agent_ms, row.agent_effective_ms)
            for row in talk.turns.order_by("number")
        ]
        assert kept == [
            (each, each.customer_ms, each.agent_ms, each.agent_effective_ms)
            for each in ledger.turns
        ], f"{talk.number}: other turns than its messages"
        waits = (talk.waiting_seq, talk.waiting_since, talk.round_number, talk.turn_count + 1)
        derived = (
            ledger.waiting_seq,
            ledger.waiting_since,
            ledger.round_number,
            ledger.next_number,
        )
        assert waits == derived, f"{talk.number}: waits otherwise than its messages"


def settle() -> None:
    """The same for what is there already."""
    import django

    django.setup()
    _settle()


def _settle() -> None:
    """Index what was said and sum up past days, as the house would have done all the while."""
    from django.db import connection
    from django.utils import timezone

    from cangke.desk import actions
    from cangke.foundation.sqlite.public import keep_statistics

    while actions.index_new(at=timezone.now()):
        pass
    while actions.keep_sums(at=timezone.now()):
        pass
    keep_statistics()
    if connection.vendor == "postgresql":  # as autovacuum would
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    if sys.argv[1] == "settle":
        settle()
    else:
        print(json.dumps(main(int(sys.argv[1]))))
