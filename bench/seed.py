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

SEED = 41
PASSWORD = "bench-only-password"
AGENTS = 200
MESSAGES = 4
OPEN = 2000  # so many conversations are open, however many were closed
LONG = 1771  # messages of the one long conversation
BATCH = 5000
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
    site = people.save_site(code="bench", name="bench", zone="Asia/Shanghai", by=None, at=at)
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
        age = place // share % 50 if is_open else (total - place) * 5
        opened = now - dt.timedelta(minutes=age + 5)
        agent = agents[place // share % len(agents)]  # type: ignore[index, arg-type]
        asked = opened + dt.timedelta(seconds=20) if not is_open else opened
        text = f"{rng.choice(WORDS)} {place}"
        rows.append(
            desk.Conversation(
                number=f"BC{place:08d}", channel=channel, customer=customer, shop=shop,
                visitor_key=hashlib.sha256(f"visitor {place}".encode()).hexdigest(),
                group=group, stage="presale", opened_at=opened, last_message_at=asked,
                last_in_at=asked, preview=text, last_seq=_said(is_open), customer_messages=2,
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
                started_seq=2, started_by="auto", has_turn=True,
                ended_at=None if is_open else opened + dt.timedelta(minutes=4),
                ended_seq=None if is_open else MESSAGES,
                end_reason="" if is_open else "closed",
            )
            for row, (agent, opened, _text, is_open) in zip(rows, talks, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    messages, turns = [], []
    for row, segment, (agent, opened, text, is_open) in zip(rows, segments, talks, strict=True):
        for seq in range(1, _said(is_open) + 1):
            inbound = seq % 2 == 1
            messages.append(
                desk.Message(
                    conversation=row, channel=channel, seq=seq,
                    direction="in" if inbound else "out",
                    sender_kind="customer" if inbound else "agent",
                    agent=None if inbound else agent, origin="typed",
                    counts_as_reply=not inbound,
                    body=f"{text}，第 {seq} 条消息，请帮忙看一下，谢谢。",
                    at=opened + dt.timedelta(seconds=seq * 20),
                )
            )  # fmt: skip
        for number in (1, 2):
            waits = is_open and number == 2
            began = opened + dt.timedelta(seconds=number * 40 - 20)
            turns.append(_turn(row, segment, agent, channel, number, began, waits))
    desk.Message.objects.bulk_create(messages, batch_size=500)
    desk.Turn.objects.bulk_create(turns, batch_size=500)


def _said(is_open: bool) -> int:
    """How many messages there are: to the last of an open conversation nobody has answered."""
    return MESSAGES - is_open


def _long(rng: random.Random, made: dict[str, object], now: dt.datetime) -> int:
    """A conversation of many messages, ended yesterday."""
    from cangke.customers.public import Customer
    from cangke.desk import public as desk

    opened = now - dt.timedelta(days=1, seconds=LONG)
    agent = made["agents"][0]  # type: ignore[index]
    row = desk.Conversation.objects.create(
        number="BL1", channel=made["channel"], shop=made["shop"], group=made["group"],
        customer=Customer.objects.create(number="BL1", display_name="长谈", created_at=now),
        stage="presale", opened_at=opened, last_message_at=now - dt.timedelta(days=1),
        preview="长谈", last_seq=LONG, state="closed", closed_at=now - dt.timedelta(days=1),
        close_reason="settled", question_type=desk.QuestionType.objects.first(),
        handling_result=desk.HandlingResult.objects.first(),
    )  # fmt: skip
    desk.Message.objects.bulk_create(
        [
            desk.Message(
                conversation=row, channel=made["channel"], seq=seq,
                direction="in" if seq % 2 else "out",
                sender_kind="customer" if seq % 2 else "agent",
                agent=None if seq % 2 else agent, origin="typed", counts_as_reply=not seq % 2,
                body=f"{rng.choice(WORDS)}，第 {seq} 条", at=opened + dt.timedelta(seconds=seq),
            )
            for seq in range(1, LONG + 1)
        ],
        batch_size=500,
    )  # fmt: skip
    return int(row.pk)


def _turn(
    row: object,
    segment: object,
    agent: object,
    channel: object,
    number: int,
    began: dt.datetime,
    waits: bool,
) -> object:
    from cangke.desk import public as desk
    from cangke.foundation.calendar.public import site_day

    values: dict[str, object] = {
        "conversation": row,
        "number": number,
        "round_number": number,
        "opened_seq": number * 2 - 1,
        "opened_at": began,
        "began_at": began,
        "segment": segment,
        "agent": agent,
        "agent_from": began,
        "first_of_segment": number == 1,
        "credited": agent,
        "channel": channel,
        "stage": "presale",
        "duty_date": site_day(began, "Asia/Shanghai"),
        "opened_minute": 600,
        "live": waits,
    }
    if waits:
        values["state"] = "open"
    else:
        answered = began + dt.timedelta(seconds=20)
        values |= {
            "state": "answered",
            "ended_at": answered,
            "answered_seq": number * 2,
            "answered_at": answered,
            "answered_by": agent,
            "effective_seq": number * 2,
            "effective_at": answered,
            "customer_ms": 20_000,
            "customer_effective_ms": 20_000,
            "agent_ms": 20_000,
            "agent_effective_ms": 20_000,
        }
    names = {field.name for field in desk.Turn._meta.get_fields()}
    for extra, source in (
        ("began_seq", "opened_seq"),
        ("open_ms", "customer_ms"),
        ("open_effective_ms", "customer_effective_ms"),
    ):
        if extra in names and source in values:
            values[extra] = values[source]
    return desk.Turn(**values)


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

    while actions.index_new(at=timezone.now()):
        pass
    while actions.keep_sums(at=timezone.now()):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    if sys.argv[1] == "settle":
        settle()
    else:
        print(json.dumps(main(int(sys.argv[1]))))
