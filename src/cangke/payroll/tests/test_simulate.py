"""The manual's example through the published simulation, and what it refuses."""

import copy
import json

import pytest

from cangke.cli import main
from cangke.payroll.public import BadMonth, simulate_month

from .months import april, lines, missed, on

pytestmark = pytest.mark.django_db
EXAMPLE = {
    "month": "2026-06",
    "site": {"zone": "Asia/Shanghai", "calendar": "CN"},
    "policy": {"pay.legal_guard": "warn"},
    "as_of": "2026-07-01T09:00:00+08:00",
    "employee": {"base_pay": "2200.00", "employed_from": "2025-01-01", "employed_to": None},
    "shifts": [{"date": "2026-06-09", "type": "day"}, {"date": "2026-06-10", "type": "evening"}],
    "punches": [
        "2026-06-09T08:33:00+08:00",
        "2026-06-09T17:31:00+08:00",
        "2026-06-11T01:26:00+08:00",
    ],
    "makeup_punches": [
        {
            "shift": "2026-06-10",
            "side": "in",
            "claimed": "16:58",
            "actual": "17:06",
            "certified": True,
        }
    ],
    "serving_until": [{"shift": "2026-06-10", "until": "2026-06-11T01:25:00+08:00"}],
    "leave": [{"date": "2026-06-12", "days": "1", "kind": "personal", "state": "approved"}],
    "rest_days_taken": "2",
    "leave_days_previous_month": "0",
    "personal_leave_days_earlier_this_year": "0",
    "packets_sent": [{"shift": "2026-06-09", "side": "in", "at": "2026-06-10T10:00:00+08:00"}],
    "performance_pay": "0.00",
    "bonuses": [{"kind": "outstanding", "amount": "300.00"}],
    "insurance_total": "0.00",
    "tax": {"scheme": "none"},
}


def test_the_published_example_comes_out_exactly():
    answer = simulate_month(copy.deepcopy(EXAMPLE))
    assert answer["days"][0] | {"explain": "…"} == {
        "date": "2026-06-09",
        "side": "in",
        "minutes_late": 3,
        "minutes_early": 0,
        "absent_days": "0",
        "clause": "K5",
        "explain": "…",
    }
    assert answer["days"][1]["extension_minutes"] == 25
    assert answer["packets"] == [
        {
            "shift": "2026-06-09",
            "side": "in",
            "reason": "late",
            "amount": "10.00",
            "parts": 5,
            "state": "sent",
            "owed": "0.00",
            "clause": "K5",
        }
    ]
    assert lines(answer) == {
        "base_pay": "2200.00",
        "bonus.outstanding": "300.00",
        "leave": "-73.33",
    }
    assert answer["lines"][-1]["explain"] == "1 × 2200.00 / 30"
    expected = {
        "absent_days": "0",
        "leave_days": "1",
        "rest_entitlement": "2",
        "rest_entitlement_next_month": "2",
        "gross": "2500.00",
        "deductions": "73.33",
        "insurance_employee": "0.00",
        "insurance_company": "0.00",
        "tax": "0.00",
        "net": "2426.67",
        "receivable": "0.00",
        "pay_due_on": "2026-07-10",
        "open_exceptions": [],
        "notices": [],
        "proposals": [],
        "guard": {"mode": "warn", "limit": "500.00", "exceeded": False, "uncollected": "0.00"},
    }
    assert {key: answer[key] for key in expected} == expected


def test_a_month_without_incident_and_the_same_bytes_twice():
    answer = april()
    assert lines(answer) == {"base_pay": "2200.00", "full_attendance": "200.00"}
    assert (answer["net"], answer["pay_due_on"]) == ("2400.00", "2025-05-09")
    assert json.dumps(april()) == json.dumps(answer)


