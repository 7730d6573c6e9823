"""What the workbench shows, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cangke.customers.public import canonical
from cangke.foundation.access.public import Account, can, get_visible, reach, scope
from cangke.foundation.calendar.public import day_bounds, site_day, site_zone
from cangke.foundation.files.public import StoredFile
from cangke.knowledge.public import (
    Answer,
    FilledScript,
    ScriptContext,
    Situation,
    answers,
    context_of,
    fill_scripts,
)
from cangke.orders.public import Order
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..models import (
    AgentProfile,
    Attachment,
    Channel,
    Conversation,
    Message,
    PhoneCall,
    PresenceInterval,
    QueueGroup,
    Transfer,
    Turn,
)
from ..models.choices import presence_choices, priority_choices, stage_choices
from ..models.conversation import ConversationQuerySet
from ..rules.courtesy import CourtesyPolicy, find_words
from ..rules.facts import Direction, SenderKind
from ..rules.replies import GreetingPolicy
from ..rules.routing import Presence
from ..rules.wording import SENTENCES
from .agents import loads_of

THREAD_PAGE = 50
COUNT_LIMIT = 999
CHANNEL_ICONS = {
    "web_chat": "web",
    "email": "mail",
    "phone": "phone",
    "walk_in": "person",
    "letter": "letter",
    "marketplace_im": "im",
    "api": "link",
}
DOTS = {
    Presence.ONLINE: "on",
    Presence.BUSY: "busy",
    Presence.MEETING: "busy",
    Presence.TRAINING: "busy",
    Presence.BREAK: "busy",
    Presence.AWAY: "late",
    Presence.OFFLINE: "off",
}
MENTION = re.compile(r"@([\w\u4e00-\u9fff·.-]{1,40})")


def inbox_rows(rows: QuerySet[Conversation]) -> ConversationQuerySet:
    """Prepare conversations for rows: who waits longest first, then the newest talk."""
    prepared = rows.select_related(
        "channel", "customer", "shop", "order", "group", "assignee", "handling_result"
    ).order_by("-priority", F("waiting_since").asc(nulls_last=True), "-last_message_at", "pk")
    return cast(ConversationQuerySet, prepared)


def bounded_count(rows: QuerySet[Conversation]) -> str:
    """Count up to a bound, so that no tab counts a table."""
    found = rows.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    return f"{COUNT_LIMIT}+" if found > COUNT_LIMIT else str(found)


def with_icon(conversation: Conversation) -> Conversation:
    """Attach the icon of the conversation's channel."""
    conversation.channel_icon = CHANNEL_ICONS.get(  # type: ignore[attr-defined]  # for the page
        conversation.channel.kind, "chat"
    )
    return conversation


def inbox_parts(
    rows: list[Conversation], *, chosen: str, employee: Employee | None
) -> list[dict[str, Any]]:
    """Group rows as the left pane shows them: mine together, queues by group."""
    for row in rows:
        with_icon(row)
    if not rows:
        return []
    if chosen == "mine":
        waiting = sum(row.waiting_since is not None for row in rows)
        cap = (
            AgentProfile.objects.filter(employee=employee)
            .values_list("max_chats", flat=True)
            .first()
        )
        side = _("上限 %(held)s/%(cap)s") % {"held": len(rows), "cap": cap} if cap else ""
        note = _("%(count)s 位在等") % {"count": waiting} if waiting else ""
        return [{"title": _("我的会话"), "note": note, "side": side, "rows": rows}]
    parts: dict[int | None, dict[str, Any]] = {}
    for row in rows:
        held = row.assignee_id is not None
        key = -1 if held else row.group_id
        if key not in parts:
            name = _("接待中") if held else (row.group.name if row.group else _("未分组"))
            title = name if held else _("排队 · %(group)s") % {"group": name}
            parts[key] = {"title": title, "note": "", "side": "", "rows": []}
        parts[key]["rows"].append(row)
    for part in parts.values():
        part["note"] = _("%(count)s 位") % {"count": len(part["rows"])}
    return list(parts.values())


def offered_to(employee: Employee) -> list[Transfer]:
    """Transfers that wait for the employee's answer, oldest first."""
    return list(
        Transfer.objects.filter(to_agent=employee, state="pending")
        .select_related("from_agent", "conversation__customer")
        .order_by("requested_at")
    )


