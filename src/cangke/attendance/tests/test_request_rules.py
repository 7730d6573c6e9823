import datetime as dt
import random
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cangke.attendance import wording
from cangke.attendance.rules import (
    Authority,
    EmergencyPolicy,
    LeavePolicy,
    LeaveRequestPolicy,
    LeaveTerms,
    Matter,
    RestPolicy,
    Side,
    Verdict,
    check_leave,
    check_rest,
    deciding_punches,
    emergency_matters,
    place_shift,
    share_out,
)
from cangke.foundation.calendar.public import working_days_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def april(day):
    return dt.date(2026, 4, day)


def local(day, clock):
    return dt.datetime.combine(april(day), dt.time.fromisoformat(clock), tzinfo=SHANGHAI)


def matters(found):
    return [each.matter for each in found]


@pytest.mark.requirement("K11")
@pytest.mark.parametrize(
    ("applied", "taken", "found"),
    [
        (8, 0, []),
        (9, 0, [Matter.TOO_LATE]),
        (1, 1, []),
        (1, 2, [Matter.NO_REST_LEFT]),
    ],
)
def test_k11_two_days_ahead_and_no_third_day(applied, taken, found):
    asked = check_rest(
        [april(10)],
        applied_on=april(applied),
        taken=Decimal(taken),
        entitled=Decimal(2),
        policy=RestPolicy(),
    )
    assert matters(asked) == found


def leave(kind="personal", *, applied=9, days="1", year="0", month="0", policy=None, **more):
    return matters(
        check_leave(
            kind,
            first=april(10),
            days=Decimal(days),
            applied_on=april(applied),
            year_before=Decimal(year),
            month_before=Decimal(month),
            policy=policy or LeaveRequestPolicy(),
            leave=LeavePolicy(),
            **more,
        )
    )


@pytest.mark.requirement("K13")
def test_k13_one_day_ahead():
    assert leave(applied=9) == []
    assert leave(applied=10) == [Matter.TOO_LATE]
    assert leave(applied=12, emergency=True) == []
    assert leave("sick", applied=10) == []


@pytest.mark.requirement("K17")
@pytest.mark.parametrize(("month", "lost"), [("2", False), ("2.5", True)])
def test_k17_more_than_three_days_lose_the_next_rest_days(month, lost):
    assert (Matter.REST_LOST in leave(month=month)) is lost
    assert Matter.REST_LOST not in leave("statutory", month="9")


@pytest.mark.requirement("K18")
@pytest.mark.parametrize(
    ("year", "days", "found"),
    [
        ("23", "1", []),
        ("24", "1", [Matter.CAP_NEAR]),
        ("29", "1", [Matter.CAP_NEAR]),
        ("29", "2", [Matter.CAP]),
        ("29.5", "1", [Matter.CAP]),
    ],
)
def test_k18_thirty_days_a_year_with_a_warning(year, days, found):
    assert leave(year=year, days=days) == found


@pytest.mark.requirement("K28")
def test_k28_a_kind_has_its_own_notice_and_quota_as_data():
    policy = LeaveRequestPolicy(terms=(LeaveTerms("sick", 3, Decimal(5)),))
    assert leave("sick", applied=8, policy=policy) == [Matter.TOO_LATE]
    assert leave("sick", applied=7, year="4", policy=policy) == []
    assert leave("sick", applied=7, year="4.5", policy=policy) == [Matter.QUOTA]


@pytest.mark.requirement("K14")
@pytest.mark.parametrize(
    ("call", "applied", "found"),
    [
        ("07:50", 13, []),
        ("10:30", 13, []),
        ("10:31", 13, [Matter.CALLED_LATE]),
        ("07:50", 14, []),  # returned on Monday the 13th
        ("07:50", 15, [Matter.APPLIED_LATE]),
        (None, 13, [Matter.NO_CALL]),
    ],
)
def test_k14_a_call_before_and_an_application_after(call, applied, found):
    asked = emergency_matters(
        called_at=local(10, call) if call else None,
        shift_start=local(10, "08:30"),
        applied_on=april(applied),
        returns_on=april(13),
        calendar=working_days_of("CN", [2026]),
        policy=EmergencyPolicy(),
    )
    assert matters(asked) == found


# --- several clocks


@pytest.mark.requirement("K4")
def test_k4_the_imported_punch_beats_the_one_in_the_system():
    shift = place_shift(april(3), dt.time(8, 30), dt.time(17, 30), SHANGHAI)
    other = place_shift(april(4), dt.time(8, 30), dt.time(17, 30), SHANGHAI)
    built_in = [local(3, "08:39"), local(3, "17:31"), local(4, "08:20")]
    external = [local(3, "08:41")]

    def count(authority):
        found = deciding_punches(
            [shift, other], built_in=built_in, external=external, authority=authority
        )
        return [each.astimezone(SHANGHAI).strftime("%d %H:%M") for each in found]

    assert count(Authority.AUTO) == ["03 08:41", "04 08:20"]
    assert count(Authority.EXTERNAL) == ["03 08:41"]
    assert count(Authority.BUILT_IN) == ["03 08:39", "03 17:31", "04 08:20"]


# --- packets


@pytest.mark.requirement("K7")
@given(cents=st.integers(5, 20_000), parts=st.integers(1, 5), seed=st.integers())
def test_k7_the_parts_sum_to_the_packet_exactly(cents, parts, seed):
    amount = Decimal(cents) / 100
    found = share_out(amount, parts, chance=random.Random(seed))
    assert len(found) == parts
    assert sum(found) == amount
    assert min(found) >= Decimal("0.01")


@pytest.mark.parametrize(("amount", "parts"), [("0.04", 5), ("1.005", 2), ("1", 0)])
def test_a_packet_that_cannot_be_split_is_refused(amount, parts):
    with pytest.raises(ValueError, match="packet"):
        share_out(Decimal(amount), parts, chance=random.Random(1))


@pytest.mark.parametrize(("days", "said"), [("1", "1 day of"), ("0.5", "0.5 days of")])
def test_one_day_is_said_as_one_in_english(days, said):
    verdict = Verdict(april(10), Side.DAY, absent_days=Decimal(days), clause="K21")
    with translation.override("en"):
        assert wording.verdict_text(verdict) == f"{said} absence"
