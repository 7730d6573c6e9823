"""Kinds and grounds of discipline, rewards, and when a fact becomes a candidate (L14–L21)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from cangke.rulebook.rules import Decision, Fact, Sentence

CANDIDATES = "discipline.candidates"
MEASURES = "discipline.measures"


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


class CaseState(StrEnum):
    """From a candidate to a measure that holds, or to nothing."""

    PROPOSED = "proposed"
    HEARING = "hearing"
    APPROVAL = "approval"
    DECIDED = "decided"
    APPEALED = "appealed"
    FINAL = "final"
    LIFTED = "lifted"
    DROPPED = "dropped"


OPEN = (CaseState.PROPOSED, CaseState.HEARING, CaseState.APPROVAL)
SERVED = (CaseState.DECIDED, CaseState.APPEALED, CaseState.FINAL)


class Effect(StrEnum):
    """What a measure does beside being recorded."""

    NONE = "none"
    FINE = "fine"
    COMPENSATION = "compensation"
    SUSPENSION = "suspension"
    CRITICISM = "criticism"
    DISMISSAL = "dismissal"

    @property
    def takes_money(self) -> bool:
        return self in (Effect.FINE, Effect.COMPENSATION)


class Source(StrEnum):
    """Where a recorded fact comes from."""

    PLEDGE = "pledge"
    CERTIFICATE = "certificate"
    POST = "post"
    IDLE = "idle"
    LATENESS = "lateness"
    INSULT = "insult"
    CHECK = "check"
    POOR = "poor"
    DISCLOSURE = "disclosure"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of measure; ``months`` it is shown, ``counts`` as a penalty in regularization."""

    code: str
    name: str
    name_en: str
    effect: str
    approval: bool
    months: int
    counts: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What discipline may follow from, and the kind of measure it proposes."""

    code: str
    name: str
    name_en: str
    proposes: str
    topic: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """From how many facts of a month on a source becomes a candidate, on which ground."""

    source: str
    name: str
    name_en: str
    ground: str
    times: int


@dataclass(frozen=True, slots=True)
class RewardKind:
    """A kind of reward; one with ``money`` needs approval."""

    code: str
    name: str
    name_en: str
    money: bool


@dataclass(frozen=True, slots=True)
class ConductPolicy:
    """The kinds of measures and the time to be heard and to appeal (L15, L16)."""

    PREFIX: ClassVar[str] = "conduct"
    hearing_days: int = 3
    appeal_days: int = 5
    most_amount: Decimal = Decimal("2000.00")
    kinds: tuple[Kind, ...] = (
        Kind("warning", "警告", "Warning", "none", False, 6, False),
        Kind("demerit", "记过", "Demerit", "none", False, 12, True),
        Kind("fine", "罚款", "Fine", "fine", True, 12, True),
        Kind("suspension", "停职", "Suspension", "suspension", True, 12, True),
        Kind("criticism", "通报批评", "Company-wide criticism", "criticism", True, 12, True),
        Kind("compensation", "赔偿损失", "Compensation of losses", "compensation", True, 12, False),
        Kind("dismissal", "停止劳动合同", "Ending the contract", "dismissal", True, 120, True),
    )

    def kind(self, code: str) -> Kind | None:
        return next((each for each in self.kinds if each.code == code), None)


@dataclass(frozen=True, slots=True)
class GroundPolicy:
    """What discipline may follow from (L17, L18)."""

    PREFIX: ClassVar[str] = "grounds"
    entries: tuple[Ground, ...] = (
        Ground(
            "promise",
            "明确承诺客户的要求没有做到",
            "A clearly promised demand was not fulfilled",
            "warning",
            "承诺",
        ),
        Ground(
            "slack",
            "服务懈怠，引起中差评或投诉",
            "Slack service that led to a neutral or negative rating or a complaint",
            "warning",
            "服务",
        ),
        Ground(
            "disorder",
            "扰乱秩序：争吵、嬉闹、玩忽职守，妨碍他人或损害公司",
            "Disturbing order: quarrelling, joking around, neglect of duty, hindering others or "
            "harming the company",
            "warning",
            "行为",
        ),
        Ground("breach", "违反工作纪律", "Breach of work discipline", "warning", "纪律"),
        Ground("conflict", "言语冲突", "Verbal conflict", "warning", "沟通"),
        Ground("secrets", "泄露秘密", "Disclosing secrets", "demerit", "保密"),
        Ground(
            "films", "上班看电影、电视", "Watching films or television at work", "warning", "纪律"
        ),
        Ground("games", "上班玩游戏", "Playing games at work", "warning", "纪律"),
        Ground("games_installed", "私自安装游戏", "Privately installing games", "demerit", "纪律"),
        Ground("noise", "声音干扰他人工作", "Noise that disturbs others", "warning", "纪律"),
        Ground(
            "certificate",
            "补卡证明不实",
            "A false certificate of a make-up punch",
            "demerit",
            "考勤",
        ),
        Ground("lateness", "屡次迟到早退", "Repeated lateness or early leave", "warning", "考勤"),
        Ground(
            "post",
            "脱岗、串岗、上班做与工作无关的事",
            "Leaving the post, wandering, doing other things at work",
            "warning",
            "纪律",
        ),
        Ground("idle", "在线不接待", "Shown online while customers wait", "warning", "接待"),
        Ground(
            "poor", "连续考核不合格", "Poor performance in consecutive months", "warning", "业务"
        ),
    )

    def ground(self, code: str) -> Ground | None:
        return next((each for each in self.entries if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Manner:
    """Something done at work, in both languages."""

    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class WorkplacePolicy:
    """What is allowed at work and what is not (L19)."""

    PREFIX: ClassVar[str] = "workplace"
    may: tuple[Manner, ...] = (
        Manner("小声听音乐、新闻", "music and news at low volume"),
        Manner("同事打电话时调低音量", "lowering it when a colleague phones"),
    )
    may_not: tuple[Manner, ...] = (
        Manner("看电影、电视", "films and television"),
        Manner("玩游戏、私自安装游戏", "games, and installing them"),
        Manner("干扰他人的声音", "noise that disturbs others"),
    )


@dataclass(frozen=True, slots=True)
class TriggerPolicy:
    """When recorded facts become a candidate (L20, L21)."""

    PREFIX: ClassVar[str] = "triggers"
    poor_months: int = 2
    poor_points: Decimal = Decimal(60)
    poor_least: int = 3
    entries: tuple[Trigger, ...] = (
        Trigger("pledge", "未兑现的承诺", "broken promise", "promise", 1),
        Trigger("certificate", "不实的补卡证明", "false certificate", "certificate", 1),
        Trigger("post", "脱岗、串岗", "away from the post", "post", 2),
        Trigger("idle", "在线不接待", "idle while online", "idle", 3),
        Trigger("lateness", "迟到早退", "lateness or early leave", "lateness", 3),
        Trigger("insult", "被拦下的言语", "stopped words", "conflict", 1),
        Trigger("check", "质检否决项", "fatal item of a quality check", "slack", 1),
    )

    def trigger(self, source: str) -> Trigger | None:
        return next((each for each in self.entries if each.source == source), None)


@dataclass(frozen=True, slots=True)
class RewardPolicy:
    """The kinds of rewards (L14)."""

    PREFIX: ClassVar[str] = "rewards"
    kinds: tuple[RewardKind, ...] = (
        RewardKind("commendation", "表扬", "Commendation", False),
        RewardKind("award", "嘉奖", "Award", True),
    )

    def kind(self, code: str) -> RewardKind | None:
        return next((each for each in self.kinds if each.code == code), None)


def is_candidate(facts: int, *, trigger: Trigger) -> Decision[bool]:
    """Whether so many facts of one source in a month are put forward (L20)."""
    shown = (Fact(gettext_noop("本月次数"), facts), Fact(gettext_noop("满几次"), trigger.times))
    numbers = {"n": str(facts), "times": str(trigger.times)}
    words = Sentence(gettext_noop("%(n)s 次，未满 %(times)s 次，只记录"), numbers)
    if facts >= trigger.times:
        words = Sentence(gettext_noop("%(n)s 次，已满 %(times)s 次，提出线索"), numbers)
    return Decision(facts >= trigger.times, CANDIDATES, shown, words)


def is_poor(
    scores: Mapping[dt.date, Decimal], month: dt.date, *, policy: TriggerPolicy
) -> list[dt.date]:
    """
    The months up to ``month`` that are below the limit, if they are enough in a row (L21).

    ``scores`` by the first of the month; a month without a score breaks the row.
    """
    row: list[dt.date] = []
    step = month.replace(day=1)
    while len(row) < policy.poor_months:
        score = scores.get(step)
        if score is None or score >= policy.poor_points:
            return []
        row.append(step)
        step = (step - dt.timedelta(days=1)).replace(day=1)
    return sorted(row)


def months_later(day: dt.date, months: int) -> dt.date:
    """So many months later; 31 January and one month is the last day of February."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
