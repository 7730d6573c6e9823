"""A small catalogue of clauses, so that tests do not depend on what rooms ship today."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from cangke.rulebook import rules

CLAUSES = """
[[clause]]
code = "test.waiting"
number = "A5"
chapter = "norms"
title = "首次响应"
title_en = "First response"
text = "聊天须在 {test.chat_seconds} 秒内回复，超过 {test.factor} 倍升级；自动回复{test.auto}回复。"
text_en = "Answer chats within {test.chat_seconds} s; at {test.factor} times it goes up; automatic replies {test.auto}."
rising = [["test.amber", "test.red"]]
[clause.parameters]
"test.chat_seconds" = {type="int", default=60, min=1, max=86400, unit="seconds", label="首次响应", label_en="First response"}
"test.factor" = {type="decimal", default="2", min=1, max=10, label="倍数", label_en="Times"}
"test.auto" = {type="bool", default=false, words=["算", "不算"], words_en=["count", "do not count"], label="自动回复", label_en="Automatic replies"}
"test.amber" = {type="int", default=60, min=0, label="黄色", label_en="Amber"}
"test.red" = {type="int", default=100, min=0, label="红色", label_en="Red"}

[[clause]]
code = "test.late"
number = "K5"
chapter = "norms"
title = "迟到"
title_en = "Lateness"
text = "迟到：{test.tiers}。每周{test.weekday}公布，上班时间 {test.start}。"
text_en = "Lateness: {test.tiers}. Published on {test.weekday}; work begins at {test.start}."
[clause.parameters]
"test.weekday" = {type="choice", default="mon", label="公布日", label_en="Day", options=[{value="mon", label="一", label_en="Monday"}, {value="tue", label="二", label_en="Tuesday"}]}
"test.start" = {type="time", default="08:30", label="上班", label_en="Start"}
"test.steps" = {type="ints", default=[60, 100], min=1, ascending="value", label="台阶", label_en="Steps"}
"test.phrases" = {type="texts", default=["稍等", "hold on"], label="用语", label_en="Phrases"}
"test.name" = {type="text", default="", empty=true, longest=20, label="名称", label_en="Name"}
[clause.parameters."test.tiers"]
type = "rows"
label = "档位"
label_en = "Tiers"
ascending = "to"
row = "{to} 分钟以内 {packet} 元"
row_en = "up to {to} minutes {packet}"
columns = [
  {name="to", type="int", default=1, min=1, label="至", label_en="To"},
  {name="packet", type="decimal", default="0", min=0, label="红包", label_en="Packet"},
]
default = [{to=10, packet="10"}, {to=20, packet="20"}]

[[clause]]
code = "test.general"
number = "1"
chapter = "general"
title = "宗旨"
title_en = "Purpose"
text = "客户第一。"
text_en = "Customers first."
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class WaitingPolicy:
    PREFIX: ClassVar[str] = "test"
    chat_seconds: int = 60
    factor: Decimal = Decimal(2)
    auto: bool = False


def _waiting(given, ask):
    if given["seconds"] > 100_000:
        raise ValueError("too long")
    limit = ask(WaitingPolicy).chat_seconds
    return {
        "late": given["seconds"] > limit,
        "over": max(0, given["seconds"] - limit),
        "times": Decimal(given["seconds"]) / limit,
    }


EVALUATORS = {
    "test.wait": rules.parse_evaluator(
        "test.wait",
        label="等待",
        label_en="Waiting",
        given={
            "seconds": {"type": "int", "default": 0, "min": 0, "label": "秒", "label_en": "Seconds"}
        },
        expect={
            "late": {"type": "bool", "default": False, "label": "超时", "label_en": "Late"},
            "over": {"type": "int", "default": 0, "label": "超出", "label_en": "Over"},
            "times": {"type": "decimal", "default": "0", "label": "倍", "label_en": "Times"},
        },
        run=_waiting,
    )
}


def case(seconds=61, name="", **expect):
    """An example: so many seconds of waiting, and what they come to."""
    return {
        "rule": "test.wait",
        "name": name,
        "given": {"seconds": seconds},
        "expect": expect or {"late": True},
    }
