"""Why something is refused: a code with its facts, and the sentence a person reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from cangke.foundation import tomltext


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


SENTENCES: Mapping[str, str] = {
    "value.not_bool": gettext_noop("只能填 true 或 false"),
    "value.not_int": gettext_noop("只能填整数"),
    "value.not_decimal": gettext_noop('只能填小数，例如 "0.5"，整数部分不超过 15 位'),
    "value.not_text": gettext_noop("只能填文字"),
    "value.not_choice": gettext_noop("只能从这些里选：%(options)s"),
    "value.not_time": gettext_noop('只能填 24 小时制时间，例如 "08:30"'),
    "value.not_list": gettext_noop("只能填列表"),
    "value.not_row": gettext_noop("每一行须写成 { 列名 = 值 }"),
    "value.unknown_column": gettext_noop("没有名为 %(column)s 的列"),
    "value.too_small": gettext_noop("不能小于 %(limit)s"),
    "value.too_large": gettext_noop("不能大于 %(limit)s"),
    "value.too_long": gettext_noop("不能超过 %(limit)s 个字"),
    "value.too_many": gettext_noop("不能超过 %(limit)s 项"),
    "value.not_rising": gettext_noop("须比上一项大"),
    "value.empty": gettext_noop("不能为空"),
    "value.unprintable": gettext_noop("含有不可显示的字符"),
    "body.not_table": gettext_noop("格式不对：这里应是一张表"),
    "body.missing": gettext_noop("缺少 %(name)s"),
    "body.unknown": gettext_noop("没有名为 %(name)s 的项"),
    "body.unknown_clause": gettext_noop("没有编码为 %(code)s 的条款；自拟条款的编码以 own. 开头"),
    "body.unknown_key": gettext_noop("此条款没有参数 %(key)s"),
    "body.unknown_chapter": gettext_noop("没有 %(chapter)s 这一章"),
    "body.twice": gettext_noop("条款 %(code)s 出现了两次"),
    "body.bad_code": gettext_noop("编码只能用小写字母、数字、下划线和点"),
    "body.placeholder": gettext_noop("文字里的 {%(key)s} 不是此条款的参数"),
    "body.brace": gettext_noop("文字里的大括号只能用来放参数，例如 {response.chat_seconds}"),
    "body.order": gettext_noop("须依次增大：%(keys)s"),
    "case.unknown_rule": gettext_noop("没有名为 %(rule)s 的规则；可用的有：%(rules)s"),
    "case.unknown_key": gettext_noop("这条规则没有 %(key)s；可用的有：%(keys)s"),
    **tomltext.SENTENCES,
    "toml.format": gettext_noop("不认识的格式版本 %(format)s，本系统读取第 %(known)s 版"),
}


@dataclass(frozen=True)
class Problem:
    """One refused place of a rulebook: where, a stable code, and the facts of its sentence."""

    place: str
    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """The Chinese msgid, still with its placeholders."""
        return SENTENCES[self.code]

    @property
    def words(self) -> str:
        return self.sentence % dict(self.facts)


class BadValue(Exception):
    """A value that its parameter refuses."""

    def __init__(self, place: str, code: str, **facts: object) -> None:
        self.problem = Problem(place, code, tuple((k, str(v)) for k, v in facts.items()))
        super().__init__(f"{place}: {self.problem.words}")
