"""What is said when something cannot be taken, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from .rules import BadValue


def sentence(error: BadValue) -> str:
    """The sentence for a cell that cannot be taken."""
    sentences: Mapping[str, str] = {
        "required": _("必填，这里是空的"),
        "long": _("超过 %(most)s 个字"),
        "whole": _("应是整数"),
        "amount": _("应是数字，不带千分位"),
        "digits": _("最多 %(digits)s 位小数"),
        "least": _("不能小于 %(least)s"),
        "most": _("不能大于 %(most)s"),
        "day": _("应是日期，如 2026-11-23"),
        "moment": _("应是日期和时间，如 2026-11-23 09:30"),
        "choice": _("应是其中之一：%(allowed)s"),
        "yes_no": _("应是“是”或“否”"),
        "email": _("应是一个邮箱地址"),
        "lost_digits": _("数字超过 15 位，表格软件已丢失末几位；请把这一列设为文本后重新导出"),
        "signs": _("含有不能保存的字符"),
        "wide": _("单元格比表头多；多半是分隔符或引号不对"),
    }
    return sentences.get(error.code, error.code) % error.facts


def refused_file(code: str) -> str:
    """The sentence for a file that cannot be taken."""
    sentences: Mapping[str, str] = {
        "large": _("表格太大，请拆分后再导入。"),
        "entities": _("文件不安全，请另存为新的表格再导入。"),
        "damaged": _("表格打不开，请另存一份后再导入。"),
        "empty": _("表格里没有内容。"),
        "sheet": _("没有这张工作表，请重新选择。"),
        "slow": _("表格读取时间过长，请拆分后再导入。"),
        "rows": _("表头下面没有数据行。"),
        "field": _("有一个单元格过长，多半是引号没有成对；请检查后再导入。"),
    }
    return sentences.get(code, _("表格打不开，请另存一份后再导入。"))
