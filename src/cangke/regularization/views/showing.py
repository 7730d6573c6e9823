"""A file in the shape its pages draw: timeline, track, sheet, words, opinions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account, scope
from cangke.foundation.ui.public import Step as TrackStep
from cangke.foundation.wording import listed
from cangke.people.public import Employee
from cangke.rulebook.public import explained_figures, explanation_url

from .. import queries, rules, wording
from ..measures import MEASURES, Holds
from ..models import RegularizationFile
from ..rules import Answer, FileState

WIDTH = 420
SHOWN_ACTIONS = ("approve", "refuse", "return", "opinion", "lapse", "withdraw")
WORDS = {
    "performance": gettext_lazy("工作表现"),
    "achievements": gettext_lazy("主要成绩"),
    "self_evaluation": gettext_lazy("自我评价"),
    "progress": gettext_lazy("进步与不足"),
    "wish": gettext_lazy("转正意愿与今后打算"),
}


def dress(
    row: Any, tasks: Sequence[approvals.ApprovalTask], *, at: dt.datetime, language: str
) -> None:
    """Put on a row of the board where the file is, with whom, and how much time is left."""
    count_down(row, queries.today_of(row.employee, at))
    row.here, row.owner, row.due_at = "", "", None
    if row.state in (FileState.OPEN, FileState.RETURNED):
        first = row.version.parsed.steps[0]
        row.here, row.owner = first.name_in(language), row.employee.name
    elif tasks:
        names = {step.key: step.name_in(language) for step in row.version.parsed.steps}
        row.here = " · ".join(dict.fromkeys(names.get(task.step, "") for task in tasks))
        row.owner = listed(dict.fromkeys(task.account.display_name for task in tasks))
        row.due_at = min((task.due_at for task in tasks if task.due_at), default=None)


def count_down(row: Any, today: dt.date) -> None:
    """Put on a file how many days are left, or have passed since the end."""
    row.left = row.days_left(today)
    row.over = -row.left


@dataclass(frozen=True)
class Timeline:
    """The probation as a line of 420 units: months, how far it has run, when it was handed in."""

    months: Sequence[tuple[int, str]]
    now: int
    handed_in: int | None
    over: bool


def timeline_of(file: RegularizationFile, today: dt.date) -> Timeline:
    whole = (file.ends_on - file.begins_on).days or 1

    def place(day: dt.date) -> int:
        return max(0, min(WIDTH, (day - file.begins_on).days * WIDTH // whole))

    months = [(0, date_format(file.begins_on, "M"))]
    first = rules.add_months(file.begins_on.replace(day=1), 1)
    while first <= file.ends_on:
        months.append((place(first), date_format(first, "M")))
        first = rules.add_months(first, 1)
    handed = file.submitted_at.date() if file.submitted_at else None
    return Timeline(
        [each for n, each in enumerate(months) if n == 0 or each[0] - months[n - 1][0] > 30],
        place(today),
        place(handed) if handed else None,
        today > file.ends_on,
    )


def track(file: RegularizationFile, *, language: str) -> list[TrackStep]:
    """The steps as the track on top draws them."""
    tones = {"done": "done", "now": "now", "refused": "late", "skipped": "done", "next": "todo"}
    found = []
    for line in queries.track_of(file, language=language):
        note = listed(line.people[:2])
        if len(line.people) > 2:
            note = _("%(names)s 等 %(count)s 人") % {"names": note, "count": len(line.people)}
        if line.state == "skipped":
            note = _("不需要")
        elif line.state == "now" and line.due_at:
            note = _("%(who)s，%(day)s 止") % {"who": note, "day": _day(line.due_at)}
        elif line.state == "done" and line.at:
            note = f"{note} {_day(line.at)}".strip()
        found.append(TrackStep(line.step.name_in(language), note, tones[line.state]))
    return found


def _day(at: dt.datetime) -> str:
    return f"{at:%m-%d}"


@dataclass
class SheetRow:
    """One line of the criteria table."""

    name: str
    code: str = ""
    threshold: str = ""
    fact: str = ""
    url: str = ""
    answer: str = ""
    tone: str = ""
    icon: str = ""
    changed: str = ""  # what the records say by now, where that is something else
    rating: int | None = None
    dots: Sequence[bool] = ()
    words: str = ""
    advisory: bool = False
    why: str = ""
    objected: bool = False


@dataclass
class SheetView:
    """The criteria sheet: what records show, what is rated, and how many came to what."""

    frozen: bool
    on: dt.date
    recorded: list[SheetRow] = field(default_factory=list)
    rated: list[SheetRow] = field(default_factory=list)
    counts: list[tuple[int, str, str, str]] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)  # objected to, and not answered yet
    weighed: str = ""


def sheet_of(
    file: RegularizationFile, today: dt.date, *, account: Account | None = None
) -> SheetView:
    """The sheet as frozen, with what has changed since; before submission as of today."""
    current = queries.sheet_on(file, today) if file.is_pending else None
    kept = rules.Sheet.read(file.sheet) if file.sheet else None
    sheet = kept or current or queries.sheet_on(file, file.ends_on)
    held = queries.held_back(file)
    sheet = sheet.without(held)
    current = current.without(held) if current else None
    policy = queries.criteria_policy(file.employee, sheet.on)
    answers = queries.evaluation_of(file)
    ratings = queries.ratings_of(file)
    now = {
        (row.key, line.measure): line
        for row in (current.rows if current and kept else ())
        for line in row.lines
    }
    view = SheetView(kept is not None, sheet.on)
    counted: Counter[Answer] = Counter()
    rated: dict[str, SheetRow] = {}
    explained = explained_figures(file) if kept else set()
    for row in sheet.rows:
        name = wording.row_words(row)
        judged = row.judged(ratings.get(row.item), policy)
        if row.required or judged != Answer.NO_DATA:
            counted[judged] += 1
        if row.required and judged == Answer.NOT_MET:
            view.unmet.append(name)
        for line in row.lines:
            if MEASURES[line.measure].holds == Holds.SHOWN and line.value is None:
                continue  # nothing to look at
            shown = _recorded(row, line, now.get((row.key, line.measure)))
            if line.measure == "probation" and account is not None:
                shown.url = _employment(file, account)
            if kept and line.value is not None and line.measure not in rules.PERIOD:
                figure = queries.criterion_figure(file, line.measure)
                shown.why = explanation_url(file, figure) if figure in explained else ""
            view.recorded.append(shown)
        if row.item and row.item not in rated:
            rated[row.item] = _rated(row.item, row, ratings, answers, policy, name)
    for item in file.version.parsed.items:
        if item not in rated:
            rated[item] = _rated(item, None, ratings, answers, policy, wording.item_words(item))
    if any(row.weight != 1 for row in sheet.rows):
        weights = rules.tally(sheet, ratings, policy)
        view.weighed = _("按权重达标 %(met)d / %(judged)d，共 %(whole)d") % {
            "met": weights.met,
            "judged": weights.judged,
            "whole": weights.whole,
        }
    view.rated = list(rated.values())
    if file.is_pending and held:
        unanswered = queries.held_back(file, unanswered=True)
        view.awaited = [wording.measure_words(each) for each in MEASURES if each in unanswered]
    view.counts = [
        (counted[each], str(wording.ANSWERS[each]), wording.TONES[each], wording.ICONS[each])
        for each in (Answer.MET, Answer.NOT_MET, Answer.NOT_YET, Answer.NO_DATA)
        if counted[each]
    ]
    return view


def _employment(file: RegularizationFile, account: Account) -> str:
    """The page that shows when somebody began, for whoever may open it."""
    if not scope(account, Employee, "view").filter(pk=file.employee_id).exists():
        return ""
    return reverse("people:detail", args=[file.employee_id])


def _recorded(row: rules.Row, line: rules.Line, now: rules.Line | None) -> SheetRow:
    changed = ""
    if now is not None and (now.value, now.answer) != (line.value, line.answer):
        changed = f"{wording.fact_words(now)} · {wording.ANSWERS[now.answer]}"
    return SheetRow(
        name=wording.measure_words(line.measure),
        code=row.code,
        threshold=wording.threshold_words(line),
        fact=wording.fact_words(line),
        url=line.url,
        answer=str(wording.ANSWERS[line.answer]),
        tone=wording.TONES[line.answer],
        icon=wording.ICONS.get(line.answer, ""),
        changed=changed,
        advisory=not row.required,
        objected=line.objected,
    )


def _rated(
    item: str,
    row: rules.Row | None,
    ratings: dict[str, int],
    answers: dict[str, str],
    policy: rules.CriteriaPolicy,
    name: str,
) -> SheetRow:
    rating = ratings.get(item)
    return SheetRow(
        name=name,
        code=row.code if row else "",
        threshold=_("上级评分 ≥ %s") % policy.rating_least,
        rating=rating,
        dots=[n <= rating for n in range(1, 6)] if rating else [],
        words=answers.get(f"{item}_words", ""),
        tone="late" if rating is not None and rating < policy.rating_least else "",
        advisory=row is None or not row.required,
    )


def application_of(file: RegularizationFile, *, blank: bool = False) -> list[tuple[str, str]]:
    """What the employee wrote; with ``blank`` also what is empty, for paper."""
    asked = dict(WORDS)
    if not file.version.parsed.self_evaluation:
        del asked["self_evaluation"], asked["progress"]
    rows = [(str(label), str(getattr(file, name))) for name, label in asked.items()]
    return [(label, text) for label, text in rows if text or blank]


@dataclass(frozen=True)
class Opinion:
    """What somebody said in a step."""

    who: str
    step: str
    said: str
    tone: str
    at: dt.datetime
    comment: str
    answers: Sequence[tuple[str, str]]
    for_whom: str = ""
    old: bool = False  # of an earlier round


def opinions_of(file: RegularizationFile, *, language: str) -> list[Opinion]:
    """What was said about the file, oldest first; ratings stand in the sheet."""
    if file.case is None:
        return []
    english = language.startswith("en")
    flow = file.case.flow.flow
    steps = {step.key: step for step in flow.steps}
    found = []
    for each in approvals.decisions_of(file.case):
        if each.action not in SHOWN_ACTIONS:
            continue
        step = steps.get(each.step)
        asked = step.fields if step else ()
        answers = [
            (
                one.label_in(language),
                one.said(str(each.answers[one.key]), english=english),
            )
            for one in asked
            if one.key in each.answers
            and one.kind != approvals.FieldKind.RATING
            and one.key.removesuffix("_words") not in rules.ITEMS
        ]
        tone = {"approve": "done", "refuse": "late", "return": "block", "lapse": ""}
        who = each.by or (each.task.account if each.task else None)
        found.append(
            Opinion(
                who=who.display_name if who else _("系统"),
                step=step.name_in(language) if step else "",
                said=_said(each),
                tone=("done" if each.agrees else "late")
                if each.action == "opinion"
                else tone.get(each.action, ""),
                at=each.at,
                comment=each.comment,
                answers=answers,
                for_whom=each.on_behalf_of.display_name if each.on_behalf_of else "",
                old=each.round < file.case.round,
            )
        )
    return found


def _said(each: Any) -> str:
    if each.action == "opinion":
        return _("同意") if each.agrees else _("不同意")
    return str(each.get_action_display())


def last_return(file: RegularizationFile) -> Opinion | None:
    """Why an application came back, for the one who completes it."""
    if file.state != FileState.RETURNED:
        return None
    found = [each for each in opinions_of(file, language="zh-hans") if each.tone == "block"]
    return found[-1] if found else None


def document_of(file: RegularizationFile, *, at: dt.datetime) -> dict[str, Any]:
    """The whole file as plain values: one document that needs no other page (N16)."""
    decisions = approvals.decisions_of(file.case) if file.case is not None else []
    return {
        "number": file.number,
        "exported_at": at.isoformat(),
        "employee": {
            "number": file.employee.number,
            "name": file.employee.name,
            "post": file.employee.post.name,
            "department": file.employee.department.name,
            "employed_from": file.employee.employed_from.isoformat(),
        },
        "template": f"{file.version.template.name} v{file.version.number}",
        "probation": {
            "from": file.begins_on.isoformat(),
            "until": file.ends_on.isoformat(),
            "extended": file.extended,
        },
        "state": str(file.get_state_display()),
        "submitted_at": file.submitted_at.isoformat() if file.submitted_at else None,
        "late": file.is_late,
        "application": dict(application_of(file, blank=True)),
        "criteria": file.sheet,
        "approval": {
            "number": file.case.number if file.case else None,
            "fingerprint": file.case.fingerprint if file.case else None,
            "decisions": [
                {
                    "at": each.at.isoformat(),
                    "by": each.by.display_name if each.by else None,
                    "for": each.on_behalf_of.display_name if each.on_behalf_of else None,
                    "step": each.step,
                    "round": each.round,
                    "action": each.action,
                    "agrees": each.agrees,
                    "comment": each.comment,
                    "answers": each.answers,
                }
                for each in decisions
            ],
        },
        "conclusions": [
            {
                "outcome": each.outcome,
                "at": each.at.isoformat(),
                "by": each.by.display_name if each.by else None,
                "reason": each.reason,
                "until": each.until.isoformat() if each.until else None,
                "effective_on": each.effective_on.isoformat() if each.effective_on else None,
            }
            for each in queries.conclusions_of(file)
        ],
        "effective_on": file.effective_on.isoformat() if file.effective_on else None,
        "pay_scheme": file.pay_scheme,
        "benefits": file.benefits,
    }
