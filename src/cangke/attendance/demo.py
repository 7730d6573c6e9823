"""The rosters of the demonstration company: last month and this one, and a draft of the next."""

from __future__ import annotations

import datetime as dt

from cangke.foundation.calendar.public import site_day
from cangke.people.public import Team

from . import actions
from .models import ShiftType
from .queries.rosters import month_of, month_span

TEAMS = ("pre-hd", "after-hd", "us", "3pl")
EVENING = {"pre-hd": 2, "after-hd": 2}
ONE_DAY = dt.timedelta(days=1)


def load(at: dt.datetime) -> None:
    """Plan and publish two months for each team in service; the next month stays a draft."""
    actions.ensure(at=at)
    kinds = {kind.code: kind.pk for kind in ShiftType.objects.all()}
    for team in Team.objects.filter(code__in=TEAMS).select_related("site"):
        if team.code in EVENING:
            least = {kinds["day"]: 3, kinds["evening"]: EVENING[team.code]}
        else:
            least = {kinds["day"]: 2}
        actions.save_needs(team=team, least=least, by=None, at=at)
        this = month_of(site_day(at, team.site.zone))
        before = month_of(this - ONE_DAY)
        after = month_span(this)[1] + ONE_DAY
        for month in (before, this):
            moment = min(at, dt.datetime.combine(month - 5 * ONE_DAY, dt.time(2), tzinfo=dt.UTC))
            actions.propose_month(team=team, month=month, by=None, at=moment)
            actions.publish_roster(team=team, month=month, by=None, at=moment)
        if team.code == "pre-hd":
            actions.propose_month(team=team, month=after, by=None, at=at)
