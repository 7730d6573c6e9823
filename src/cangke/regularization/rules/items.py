"""What a superior rates from 1 to 5, with words (N5, N13)."""

from __future__ import annotations

from dataclasses import dataclass

from ..measures import gettext_noop


@dataclass(frozen=True)
class Item:
    """One thing to rate, with what to look at."""

    key: str
    label: str
    label_en: str
    hint: str


ITEMS: dict[str, Item] = {
    each.key: each
    for each in (
        Item("performance", "工作业绩", "Performance", gettext_noop("任务完成的数量与质量")),
        Item("ability", "业务能力", "Professional ability", gettext_noop("业务知识、流程与规范")),
        Item("service", "服务态度与意识", "Service attitude", gettext_noop("处理问题与投诉的态度")),
        Item("attitude", "工作态度与责任心", "Work attitude", gettext_noop("认真、主动、负责")),
        Item("teamwork", "团队协作", "Teamwork", gettext_noop("与同事配合，帮助同事")),
        Item("communication", "沟通能力", "Communication", gettext_noop("与客户、与同事")),
        Item(
            "recording", "需求记录与反馈准确", "Accurate records", gettext_noop("备注是否写对写全")
        ),
        Item(
            "learning",
            "学习与适应",
            "Learning and adapting",
            gettext_noop("学得多快，能否适应变化"),
        ),
        Item("culture", "理解公司文化", "Company culture", gettext_noop("认同并做到")),
    )
}
