"""S2: teams side by side under different sets of rules."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.attendance.public import RestPolicy, ShiftPolicy
from cangke.attendance.queries.force import policy_of, units_of
from cangke.attendance.rules.policies import WeekPolicy
from cangke.people.tests.factories import make_department, make_team
from cangke.rulebook import actions as rulebook
from cangke.rulebook.models import PolicySet


@pytest.mark.requirement("S2")
def test_s2_one_team_has_a_week_of_forty_hours_the_other_the_shifts_of_the_manual(db):
    at = timezone.now()
    day = timezone.localtime(at).date()
    rulebook.ensure_first_version(at=at)
    for _again in range(2):
        rulebook.ensure_shipped_sets(at=at)
    department = make_department()
    x, y = make_team(department=department), make_team(department=department)
    forty = PolicySet.objects.get(key="hours-40")
    rulebook.assign_set(
        policy_set=forty, unit_kind="team", unit_id=x.pk, valid_from=day, by=None, at=at
    )
    assert policy_of(WeekPolicy, units_of(x), on=day) == WeekPolicy(check=True)
    assert policy_of(RestPolicy, units_of(x), on=day).days_per_month == 8
    assert policy_of(WeekPolicy, units_of(y), on=day) == WeekPolicy(check=False)
    assert policy_of(ShiftPolicy, units_of(y), on=day).day_start == dt.time(8, 30)
    assert policy_of(RestPolicy, units_of(y), on=day).days_per_month == 2
    assert policy_of(WeekPolicy, units_of(x), on=day - dt.timedelta(1)) == WeekPolicy()
