"""The metric definitions that are shipped: the house's own and those of four marketplaces."""

from collections.abc import Mapping

from .metrics import (
    Clock,
    DailyWindow,
    Measure,
    MetricDefinition,
    ReplyKind,
    Unanswered,
    Unit,
)
from .turns import TurnState
from .wording import gettext_noop

EIGHT_TO_ELEVEN = DailyWindow(start_minute=8 * 60, length_minutes=15 * 60)
UNREPLIED = frozenset({TurnState.EXPIRED, TurnState.TRANSFERRED_UNREPLIED})

HOUSE = (
    MetricDefinition(
        "first_response",
        1,
        gettext_noop("首次响应时间"),
        Measure.MEAN_SECONDS,
        Unit.FIRST_ROUND,
        Clock.OPENING,
        ReplyKind.EFFECTIVE,
    ),
    MetricDefinition(
        "first_response_agent",
        1,
        gettext_noop("首次响应时间（客服）"),
        Measure.MEAN_SECONDS,
        Unit.FIRST_OF_SEGMENT,
        Clock.AGENT,
        ReplyKind.EFFECTIVE,
    ),
    MetricDefinition(
        "average_response",
        1,
        gettext_noop("平均响应时间"),
        Measure.MEAN_SECONDS,
        Unit.TURN,
        Clock.AGENT,
        ReplyKind.EFFECTIVE,
        cap_seconds=600,
        unanswered=Unanswered.ELAPSED,
    ),
    MetricDefinition(
        "rate_3_minutes",
        1,
        gettext_noop("3 分钟回复率"),
        Measure.SHARE,
        Unit.TURN,
        Clock.AGENT,
        ReplyKind.EFFECTIVE,
        limit_seconds=180,
        window=EIGHT_TO_ELEVEN,
    ),
    MetricDefinition(
        "unreplied",
        1,
        gettext_noop("未回复数"),
        Measure.COUNT,
        Unit.TURN,
        Clock.AGENT,
        states=UNREPLIED,
    ),
    MetricDefinition(
        "reply_rate",
        1,
        gettext_noop("回复率"),
        Measure.SHARE,
        Unit.PERSON_DAY,
        Clock.CUSTOMER,
    ),
    MetricDefinition(
        "served",
        1,
        gettext_noop("接待人数"),
        Measure.COUNT,
        Unit.PERSON_DAY,
        Clock.AGENT,
    ),
    MetricDefinition("answer_ask", 1, gettext_noop("答问比"), Measure.RATIO),
)

TAOBAO = (
    MetricDefinition(
        "taobao.average_response",
        1,
        gettext_noop("旺旺人工平均响应时间"),
        Measure.MEAN_SECONDS,
        Unit.TURN,
        Clock.AGENT,
        cap_seconds=600,
        unanswered=Unanswered.AT_CAP,
        window=EIGHT_TO_ELEVEN,
        keep_excluded=frozenset({"stage_changed", "taken_over"}),
    ),
    MetricDefinition(
        "taobao.rate_3_minutes",
        1,
        gettext_noop("3 分钟人工回复率"),
        Measure.SHARE,
        Unit.TURN,
        Clock.AGENT,
        limit_seconds=180,
        window=EIGHT_TO_ELEVEN,
        keep_excluded=frozenset({"stage_changed", "taken_over"}),
    ),
)

KUAISHOU = (
    MetricDefinition(
        "kuaishou.rate_3_minutes",
        1,
        gettext_noop("3 分钟人工回复率（按人）"),
        Measure.SHARE,
        Unit.PERSON_DAY,
        Clock.CUSTOMER,
        limit_seconds=180,
        window=EIGHT_TO_ELEVEN,
    ),
)

PINDUODUO = (
    MetricDefinition(
        "pinduoduo.rate_5_minutes",
        1,
        gettext_noop("5 分钟回复率"),
        Measure.SHARE,
        Unit.TURN,
        Clock.CUSTOMER,
        limit_seconds=300,
        window=EIGHT_TO_ELEVEN,
    ),
)

PRESETS: Mapping[str, tuple[MetricDefinition, ...]] = {
    "house": HOUSE,
    "taobao": TAOBAO,
    "kuaishou": KUAISHOU,
    "pinduoduo": PINDUODUO,
}


def definition(key: str) -> MetricDefinition:
    """
    Return the shipped definition of a figure.

    :raises KeyError: if there is none by that key
    """
    return BY_KEY[key]


BY_KEY: Mapping[str, MetricDefinition] = {d.key: d for kind in PRESETS.values() for d in kind}
