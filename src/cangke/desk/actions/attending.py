"""Who is at the desk: profiles are touched before a conversation is locked, never after."""

from __future__ import annotations

import datetime as dt

from cangke.people.public import Employee, Stage

from ..models import AgentProfile, QueueGroup


def ensure_profile(employee: Employee) -> AgentProfile:
    """Return the employee's profile; a new one serves the queues of team and post."""
    known = AgentProfile.objects.filter(employee=employee).first()
    if known is not None:
        return known
    side = Stage(employee.post.stage)
    profile, made = AgentProfile.objects.get_or_create(
        employee=employee,
        defaults={
            "serves_presale": side in (Stage.PRE_SALES, Stage.BOTH),
            "serves_aftersale": side in (Stage.AFTER_SALES, Stage.BOTH),
            "languages": employee.languages or ["zh-hans"],
        },
    )
    if made:
        profile.groups.set(usual_groups(employee, profile))
    return profile


def usual_groups(employee: Employee, profile: AgentProfile) -> list[QueueGroup]:
    """Return the active queues of the employee's team, and those of no team, for their stages."""
    served = {stage.value for stage in profile.stages}
    return [
        group
        for group in QueueGroup.objects.filter(is_active=True)
        if group.team_id in (None, employee.team_id)
        and (not group.stage or group.stage in served)
        and served
    ]


def touch(employee: Employee, *, at: dt.datetime) -> None:
    """Note that the person did something: this is no idle-hanging (A6)."""
    AgentProfile.objects.filter(employee=employee).update(acted_at=at, heartbeat_at=at)


def note_assigned(employee_id: int, *, at: dt.datetime) -> None:
    """Remember when the agent got a conversation last, for a fair turn (B4)."""
    AgentProfile.objects.filter(employee_id=employee_id).update(last_assigned_at=at)
