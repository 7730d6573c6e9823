"""The rules of attendance as they hold for somebody on a day."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from cangke.people.public import Employee, Team
from cangke.rulebook.public import policy, set_for

from .. import rules

Policy = TypeVar("Policy")
Units = list[tuple[str, int]]


def units_of(place: Employee | Team) -> Units:
    """The units whose policy set holds for somebody or for a team, for `policies_for`."""
    units = [("department", place.department_id), ("site", place.site_id)]
    team_id = place.pk if isinstance(place, Team) else place.team_id
    return [*units, ("team", team_id)] if team_id else units


def set_of(units: Units, on: dt.date) -> str | None:
    """The policy set that the units live by on the day, None for the default."""
    return set_for(units, on=on)


def policy_of(kind: type[Policy], units: Units, *, on: dt.date) -> Policy:
    """One policy of the set that the units live by on the day."""
    return policy(kind, on=on, group=set_for(units, on=on))


def policies_for(units: Units, *, on: dt.date) -> rules.Policies:
    """Everything the rules ask for to judge a month, as it holds on the day."""
    group = set_for(units, on=on)
    return rules.Policies(
        shift=policy(rules.ShiftPolicy, on=on, group=group),
        late=policy(rules.LatePolicy, on=on, group=group),
        publication=policy(rules.PublicationPolicy, on=on, group=group),
        redpacket=policy(rules.RedPacketPolicy, on=on, group=group),
        missed_punch=policy(rules.MissedPunchPolicy, on=on, group=group),
        absence=policy(rules.AbsencePolicy, on=on, group=group),
        rest=policy(rules.RestPolicy, on=on, group=group),
        leave=policy(rules.LeavePolicy, on=on, group=group),
    )
