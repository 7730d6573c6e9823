"""
The input of a simulated month: read strictly, refused with place and reason.

Nothing is guessed: unknown keys, floats for money, instants without offset and dates outside the
month are refused. Defaults are those of the published contract.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cangke.attendance.rules import (
    LeaveDay,
    MakeUp,
    MonthFacts,
    Policies,
    Shift,
    Side,
    minute_of,
    nearest_moment,
    place_shift,
)

from .month import Correction, PayFacts
from .tax import TaxMonth

MOST = 5_000
ONE_DAY = dt.timedelta(days=1)
HALF = Decimal("0.5")
NONE = Decimal(0)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass(frozen=True)
class BadInput:
    """What is wrong, and where: ``shifts[2].date``; ``code`` and ``value`` make the sentence."""

    place: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Reading:
    """A month as read: what attendance and pay are asked with."""

    first: dt.date
    zone: ZoneInfo
    calendar: str
    as_of: dt.datetime
    policy: Mapping[str, Any]
    attendance: MonthFacts
    pay: PayFacts


class _Refused(Exception):
    def __init__(self, place: str, code: str, value: object = "") -> None:
        super().__init__(place)
        self.problem = BadInput(place, code, str(value)[:60])


@dataclass
class _Reader:
    problems: list[BadInput] = field(default_factory=list)

    def take(self, read: Callable[[], Any], fallback: Any = None) -> Any:
        """Read one thing; what is wrong with it is kept, and reading goes on."""
        try:
            return read()
        except _Refused as refused:
            self.problems.append(refused.problem)
            return fallback


def _keys(row: object, place: str, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise _Refused(place, "not_object")
    for key in row:
        if key not in known:
            raise _Refused(f"{place}.{key}" if place else str(key), "unknown_key")
    return row


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Refused(key, "not_list")
    if len(value) > MOST:
        raise _Refused(key, "too_many", MOST)
    return value


def _part(given: Mapping[str, Any], key: str, known: Sequence[str]) -> Mapping[str, Any]:
    """An object of the document, empty where it is left out; nothing else stands for one."""
    value = given.get(key)
    return _keys({} if value is None else value, key, known)


def _need(row: Mapping[str, Any], key: str, place: str) -> Any:
    if row.get(key) is None:
        raise _Refused(f"{place}.{key}" if place else key, "missing")
    return row[key]


def _amount(value: object, place: str, *, signed: bool = False) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Refused(place, "not_amount", value)
    text = str(value)
    if not _AMOUNT.fullmatch(text) or not text.isascii():
        raise _Refused(place, "not_amount", value)
    try:
        amount = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover  # the pattern lets none through
        raise _Refused(place, "not_amount", value) from error
    if amount < 0 and not signed:
        raise _Refused(place, "negative", value)
    return amount + 0


def _days(value: object, place: str) -> Decimal:
    days = _amount(value, place)
    if days % HALF:
        raise _Refused(place, "not_half_days", value)
    return days


def _date(value: object, place: str) -> dt.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _Refused(place, "not_date", value)
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise _Refused(place, "not_date", value) from error


def _time(value: object, place: str) -> dt.time:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise _Refused(place, "not_time", value)
    return dt.time.fromisoformat(value).replace(second=0)


def _instant(value: object, place: str) -> dt.datetime:
    if not isinstance(value, str) or len(value) > 40 or "T" not in value.upper():
        raise _Refused(place, "not_instant", value)
    try:
        found = dt.datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise _Refused(place, "not_instant", value) from error
    if found.tzinfo is None:
        raise _Refused(place, "no_offset", value)
    if not 1900 <= found.year <= 9000:
        raise _Refused(place, "not_instant", value)
    return found.astimezone(dt.UTC)


def _flag(row: Mapping[str, Any], key: str, place: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise _Refused(f"{place}.{key}", "not_bool", value)
    return value


def _side(value: object, place: str) -> Side:
    if value not in ("in", "out"):
        raise _Refused(place, "not_side", value)
    return Side(str(value))


PERSONAL_EARLIER = "personal_leave_days_earlier_this_year"
TOP = (
    "month", "site", "policy", "as_of", "employee", "shifts", "punches", "makeup_punches",
    "serving_until", "leave", "rest_days_taken", "leave_days_previous_month",
    "personal_leave_days_earlier_this_year", "packets_sent", "performance_pay", "bonuses",
    "insurance_total", "tax", "locked_lines",
)  # fmt: skip


def read_header(given: object) -> tuple[dt.date | None, Mapping[str, Any], list[BadInput]]:
    """Read what says which rules apply: the month and the values of the trial."""
    reader = _Reader()
    row = reader.take(lambda: _keys(given, "", TOP))
    if row is None:
        return None, {}, reader.problems
    first = reader.take(lambda: _month(row))
    policy = {} if row.get("policy") is None else row["policy"]
    if not isinstance(policy, Mapping):
        reader.problems.append(BadInput("policy", "not_object"))
        policy = {}
    return first, policy, reader.problems


def _month(row: Mapping[str, Any]) -> dt.date:
    value = _need(row, "month", "")
    if (
        not isinstance(value, str)
        or not _MONTH.fullmatch(value)
        or not 1900 < int(value[:4]) < 9000
    ):
        raise _Refused("month", "not_month", value)
    return dt.date.fromisoformat(f"{value}-01")


def read_month(
    given: object, policies: Policies, *, base_pay: Decimal
) -> tuple[Reading | None, list[BadInput]]:
    """
    Read a month's facts; with problems there is no reading.

    ``policies`` are those of the month, with the run's own values in them: they say when the
    named shifts begin and which kinds of leave there are. ``base_pay`` stands where none is given.
    """
    first, policy, problems = read_header(given)
    if first is None or problems or not isinstance(given, Mapping):
        return None, problems
    reader = _Reader()
    site = reader.take(lambda: _part(given, "site", ("zone", "calendar")), {})
    zone = reader.take(lambda: _zone(site))
    calendar = reader.take(lambda: _calendar_code(site), "CN")
    if zone is None:
        return None, reader.problems
    person = reader.take(lambda: _employee(given, first, base_pay))
    last = first.replace(day=monthrange(first.year, first.month)[1])
    following = last + ONE_DAY
    default_as_of = dt.datetime.combine(following, dt.time(9), tzinfo=zone).astimezone(dt.UTC)
    as_of = reader.take(lambda: _as_of(given, default_as_of), default_as_of)
    shifts = _shifts(reader, given, first, last, zone, policies)
    by_date = {shift.date: shift for shift in shifts}
    if policies.shift.auto_extend:
        by_date.update(_extended(reader, given, by_date, as_of))
    else:
        _extended(reader, given, by_date, as_of)
    attendance = MonthFacts(
        first=first,
        last=last,
        shifts=[by_date[shift.date] for shift in shifts],
        punches=_punches(reader, given),
        makeups=_makeups(reader, given, by_date, zone),
        leave=_leave(reader, given, first, last, policies),
        sent=_sent(reader, given),
        personal_leave_earlier=_day_count(
            reader, given, "personal_leave_days_earlier_this_year", "0"
        ),
    )
    pay = _pay(reader, given, person, first)
    if reader.problems or pay is None:
        return None, reader.problems
    return Reading(first, zone, calendar, as_of, policy, attendance, pay), []


def _zone(site: Mapping[str, Any]) -> ZoneInfo:
    name = site.get("zone", "Asia/Shanghai")
    try:
        if not isinstance(name, str) or not name or len(name) > 60:
            raise ValueError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _Refused("site.zone", "not_zone", name) from error


def _calendar_code(site: Mapping[str, Any]) -> str:
    code = site.get("calendar", "CN")
    if not isinstance(code, str) or not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code):
        raise _Refused("site.calendar", "not_calendar", code)
    return code


def _as_of(given: Mapping[str, Any], default: dt.datetime) -> dt.datetime:
    value = given.get("as_of")
    return default if value is None else _instant(value, "as_of")


def _employee(
    given: Mapping[str, Any], first: dt.date, base_pay: Decimal
) -> tuple[Decimal, dt.date | None, dt.date | None]:
    row = _part(given, "employee", ("base_pay", "employed_from", "employed_to"))
    base = row.get("base_pay")
    begins, ends = row.get("employed_from"), row.get("employed_to")
    money = base_pay if base is None else _amount(base, "employee.base_pay")
    start = None if begins is None else _date(begins, "employee.employed_from")
    end = None if ends is None else _date(ends, "employee.employed_to")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    if start is not None and end is not None and end < start:
        raise _Refused("employee.employed_to", "ends_before", ends)
    if (start is not None and start > last) or (end is not None and end < first):
        raise _Refused("employee", "not_employed")
    return money, start, end


def _shifts(
    reader: _Reader,
    given: Mapping[str, Any],
    first: dt.date,
    last: dt.date,
    zone: ZoneInfo,
    policies: Policies,
) -> list[Shift]:
    found: list[Shift] = []
    for n, each in enumerate(reader.take(lambda: _list(given, "shifts"), [])):
        place = f"shifts[{n}]"

        def read(each: object = each, place: str = place) -> Shift:
            row = _keys(each, place, ("date", "type"))
            day = _date(_need(row, "date", place), f"{place}.date")
            if not first - ONE_DAY <= day <= last + ONE_DAY:
                raise _Refused(f"{place}.date", "outside_month", day)
            start, end = _times(_need(row, "type", place), place, policies)
            return place_shift(day, start, end, zone)

        shift = reader.take(read)
        if shift is None:
            continue
        if any(shift.date == other.date for other in found):
            reader.problems.append(BadInput(f"{place}.date", "twice", str(shift.date)))
            continue
        if any(shift.start < other.end and other.start < shift.end for other in found):
            reader.problems.append(BadInput(place, "overlaps", str(shift.date)))
            continue
        found.append(shift)
    return found


def _times(kind: object, place: str, policies: Policies) -> tuple[dt.time, dt.time]:
    if kind == "day":
        return policies.shift.day_start, policies.shift.day_end
    if kind == "evening":
        return policies.shift.evening_start, policies.shift.evening_end
    if not isinstance(kind, Mapping):
        raise _Refused(f"{place}.type", "not_shift", kind)
    row = _keys(kind, f"{place}.type", ("start", "end"))
    start = _time(_need(row, "start", f"{place}.type"), f"{place}.type.start")
    end = _time(_need(row, "end", f"{place}.type"), f"{place}.type.end")
    if start == end:
        raise _Refused(f"{place}.type", "no_length", f"{start:%H:%M}")
    return start, end


def _extended(
    reader: _Reader, given: Mapping[str, Any], shifts: Mapping[dt.date, Shift], as_of: dt.datetime
) -> dict[dt.date, Shift]:
    moved: dict[dt.date, Shift] = {}
    for n, each in enumerate(reader.take(lambda: _list(given, "serving_until"), [])):
        place = f"serving_until[{n}]"

        def read(each: object = each, place: str = place) -> tuple[dt.date, dt.datetime]:
            row = _keys(each, place, ("shift", "until"))
            day = _of_shift(row, place, shifts)
            return day, _instant(_need(row, "until", place), f"{place}.until")

        found = reader.take(read)
        if found is not None:
            day, until = found
            moved[day] = moved.get(day, shifts[day]).extended_to(until)
    return moved


def _of_shift(row: Mapping[str, Any], place: str, shifts: Mapping[dt.date, Shift]) -> dt.date:
    day = _date(_need(row, "shift", place), f"{place}.shift")
    if day not in shifts:
        raise _Refused(f"{place}.shift", "no_such_shift", day)
    return day


def _punches(reader: _Reader, given: Mapping[str, Any]) -> list[dt.datetime]:
    found = []
    for n, each in enumerate(reader.take(lambda: _list(given, "punches"), [])):
        punch = reader.take(partial(_instant, each, f"punches[{n}]"))
        if punch is not None:
            found.append(punch)
    return found


def _makeups(
    reader: _Reader, given: Mapping[str, Any], shifts: Mapping[dt.date, Shift], zone: ZoneInfo
) -> list[MakeUp]:
    found: list[MakeUp] = []
    for n, each in enumerate(reader.take(lambda: _list(given, "makeup_punches"), [])):
        place = f"makeup_punches[{n}]"

        def read(each: object = each, place: str = place) -> MakeUp:
            row = _keys(each, place, ("shift", "side", "claimed", "actual", "certified"))
            day = _of_shift(row, place, shifts)
            side = _side(_need(row, "side", place), f"{place}.side")
            if row.get("claimed") is not None:
                _time(row["claimed"], f"{place}.claimed")
            actual = row.get("actual", row.get("claimed"))
            if actual is None:
                raise _Refused(f"{place}.actual", "missing")
            time = _time(actual, f"{place}.actual")
            shift = shifts[day]
            near = shift.start if side == Side.IN else shift.end
            moment = minute_of(nearest_moment(day, time, zone, to=near))
            return MakeUp(day, side, moment, _flag(row, "certified", place))

        makeup = reader.take(read)
        if makeup is None:
            continue
        if any((makeup.date, makeup.side) == (other.date, other.side) for other in found):
            reader.problems.append(BadInput(place, "twice", f"{makeup.date} {makeup.side}"))
            continue
        found.append(makeup)
    return found


def _leave(
    reader: _Reader, given: Mapping[str, Any], first: dt.date, last: dt.date, policies: Policies
) -> list[LeaveDay]:
    found: list[LeaveDay] = []
    taken: dict[dt.date, Decimal] = {}
    for n, each in enumerate(reader.take(lambda: _list(given, "leave"), [])):
        place = f"leave[{n}]"

        def read(each: object = each, place: str = place) -> list[LeaveDay]:
            row = _keys(each, place, ("date", "days", "kind", "state"))
            day = _date(_need(row, "date", place), f"{place}.date")
            days = _days(row.get("days", "1"), f"{place}.days")
            if not 0 < days <= 366:
                raise _Refused(f"{place}.days", "not_half_days", days)
            kind = row.get("kind", "personal")
            if kind not in [known.kind for known in policies.leave.kinds]:
                raise _Refused(f"{place}.kind", "no_such_leave", kind)
            state = row.get("state", "approved")
            if state not in ("approved", "refused", "requested"):
                raise _Refused(f"{place}.state", "not_leave_state", state)
            if state != "approved":
                return []
            spread = []
            while days > 0 and day <= last:
                if day >= first:
                    spread.append(LeaveDay(day, min(days, Decimal(1)), kind))
                days -= 1
                day += ONE_DAY
            if not spread:
                raise _Refused(f"{place}.date", "outside_month", row["date"])
            return spread

        for part in reader.take(read, []):
            taken[part.date] = taken.get(part.date, NONE) + part.days
            if taken[part.date] > 1:
                reader.problems.append(BadInput(f"{place}.date", "more_than_a_day", str(part.date)))
                break
            found.append(part)
    return found


def _sent(
    reader: _Reader, given: Mapping[str, Any]
) -> dict[tuple[dt.date, Side], list[dt.datetime]]:
    found: dict[tuple[dt.date, Side], list[dt.datetime]] = {}
    for n, each in enumerate(reader.take(lambda: _list(given, "packets_sent"), [])):
        place = f"packets_sent[{n}]"

        def read(each: object = each, place: str = place) -> tuple[dt.date, Side, dt.datetime]:
            row = _keys(each, place, ("shift", "side", "at"))
            return (
                _date(_need(row, "shift", place), f"{place}.shift"),
                _side(_need(row, "side", place), f"{place}.side"),
                _instant(_need(row, "at", place), f"{place}.at"),
            )

        sending = reader.take(read)
        if sending is not None:
            day, side, at = sending
            found.setdefault((day, side), []).append(at)
    return found


def _day_count(reader: _Reader, given: Mapping[str, Any], key: str, default: str) -> Decimal:
    value = given.get(key)
    found: Decimal = reader.take(lambda: _days(default if value is None else value, key), NONE)
    return found


def _sum(reader: _Reader, given: Mapping[str, Any], key: str) -> Decimal:
    value = given.get(key)
    found: Decimal = reader.take(lambda: _amount("0" if value is None else value, key), NONE)
    return found


def _pay(
    reader: _Reader,
    given: Mapping[str, Any],
    person: tuple[Decimal, dt.date | None, dt.date | None] | None,
    first: dt.date,
) -> PayFacts | None:
    bonuses = [
        bonus
        for n, row in enumerate(reader.take(lambda: _list(given, "bonuses"), []))
        if (bonus := reader.take(partial(_bonus, row, f"bonuses[{n}]"))) is not None
    ]
    corrections = [
        found
        for n, row in enumerate(reader.take(lambda: _list(given, "locked_lines"), []))
        if (found := reader.take(partial(_correction, row, f"locked_lines[{n}]", first)))
    ]
    facts = PayFacts(
        first=first,
        base_pay=NONE,
        rest_days_taken=_day_count(reader, given, "rest_days_taken", "2"),
        leave_days_before=_day_count(reader, given, "leave_days_previous_month", "0"),
        performance_pay=_sum(reader, given, "performance_pay"),
        bonuses=bonuses,
        insurance_total=_sum(reader, given, "insurance_total"),
        corrections=corrections,
    )
    taxed: PayFacts = reader.take(lambda: _tax(facts, given), facts)
    if person is None:
        return None
    base, begins, ends = person
    return replace(taxed, base_pay=base, employed_from=begins, employed_to=ends)


def _bonus(given: object, place: str) -> tuple[str, Decimal]:
    row = _keys(given, place, ("kind", "amount"))
    kind = _need(row, "kind", place)
    if not isinstance(kind, str) or not _KEY.fullmatch(kind):
        raise _Refused(f"{place}.kind", "not_word", kind)
    return kind, _amount(_need(row, "amount", place), f"{place}.amount")


def _correction(given: object, place: str, first: dt.date) -> Correction:
    row = _keys(given, place, ("month", "code", "amount", "now"))
    month = _need(row, "month", place)
    if not isinstance(month, str) or not _MONTH.fullmatch(month):
        raise _Refused(f"{place}.month", "not_month", month)
    if month >= f"{first:%Y-%m}":
        raise _Refused(f"{place}.month", "not_earlier", month)
    code = _need(row, "code", place)
    if not isinstance(code, str) or not _KEY.fullmatch(code):
        raise _Refused(f"{place}.code", "not_word", code)
    return Correction(
        month,
        code,
        _amount(_need(row, "amount", place), f"{place}.amount", signed=True),
        _amount(_need(row, "now", place), f"{place}.now", signed=True),
    )


def _tax(facts: PayFacts, given: Mapping[str, Any]) -> PayFacts:
    row = _part(given, "tax", ("scheme", "special_additional", "earlier"))
    scheme = row.get("scheme", "none")
    if scheme not in ("none", "cumulative"):
        raise _Refused("tax.scheme", "not_scheme", scheme)
    if not isinstance(row.get("earlier", []), list) or len(row.get("earlier", [])) > 11:
        raise _Refused("tax.earlier", "not_list")
    earlier = [
        _tax_month(each, f"tax.earlier[{n}]") for n, each in enumerate(row.get("earlier", []))
    ]
    return replace(
        facts,
        tax_cumulative=scheme == "cumulative",
        special_additional=_amount(row.get("special_additional", "0"), "tax.special_additional"),
        tax_earlier=earlier,
    )


def _tax_month(given: object, place: str) -> TaxMonth:
    known = ("gross", "insurance_employee", "special_additional", "withheld", "deductions", "month")
    row = _keys(given, place, known)
    gross = _amount(_need(row, "gross", place), f"{place}.gross")
    gross -= _amount(row.get("deductions", "0"), f"{place}.deductions")
    others = {
        key: _amount(row.get(key, "0"), f"{place}.{key}")
        for key in ("insurance_employee", "special_additional", "withheld")
    }
    return TaxMonth(gross, **others)
