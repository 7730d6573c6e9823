"""
Attendance as tables: day records out, punches of an outside clock in (K4).

Two shapes come in. **Punches** have one moment a row. The **daily report** of DingTalk has a row
for each person and day with up to three pairs of times; its own verdicts are not read, and a time
beside the result 缺卡 is no punch.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.sheets.public import (
    BadRow,
    BadValue,
    Column,
    Field,
    Importer,
    Outcome,
    Row,
    Task,
    local_moment,
    on_clock,
    refused,
    register_exporter,
    register_importer,
    taken,
    text,
    unchanged,
)
from cangke.people.public import Employee, Site

from . import actions, rules
from .models import DayRecord, RawPunch, ShiftAssignment
from .queries.reach import visible

ONE_DAY = dt.timedelta(days=1)
SHORT_DAY = re.compile(r"(\d{2,4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?.*")
CLOCK = re.compile(r"(次日|第二天)?\s*(?:\d{2,4}-\d{1,2}-\d{1,2}\s+)?(\d{1,2}):(\d{2})(?::\d{2})?")
NOT_PUNCHED = ("缺卡", "未打卡", "notsigned", "旷工", "请假", "休息")


def _day(cell: str) -> dt.date:
    """``26-06-09 星期二`` or ``2026-06-09``; the moment of midnight in milliseconds is not read."""
    found = SHORT_DAY.fullmatch(cell.strip())
    if not found:
        raise BadValue("day")
    year, month, day = (int(each) for each in found.groups())
    try:
        return dt.date(year + 2000 if year < 100 else year, month, day)
    except ValueError as error:
        raise BadValue("day") from error


def _clock(cell: str) -> tuple[dt.time, bool]:
    """A time of day, and whether it says it is the next day's."""
    found = CLOCK.fullmatch(cell.strip())
    if not found:
        raise BadValue("moment")
    next_day, hour, minute = found.groups()
    try:
        return dt.time(int(hour), int(minute)), bool(next_day)
    except ValueError as error:
        raise BadValue("moment") from error


class _Punches(Importer):
    """What both shapes share: whose row it is, taking punches in, judging what they touch."""

    permission = "attendance.import"
    source: ClassVar[str]
    by_number: dict[str, Employee]
    by_name: dict[str, list[Employee]]

    def begin(self, task: Task) -> None:
        self.by_number, self.by_name = {}, defaultdict(list)
        for each in Employee.objects.select_related("site"):
            self.by_number[each.number.casefold()] = each
            self.by_name[each.name].append(each)

    def whose(self, number: str, name: str) -> Employee | str:
        """The person of a row, by number or by a name only one has; or why there is none."""
        if number:
            found = self.by_number.get(number.casefold())
            return found if found is not None else gettext("没有工号为 %s 的员工") % number
        named = self.by_name.get(name, [])
        if len(named) == 1:
            return named[0]
        if named:
            return gettext("有 %d 位员工叫这个名字，请用工号") % len(named)
        return gettext("没有叫 %s 的员工") % (name or "—")

    def moments(self, row: Row, person: Employee) -> list[tuple[dt.datetime, str]]:
        """The punches of a row: moment and place."""
        raise NotImplementedError

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        outcomes: dict[int, Outcome] = {}
        wanted: list[tuple[Employee, dt.datetime, str]] = []
        of_line: list[int] = []
        for row in rows:
            person = self.whose(row.values["number"], row.values["name"])
            if isinstance(person, str):
                outcomes[row.line] = refused(person)
                continue
            found = self.moments(row, person)
            reasons = [actions.why_not(person, each, at=task.at) for each, _place in found]
            reason = next((each for each in reasons if each), "")
            if reason:
                outcomes[row.line] = refused(reason)
                continue
            outcomes[row.line] = unchanged(person.number)
            for each, place in found:
                wanted.append((person, each, place))
                of_line.append(row.line)
        states = actions.take_punches(
            punches=wanted, source=self.source, by=task.by, at=task.at, run_key=task.key
        )
        for (person, _moment, _place), line, state in zip(wanted, of_line, states, strict=True):
            if state == "taken":
                outcomes[line] = taken(person.number)
        return [outcomes[row.line] for row in rows]

    def synced(self, punches: Sequence[RawPunch], task: Task) -> dict[int, dt.datetime]:
        """How far the file reaches at each site: to its last punch."""
        until: dict[int, dt.datetime] = {}
        for punch in punches:
            site = punch.employee.site_id
            until[site] = max(until.get(site, punch.minute), punch.minute)
        return until

    def end(self, task: Task) -> None:
        """Note how far the clock has reported, and judge the days the file touches."""
        punches = list(RawPunch.objects.filter(run_key=task.key).select_related("employee__site"))
        until = self.synced(punches, task)
        actions.note_synced(until=until, at=task.at)
        touched: dict[int, set[dt.date]] = defaultdict(set)
        for punch in punches:
            touched[punch.employee_id].add(site_day(punch.minute, punch.employee.site.zone))
        # Whoever waited for the clock to report is judged too, also without a punch of their own.
        waiting = DayRecord.objects.filter(state="waiting", employee__site_id__in=until)
        for who, day in waiting.values_list("employee_id", "date"):
            touched[who].add(day)
        actions.judge_touched(
            touched={who: sorted(days) for who, days in touched.items()}, at=task.at
        )
        record(
            "attendance.imported",
            by=task.by,
            at=task.at,
            changes={"source": self.source, "count": len(punches), "people": len(touched)},
        )


NUMBER = Field(
    "number", _("工号"), ["员工编号", "employee no", "employee number", "job number"],
    parse=text(most=20),
)  # fmt: skip
NAME = Field("name", _("姓名"), ["员工姓名", "employee", "name"], parse=text(most=60))