def is_offered(conversation: Conversation, employee: Employee) -> bool:
    """Whether the conversation is offered to the employee at the moment."""
    return conversation.transfers.filter(to_agent=employee, state="pending").exists()


def topics_for(account: Account, employee: Employee | None) -> list[str]:
    """The live topics of an agent's left pane: own work, and the queues in reach."""
    topics = [f"agent:{employee.pk}"] if employee else []
    groups = QueueGroup.objects.filter(is_active=True)
    if "all" not in reach(account, "desk.view"):
        groups = groups.filter(profiles__employee__account_id=account.pk)
    return topics + [f"queue:{pk}" for pk in groups.values_list("pk", flat=True)]


def allowed_topics(*, account_id: int, wanted: Collection[str]) -> list[str]:
    """Of the topics a page asks for, those the account may hear (the live room's question)."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return []
    employee = Employee.objects.filter(account_id=account_id).first()
    own = set(topics_for(account, employee))
    allowed = [topic for topic in wanted if topic in own]
    if "board" in wanted and can(account, "desk.board"):
        allowed.append("board")
    ids = [
        int(topic.removeprefix("conversation:"))
        for topic in wanted
        if re.fullmatch(r"conversation:\d{1,18}", topic)
    ]
    if ids:
        seen = scope(account, Conversation, "view").filter(pk__in=ids)
        allowed += [f"conversation:{pk}" for pk in seen.values_list("pk", flat=True)]
    return allowed


def open_conversation(account: object, conversation_id: int) -> Conversation:
    """
    Return one conversation with what its page shows.

    :raises Http404: if there is none, or it is out of the account's reach
    """
    rows = scope(account, Conversation, "view").select_related(  # type: ignore[arg-type]
        "channel__site",
        "customer",
        "shop",
        "order",
        "group",
        "assignee",
        "handling_result",
    )
    found = get_visible(  # type: ignore[type-var]
        account,  # type: ignore[arg-type]
        Conversation,
        rows=rows,
        pk=conversation_id,
    )
    return with_icon(found)


# --- the thread


@dataclass(frozen=True)
class Shot:
    """A file of a message, as the thread shows it."""

    url: str
    name: str
    size: int
    is_image: bool
    width: int | None
    height: int | None


@dataclass
class ThreadPage:
    """Messages in order, and whether there are older ones."""

    messages: list[Message] = field(default_factory=list)
    more: bool = False
    first_seq: int = 0
    last_seq: int = 0


def thread_page(
    conversation: Conversation, *, before: int | None = None, after: int | None = None
) -> ThreadPage:
    """
    Return the newest fifty messages, or fifty before a number, or everything after one.

    Three queries, however long the conversation.
    """
    rows = Message.objects.filter(conversation=conversation).select_related("agent")
    if after is not None:
        found = list(rows.filter(seq__gt=after).order_by("seq")[:500])
        more = False
    else:
        if before is not None:
            rows = rows.filter(seq__lt=before)
        found = list(rows.order_by("-seq")[: THREAD_PAGE + 1])
        more = len(found) > THREAD_PAGE
        found = found[:THREAD_PAGE][::-1]
    _dress(found, conversation)
    return ThreadPage(
        messages=found,
        more=more,
        first_seq=found[0].seq if found else 0,
        last_seq=found[-1].seq if found else (after or 0),
    )


def recalled_in(conversation: Conversation, page: ThreadPage) -> list[Message]:
    """Return the messages that the page's events say were taken back, dressed; none: no query."""
    ids = [each.data.get("message") for each in page.messages if each.event == "recalled"]
    if not ids:
        return []
    rows = Message.objects.filter(conversation=conversation, pk__in=ids).select_related("agent")
    found = list(rows.order_by("seq"))
    _dress(found, conversation)
    for message in found:
        message.day_mark = ""  # type: ignore[attr-defined]  # its day stands above it already
    return found


