"""How the rules were kept in a month: violations by rule, decided and open (S8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import F, Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.attendance.public import DayRecord, RedPacket
from cangke.desk.public import ConductAlert
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import day_bounds
from cangke.quality.public import Check, CheckState
from cangke.tickets.public import Errand, Pledge, PledgeState

M = TypeVar("M", bound=Model)
Row = tuple[int, str, bool]  # whose, their name, decided


@dataclass(frozen=True)
class RuleLine:
    """One rule: how often it was not kept, and of how many of these is decided what follows."""

    clause: str
    label: str
    decided: int
    open: int
    people: Sequence[tuple[str, int]]
    url: str

    @property
    def count(self) -> int:
        return self.decided + self.open


@dataclass(frozen=True)
class Month:
    """A month of the default site's days, and the team it is about if not all within reach."""

    first: dt.date
    zone: str
    team_id: int | None = None

    @property
    def last(self) -> dt.date:
        return (self.first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)

    @property
    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        return day_bounds(self.first, self.zone)[0], day_bounds(self.last, self.zone)[1]


MOST_PEOPLE = 5


def compliance(account: Account, month: Month) -> list[RuleLine]:
    """
    Return a line for each rule that has violations on record, one query each; all within reach.

    Decided is what was sent, waived, reviewed or settled; open is what somebody has still to do.
    """
    lines = [
        _line(clause, label, rows, url) for clause, label, rows, url in _sources(account, month)
    ]
    return [line for line in lines if line.count]


def _line(clause: str, label: str, rows: Sequence[Row], url: str) -> RuleLine:
    decided = sum(done for _pk, _name, done in rows)
    names = {pk: name for pk, name, _done in rows}
    often = Counter(pk for pk, _name, _done in rows)
    people = sorted(often.items(), key=lambda each: (-each[1], names[each[0]]))
    return RuleLine(
        clause,
        label,
        decided,
        len(rows) - decided,
        [(names[pk], times) for pk, times in people[:MOST_PEOPLE]],
        url,
    )


def _sources(account: Account, month: Month) -> Iterator[tuple[str, str, list[Row], str]]:
    since, until = month.bounds
    days = {"date_after": month.first.isoformat(), "date_before": month.last.isoformat()}
    packets = _of_team(scope(account, RedPacket, "view"), "employee", month).filter(
        date__gte=month.first, date__lte=month.last
    )
    for reason, clause, label in (
        ("late", "K5", _("迟到红包")),
        ("early", "K5", _("早退红包")),
        ("missed_punch", "K20", _("漏卡红包")),
    ):
        rows = _rows(
            packets.filter(reason=reason),
            "employee",
            lambda state: state in ("sent", "waived", "void"),
        )
        yield clause, label, rows, _address("attendance:packets", reason=reason, **days)
    records = _of_team(scope(account, DayRecord, "view"), "employee", month).filter(
        date__gte=month.first, date__lte=month.last
    )
    absent = records.filter(absent_days__gt=0)
    yield (
        "K21",
        _("旷工"),
        _rows(absent, "employee", lambda state: state != "open"),
        _address("attendance:days", state="marked", **days),
    )
    missed = records.filter(Q(missed_in=True) | Q(missed_out=True))
    yield (
        "K20",
        _("漏卡"),
        _rows(missed, "employee", lambda state: state != "open"),
        _address("attendance:days", **days),
    )
    alerts = _of_team(scope(account, ConductAlert, "view"), "agent", month).filter(
        at__gte=since, at__lt=until
    )
    reviewed = alerts.values_list("agent_id", "agent__name", "reviewed_at")
    yield (
        "A11",
        _("被拦下的回复"),
        [(pk, name, at is not None) for pk, name, at in reviewed],
        _address("desk:conduct"),
    )
    pledges = _of_team(scope(account, Pledge, "view"), "keeper", month).filter(
        state=PledgeState.BROKEN, settled_at__gte=since, settled_at__lt=until
    )
    kept_late = pledges.values_list("keeper_id", "keeper__name", "kept_late_at")
    yield (
        "A18",
        _("未兑现的承诺"),
        [(pk, name, at is not None) for pk, name, at in kept_late],
        _address("tickets:pledges", state=PledgeState.BROKEN.value),
    )
    errands = _of_team(scope(account, Errand, "view"), "taken_by", month).filter(
        Q(replied_at__gt=F("due_at")) | Q(replied_at__isnull=True, due_at__lt=until),
        taken_by__isnull=False,
        due_at__gte=since,
        due_at__lt=until,
    )
    answered = errands.values_list("taken_by_id", "taken_by__name", "replied_at")
    yield (
        "O18",
        _("逾期的交办与协作"),
        [(pk, name, at is not None) for pk, name, at in answered],
        _address("errands:list", late="true"),
    )
    fatal = _of_team(scope(account, Check, "view"), "agent", month).filter(
        scored_at__gte=since, scored_at__lt=until
    )
    found = fatal.exclude(fatal=[]).values_list("agent_id", "agent__name", "state")
    yield (
        "A23",
        _("质检否决项"),
        [(pk, name, state == CheckState.SCORED) for pk, name, state in found],
        _address("quality:list", state="scored"),
    )


def _rows(
    rows: QuerySet[RedPacket] | QuerySet[DayRecord], whose: str, decided: Callable[[str], bool]
) -> list[Row]:
    found = rows.order_by().values_list(f"{whose}_id", f"{whose}__name", "state")
    return [(pk, name, decided(state)) for pk, name, state in found]


def _of_team(rows: QuerySet[M], whose: str, month: Month) -> QuerySet[M]:
    return rows.filter(**{f"{whose}__team": month.team_id}) if month.team_id else rows


def _address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode({'view': 'all', **query})}"
