"""
A published week with a packet that nobody had sent, for a story: late by twelve minutes.

Five weeks ago, as the demonstration has published the four since. Run inside an installation:
``python -m tests.stories.seeds.week``; prints the publication and the packet.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from .month import MINUTE, ONE_DAY, hired, shift


def main() -> dict[str, Any]:
    import django

    django.setup()
    from django.utils import timezone

    from cangke.attendance import actions
    from cangke.attendance.models import RawPunch, RedPacket, ShiftType

    now = timezone.now()
    today = now.astimezone(ZoneInfo("America/Los_Angeles")).date()
    monday = today - dt.timedelta(days=today.weekday() + 35)
    person = hired("latecomer", "Lara Tay", monday, now)
    wednesday = monday + 2 * ONE_DAY
    worked = shift(person, wednesday, ShiftType.objects.get(code="day"), now)
    RawPunch.objects.bulk_create(
        RawPunch(
            employee=person, at=moment, minute=moment, source="built_in", zone=person.site.zone,
            recorded_at=now,
        )
        for moment in (worked.start + 12 * MINUTE, worked.end + MINUTE)
    )  # fmt: skip
    # Judged on the day after, so that the packet was due by that week's publication.
    months = [wednesday.replace(day=1)]
    actions.recompute(employee_ids=[person.pk], months=months, at=worked.end + ONE_DAY)
    week = actions.publish_week(site=person.site, monday=monday, at=now)
    assert week is not None
    packet = RedPacket.objects.get(employee=person)
    return {"week": week.pk, "packet": packet.pk, "name": person.name, "owed": str(packet.owed)}


if __name__ == "__main__":
    print(json.dumps(main(), ensure_ascii=False))
