"""The thread of a conversation and its waits, as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.calendar.public import site_day, site_zone
from cangke.foundation.files.public import StoredFile
from cangke.people.public import Employee

from .. import ports
from ..models import (
    Attachment,
    Conversation,
    Message,
    Turn,
)
from ..models.choices import priority_choices, stage_choices
from ..rules.facts import Direction, SenderKind

THREAD_PAGE = 50


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
        "number": data.get("number", ""),
        "until": _local(data.get("until", "")),
        "text": data.get("text", ""),
        "score": data.get("score", ""),
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
        "rated": _("顾客评 %(score)s 分：%(text)s")
        if data.get("text")
        else _("顾客评 %(score)s 分"),
        "recalled": _("%(by)s 撤回一条消息"),
        "taken_over": _("%(who)s 接管"),
        "order_chosen": _("%(by)s 选定订单"),
        "escalated": _("等待过久，已通知上级"),
        "snoozed": _("%(by)s 放到稍后，%(until)s 再处理"),
        "woken": _("稍后处理的时间到了"),
        "reassigned": _("改派给 %(who)s"),
        "merged_into": _("%(by)s 把这个会话并入 %(number)s"),
        "merged_in": _("%(by)s 把 %(number)s 并入这里，客户以后的来信都到这里"),
        "separated": _("%(by)s 把这个会话从 %(number)s 拆开"),
        "separated_from": _("%(by)s 把 %(number)s 拆开，恢复为单独的会话"),
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
        "answered_outside": _("同事在企业微信里回复：%(text)s"),
        "recalled_outside": _("客户在微信里撤回了一条消息"),
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
    """The waits of a conversation in order, with their words; off shift is marked (AMB-36)."""
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
    served = {
        (each.credited_id, each.answered_at or each.began_at)
        for each in rows
        if each.credited_id is not None
    }
    unplanned = ports.off_shift.ask(moments=served)
    for each in rows:
        shown: Any = each
        shown.off_shift = (each.credited_id, each.answered_at or each.began_at) in unplanned
        shown.customer_seconds = None if each.customer_ms is None else each.customer_ms // 1000
        shown.agent_seconds = None if each.agent_ms is None else each.agent_ms // 1000
        shown.opened_message = ids.get(each.opened_seq)
        shown.answered_message = ids.get(each.answered_seq or 0)
    return rows
