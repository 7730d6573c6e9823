"""Whatever a month brings, its slip adds up."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cangke.payroll.public import simulate_month

pytestmark = pytest.mark.django_db
DAYS = st.integers(1, 28)
CENTS = st.integers(0, 900_000).map(lambda n: str(Decimal(n) / 100))
HALVES = st.integers(0, 8).map(lambda n: str(Decimal(n) / 2))


@st.composite
def months(draw):
    dates = sorted(draw(st.sets(DAYS, max_size=6)))
    punches = []
    for day in dates:
        for _one in range(draw(st.integers(0, 3))):
            minute = draw(st.integers(0, 24 * 60 - 1))
            punches.append(f"2025-04-{day:02d}T{minute // 60:02d}:{minute % 60:02d}:00+08:00")
    leave = [
        {"date": f"2025-04-{day:02d}", "days": draw(st.sampled_from(["0.5", "1"])), "kind": kind}
        for day in sorted(draw(st.sets(DAYS, max_size=4)))
        for kind in [draw(st.sampled_from(["personal", "sick", "statutory"]))]
    ]
    return {
        "month": "2025-04",
        "policy": {"pay.legal_guard": draw(st.sampled_from(["warn", "cap", "off"]))},
        "employee": {
            "base_pay": draw(CENTS),
            "employed_from": draw(st.sampled_from(["2025-01-01", "2025-04-12"])),
        },
        "shifts": [
            {"date": f"2025-04-{day:02d}", "type": draw(st.sampled_from(["day", "evening"]))}
            for day in dates
        ],
        "punches": punches,
        "leave": leave,
        "rest_days_taken": draw(HALVES),
        "leave_days_previous_month": draw(HALVES),
        "personal_leave_days_earlier_this_year": draw(st.sampled_from(["0", "28.5", "30"])),
        "performance_pay": draw(CENTS),
        "insurance_total": draw(CENTS),
        "tax": {"scheme": draw(st.sampled_from(["none", "cumulative"]))},
        "locked_lines": [
            {"month": "2025-03", "code": "absence", "amount": f"-{draw(CENTS)}", "now": "0"}
        ],
    }


@given(months())
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_a_slip_adds_up(month):
    answer = simulate_month(month)
    amounts = {each["code"]: Decimal(each["amount"]) for each in answer["lines"]}
    assert len(amounts) == len(answer["lines"])
    net, receivable = Decimal(answer["net"]), Decimal(answer["receivable"])
    assert sum(amounts.values()) == net - receivable
    assert net >= 0 <= receivable
    assert not (net and receivable)
    taken = -(amounts.get("leave", 0) + amounts.get("absence", 0))
    assert taken == Decimal(answer["deductions"])
    gross = Decimal(answer["gross"])
    assert gross == sum(
        v for k, v in amounts.items() if k not in ("leave", "absence", "insurance", "tax")
    )
    assert (
        gross - taken - Decimal(answer["insurance_employee"]) - Decimal(answer["tax"])
        == net - receivable
    )
    halves = Decimal(answer["absent_days"]) * 2
    assert halves == halves.to_integral_value()
    clean = not answer["days"] or all(
        not (d["minutes_late"] or d["minutes_early"]) and d["absent_days"] == "0"
        for d in answer["days"]
    )
    if "full_attendance" in amounts:
        assert clean
        assert answer["absent_days"] == "0"
    assert json.dumps(simulate_month(json.loads(json.dumps(month)))) == json.dumps(answer)


@given(st.integers(0, 700))
@settings(max_examples=30)
def test_a_later_arrival_never_costs_less_absence(minutes):
    def absent(late):
        begins = dt.datetime(2025, 4, 3, 8, 30, tzinfo=dt.UTC) + dt.timedelta(minutes=late)
        answer = simulate_month(
            {
                "month": "2025-04",
                "shifts": [{"date": "2025-04-03", "type": "day"}],
                "punches": [
                    begins.isoformat().replace("+00:00", "+08:00"),
                    "2025-04-03T21:00:00+08:00",
                ],
            }
        )
        return Decimal(answer["absent_days"])

    assert absent(minutes) <= absent(minutes + 7)
