"""The answer of a simulated month, in the shape the contract publishes; deterministic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cangke.attendance.rules import MonthVerdict, Packet, Verdict

from .amounts import cents, days_text
from .month import Slip
from .reading import Reading


def tell_month(
    reading: Reading,
    month: MonthVerdict,
    slip: Slip,
    *,
    rulebook: tuple[str, int],
    pay_due_on: dt.date,
) -> dict[str, Any]:
    """Return the document: money with two decimals and days as decimal text."""
    return {
        "month": f"{reading.first:%Y-%m}",
        "rulebook": {"key": rulebook[0], "version": rulebook[1]},
        "days": [_day(each) for each in month.verdicts],
        "packets": [_packet(each) for each in month.packets],
        "absent_days": days_text(month.absent_days),
        "leave_days": days_text(month.leave.days),
        "rest_entitlement": days_text(slip.rest_entitlement),
        "rest_entitlement_next_month": days_text(slip.rest_entitlement_next_month),
        "lines": [
            {
                "code": each.code,
                "amount": str(each.amount),
                "clause": each.clause,
                "explain": each.explain,
            }
            for each in slip.lines
        ],
        "gross": str(slip.gross),
        "deductions": str(slip.deductions),
        "insurance_employee": str(cents(slip.insurance_employee)),
        "insurance_company": str(slip.insurance_company),
        "tax": str(slip.tax),
        "net": str(slip.net),
        "receivable": str(slip.receivable),
        "pay_due_on": pay_due_on.isoformat(),
        "open_exceptions": [
            {"shift": each.date.isoformat(), "side": str(each.side)} for each in month.exceptions
        ],
        "notices": list(slip.notices),
        "proposals": list(slip.proposals),
        "guard": {
            "mode": str(slip.guard.mode),
            "limit": str(slip.guard.limit),
            "exceeded": slip.guard.exceeded,
            "uncollected": str(cents(slip.guard.uncollected)),
        },
    }


def _day(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {
        "date": verdict.date.isoformat(),
        "side": str(verdict.side),
        "minutes_late": verdict.minutes_late,
        "minutes_early": verdict.minutes_early,
        "absent_days": days_text(verdict.absent_days),
    }
    if verdict.extension_minutes:
        told["extension_minutes"] = verdict.extension_minutes
    return {**told, "clause": verdict.clause, "explain": verdict.explain}


def _packet(packet: Packet) -> dict[str, Any]:
    return {
        "shift": packet.date.isoformat(),
        "side": str(packet.side),
        "reason": packet.reason,
        "amount": str(cents(packet.amount)),
        "parts": packet.parts,
        "state": str(packet.state),
        "owed": str(cents(packet.owed)),
        "clause": packet.clause,
    }
