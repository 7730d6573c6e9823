"""Why a text is refused: a code with its facts, and the sentence a person reads."""

from collections.abc import Mapping
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


SENTENCES: Mapping[str, str] = {
    "text.unknown": gettext_noop("没有名为 %(name)s 的变量；可用的有：%(known)s"),
    "text.brace": gettext_noop("双大括号没有写完整，应写成 {{customer.name}} 或 {{?要填的内容}}"),
    "text.blank": gettext_noop("要填的内容须有 1 到 30 个字"),
    "text.many": gettext_noop("变量和空格合计不能超过 %(limit)s 个"),
    "text.long": gettext_noop("不能超过 %(limit)s 个字"),
    "text.empty": gettext_noop("请填写内容"),
    "text.unprintable": gettext_noop("含有不可显示的字符"),
    "shortcut.bad": gettext_noop("快捷码只能用小写字母和数字，最多 12 个"),
}


@dataclass(frozen=True)
class Problem:
    """One reason against a text: a stable code and the facts of its sentence."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]

    @property
    def words(self) -> str:
        return self.sentence % dict(self.facts)


class BadText(ValueError):
    """A text that cannot be kept."""

    def __init__(self, code: str, **facts: object) -> None:
        self.problem = Problem(code, tuple((k, str(v)) for k, v in facts.items()))
        super().__init__(self.problem.words)