@register_importer
class PunchImporter(_Punches):
    kind = "attendance.punches"
    label = _("打卡记录")
    source = "sheet"
    chunk_size = 1_000
    help = _(
        "一行一次打卡。按工号认人；没有工号列时按姓名，同名的会被拒绝。没有时区的时间按员工站点的时间。"
        "已经导入过的不会重复；将来的、入职前的、离职后的打卡会被拒绝并写明原因。"
    )
    fields = [
        NUMBER,
        NAME,
        Field(
            "at",
            _("打卡时间"),
            ["时间", "打卡日期时间", "punch time", "check time", "userCheckTime", "datetime"],
            required=True,
            parse=local_moment,
        ),
        Field("place", _("地点"), ["打卡地址", "设备", "location", "device"], parse=text(most=120)),
    ]

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        if not values["number"] and not values["name"]:
            raise BadRow(gettext("缺工号和姓名"), field="number")
        return values

    def moments(self, row: Row, person: Employee) -> list[tuple[dt.datetime, str]]:
        return [(on_clock(row.values["at"], ZoneInfo(person.site.zone)), row.values["place"])]


PAIRS = [(side, n) for n in (1, 2, 3) for side in ("in", "out")]
SIDE_NAMES = {"in": "上班", "out": "下班"}


@register_importer
class DailyReportImporter(_Punches):
    kind = "attendance.dingtalk"
    label = _("钉钉每日统计")
    source = "dingtalk"
    chunk_size = 500
    help = _(
        "钉钉导出的“每日统计”，一行一人一天。只读打卡时间，判定由本系统按制度重新计算；"
        "结果为缺卡的时间不算打卡。日期之后的数据视为还没有同步。"
    )
    fields = [
        NUMBER,
        NAME,
        Field("date", _("日期"), ["考勤日期", "date"], required=True, parse=_day),
        *(
            Field(
                f"{side}{n}",
                f"{SIDE_NAMES[side]}{n}打卡时间",
                [f"{SIDE_NAMES[side]}{n}", f"{SIDE_NAMES[side]}{n}时间"],
                parse=_clock,
                default=None,
            )
            for side, n in PAIRS
        ),
        *(
            Field(f"{side}{n}_result", f"{SIDE_NAMES[side]}{n}打卡结果", parse=text(most=40))
            for side, n in PAIRS
        ),
    ]
    last: dt.date | None = None
    sites: set[int]

    def begin(self, task: Task) -> None:
        super().begin(task)
        self.sites = set()

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        if not values["number"] and not values["name"]:
            raise BadRow(gettext("缺工号和姓名"), field="number")
        return values

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        days = [row.values["date"] for row in rows]
        self.last = max([*days, self.last] if self.last else days)
        self.shifts: dict[tuple[int, dt.date], ShiftAssignment] = {
            (each.employee_id, each.date): each
            for each in ShiftAssignment.objects.published().filter(
                date__gte=min(days), date__lte=max(days)
            )
        }
        return super().commit_chunk(rows, task)

    def moments(self, row: Row, person: Employee) -> list[tuple[dt.datetime, str]]:
        self.sites.add(person.site_id)
        zone = ZoneInfo(person.site.zone)
        day: dt.date = row.values["date"]
        shift = self.shifts.get((person.pk, day))
        found: list[tuple[dt.datetime, str]] = []
        before: dt.datetime | None = None
        for side, n in PAIRS:
            given = row.values[f"{side}{n}"]
            result = str(row.values[f"{side}{n}_result"]).strip().casefold()
            if given is None or any(each in result for each in NOT_PUNCHED):
                continue
            time, next_day = given
            if next_day:
                at = rules.place_shift(day + ONE_DAY, time, time, zone).start
            elif shift is not None:
                anchor = shift.starts_at if side == "in" else shift.ends_at
                at = rules.nearest_moment(day, time, zone, to=anchor)
            else:
                at = rules.place_shift(day, time, time, zone).start
                if before is not None and at < before:
                    at = rules.place_shift(day + ONE_DAY, time, time, zone).start
            before = at
            found.append((at, ""))
        return found

    def synced(self, punches: Sequence[RawPunch], task: Task) -> dict[int, dt.datetime]:
        """A report tells of its days to their end: until noon after the last, or until now."""
        if self.last is None:
            return super().synced(punches, task)
        until = {}
        for site in Site.objects.filter(pk__in=self.sites):
            noon = dt.datetime.combine(self.last + ONE_DAY, dt.time(12), ZoneInfo(site.zone))
            until[site.pk] = min(noon, task.at)
        return until


def _days(account: Account | None) -> QuerySet[DayRecord]:
    rows = DayRecord.objects.all() if account is None else visible(account, DayRecord)
    return rows.select_related("employee__team", "employee__site", "shift_type").order_by(
        "date", "employee__number"
    )


register_exporter(
    "attendance.days",
    _("考勤记录"),
    permission="attendance.export",
    needs_reason=True,
    columns=[
        Column("number", _("工号"), value=lambda row: row.employee.number),
        Column("name", _("姓名"), value=lambda row: row.employee.name),
        Column("team", _("组"), value=lambda row: row.employee.team or ""),
        Column("date", _("日期"), field="date"),
        Column("shift", _("班次"), value=lambda row: str(row.shift_type)),
        Column("in", _("上班打卡"), value=lambda row: row.in_at),
        Column("out", _("下班打卡"), value=lambda row: row.out_at),
        Column("late", _("迟到分钟"), field="minutes_late"),
        Column("early", _("早退分钟"), field="minutes_early"),
        Column("absent", _("旷工天数"), field="absent_days"),
        Column("leave", _("请假天数"), field="leave_days"),
        Column("extension", _("延长分钟"), field="extension_minutes"),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
    ],
    rows=_days,
)
