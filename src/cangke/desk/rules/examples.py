"""The rules of the desk as the rulebook's own examples may ask them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
from .replies import ReplyPolicy, is_placeholder

Ask = Callable[[type[Any]], Any]
CLOSED = datetime(2026, 6, 1, tzinfo=UTC)


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
)  # fmt: skip
