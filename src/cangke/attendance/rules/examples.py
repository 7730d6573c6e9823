"""The rules of attendance as the rulebook's own examples may ask them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .judging import absent_all_day, judge_in, judge_out, judge_shift
from .leave import rest_entitlement
from .policies import AbsencePolicy, LatePolicy, LeavePolicy, RestPolicy
from .shifts import nearest_moment, place_shift

Ask = Callable[[type[Any]], Any]
DAY = dt.date(2026, 6, 1)  # any day without a change of clocks
ZONE = ZoneInfo("UTC")


def judge_day(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """
    One shift with a punch at either end: minutes, packets, absence (K5, K6, K15).

    A punch is the moment of that time nearest to its end of the shift. ``punched`` false is a day
    without any punch.
    """
    shift = place_shift(DAY, given["start"], given["end"], ZONE)
    late, absence = ask(LatePolicy), ask(AbsencePolicy)
    if not given["punched"]:
        verdicts = [absent_all_day(shift, absence, explain="")]
    else:
        arrived = nearest_moment(DAY, given["in"], ZONE, to=shift.start)
        left = nearest_moment(DAY, given["out"], ZONE, to=shift.end)
        verdicts = judge_shift(
            shift, [judge_in(shift, arrived, late), judge_out(shift, left, late)], absence
        )
    return {
        "minutes_late": sum(each.minutes_late for each in verdicts),
        "minutes_early": sum(each.minutes_early for each in verdicts),
        "packet": sum((each.packet or Decimal(0) for each in verdicts), Decimal(0)),
        "parts": sum(each.parts for each in verdicts),
        "absent_days": sum((each.absent_days for each in verdicts), Decimal(0)),
    }


def rest_of_month(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """Rest days of a month after the leave of the one before (K11, K17)."""
    return {
        "rest_days": rest_entitlement(
            leave_days_before=given["leave_days_before"],
            employed_days=given["employed_days"],
            calendar_days=given["calendar_days"],
            rest=ask(RestPolicy),
            leave=ask(LeavePolicy),
        )
    }


EVALUATORS: tuple[dict[str, Any], ...] = (
    {
        "code": "attendance.day",
        "label": "一个班次的打卡",
        "label_en": "Punches of a shift",
        "given": {
            "start": {"type": "time", "default": "08:30", "label": "上班", "label_en": "Begins"},
            "end": {"type": "time", "default": "17:30", "label": "下班", "label_en": "Ends"},
            "in": {"type": "time", "default": "08:30", "label": "上班打卡", "label_en": "In"},
            "out": {"type": "time", "default": "17:30", "label": "下班打卡", "label_en": "Out"},
            "punched": {"type": "bool", "default": True, "label": "有打卡", "label_en": "Punched"},
        },
        "expect": {
            "minutes_late": {
                "type": "int", "default": 0, "min": 0, "label": "迟到分钟",
                "label_en": "Minutes late",
            },
            "minutes_early": {
                "type": "int", "default": 0, "min": 0, "label": "早退分钟",
                "label_en": "Minutes early",
            },
            "packet": {
                "type": "decimal", "default": "0", "min": 0, "label": "红包", "label_en": "Packet",
            },
            "parts": {"type": "int", "default": 0, "min": 0, "label": "份数", "label_en": "Parts"},
            "absent_days": {
                "type": "decimal", "default": "0", "min": 0, "label": "旷工天数",
                "label_en": "Days absent",
            },
        },
        "run": judge_day,
    },
    {
        "code": "attendance.rest",
        "label": "一个月的休假天数",
        "label_en": "Rest days of a month",
        "given": {
            "leave_days_before": {
                "type": "decimal", "default": "0", "min": 0, "max": 31, "label": "上月请假天数",
                "label_en": "Leave of the month before",
            },
            "employed_days": {
                "type": "int", "default": 30, "min": 0, "max": 31, "label": "在职天数",
                "label_en": "Days employed",
            },
            "calendar_days": {
                "type": "int", "default": 30, "min": 28, "max": 31, "label": "当月天数",
                "label_en": "Days of the month",
            },
        },
        "expect": {
            "rest_days": {
                "type": "decimal", "default": "0", "min": 0, "label": "休假天数",
                "label_en": "Rest days",
            },
        },
        "run": rest_of_month,
    },
)  # fmt: skip
