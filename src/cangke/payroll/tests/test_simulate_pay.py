"""What a month pays, through the published simulation (K22, L1–L11)."""

from decimal import Decimal

import pytest

from cangke.payroll.public import simulate_month

from .months import april, leave, lines, on

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("K22")
def test_k22_a_single_minute_takes_the_bonus():
    assert lines(april(rest_days_taken="2"))["full_attendance"] == "200.00"
    assert "full_attendance" not in lines(on(3, "08:31", "17:30"))


@pytest.mark.requirement("L1", "L8")
def test_l8_attendance_flows_into_pay():
    answer = april(performance_pay="600.00", rest_days_taken="1", leave=[leave(8)])
    assert lines(answer) == {
        "base_pay": "2200.00",
        "performance_pay": "600.00",
        "unused_rest": "73.33",
        "leave": "-73.33",
    }
    assert answer["net"] == "2800.00"
    whole = april(performance_pay="600.00")
    assert whole["gross"] == "3000.00"


@pytest.mark.requirement("L4")
@pytest.mark.parametrize(
    ("total", "employee", "company"),
    [("1000", "300.00", "700.00"), ("1180.55", "354.17", "826.38"), ("0.05", "0.02", "0.03")],
)
def test_l4_insurance_is_split_and_the_company_takes_the_rest(total, employee, company):
    """Design security 87: the parts sum to the whole."""
    answer = april(insurance_total=total)
    assert (answer["insurance_employee"], answer["insurance_company"]) == (employee, company)
    assert lines(answer)["insurance"] == f"-{employee}"
    assert Decimal(employee) + Decimal(company) == Decimal(total)


@pytest.mark.requirement("L5")
def test_l5_the_daily_wage_is_never_rounded_alone():
    answer = simulate_month({"month": "2025-05", "leave": [leave(8, "3", month="2025-05")]})
    assert lines(answer)["leave"] == "-212.90"  # 3 × 70.967741…, not 3 × 70.97


@pytest.mark.requirement("L3")
@pytest.mark.parametrize(
    ("month", "calendar", "due"),
    [
        ("2025-04", "CN", "2025-05-09"),  # the 10th is a Saturday
        ("2026-04", "CN", "2026-05-09"),  # Sunday; Saturday the 9th is worked
        ("2026-06", "CN", "2026-07-10"),
        ("2026-09", "CN", "2026-10-10"),  # a Saturday that is worked
        ("2027-03", "CN", "2027-04-09"),  # year unknown: weekends only
        ("2026-12", "CN", "2027-01-08"),
    ],
)
def test_l3_pay_is_due_on_the_working_day_before(month, calendar, due):
    answer = simulate_month({"month": month, "site": {"calendar": calendar}})
    assert answer["pay_due_on"] == due


@pytest.mark.parametrize(
    ("begins", "ends", "base", "entitlement", "following"),
    [
        ("2025-04-16", None, "1100.00", "1", "2"),
        ("2025-04-01", None, "2200.00", "2", "2"),
        ("2025-04-30", None, "73.33", "0", "2"),
        ("2025-04-24", None, "513.33", "0", "2"),
        ("2025-04-09", None, "1613.33", "1", "2"),
        ("2025-04-08", None, "1686.67", "1.5", "2"),
        (None, "2025-04-15", "1100.00", "1", "0"),
        (None, "2025-04-30", "2200.00", "2", "0"),
        (None, "2025-05-15", "2200.00", "2", "0.5"),
    ],
)
def test_who_joins_or_leaves_has_a_share(begins, ends, base, entitlement, following):
    person = {"employed_from": begins, "employed_to": ends}
    answer = april(employee={k: v for k, v in person.items() if v}, rest_days_taken="0")
    assert lines(answer)["base_pay"] == base
    assert answer["rest_entitlement"] == entitlement
    assert answer["rest_entitlement_next_month"] == following
    assert ("full_attendance" in lines(answer)) == (base == "2200.00")


@pytest.mark.requirement("L11")
def test_l11_corrections_of_closed_months_are_lines_of_this_one():
    answer = april(
        locked_lines=[
            {"month": "2025-03", "code": "absence", "amount": "-212.90", "now": "-35.48"},
            {"month": "2025-02", "code": "unused_rest", "amount": "157.14", "now": "78.57"},
        ]
    )
    assert lines(answer)["adjustment.2025-03"] == "177.42"
    assert lines(answer)["adjustment.2025-02"] == "-78.57"
    assert answer["gross"] == "2498.85"


def test_tax_is_withheld_cumulatively():
    first = simulate_month(
        {"month": "2026-01", "employee": {"base_pay": "20000"}, "tax": {"scheme": "cumulative"}}
    )
    assert first["tax"] == "456.00"  # (20000 + 200 − 5000) × 3 %
    earlier = [{"gross": "20200.00", "insurance_employee": "0", "withheld": "456.00"}] * 2
    third = simulate_month(
        {
            "month": "2026-03",
            "employee": {"base_pay": "20000"},
            "tax": {"scheme": "cumulative", "special_additional": "1000", "earlier": earlier},
        }
    )
    assert third["tax"] == "1028.00"  # 44600 × 10 % − 2520 − 912
    low = simulate_month({"month": "2026-01", "tax": {"scheme": "cumulative"}})
    assert (low["tax"], "tax" in lines(low)) == ("0.00", False)
