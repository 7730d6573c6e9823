"""What rules and tables of the organisation are called on pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cangke.foundation.wording import listed

from . import models, rules

FIELD_LABELS: dict[str, Any] = {
    rules.WorkField.LOGISTICS: gettext_lazy("物流协调"),
    rules.WorkField.ORDERS: gettext_lazy("订单处理"),
    rules.WorkField.PROBLEMS: gettext_lazy("问题解决"),
    rules.WorkField.CARE: gettext_lazy("客户服务"),
    rules.WorkField.DATA: gettext_lazy("数据分析"),
}
WORD_LABELS: dict[str, Any] = {
    "position": gettext_lazy("在组织中的位置"),
    "reporting": gettext_lazy("汇报与管理关系"),
    "duties": gettext_lazy("岗位职责"),
    "authority": gettext_lazy("权限范围"),
    "equipment": gettext_lazy("使用设备"),
    "experience": gettext_lazy("工作经验"),
    "special": gettext_lazy("特殊要求"),
    "contacts_inside": gettext_lazy("内部联系"),
    "contacts_outside": gettext_lazy("外部联系"),
    "appraisal": gettext_lazy("考核标准"),
    "workplace": gettext_lazy("工作地点"),
    "hours": gettext_lazy("工作时间"),
    "conditions": gettext_lazy("待遇说明"),
    **{f"field_{key}": label for key, label in FIELD_LABELS.items()},
}
PART_LABELS: dict[str, Any] = {
    rules.Part.EDUCATION: gettext_lazy("学历"),
    rules.Part.MAJOR: gettext_lazy("专业"),
    rules.Part.EXPERIENCE: gettext_lazy("工作经验"),
    rules.Part.SKILL: gettext_lazy("知识技能"),
    rules.Part.LANGUAGE: gettext_lazy("语言"),
    rules.Part.QUALITY: gettext_lazy("素质"),
}
LANGUAGES = [
    ("zh-hans", "中文"), ("en", "English"), ("de", "Deutsch"), ("fr", "Français"),
    ("es", "Español"), ("ja", "日本語"),
]  # fmt: skip


def language_words(codes: list[str]) -> str:
    names = dict(LANGUAGES)
    return listed(names.get(code, code) for code in codes)


def wanted_words(line: rules.Line) -> str:
    """What a demand asks for, in words."""
    if line.part == rules.Part.EDUCATION:
        name = dict(models.education_choices())[line.wanted]
        return _("%s及以上") % name if line.wanted != rules.Education.MASTER else str(name)
    if line.part == rules.Part.EXPERIENCE:
        years = int(line.wanted)
        return ngettext("%d 年以上", "%d 年以上", years) % years
    if line.part == rules.Part.LANGUAGE:
        return language_words([line.wanted])
    return line.wanted