@pytest.mark.requirement("S3", "S1")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"late.tier1": "15"}, "15.00"),
        ({"late.tier1": {"to": 10, "packet": "15.00", "parts": 3}}, "15.00"),
        ({"late.tier1_to": 4}, "20.00"),
        ({"shift.day": "08:35–17:30"}, None),
    ],
)
def test_a_value_of_the_trial_takes_the_place_of_the_rulebooks(policy, expected):
    answer = on(3, "08:35", "17:30", policy=policy)
    assert [each["amount"] for each in answer["packets"]] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("policy", "code", "amount"),
    [
        ({"absence.1_day": "4"}, "absence", "-293.33"),
        ({"absence.3_days": "as_two"}, "absence", "-366.67"),
        ({"bonus.full_attendance": "0"}, "absence", "-366.67"),
        ({"pay.base": "3000"}, "base_pay", "3000.00"),
        ({"insurance.split": "60/40"}, "insurance", "-40.00"),
        ({"kpi.csat": "90"}, "base_pay", "2200.00"),
        ({"pay.daily_wage": "mean_days"}, "absence", "-505.75"),
        ({"missed_punch.off_duty_packet": {"packet": "15", "parts": 3}}, "absence", "-366.67"),
    ],
)
def test_the_published_keys_are_understood(policy, code, amount):
    answer = april(shifts=missed(3), insurance_total="100", policy=policy)
    assert lines(answer)[code] == amount


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"month": "2025-13"}, "month"),
        ({"month": None}, "month"),
        ({"surprise": 1}, "surprise"),
        ({"site": {"zone": "Mars/Base"}}, "site.zone"),
        ({"site": []}, "site"),
        ({"policy": False}, "policy"),
        ({"employee": 0}, "employee"),
        ({"tax": ""}, "tax"),
        ({"site": {"calendar": "XX"}}, "site.calendar"),
        ({"employee": {"base_pay": "-1"}}, "employee.base_pay"),
        ({"employee": {"base_pay": "1e9"}}, "employee.base_pay"),
        ({"employee": {"base_pay": True}}, "employee.base_pay"),
        ({"employee": {"employed_from": "2025-05-01"}}, "employee"),
        ({"employee": {"employed_from": "2025-04-09", "employed_to": "2025-04-08"}}, "employee"),
        ({"shifts": [{"date": "2025-05-02", "type": "day"}]}, "shifts[0].date"),
        ({"leave": [{"date": "2025-03-30", "days": "2"}]}, "leave[0].date"),
        ({"shifts": [{"date": "2025-04-31", "type": "day"}]}, "shifts[0].date"),
        ({"shifts": [{"date": "2025-04-01", "type": "night"}]}, "shifts[0].type"),
        ({"shifts": [{"date": "2025-04-01", "type": {"start": "8:30", "end": "17:30"}}]}, "start"),
        ({"shifts": [{"date": "2025-04-01", "type": "day"}] * 2}, "shifts[1].date"),
        ({"punches": ["2025-04-01T08:30:00"]}, "punches[0]"),
        ({"punches": ["yesterday"]}, "punches[0]"),
        ({"punches": "08:30"}, "punches"),
        ({"makeup_punches": [{"shift": "2025-04-01", "side": "in", "actual": "08:30"}]}, "shift"),
        ({"leave": [{"date": "2025-04-01", "days": "0.3"}]}, "leave[0].days"),
        ({"leave": [{"date": "2025-04-01", "kind": "party"}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01", "kind": ["personal"]}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01", "kind": {}}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01"}, {"date": "2025-04-01"}]}, "leave[1].date"),
        ({"policy": {"pay.legal_guard": "sometimes"}}, "policy.pay.legal_guard"),
        ({"policy": {"pay.magic": "1"}}, "policy.pay.magic"),
        ({"policy": {"late.tier1": "-5"}}, "policy.late.tier1"),
        ({"bonuses": [{"kind": "x y", "amount": "1"}]}, "bonuses[0].kind"),
        ({"tax": {"scheme": "flat"}}, "tax.scheme"),
        ({"locked_lines": [{"month": "2025-04", "code": "x", "amount": "1", "now": "1"}]}, "month"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_place(changes, place):
    with pytest.raises(BadMonth) as refused:
        april(**changes) if "month" not in changes else simulate_month(changes)
    assert any(place in reason for reason in refused.value.reasons), refused.value.reasons


@pytest.mark.parametrize("given", [[], None, "x", {}, 3])
def test_what_is_no_object_is_refused(given):
    with pytest.raises(BadMonth):
        simulate_month(given)


def test_the_command_prints_json_and_tells_by_its_status(tmp_path, capsys):
    file = tmp_path / "month.json"
    file.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    assert main(["simulate", "month", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["net"] == "2426.67"
    file.write_text(json.dumps({**EXAMPLE, "rest_days_taken": "x", "month": "2026-06"}), "utf-8")
    assert main(["simulate", "month", str(file)]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("rest_days_taken")) == ("", True)
    for bad in ("{", "[NaN]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        file.write_text(bad, encoding="utf-8")
        assert main(["simulate", "month", str(file)]) == 1
    assert main(["simulate", "month", str(tmp_path / "none.json")]) == 1
    with pytest.raises(SystemExit) as wrong:
        main(["simulate"])
    assert wrong.value.code == 2
