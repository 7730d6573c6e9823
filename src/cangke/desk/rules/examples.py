"""The rules of the desk as the rulebook's own examples may ask them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .clocks import (
    ClockColour,
    ClockPolicy,
    Escalation,
    EscalationPolicy,
    ResponsePolicy,
    clock_colour,
    escalation_of,
)
from .closing import ClosingPolicy, may_reopen
from .courtesy import CourtesyPolicy, find_words
from .definitions import FIGURES, define
from .metrics import MeasuredTurn, measure, round_fraction
from .replies import ReplyPolicy, is_placeholder
from .turns import Turn, TurnState

Ask = Callable[[type[Any]], Any]
CLOSED = datetime(2026, 6, 1, tzinfo=UTC)
A_MONDAY = date(2026, 6, 1)
ENDINGS = {
    "unreplied": TurnState.EXPIRED,
    "passed": TurnState.TRANSFERRED_UNREPLIED,
    "taken_away": TurnState.TRANSFERRED_UNREPLIED,
}


def waiting(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """A customer who waits: the target, the colour of the clock, to whom it goes up (B6, O4)."""
    target = ask(ResponsePolicy).target_seconds(
        given["channel"], priority=1 if given["flagged"] else 0
    )
    goes_to, _because = escalation_of(given["waited_seconds"], target, ask(EscalationPolicy))
    return {
        "target_seconds": target,
        "colour": str(clock_colour(given["waited_seconds"], ask(ClockPolicy))),
        "goes_to": str(goes_to),
    }


def words(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """What an outgoing reply counts as: stopped, a promise, only “wait a moment” (A11, A18)."""
    courtesy = ask(CourtesyPolicy)
    return {
        "stopped": bool(find_words(given["text"], courtesy.banned_words)),
        "promises": bool(find_words(given["text"], courtesy.promise_words)),
        "placeholder": is_placeholder(given["text"], ask(ReplyPolicy)),
    }


def reopening(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """Whether a message so long after closing goes on with the conversation."""
    at = CLOSED + timedelta(hours=given["hours"])
    return {"reopens": may_reopen(closed_at=CLOSED, at=at, policy=ask(ClosingPolicy))}


def figure(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """What one wait makes of a figure: whether it counts, and to what the figure comes (A5)."""
    named = FIGURES[given["figure"]]
    definition = define(named, None if named.policy is None else ask(named.policy))
    at = datetime.combine(A_MONDAY, given["asked_at"], tzinfo=UTC)
    end = at + timedelta(seconds=given["waited_seconds"])
    answered = given["ending"] == "answered"
    effective = answered and not given["placeholder"]
    turn = Turn(
        number=1,
        round_number=1,
        opened_seq=1,
        opened_at=at,
        began_at=at,
        began_seq=1,
        agent_id=1,
        agent_from=at,
        first_of_segment=True,
        state=TurnState.ANSWERED if answered else ENDINGS[given["ending"]],
        ended_at=end,
        answered_at=end if answered else None,
        answered_by_id=1 if answered else None,
        effective_at=end if effective else None,
        excluded_reason="taken_over" if given["ending"] == "taken_away" else "",
    )
    row = MeasuredTurn(1, 1, 1, A_MONDAY, turn, turn.customer_ms, turn.customer_effective_ms)
    found = measure(definition, [row], zone=ZoneInfo("UTC"))
    value = Decimal(0) if found.value is None else round_fraction(found.value, 1)
    return {"counted": found.trace[0].counted, "value": value}


def _choice(label: str, label_en: str, *options: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "type": "choice", "default": options[0][0], "label": label, "label_en": label_en,
        "options": [
            {"value": value, "label": name, "label_en": name_en}
            for value, name, name_en in options
        ],
    }  # fmt: skip


def _yes(label: str, label_en: str) -> dict[str, Any]:
    return {"type": "bool", "default": False, "label": label, "label_en": label_en}


EVALUATORS: tuple[dict[str, Any], ...] = (
    {
        "code": "desk.waiting",
        "label": "客户等待",
        "label_en": "A customer who waits",
        "given": {
            "channel": _choice(
                "渠道", "Channel",
                ("web_chat", "在线聊天", "Web chat"),
                ("email", "邮件", "E-mail"),
                ("letter", "信件", "Letter"),
            ),
            "waited_seconds": {
                "type": "int", "default": 60, "min": 0, "max": 2_592_000, "unit": "s",
                "label": "已等", "label_en": "Waited",
            },
            "flagged": _yes("标记优先", "Flagged"),
        },
        "expect": {
            "target_seconds": {
                "type": "int", "default": 60, "min": 0, "unit": "s", "label": "响应目标",
                "label_en": "Target",
            },
            "colour": _choice(
                "颜色", "Colour",
                (str(ClockColour.CALM), "平常", "Calm"),
                (str(ClockColour.AMBER), "黄", "Amber"),
                (str(ClockColour.RED), "红", "Red"),
                (str(ClockColour.DARK), "深红", "Dark red"),
            ),
            "goes_to": _choice(
                "上报", "Goes up to",
                (str(Escalation.NONE), "不上报", "Nobody"),
                (str(Escalation.LEADER), "组长", "Leader"),
                (str(Escalation.SUPERVISOR), "主管", "Supervisor"),
                (str(Escalation.HEAD), "部门负责人", "Head of department"),
            ),
        },
        "run": waiting,
    },
    {
        "code": "desk.words",
        "label": "回复里的话",
        "label_en": "Words of a reply",
        "given": {
            "text": {
                "type": "text", "default": "您好", "longest": 200, "label": "回复",
                "label_en": "Reply",
            },
        },
        "expect": {
            "stopped": _yes("禁止发送", "Stopped"),
            "promises": _yes("像承诺", "Sounds like a promise"),
            "placeholder": _yes("只是“稍等”", "Only asks to wait"),
        },
        "run": words,
    },
    {
        "code": "desk.reopening",
        "label": "结束后又来消息",
        "label_en": "A message after closing",
        "given": {
            "hours": {
                "type": "int", "default": 1, "min": 0, "max": 8760, "unit": "h",
                "label": "结束后", "label_en": "After closing",
            },
        },
        "expect": {"reopens": _yes("续接原会话", "Goes on with the conversation")},
        "run": reopening,
    },
    {
        "code": "desk.figure",
        "label": "一次等待怎么计",
        "label_en": "How one wait counts",
        "given": {
            "figure": _choice(
                "指标", "Figure",
                ("first_response", "首次响应时间", "First response"),
                ("first_response_agent", "首次响应时间（客服）", "First response (agent)"),
                ("average_response", "平均响应时间", "Average response"),
                ("rate_3_minutes", "限时回复率", "Replies in time"),
                ("unreplied", "未回复数", "Unreplied"),
                ("reply_rate", "回复率", "Reply rate"),
                ("served", "接待人数", "Customers served"),
                ("taobao_average_response", "旺旺人工平均响应时间", "Wangwang average response"),
                ("taobao_rate_3_minutes", "旺旺限时人工回复率", "Wangwang replies in time"),
                ("kuaishou_rate_3_minutes", "快手限时人工回复率", "Kuaishou replies in time"),
                ("pinduoduo_rate_5_minutes", "拼多多限时回复率", "Pinduoduo replies in time"),
            ),
            "asked_at": {
                "type": "time", "default": "10:00", "label": "客户来信", "label_en": "Asked at",
            },
            "waited_seconds": {
                "type": "int", "default": 60, "min": 0, "max": 86_400, "unit": "s",
                "label": "等了", "label_en": "Waited",
            },
            "ending": _choice(
                "结果", "Ending",
                ("answered", "有人工回复", "A person replied"),
                ("unreplied", "没有回复就结束", "Ended without a reply"),
                ("passed", "没有回复就转走", "Passed on without a reply"),
                ("taken_away", "宽限内被主管接走", "Taken over within the grace"),
            ),
            "placeholder": _yes("只回了“稍等”", "Only asked to wait"),
        },
        "expect": {
            "counted": _yes("计入", "Counts"),
            "value": {
                "type": "decimal", "default": "0", "min": 0, "label": "指标得出",
                "label_en": "The figure comes to",
            },
        },
        "run": figure,
    },
)  # fmt: skip
