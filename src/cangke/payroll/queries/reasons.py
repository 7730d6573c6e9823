"""Why each line of a slip is what it is: clause, facts with their records, arithmetic (S6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cangke.rulebook.public import Decision, Fact, Sentence

from .. import rules
from ..rules import PayLine
from .reckoning import Reckoned

CLAUSES = {
    "K12": "attendance.rest_days",
    "K16": "attendance.leave",
    "K21": "attendance.absence",
    "K22": "payroll.full_attendance",
    "L1": "payroll.base",
    "L2": "payroll.base",
    "L4": "payroll.insurance",
    "L6": "payroll.performance",
    "L7": "payroll.award",
    "L8": "payroll.tax",
    "L9": "attendance.packets",
    "L10": "payroll.recovery",
    "L11": "payroll.run",
}


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def decisions(reckoned: Reckoned) -> Iterator[tuple[str, Decision[str]]]:
    """Each line of the slip as a decision, under its code."""
    for line in reckoned.slip.lines:
        yield (
            line.code,
            Decision(
                str(line.amount),
                CLAUSES[line.clause],
                tuple(_facts(line, reckoned)),
                Sentence(_sum(line)),
            ),
        )


def _sum(line: PayLine) -> str:
    """
    The arithmetic with its result; an amount that was entered is not worked out.

    The sum of a deduction says how much is taken, without its sign.
    """
    taken = line.amount < 0 and not line.code.startswith("adjustment")
    amount = str(-line.amount if taken else line.amount)
    return amount if line.explain == amount else f"{line.explain} = {amount}"


def _facts(line: PayLine, reckoned: Reckoned) -> Iterator[Fact]:
    head, _dot, rest = line.code.partition(".")
    if head == "base_pay":
        yield from _base(reckoned)
    elif head == "leave":
        yield from _leave(reckoned)
    elif head == "absence":
        yield from _absence(reckoned)
    elif head == "red_packets":
        yield from _packets(reckoned)
    elif head == "unused_rest":
        yield Fact(gettext_noop("应有休假"), rules.days_text(reckoned.slip.rest_entitlement))
        yield Fact(gettext_noop("已休休假"), rules.days_text(reckoned.facts.rest_days_taken))
        yield Fact(gettext_noop("上月请假"), rules.days_text(reckoned.facts.leave_days_before))
    elif head == "full_attendance":
        yield Fact(gettext_noop("在职"), _span(*_employed(reckoned)))
        worked = sum(each.state in ("clean", "marked") for each in reckoned.judged.days)
        yield Fact(gettext_noop("出勤班次"), worked)
        yield Fact(gettext_noop("迟到、早退、请假、旷工"), 0)
    elif head == "insurance":
        yield Fact(gettext_noop("每月保险合计"), reckoned.facts.insurance_total, *_term(reckoned))
    elif head == "carried":
        for owed in reckoned.recorded.owed:
            if str(owed.pk) == rest:
                yield Fact(gettext_noop("未收回"), owed.left, "payroll.receivable", owed.pk)
    elif head == "tax":
        for place, month in enumerate(reckoned.facts.tax_earlier, start=1):
            yield Fact(gettext_noop("以前月份"), f"{place}: {month.gross} / {month.withheld}")
    elif head == "adjustment":
        for change in reckoned.changes:
            if rest.startswith(f"{change.month:%Y-%m}"):
                moment = f"{change.noticed_at:%Y-%m-%d}"
                yield Fact(gettext_noop("锁定后得知"), moment, "payroll.latechange", change.pk)
    else:
        yield from _items(line, reckoned)


def _employed(reckoned: Reckoned) -> tuple[dt.date, dt.date]:
    parts = reckoned.facts.base_parts
    return parts[0].from_date, parts[-1].to_date


def _span(first: dt.date, last: dt.date) -> str:
    return f"{first:%m-%d} – {last:%m-%d}"


def _term(reckoned: Reckoned) -> tuple[str, int | None]:
    term = reckoned.recorded.term_on(_employed(reckoned)[1])
    return ("payroll.payterm", term.pk) if term else ("", None)


def _base(reckoned: Reckoned) -> Iterator[Fact]:
    yield Fact(gettext_noop("在职"), _span(*_employed(reckoned)))
    for part in reckoned.facts.base_parts:
        term = reckoned.recorded.term_on(part.from_date)
        kind, pk = ("payroll.payterm", term.pk) if term else ("", None)
        words = f"{part.base} · {_span(part.from_date, part.to_date)}"
        yield Fact(gettext_noop("底薪"), words, kind, pk)


def _leave(reckoned: Reckoned) -> Iterator[Fact]:
    kinds = reckoned.at_work.leave.kind
    for day in reckoned.recorded.leave:
        words = f"{day.date:%m-%d} · {rules.days_text(day.days)} · {kinds(day.kind).name}"
        pk = reckoned.recorded.day_ids.get(day.date)
        yield Fact(gettext_noop("请假"), words, "attendance.dayrecord" if pk else "", pk)


def _absence(reckoned: Reckoned) -> Iterator[Fact]:
    zone_days = {each.row.date: each for each in reckoned.judged.days}
    for verdict in reckoned.judged.verdict.verdicts:
        if not verdict.absent_days:
            continue
        day = zone_days.get(verdict.date)
        clock = "—"
        if day is not None:
            came, left = day.in_at, day.out_at
            clock = "–".join(day.shift.clock(each) if each else "—" for each in (came, left))
        words = f"{verdict.date:%m-%d} · {rules.days_text(verdict.absent_days)} · {clock}"
        pk = reckoned.recorded.day_ids.get(verdict.date)
        yield Fact(gettext_noop("旷工"), words, "attendance.dayrecord" if pk else "", pk)
    excess = reckoned.judged.verdict.leave.excess
    if excess:
        yield Fact(gettext_noop("超过全年上限的事假"), rules.days_text(excess))
    if reckoned.slip.guard.mode == rules.Guard.CAP and reckoned.slip.guard.exceeded:
        yield Fact(gettext_noop("法定保护限额"), reckoned.slip.guard.limit)


def _packets(reckoned: Reckoned) -> Iterator[Fact]:
    for packet in reckoned.judged.verdict.packets:
        if packet.state != "pay":
            continue
        words = f"{packet.date:%m-%d} · {packet.clause} · {packet.owed}"
        pk = reckoned.recorded.day_ids.get(packet.date)
        yield Fact(gettext_noop("红包"), words, "attendance.dayrecord" if pk else "", pk)


def _items(line: PayLine, reckoned: Reckoned) -> Iterator[Fact]:
    """Performance pay, awards and recoveries: what was entered, from where, and why."""
    kind, _dot, ref = line.code.partition(".")
    wanted = {"performance_pay": "performance", "bonus": "award", "recovery": "recovery"}[kind]
    ref = ref.rpartition(".")[2]
    for item in reckoned.recorded.items:
        if item.kind != wanted or (ref and str(item.pk) != ref):
            continue
        yield Fact(gettext_noop("来源"), item.source, "payroll.payitem", item.pk)
        yield Fact(gettext_noop("事由"), item.reason)
        if item.reference:
            yield Fact(gettext_noop("出处"), item.reference)
