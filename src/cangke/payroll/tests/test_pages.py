import pytest
from django.urls import reverse

from cangke.foundation.access.public import Roles
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


def ask(client, **given):
    rows = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0"}
    return client.get(reverse("payroll:simulate"), {**rows, **given})


@pytest.fixture
def client():
    return client_for(make_account(Roles.PRE_SALES, scope="self"))


@pytest.mark.requirement("X20", "S6")
def test_x20_a_month_is_played_through_and_each_line_says_why(client):
    day = {"form-0-date": "2025-04-03", "form-0-shift": "day"}
    answer = ask(client, month="2025-04", rest_days_taken="2", **day, **{
        "form-0-arrived": "08:41", "form-0-left": "17:30",
        "form-1-date": "2025-04-08", "form-1-leave": "1",
    }).content.decode()  # fmt: skip
    assert "2126.67" in answer
    assert "1 × 2200.00 / 30" in answer
    assert "20.00 / 5" in answer
    assert "#attendance.leave" in answer, "the line opens its clause in the rulebook"


def test_a_night_out_of_the_evening_shift_is_after_midnight(client):
    night = {"form-0-date": "2025-04-30", "form-0-shift": "evening", "form-0-arrived": "17:00"}
    answer = ask(client, month="2025-04", **night, **{"form-0-left": "01:00"}).content.decode()
    assert "2400.00" in answer


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"month": "2025-13"}, "month"),
        ({"month": "2025-04", "base_pay": "-1"}, "base_pay"),
        ({"month": "2025-04", "form-0-shift": "day"}, "请写日期"),
        ({"month": "2025-04", "form-0-date": "2025-06-01", "form-0-shift": "day"}, "不在这个月里"),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_typed_is_lost(client, given, said):
    answer = ask(client, performance_pay="611.11", **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "611.11" in answer.content.decode()


def test_the_empty_form_asks_for_nothing(client):
    assert client.get(reverse("payroll:simulate")).status_code == 200
