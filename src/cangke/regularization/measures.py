"""The recorded facts that a criterion can be held against (N12), for rules and ports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


class Unit(StrEnum):
    DAYS = "days"
    PERCENT = "percent"
    SECONDS = "seconds"
    POINTS = "points"
    TIMES = "times"


class Holds(StrEnum):
    """How the fact must stand to its threshold; ``shown`` has none and is there to be looked at."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    SHOWN = "shown"


@dataclass(frozen=True)
class Recorded:
    """
    A recorded fact: its value, from how many records, and the page that shows them.

    ``parts`` says more, in times: what each part is called (a msgid) and how often.
    """

    value: Decimal
    count: int = 0
    url: str = ""
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Measure:
    """
    One kind of recorded fact.

    ``threshold`` is the field of `CriteriaPolicy` it is held against, ``sampled`` says that fewer
    than ``criteria.least_samples`` records are not enough to judge by.
    """

    key: str
    label: str
    unit: Unit
    holds: Holds
    threshold: str = ""
    sampled: bool = False


MEASURES: dict[str, Measure] = {
    each.key: each
    for each in (
        Measure("probation", gettext_noop("试用期时长"), Unit.DAYS, Holds.AT_LEAST),
        Measure("in_time", gettext_noop("届满前提交"), Unit.DAYS, Holds.AT_LEAST),
        Measure(
            "satisfaction", gettext_noop("客户满意度"), Unit.PERCENT, Holds.AT_LEAST,
            "satisfaction_percent", True,
        ),
        Measure(
            "resolution", gettext_noop("问题解决率"), Unit.PERCENT, Holds.AT_LEAST,
            "resolution_percent", True,
        ),
        Measure(
            "first_response", gettext_noop("平均首次响应"), Unit.SECONDS, Holds.AT_MOST,
            "first_response_seconds", True,
        ),
        Measure(
            "three_minutes", gettext_noop("限时回复率"), Unit.PERCENT, Holds.AT_LEAST,
            "three_minutes_percent", True,
        ),
        Measure(
            "appraisal", gettext_noop("考核平均分"), Unit.POINTS, Holds.AT_LEAST, "appraisal_points"
        ),
        Measure(
            "quality", gettext_noop("质检平均分"), Unit.POINTS, Holds.AT_LEAST, "quality_points",
            True,
        ),
        Measure(
            "tests", gettext_noop("业务知识测验"), Unit.POINTS, Holds.AT_LEAST, "test_points"
        ),
        Measure("absence", gettext_noop("旷工"), Unit.DAYS, Holds.AT_MOST, "absent_days"),
        Measure("lateness", gettext_noop("迟到"), Unit.TIMES, Holds.SHOWN),
        Measure("demerits", gettext_noop("处分"), Unit.TIMES, Holds.AT_MOST, "demerits"),
        Measure("complaints", gettext_noop("服务投诉"), Unit.TIMES, Holds.SHOWN),
        Measure("corrections", gettext_noop("备注更正"), Unit.TIMES, Holds.SHOWN),
        Measure("assistance", gettext_noop("协助同事"), Unit.TIMES, Holds.SHOWN),
        Measure("courses", gettext_noop("完成课程"), Unit.TIMES, Holds.SHOWN),
    )
}  # fmt: skip

# The period itself is the file's own knowledge; everything else somebody records.
PERIOD = ("probation", "in_time")
