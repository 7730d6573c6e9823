"""What the rules of attendance say, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cangke.foundation.wording import phrased

from .rules import Asked, Matter, Verdict

# The number people quote → the code of the clause in the rulebook.
CLAUSES = {
    "K3": "attendance.extension",
    "K5": "attendance.lateness",
    "K6": "attendance.lateness",
    "K19": "attendance.missed_punch",
    "K20": "attendance.missed_punch",
    "K21": "attendance.absence",
}

# What of a verdict is its result, told apart from how it came about.
RESULTS = ("minutes_late", "minutes_early", "absent_days", "extension_minutes")


def plain(number: Decimal | str) -> str:
    """A number of days, hours or people without needless zeros."""
    return f"{Decimal(number).normalize():f}"


def counted(number: Decimal | str) -> int:
    """How a language counts a number of days: one is one, half a day is not."""
    return 1 if Decimal(number) == 1 else 2


def asked_fact(asked: Asked) -> dict[str, Any]:
    """A matter of a request as it is kept with it."""
    return {
        "matter": str(asked.matter),
        "number": str(asked.number),
        "limit": str(asked.limit),
        "day": asked.day.isoformat() if asked.day else "",
    }


def asked_text(fact: Mapping[str, Any]) -> str:
    """What a matter of a request says; its keys are those of `asked_fact`."""
    values = {
        "number": plain(fact["number"]),
        "limit": plain(fact["limit"]),
        "day": fact["day"],
    }
    limit = counted(fact["limit"])
    texts = {
        Matter.TOO_LATE: ngettext(
            "至少要提前 %(limit)s 天申请，现在提前 %(number)s 天",
            "至少要提前 %(limit)s 天申请，现在提前 %(number)s 天",
            limit,
        ),
        Matter.NO_REST_LEFT: ngettext(
            "这个月可休 %(limit)s 天，加上这次是 %(number)s 天",
            "这个月可休 %(limit)s 天，加上这次是 %(number)s 天",
            limit,
        ),
        Matter.QUOTA: _("这种假每年 %(limit)s 天，加上这次是 %(number)s 天"),
        Matter.NO_CALL: _("没有紧急来电的记录，请先打电话给直属上级，由上级登记"),
        Matter.CALLED_LATE: _("来电是上班后 %(number)s 分钟，最迟 %(limit)s 分钟"),
        Matter.APPLIED_LATE: _("补申请要在 %(day)s 以前"),
        Matter.REST_LOST: _("当月请假共 %(number)s 天，超过 %(limit)s 天：次月没有休假"),
        Matter.CAP: _("事假全年共 %(number)s 天，超过 %(limit)s 天的部分按旷工"),
        Matter.CAP_NEAR: _("事假全年共 %(number)s 天，上限 %(limit)s 天"),
    }
    return texts[Matter(fact["matter"])] % values


def verdict_text(verdict: Verdict | Mapping[str, Any]) -> str:
    """What a verdict comes to, in a few words."""
    given: Mapping[str, Any] = verdict if isinstance(verdict, Mapping) else verdict_fact(verdict)
    parts = []
    if Decimal(given["absent_days"]):
        days = given["absent_days"]
        parts.append(ngettext("旷工 %s 天", "旷工 %s 天", counted(days)) % plain(days))
    elif given["minutes_late"]:
        parts.append(_("迟到 %d 分钟") % given["minutes_late"])
    elif given["minutes_early"]:
        parts.append(_("早退 %d 分钟") % given["minutes_early"])
    elif given["reason"] == "missed_punch":
        parts.append(_("下班漏卡"))
    if given["extension_minutes"]:
        parts.append(_("延长 %d 分钟") % given["extension_minutes"])
    if given.get("objected"):
        parts.append(_("有异议，不计"))
    return phrased(parts)


def verdict_result(verdict: Verdict) -> str:
    """What a verdict comes to as its explanation keeps it: ``minutes_late=12``."""
    fact = verdict_fact(verdict)
    return ", ".join(f"{name}={fact[name]}" for name in RESULTS if fact[name] not in (0, "0"))


def result_text(result: str) -> str:
    """What a result that `verdict_result` made says."""
    given = dict.fromkeys(RESULTS, "0") | dict(
        part.split("=", 1) for part in result.split(", ") if "=" in part
    )
    numbers = {name: Decimal(given[name]) for name in RESULTS}
    return verdict_text({**numbers, "reason": ""}) or _("没有违规")


def verdict_fact(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is kept with the day: plain values, always in the same order."""
    fact = {
        "side": str(verdict.side),
        "minutes_late": verdict.minutes_late,
        "minutes_early": verdict.minutes_early,
        "absent_days": str(verdict.absent_days),
        "extension_minutes": verdict.extension_minutes,
        "packet": None if verdict.packet is None else str(verdict.packet),
        "parts": verdict.parts,
        "reason": verdict.reason,
        "clause": verdict.clause,
        "explain": verdict.explain,
    }
    return {**fact, "objected": True} if verdict.objected else fact