def _dress(messages: list[Message], conversation: Conversation) -> None:
    """Attach to each message what the page shows beside its text."""
    files: dict[int, list[Shot]] = {}
    for each in (
        Attachment.objects.filter(message__in=messages).select_related("file").order_by("position")
        if messages
        else ()
    ):
        files.setdefault(each.message_id, []).append(_shot(each.file))
    names = _names(messages)
    day: dt.date | None = None
    zone = conversation.channel.site.zone
    for message in messages:
        shown: Any = message
        shown.files = files.get(message.pk, [])
        shown.is_auto = message.direction == Direction.OUT and message.sender_kind in (
            SenderKind.SYSTEM,
            SenderKind.BOT,
        )
        today = site_day(message.at, zone)
        shown.day_mark = ""
        if today != day:
            local = message.at.astimezone(site_zone(zone))
            shown.day_mark = f"{local:%Y-%m-%d}" if day or message.seq == 1 else ""
            day = today
        if message.direction == Direction.EVENT:
            shown.words = event_words(message, names)


def _shot(file: StoredFile) -> Shot:
    return Shot(
        url=reverse("files:download", args=[file.key]),
        name=file.name,
        size=file.size,
        is_image=file.content_type.startswith("image/"),
        width=file.width,
        height=file.height,
    )


