"""The rules of pay as the rulebook's own examples may ask them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cangke.attendance.rules import LeaveDay, MonthVerdict, Policies, Side, Verdict, count_leave
from cangke.attendance.rules.policies import AbsencePolicy, LeavePolicy, RestPolicy

from .month import PayFacts, pay_month
from .policies import BonusPolicy, InsurancePolicy, PayPolicies, PayPolicy, TaxPolicy
from .tax import TaxMonth, withhold

Ask = Callable[[type[Any]], Any]
# A month of each length; which year does not matter to the rules.
FIRST = {28: dt.date(2026, 2, 1), 29: dt.date(2024, 2, 1), 30: dt.date(2026, 4, 1)}
LONG = dt.date(2026, 5, 1)
NONE = Decimal(0)
KIND = "personal"


def month_of_pay(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """A whole month of one person: what its lines come to (L1–L12, K12, K16, K21, K22)."""
    first = FIRST.get(given["calendar_days"], LONG)
    attendance = Policies(absence=ask(AbsencePolicy), rest=ask(RestPolicy), leave=ask(LeavePolicy))
    policies = PayPolicies(ask(PayPolicy), ask(BonusPolicy), ask(InsurancePolicy), ask(TaxPolicy))
    away = _days(first, given["leave_days"])
    absent = given["absent_days"]
    verdicts = tuple(
        Verdict(each.date, Side.DAY, absent_days=each.days) for each in _days(first, absent)
    ) + ((Verdict(first, Side.IN, minutes_late=1),) if given["late"] else ())
    leave = count_leave(away, attendance.leave)
    month = MonthVerdict(verdicts, (), (), absent + leave.excess, leave)
    facts = PayFacts(
        first=first,
        base_pay=given["base_pay"] or policies.pay.base,
        rest_days_taken=given["rest_days_taken"],
        insurance_total=given["insurance_total"],
        leave_days=away,
    )
    slip = pay_month(facts, month, attendance, policies)
    lines: dict[str, Decimal] = {}
    for line in slip.lines:
        lines[line.code] = lines.get(line.code, NONE) + line.amount
    return {
        "unused_rest": lines.get("unused_rest", NONE),
        "full_attendance": lines.get("full_attendance", NONE),
        "leave": -lines.get("leave", NONE),
        "absence": -lines.get("absence", NONE),
        "insurance": slip.insurance_employee,
        "net": slip.net,
    }


def _days(first: dt.date, days: Decimal) -> list[LeaveDay]:
    """So many days from the first on, the half one last."""
    whole, half = divmod(days, 1)
    found = [LeaveDay(first + dt.timedelta(days=n), Decimal(1), KIND) for n in range(int(whole))]
    return [*found, LeaveDay(first + dt.timedelta(days=int(whole)), half, KIND)] if half else found


def tax_of_month(given: Mapping[str, Any], ask: Ask) -> Mapping[str, Any]:
    """Tax of the last of several equal months (L8)."""
    each = TaxMonth(given["gross"], given["insurance"])
    policy = ask(TaxPolicy)
    earlier: list[TaxMonth] = []
    tax = NONE
    for _month in range(given["month"]):
        tax, _words = withhold(earlier, each, policy)
        earlier.append(replace(each, withheld=tax))
    return {"tax": tax}


def _money(label: str, label_en: str, **more: object) -> dict[str, Any]:
    return {
        "type": "decimal", "default": "0", "min": 0, "label": label, "label_en": label_en, **more
    }  # fmt: skip


def _number(label: str, label_en: str, default: int, least: int, most: int) -> dict[str, Any]:
    return {
        "type": "int", "default": default, "min": least, "max": most, "label": label,
        "label_en": label_en,
    }  # fmt: skip


EVALUATORS: tuple[dict[str, Any], ...] = (
    {
        "code": "payroll.month",
        "label": "一个月的工资",
        "label_en": "A month's pay",
        "given": {
            "base_pay": _money("底薪（0 为制度底薪）", "Base pay (0: by the rulebook)"),
            "calendar_days": _number("当月天数", "Days of the month", 30, 28, 31),
            "absent_days": _money("旷工天数", "Days absent", max=31),
            "leave_days": _money("事假天数", "Days of personal leave", max=31),
            "rest_days_taken": _money("已休休假天数", "Rest days taken", max=31),
            "late": {"type": "bool", "default": False, "label": "迟到过", "label_en": "Was late"},
            "insurance_total": _money("每月保险合计", "Insurance in total"),
        },
        "expect": {
            "unused_rest": _money("未休休假工资", "Unused rest days"),
            "full_attendance": _money("全勤奖", "Full attendance"),
            "leave": _money("请假扣款", "Taken for leave"),
            "absence": _money("旷工扣款", "Taken for absence"),
            "insurance": _money("个人保险", "Own share of insurance"),
            "net": _money("实发", "Net"),
        },
        "run": month_of_pay,
    },
    {
        "code": "payroll.tax",
        "label": "累计预扣个税",
        "label_en": "Cumulative tax",
        "given": {
            "gross": _money("每月应税收入", "Taxable pay a month"),
            "insurance": _money("每月个人保险", "Own insurance a month"),
            "month": _number("第几个月", "Which month", 1, 1, 12),
        },
        "expect": {"tax": _money("当月个税", "Tax of the month")},
        "run": tax_of_month,
    },
)
