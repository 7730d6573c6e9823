"""The reveal page: right, reason, record, limit."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from cangke.foundation.access.public import Roles
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.events.public import EventRecord
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
URL = "/access/reveal/"
ADDRESS = "wang.fang@example.com"


@pytest.fixture
def somebody():
    return make_account(email=ADDRESS)


@pytest.fixture
def clerk():
    return make_account(Roles.HR)


def ask(account, pk, reason="回拨客户 536365", *, field="email", model="access.account", **headers):
    data = {"model": model, "pk": pk, "field": field, "reason": reason}
    return client_for(account).post(URL, data, **headers)


@pytest.mark.requirement("Q2", "X5")
def test_q2_a_masked_value_is_shown_for_a_reason_and_the_record_does_not_hold_it(clerk, somebody):
    response = ask(clerk, somebody.pk)
    assert response.status_code == 200
    assert ADDRESS in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="access.revealed")
    assert (entry.actor, entry.reason) == (clerk, "回拨客户 536365")
    assert entry.changes == {"model": "access.Account", "pk": str(somebody.pk), "field": "email"}
    assert ADDRESS not in str(entry.values_for_hash())


def test_the_page_asks_first_and_shows_nothing_yet(clerk, somebody):
    query = f"?model=access.account&pk={somebody.pk}&field=email"
    page = client_for(clerk).get(URL + query).content.decode()
    assert "w***@example.com" in page
    assert ADDRESS not in page
    assert not AuditEntry.objects.filter(action="access.revealed").exists()


@pytest.mark.parametrize("reason", ["", "   ", "abc", "a b", "查\u3000看"])
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(clerk, somebody, reason):
    response = ask(clerk, somebody.pk, reason)
    assert response.status_code == 422
    assert ADDRESS not in response.content.decode()
    assert "至少 4 个字" in response.content.decode()
    assert not AuditEntry.objects.filter(action="access.revealed").exists()


def test_without_the_right_it_is_refused_and_the_attempt_recorded(somebody):
    manager = make_account(Roles.MANAGER)  # sees accounts, may not reveal
    assert ask(manager, somebody.pk).status_code == 403
    assert AuditEntry.objects.get(action="access.denied").actor == manager


def test_a_row_out_of_reach_is_not_found(somebody):
    assert ask(make_account(Roles.HR, scope="self"), somebody.pk).status_code == 404


@pytest.mark.parametrize(
    ("model", "pk", "field", "status"),
    [
        ("access.account", "x", "email", 404),
        ("access.account", 10**30, "email", 404),
        ("access.account", None, "zone", 404),  # not classified: hidden
        ("access.account", None, "password", 403),  # secret: never
        ("access.account", None, "no_such_field", 404),
        ("access.nothing", None, "email", 404),
        ("sessions.session", None, "session_data", 404),
        ("", None, "email", 404),
        ("access", None, "email", 404),
    ],
)
def test_what_may_not_be_revealed_is_not_there(clerk, somebody, model, pk, field, status):
    key = somebody.pk if pk is None else pk
    response = ask(clerk, key, model=model, field=field)
    assert response.status_code == status
    assert "pbkdf2" not in response.content.decode()
    assert "md5$" not in response.content.decode()


@pytest.mark.requirement("X5")
def test_x5_the_thirty_first_within_an_hour_is_refused_and_raises_one_alarm(clerk, somebody):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        answers = [ask(clerk, somebody.pk).status_code for _time in range(33)]
        assert answers == [200] * 30 + [429] * 3
        assert ADDRESS not in ask(clerk, somebody.pk).content.decode()
        alarm = AuditEntry.objects.get(action="access.reveal_alarm")
        assert (alarm.actor, alarm.changes["count"]) == (clerk, 30)
        assert EventRecord.objects.get(name="foundation.access.RevealsExceeded")
        other = make_account(Roles.HR)
        assert ask(other, somebody.pk).status_code == 200, "others work on"
        clock.move_to(start + dt.timedelta(minutes=61))
        assert ask(clerk, somebody.pk).status_code == 200


def test_a_stranger_is_asked_to_sign_in(client, somebody):
    assert client.post(URL, {"model": "access.account"}).status_code == 302