def _names(messages: Iterable[Message]) -> Mapping[int, str]:
    ids = {
        value
        for message in messages
        if message.direction == Direction.EVENT
        for key in ("agent", "from_agent", "to_agent")
        if isinstance(value := message.data.get(key), int)
    }
    return dict(Employee.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def event_words(message: Message, names: Mapping[int, str]) -> str:
    """The sentence of an event line."""
    data = message.data
    actor = message.agent.name if message.agent else ""
    who = names.get(data.get("agent", 0), "") or names.get(data.get("to_agent", 0), "") or actor
    stages, ranks = dict(stage_choices()), dict(priority_choices())
    values = {
        "who": who,
        "by": actor or who,
        "stage": stages.get(data.get("after", ""), ""),
        "priority": ranks.get(data.get("after", 0), ""),
        "until": _local(data.get("until", "")),
    }
    sentences = {
        "opened": _("会话开始"),
        "assigned": _("%(who)s 接待"),
        "transfer_requested": _("%(by)s 请 %(who)s 接手"),
        "transferred": _("已转给 %(who)s") if who else _("已转到接待组"),
        "transfer_declined": _("%(by)s 没有接手"),
        "transfer_withdrawn": _("%(by)s 撤回转接"),
        "transfer_lapsed": _("转接逾时未接受"),
        "hand_over": _("售前 → 售后：订单已发货，客户下一条消息由售后接待，本单归属不变"),
        "stage_changed": _("售前 → 售后：由售后继续接待"),
        "requeued": _("退回排队"),
        "no_reply": _("超时未回复，退回排队"),
        "closed": _("会话结束"),
        "reopened": _("会话重新打开"),
        "recalled": _("%(by)s 撤回一条消息"),
        "taken_over": _("%(who)s 接管"),
        "order_chosen": _("%(by)s 选定订单"),
        "escalated": _("等待过久，已通知上级"),
        "snoozed": _("%(by)s 放到稍后，%(until)s 再处理"),
        "woken": _("稍后处理的时间到了"),
        "reassigned": _("改派给 %(who)s"),
        "called": _("登记来电"),
        "left": _("客户离开"),
        "day_ended": _("当日接待结束，未回复的等待到此为止"),
        "muted": _("客户已静音，消息只留档"),
        "order_named": _("客户提到订单"),
        "stage": _("阶段改为%(stage)s"),
        "handed_over": _("售前 → 售后：由售后继续接待"),
        "priority": _("%(by)s 设为%(priority)s"),
        "major": _("%(by)s 标记重大投诉") if data.get("after") else _("%(by)s 取消重大投诉"),
        "call": _("登记来电"),
    }
    text = sentences.get(message.event)
    if text is None:
        return _("系统记录：%(event)s") % {"event": message.event}
    reason = data.get("reason")
    words = text % values
    said = isinstance(reason, str) and reason and message.event not in ("closed", "requeued")
    return f"{words} · {reason}" if said else words


def _local(text: object) -> str:
    """A moment of an event in the reader's clock."""
    if not isinstance(text, str) or not text:
        return ""
    return f"{timezone.localtime(dt.datetime.fromisoformat(text)):%m-%d %H:%M}"


def first_response(conversation: Conversation) -> dict[str, str] | None:
    """The first response by a person, with the page that opens its turns (A5, S6)."""
    turn = Turn.objects.filter(conversation=conversation, round_number=1).order_by("number")
    first = turn.last()
    if first is None or first.customer_ms is None or first.answered_at is None:
        return None
    seconds = first.customer_ms // 1000
    if seconds < 120:
        text = _("%(seconds)s 秒") % {"seconds": seconds}
    elif seconds < 7200:
        text = _("%(minutes)s 分") % {"minutes": seconds // 60}
    else:
        text = _("%(hours)s 小时") % {"hours": seconds // 3600}
    return {"text": text, "url": reverse("desk:turns", args=[conversation.pk])}


def turns_of(conversation: Conversation) -> list[Turn]:
    """The waits of a conversation in order, with the words of each."""
    rows = list(
        Turn.objects.filter(conversation=conversation)
        .select_related("agent", "answered_by", "credited")
        .order_by("number")
    )
    ids: dict[int, int] = dict(
        Message.objects.filter(
            conversation=conversation,
            seq__in=[each.opened_seq for each in rows] + [each.answered_seq or 0 for each in rows],
        ).values_list("seq", "pk")
    )
    for each in rows:
        shown: Any = each
        shown.customer_seconds = None if each.customer_ms is None else each.customer_ms // 1000
        shown.agent_seconds = None if each.agent_ms is None else each.agent_ms // 1000
        shown.opened_message = ids.get(each.opened_seq)
        shown.answered_message = ids.get(each.answered_seq or 0)
    return rows


# --- choices


def orders_to_choose(conversation: Conversation) -> list[Order]:
    """The customer's newest orders, and the one the conversation is about."""
    customer = canonical(conversation.customer)
    rows = Order.objects.sales().filter(
        Q(customer_id=customer.pk) | Q(pk=conversation.order_id or 0)
    )
    return list(rows.order_by("-placed_at", "-pk")[:20])


def chosen_order(account: Account, conversation_id: int, text: str) -> Order | None:
    """
    Return the order of the choices that was chosen; None for "the latest".

    :raises Http404: if it is not one of the choices
    """
    if not text:
        return None
    conversation = open_conversation(account, conversation_id)
    for order in orders_to_choose(conversation):
        if str(order.pk) == text:
            return order
    raise Http404


def stage_words(conversation: Conversation) -> str:
    """Why the conversation is before or after the line, in words (B1)."""
    kept = conversation.stage_because or {}
    sentence = SENTENCES.get(kept.get("code", ""))
    facts = kept.get("facts", {})
    if sentence is None or not isinstance(facts, dict):
        return ""
    return _(sentence) % {**{"order": ""}, **facts}


def _context_of(account: Account, conversation: Conversation, at: dt.datetime) -> ScriptContext:
    return context_of(
        account,
        at=at,
        customer_name=conversation.customer.display_name,
        order=conversation.order,
        shop=conversation.shop,
        language=conversation.language or conversation.channel.language,
    )


def scripts_for(
    account: Account, conversation: Conversation, *, text: str, at: dt.datetime
) -> list[FilledScript]:
    """The scripts that fit what was typed, filled from the conversation and its order (J3)."""
    context = _context_of(account, conversation, at)
    return fill_scripts(account, context, text=text, stage=conversation.stage)


def answers_for(
    account: Account, conversation: Conversation, *, text: str, category: str, at: dt.datetime
) -> list[Answer]:
    """
    What there is to tell this customer: for what was typed, or for what was last asked (A15).
    """
    newest = (
        Message.objects.filter(conversation=conversation, direction=Direction.IN)
        .order_by("-seq")
        .values_list("body", flat=True)
        .first()
    )
    order = conversation.order
    clients = {conversation.customer.client_id, order.client_id if order else None} - {None}
    return answers(
        account,
        Situation(
            clients=[pk for pk in clients if pk is not None],
            shop_id=conversation.shop_id,
            stage=conversation.stage,
        ),
        _context_of(account, conversation, at),
        text=text.strip(),
        asked=newest or "",
        category=category,
        on=site_day(at, conversation.channel.site.zone),
    )


def held_by(employee: Employee) -> list[Conversation]:
    """Return what somebody is answerable for, whoever waits longest first."""
    rows = Conversation.objects.held().filter(assignee=employee).select_related("customer")
    return list(rows.order_by(F("waiting_since").asc(nulls_last=True), "pk")[:100])


def people_to_choose(
    conversation: Conversation | None, *, without: Account | None
) -> list[tuple[str, str]]:
    """Colleagues who serve at the desk, those online first, with their load."""
    rows = (
        AgentProfile.objects.filter(employee__account__is_active=True)
        .exclude(employee__status__in=["left", "suspended"])
        .exclude(employee_id=conversation.assignee_id or 0 if conversation else 0)
        .select_related("employee__team")
    )
    if without is not None:
        rows = rows.exclude(employee__account=without)
    profiles = list(rows)
    loads = loads_of([row.employee_id for row in profiles])
    words = dict(presence_choices())
    profiles.sort(
        key=lambda row: (row.presence != Presence.ONLINE, loads.get(row.employee_id, 0), row.pk)
    )
    return [
        (
            str(row.employee_id),
            _("%(name)s · %(presence)s · 接待 %(load)s/%(cap)s")
            % {
                "name": row.employee.name,
                "presence": words.get(Presence(row.presence), row.presence),
                "load": loads.get(row.employee_id, 0),
                "cap": row.max_chats,
            },
        )
        for row in profiles
    ]


def groups_to_choose(conversation: Conversation) -> list[tuple[str, str]]:
    """Queues a conversation can be passed to."""
    rows = QueueGroup.objects.filter(is_active=True).exclude(pk=conversation.group_id or 0)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def mentioned_in(text: str) -> list[Employee]:
    """The colleagues a note calls by name with @ (A9)."""
    names = set(MENTION.findall(text))
    if not names:
        return []
    return list(
        Employee.objects.employed()
        .filter(Q(name__in=names) | Q(english_name__in=names) | Q(account__username__in=names))
        .select_related("account")
    )


def phone_channel() -> Channel | None:
    """The channel that phone calls are logged in."""
    return Channel.objects.filter(kind="phone", is_active=True).order_by("pk").first()


def calls_in_order(rows: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
    """Calls with a call-back still owed first, by its time, then the newest."""
    owed = Q(call_back_due_at__isnull=False, call_back_done_at__isnull=True)
    return rows.annotate(owed=owed).order_by(
        "-owed", F("call_back_due_at").asc(nulls_last=True), "-called_at", "-pk"
    )


def calls_owed(rows: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
    """The calls whose call-back is still to be made, by its time."""
    return rows.filter(call_back_due_at__isnull=False, call_back_done_at__isnull=True).order_by(
        "call_back_due_at", "pk"
    )


def phone_greeting(*, on: dt.date) -> str:
    """How the phone is answered, from the rulebook (A4)."""
    greeting = policy(GreetingPolicy, on=on)
    return greeting.phone_en if get_language() == "en" else greeting.phone


def promise_words(text: str, *, on: dt.date) -> tuple[str, ...]:
    """Return what in the text sounds like a promise (A11)."""
    return find_words(text, policy(CourtesyPolicy, on=on).promise_words)


# --- presence


def own_presence(employee: Employee, *, at: dt.datetime) -> dict[str, Any]:
    """An agent's state now, today's hours online and what can be chosen."""
    profile = AgentProfile.objects.filter(employee=employee).first()
    state = Presence(profile.presence) if profile else Presence.OFFLINE
    start, _end = day_bounds(site_day(at, employee.site.zone), employee.site.zone)
    seconds = 0.0
    intervals = PresenceInterval.objects.filter(
        agent=employee, state__in=[Presence.ONLINE, Presence.BUSY]
    ).filter(Q(to_at__isnull=True) | Q(to_at__gt=start))
    for each in intervals:
        seconds += max(((each.to_at or at) - max(each.from_at, start)).total_seconds(), 0)
    minutes = int(seconds // 60)
    words = dict(presence_choices())
    return {
        "state": state,
        "label": _("收尾中") if profile and profile.draining else words[state],
        "dot": DOTS[state],
        "today": f"{minutes // 60}:{minutes % 60:02d}",
        "choices": [
            {
                "value": Presence(each).value,
                "label": label,
                "dot": DOTS[Presence(each)],
                "current": each == state,
            }
            for each, label in presence_choices()
            if each != Presence.AWAY
        ],
    }
