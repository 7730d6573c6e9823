"""Figures in words and numbers, as boards, reports and explanations show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cangke.rulebook.public import policy

from ..rules.clocks import ClockPolicy
from ..rules.metrics import Clock, Figure, Measure, ReplyKind, Unit


@dataclass(frozen=True)
class FigureText:
    """A figure ready to be shown: ``text`` with its ``unit``; a dash where nothing was counted."""

    key: str
    label: str
    text: str
    unit: str
    counted: int

    @property
    def is_empty(self) -> bool:
        return self.text == "—"


def figure_text(figure: Figure) -> FigureText:
    """Seconds are whole, shares percent with one digit, ratios two digits; rounded half up."""
    definition = figure.definition
    if definition.measure is Measure.SHARE:
        share = figure.rounded(3)
        text, unit = ("—" if share is None else f"{share * 100:.1f}"), "%"
    elif definition.measure is Measure.RATIO:
        ratio = figure.rounded(2)
        text, unit = ("—" if ratio is None else f"{ratio:.2f}"), ""
    else:
        whole = figure.rounded(0)
        text = "—" if whole is None else str(whole)
        unit = _("秒") if definition.measure is Measure.MEAN_SECONDS else ""
    return FigureText(definition.key, _(definition.label), text, unit, figure.denominator)


def definition_words(figure: Figure) -> list[str]:
    """What a figure counts and what it leaves out, sentence by sentence (A5, S6)."""
    definition = figure.definition
    units = {
        Unit.TURN: _("每一轮算一次"),
        Unit.FIRST_ROUND: _("每个会话只算第一轮"),
        Unit.FIRST_OF_SEGMENT: _("每位客服每次接手只算第一轮"),
        Unit.PERSON_DAY: _("同一位客户一天只算一次"),
    }
    clocks = {
        Clock.CUSTOMER: _("从客户最早未得到回复的消息起算"),
        Clock.OPENING: _("从客户最早未得到回复的消息起算，只计服务时间"),
        Clock.AGENT: _("从客户消息与客服接手两者中较晚的一刻起算"),
    }
    said = [_("只有人工回复才算，自动回复、备注和事件不算")]
    if definition.measure is not Measure.RATIO:
        said += [units[definition.unit], clocks[definition.clock]]
    if definition.reply is ReplyKind.EFFECTIVE:
        said.append(_("“稍等”一类的占位回复不算"))
    if definition.window is not None:
        start = definition.window.start_minute
        end = start + definition.window.length_minutes
        said.append(
            _("只计 %(start)s 至 %(end)s 之间开始的等待")
            % {
                "start": f"{start // 60:02d}:{start % 60:02d}",
                "end": f"{end // 60 % 24:02d}:{end % 60:02d}",
            }
        )
    if definition.cap_seconds is not None:
        said.append(_("每轮最多计 %(seconds)s 秒") % {"seconds": definition.cap_seconds})
    if definition.limit_seconds is not None:
        said.append(_("%(seconds)s 秒以内算及时") % {"seconds": definition.limit_seconds})
    return said


def waiting_thresholds(*, on: dt.date) -> str:
    """The waiting clock's amber, red and dark seconds, as the clock tag reads them."""
    clock = policy(ClockPolicy, on=on)
    return f"{clock.amber_seconds},{clock.red_seconds},{clock.dark_seconds}"
