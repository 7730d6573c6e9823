"""The first run and the first page."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cangke import setup, wiring
from cangke.foundation.access.public import Account, Roles, is_administrator
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.ui.public import Panel
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
FORM = {
    "username": "boss",
    "display_name": "王建国",
    "password": "sparrow-lantern-42",
    "again": "sparrow-lantern-42",
}


def address():
    return f"/setup/{setup.first_run_token()}/"


@pytest.fixture
def visitor():
    return Client()


# --- first run


def test_without_an_administrator_the_first_page_says_how_to_begin(visitor):
    response = visitor.get("/")
    assert response.status_code == 200
    assert "cangke up" in response.content.decode()
    assert setup.first_run_token() not in response.content.decode()


def test_the_owner_makes_the_first_administrator_once(visitor):
    assert visitor.get(address()).status_code == 200
    response = visitor.post(address(), FORM)
    assert response["Location"] == "/"
    made = Account.objects.get()
    assert is_administrator(made, at=timezone.now())
    assert made.check_password("sparrow-lantern-42")
    assert visitor.get("/settings/accounts/").status_code == 200, "signed in"
    assert Client().get(address()).status_code == 404
    assert Client().post(address(), {**FORM, "username": "second"}).status_code == 404
    assert Account.objects.count() == 1
    assert not AuditEntry.objects.filter(changes__icontains="sparrow").exists()


@pytest.mark.parametrize("token", ["0" * 32, "x", "é", setup.first_run_token().upper()])
def test_a_wrong_word_opens_nothing(visitor, token):
    assert visitor.post(f"/setup/{token}/", FORM).status_code == 404
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"password": "short", "again": "short"}, "密码太短"),
        ({"password": "password1234", "again": "password1234"}, "太常见"),
        (
            {"password": "boss-boss-boss", "again": "boss-boss-boss", "username": "boss-boss-bos"},
            "太像",
        ),
        ({"again": "something-else"}, "两次输入的密码不同"),
        ({"username": "a b"}, "登录名只用"),
        ({"display_name": ""}, "必填"),
    ],
)
def test_a_bad_form_says_why_and_makes_nobody(visitor, bad, says):
    response = visitor.post(address(), {**FORM, **bad})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Account.objects.exists()


def test_with_an_administrator_a_stranger_is_asked_to_sign_in(visitor):
    make_account(Roles.ADMIN)
    assert visitor.get("/")["Location"] == "/account/login/"


# --- first page


@pytest.mark.parametrize(
    ("hour", "words"),
    [(4, "夜深了"), (9, "早上好"), (12, "中午好"), (15, "下午好"), (20, "晚上好")],
)
def test_one_is_greeted_by_the_hour_of_ones_own_zone(hour, words):
    account = make_account(display_name="王芳", zone="America/Los_Angeles")
    # Los Angeles is eight hours behind UTC in November.
    with time_machine.travel(f"2026-11-{23 if hour < 16 else 24}T{(hour + 8) % 24:02}:30:00Z"):
        found = client_for(account).get("/").content.decode()
    assert f"{words}，王芳" in found
    assert "11月23日" in found


def test_who_may_do_nothing_is_told_whom_to_ask():
    assert "请联系主管或管理员" in client_for(make_account()).get("/").content.decode()


def test_an_administrator_is_shown_the_first_steps(monkeypatch):
    monkeypatch.setattr(wiring, "SLOTS", {})
    found = client_for(make_account(Roles.ADMIN)).get("/").content.decode()
    assert "从这里开始" in found
    assert "/settings/accounts/" in found


def test_a_company_at_work_is_not_told_how_to_begin():
    admin = make_account(Roles.ADMIN)
    for _n in range(3):
        make_account()
    assert "从这里开始" not in client_for(admin).get("/").content.decode()


def test_everybody_sees_the_areas_of_their_own_work():
    agent = client_for(make_account(Roles.AGENT)).get("/").content.decode()
    nobody = client_for(make_account()).get("/").content.decode()
    assert "我的工作" in agent
    assert "我的工作" not in nobody


def test_panels_stand_for_those_who_may_see_them(monkeypatch):
    monkeypatch.setattr(wiring, "SLOTS", {"home": [Panel("jobs:running", "任务", "jobs.view")]})
    agent = client_for(make_account(Roles.AGENT)).get("/").content.decode()
    nobody = client_for(make_account()).get("/").content.decode()
    assert 'hx-get="/jobs/running/"' in agent
    assert 'hx-get="/jobs/running/"' not in nobody
