"""Working out a month's pay of many people: facts in, slips out; nothing is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cangke.attendance import public as attendance
from cangke.people.public import Employee
from cangke.rulebook import public as rulebook

from .. import rules
from ..models import SETTLED, LateChange, PayLine, PayRun, PaySlip
from .owed import collected_of
from .recorded import Recorded, add_owed, by_month, load, month_after, month_span, own_slips

NONE = Decimal(0)
NOT_CORRECTED = ("tax", "adjustment", "carried")
Ask = Any


@dataclass(frozen=True)
class Policies:
    """The rules of pay that hold for somebody in a month, and which version they are of."""

    group: str | None
    version: tuple[str, int]
    pay: rules.PayPolicies
    run: rules.RunPolicy
    salary: rules.SalaryPolicy


@dataclass(frozen=True)
class Reckoned:
    """One person's month worked out: everything a slip is written from."""

    employee: Employee
    judged: attendance.JudgedMonth
    recorded: Recorded
    facts: rules.PayFacts
    slip: rules.Slip
    policies: Policies
    at_work: attendance.Policies
    changes: tuple[LateChange, ...] = ()
    corrects_only: bool = False

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What somebody should look at, as codes with what they need; in a fixed order."""
        found: list[dict[str, Any]] = []
        if self.corrects_only:
            owed = self.slip.receivable
            return [{"code": "receivable", "value": str(owed)}] if owed else []
        if self.recorded.term_on(self.facts.base_parts[-1].to_date) is None:
            found.append({"code": "no_terms", "value": str(self.facts.base_pay)})
        waiting = [each.row.date for each in self.judged.days if each.state == "waiting"]
        still_open = [each.row.date for each in self.judged.days if each.state == "open"]
        for code, days in (("waiting", waiting), ("open", still_open)):
            if days:
                found.append({"code": code, "days": [each.isoformat() for each in days]})
        held = len(self.recorded.paused) + len(self.recorded.held)
        if held:
            found.append({"code": "objected", "value": str(held)})
        guard = self.slip.guard
        if guard.exceeded and guard.mode != rules.Guard.OFF:
            found.append({"code": f"guard_{guard.mode}", "value": str(guard.limit)})
        if self.slip.receivable:
            found.append({"code": "receivable", "value": str(self.slip.receivable)})
        return found

    def _held_back(self) -> dict[str, Any]:
        """Lines and items that wait for the answer to an objection, where there are any."""
        recorded = self.recorded
        if not recorded.held and not recorded.paused:
            return {}
        return {"held": sorted(recorded.held), "paused": [each.pk for each in recorded.paused]}

    def _owed(self) -> dict[str, Any]:
        """What earlier months could not take, where there is any."""
        owed = [[each.pk, str(each.left)] for each in self.recorded.owed]
        return {"owed": owed} if owed else {}

    def document(self) -> dict[str, Any]:
        """What the slip was worked out from, as plain values; the same facts give the same."""
        guard = self.slip.guard
        return {
            **self._held_back(),
            **self._owed(),
            **({"corrects_only": True} if self.corrects_only else {}),
            "rulebook": list(self.policies.version),
            "employed": [
                self.facts.base_parts[0].from_date.isoformat(),
                self.facts.base_parts[-1].to_date.isoformat(),
            ],
            "base": [
                [part.from_date.isoformat(), part.to_date.isoformat(), str(part.base)]
                for part in self.facts.base_parts
            ],
            "terms": [each.pk for each in self.recorded.terms],
            "absent": [
                [each.date.isoformat(), rules.days_text(each.absent_days)]
                for each in self.judged.verdict.verdicts
                if each.absent_days
            ],
            "absent_days": rules.days_text(self.judged.verdict.absent_days),
            "late": sum(bool(each.minutes_late) for each in self.judged.verdict.verdicts),
            "early": sum(bool(each.minutes_early) for each in self.judged.verdict.verdicts),
            "leave": [
                [each.date.isoformat(), rules.days_text(each.days), each.kind]
                for each in self.recorded.leave
            ],
            "leave_days": rules.days_text(self.judged.verdict.leave.days),
            "leave_before": rules.days_text(self.facts.leave_days_before),
            "rest_taken": rules.days_text(self.facts.rest_days_taken),
            "rest_entitled": rules.days_text(self.slip.rest_entitlement),
            "worked": sum(each.state in ("clean", "marked") for each in self.judged.days),
            "clean": self.judged.verdict.is_clean,
            "items": [[each.pk, each.kind, str(each.amount)] for each in self.recorded.items],
            "insurance_total": str(self.facts.insurance_total),
            "special_additional": str(self.facts.special_additional),
            "changes": [each.pk for each in self.changes],
            "notices": list(self.slip.notices),
            "proposals": list(self.slip.proposals),
            "guard": [str(guard.mode), str(guard.limit), guard.exceeded, str(guard.uncollected)],
        }

    def digest(self) -> str:
        """The fingerprint of facts, lines and totals."""
        slip = self.slip
        lines = [[each.code, str(each.amount), each.clause, each.explain] for each in slip.lines]
        totals = [
            str(each)
            for each in (
                slip.gross,
                slip.deductions,
                slip.insurance_employee,
                slip.insurance_company,
                slip.tax,
                slip.net,
                slip.receivable,
            )
        ]
        body: dict[str, Any] = {"facts": self.document(), "lines": lines, "totals": totals}
        body["problems"] = self.problems
        plain = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


class PolicyBook:
    """The rules of a month by policy set, each looked up once."""

    def __init__(self, first: dt.date) -> None:
        self.first = first
        self.known: dict[str | None, Policies] = {}

    def of(self, employee: Employee) -> Policies:
        units = attendance.units_of(employee)
        group = rulebook.set_for(units, on=self.first)
        if group not in self.known:
            self.known[group] = self._read(group)
        return self.known[group]

    def _read(self, group: str | None) -> Policies:
        def ask(kind: Ask) -> Any:
            return rulebook.policy(kind, on=self.first, group=group)

        version = rulebook.version_in_force(on=self.first, group=group)
        return Policies(
            group,
            (version.set_key, version.number),
            rules.PayPolicies(
                pay=ask(rules.PayPolicy),
                bonus=ask(rules.BonusPolicy),
                insurance=ask(rules.InsurancePolicy),
                tax=ask(rules.TaxPolicy),
            ),
            ask(rules.RunPolicy),
            ask(rules.SalaryPolicy),
        )


def reckon_run(
    run: PayRun,
    employees: Sequence[Employee],
    *,
    at: dt.datetime,
    judged: Mapping[int, attendance.JudgedMonth] | None = None,
) -> list[Reckoned]:
    """
    Work out what a run pays to some of its people (L11).

    A supplement pays whoever has the month's slip only what corrects it, and nobody without one.
    """
    if run.kind != "supplement":
        return reckon(employees, run.month, at=at, judged=judged)
    own = own_slips([each.pk for each in employees], run.month)
    return reckon(employees, run.month, at=at, paid=own, judged=judged)


def reckon(
    employees: Sequence[Employee],
    month: dt.date,
    *,
    at: dt.datetime,
    correct: bool = True,
    paid: Collection[int] | None = None,
    judged: Mapping[int, attendance.JudgedMonth] | None = None,
) -> list[Reckoned]:
    """
    Work out a month of many people from what is on record at a moment.

    The number of queries does not depend on how many people there are. With ``correct`` the
    differences of locked months that became known since are lines of it (L11). ``paid`` are
    those who have the month's own slip: they are only corrected, that month included. Who is
    ``judged`` already is judged again only if a fact of the month has changed since.
    """
    first, _last = month_span(month)
    recorded = load(employees, month)
    months = {
        each.employee.pk: each
        for each in attendance.judge_months(employees, month, at=at, known=judged)
    }
    book = PolicyBook(first)
    changes: Mapping[int, Sequence[LateChange]] = {}
    corrections: Mapping[int, Sequence[rules.Correction]] = {}
    if correct:
        add_owed(recorded, first)
        until = first if paid is None else month_after(first)
        changes, corrections = corrections_of(employees, until, at=at)
    found = []
    for employee in employees:
        mine = recorded[employee.pk]
        policies = book.of(employee)
        facts = facts_of(
            mine,
            first,
            policies,
            rest_taken=months[employee.pk].rest_taken,
            corrections=corrections.get(employee.pk, ()),
        )
        if facts is None:
            continue
        rules_of_month = attendance.policies_for(attendance.units_of(employee), on=first)
        corrects_only = paid is not None and employee.pk in paid
        if corrects_only:
            if not facts.corrections:
                continue
            mine.owed = []
            slip = rules.pay_supplement(facts.corrections, policies.pay)
        else:
            verdict = months[employee.pk].verdict
            slip = rules.pay_month(facts, verdict, rules_of_month, policies.pay)
        found.append(
            Reckoned(
                employee,
                months[employee.pk],
                mine,
                facts,
                slip,
                policies,
                rules_of_month,
                tuple(changes.get(employee.pk, ())),
                corrects_only,
            )
        )
    return found


def facts_of(
    recorded: Recorded,
    first: dt.date,
    policies: Policies,
    *,
    rest_taken: Decimal,
    corrections: Sequence[rules.Correction] = (),
) -> rules.PayFacts | None:
    """What the rules are asked with; None for somebody not employed in the month."""
    employee = recorded.employee
    last = month_span(first)[1]
    begins = max(first, employee.employed_from)
    ends = min(last, employee.employed_to or last)
    if begins > ends:
        return None
    parts = _parts(recorded, begins, ends, policies.pay.pay.base)
    term = recorded.term_on(ends)
    amounts: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for item in recorded.items:
        amounts[item.kind].append((str(item.pk), item.amount))
    return rules.PayFacts(
        first=first,
        base_pay=parts[-1].base,
        employed_from=employee.employed_from,
        employed_to=employee.employed_to,
        rest_days_taken=rest_taken,
        leave_days_before=recorded.leave_before,
        performance_pay=sum((amount for _ref, amount in amounts["performance"]), NONE),
        bonuses=[(f"award.{ref}", amount) for ref, amount in amounts["award"]],
        insurance_total=term.insurance_total if term else NONE,
        corrections=corrections,
        tax_cumulative=term is not None and term.tax == "cumulative",
        special_additional=term.special_additional if term else NONE,
        tax_earlier=recorded.tax_earlier,
        base_parts=parts,
        leave_days=recorded.leave,
        recoveries=amounts["recovery"],
        owed=[(str(each.pk), each.left) for each in recorded.owed],
        held=frozenset(recorded.held),
    )


def _parts(
    recorded: Recorded, begins: dt.date, ends: dt.date, default: Decimal
) -> list[rules.BasePart]:
    """The bases of the days of employment, in order; neighbours with the same base are one."""
    starts = sorted(
        {begins, *(each.from_date for each in recorded.terms if begins < each.from_date <= ends)}
    )
    parts: list[rules.BasePart] = []
    for place, start in enumerate(starts):
        until = starts[place + 1] - dt.timedelta(days=1) if place + 1 < len(starts) else ends
        term = recorded.term_on(start)
        base = term.base_pay if term else default
        if parts and parts[-1].base == base:
            parts[-1] = rules.BasePart(parts[-1].from_date, until, base)
        else:
            parts.append(rules.BasePart(start, until, base))
    return parts


def corrections_of(
    employees: Sequence[Employee], month: dt.date, *, at: dt.datetime
) -> tuple[dict[int, list[LateChange]], dict[int, list[rules.Correction]]]:
    """
    What facts of locked months that became known since change: a line for each month and code.

    What an earlier run has corrected already is taken into account, so that a difference comes in
    once, however often the same fact is looked at.
    """
    changes: dict[int, list[LateChange]] = defaultdict(list)
    corrections: dict[int, list[rules.Correction]] = defaultdict(list)
    known = {each.pk: each for each in employees}
    book = PolicyBook(month)
    months: set[tuple[int, dt.date]] = set()
    rows = LateChange.objects.filter(
        settled_in__isnull=True, employee__in=known, month__lt=month
    ).order_by("month", "pk")
    for change in rows:
        back = book.of(known[change.employee_id]).run.correct_months
        if _months_between(change.month, month) > back:
            continue
        changes[change.employee_id].append(change)
        # More than three days of leave take the rest days of the month after (K17).
        for each in (change.month, month_after(change.month)):
            if each < month:
                months.add((change.employee_id, each))
    if not months:
        return {}, {}
    wanted = {who for who, _month in months}
    # What a supplement or a later month has corrected already counts, whenever it was locked.
    settled = list(PaySlip.objects.filter(employee__in=wanted, run__state__in=SETTLED))
    paid, corrected = _paid_lines([each.pk for each in settled])
    slips = {
        (slip.employee_id, slip.month): slip
        for slip in settled
        if slip.part == 0 and slip.month < month
    }
    collected = collected_of([each.pk for each in slips.values()])
    undecided: set[int] = set()
    for each, ids in by_month(months).items():
        people = [known[who] for who in ids if (who, each) in slips]
        for now in reckon(people, each, at=at, correct=False) if people else ():
            who = now.employee.pk
            if any(day.state in ("waiting", "open") for day in now.judged.days):
                undecided.add(who)
                continue
            label = f"{each:%Y-%m}"
            before: dict[str, Decimal] = defaultdict(Decimal)
            for known_lines in (paid.get(slips[who, each].pk), corrected.get((who, label))):
                for code, amount in (known_lines or {}).items():
                    before[code] += amount
            # A recovery that is carried on is taken once, now or later, unless it counts no more.
            carried = set()
            for item, amount in collected.get(slips[who, each].pk, {}).items():
                code = f"recovery.{item}"
                if any(row.pk == item for row in now.recorded.items):
                    carried.add(code)
                else:
                    before[code] -= amount
            corrections[who] += _differences(now.slip.lines, before, label, leave_out=carried)
    # What is still open is corrected once it is decided, and not by halves.
    for who in undecided:
        changes.pop(who, None)
        corrections.pop(who, None)
    return changes, corrections


def _differences(
    lines: Sequence[rules.PayLine],
    before: Mapping[str, Decimal],
    label: str,
    *,
    leave_out: Collection[str],
) -> Iterator[rules.Correction]:
    """What differs between the lines as they are now and as they were paid and corrected."""
    now: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        now[_head(line.code)] += line.amount
    for code in sorted({*now, *before}):
        was, is_now = before.get(code, NONE), now.get(code, NONE)
        if code in leave_out or code.partition(".")[0] in NOT_CORRECTED:
            continue
        if was != is_now:
            yield rules.Correction(f"{label}.{code}", code, was, is_now)


def _months_between(earlier: dt.date, later: dt.date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _head(code: str) -> str:
    """A base that is split by days is one thing, and so are the corrections in a month."""
    head = code.partition(".")[0]
    return head if head in ("base_pay", "adjustment") else code


def _paid_lines(
    slip_ids: Sequence[int],
) -> tuple[dict[int, dict[str, Decimal]], dict[tuple[int, str], dict[str, Decimal]]]:
    """What settled slips say: by slip and code, and what they correct of which month."""
    paid: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    corrected: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = PayLine.objects.filter(slip__in=slip_ids).order_by()
    for slip, who, code, amount in rows.values_list(
        "slip_id", "slip__employee_id", "code", "amount"
    ):
        paid[slip][_head(code)] += amount
        kind, _dot, rest = code.partition(".")
        if kind == "adjustment":
            label, _dot, of = rest.partition(".")
            corrected[who, label][of] += amount
    return paid, corrected
