"""What the workbench shows, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can, get_visible, reach, scope
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.people.public import Employee

from ..models import (
    AgentProfile,
    Conversation,
    PresenceInterval,
    QueueGroup,
    Transfer,
)
from ..models.choices import presence_choices
from ..models.conversation import ConversationQuerySet
from ..rules.routing import Presence

COUNT_LIMIT = 999
CHANNEL_ICONS = {
    "web_chat": "web",
    "email": "mail",
    "phone": "phone",
    "walk_in": "person",
    "letter": "note",
    "marketplace_im": "im",
    "wecom": "im",
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
        "merged_into",
    )
    found = get_visible(  # type: ignore[type-var]
        account,  # type: ignore[arg-type]
        Conversation,
        rows=rows,
        pk=conversation_id,
    )
    return with_icon(found)


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
