"""A form is done once, however often it arrives."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cangke.foundation.access.public import Account
from cangke.foundation.ui import actions
from cangke.foundation.ui.models import OnceKey
from tests.factories import client_for, make_account

from . import urls


@pytest.fixture
def target(db: None) -> Account:
    return make_account(username="target", display_name="原名")


def send(client: Client, name: str, key: str = "k1", **more: str):
    return client.post("/rename/", {"name": name, "_once": key, **more})


def test_a_double_submit_is_done_once_and_answered_twice(member: Client, target: Account):
    first, second = send(member, "新名"), send(member, "新名")
    assert urls.WORK_DONE == ["新名"]
    assert (first.status_code, first["Location"]) == (302, "/done/1/")
    assert (second.status_code, second["Location"]) == (302, "/done/1/")
    assert second["X-Replayed"] == "1"
    assert "X-Replayed" not in first


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    member: Client, target: Account
):
    send(member, "新名")
    answer = send(member, "别名")
    assert answer.status_code == 422
    assert urls.WORK_DONE == ["新名"]
    target.refresh_from_db()
    assert target.display_name == "新名"


def test_another_key_is_another_act(member: Client, target: Account):
    send(member, "新名", "k1")
    assert send(member, "新名", "k2")["Location"] == "/done/2/"


def test_a_key_belongs_to_one_person(member: Client, personnel: Client, target: Account):
    send(member, "新名")
    assert send(personnel, "别名")["Location"] == "/done/2/"


def test_a_visitor_without_account_is_held_by_the_session(target: Account):
    visitor, other = Client(), Client()
    send(visitor, "访客")
    assert send(visitor, "访客")["X-Replayed"] == "1"
    assert "X-Replayed" not in send(other, "访客")


def test_without_a_key_each_submit_counts(member: Client, target: Account):
    for _press in range(2):
        member.post("/rename/", {"name": "新名"})
    assert urls.WORK_DONE == ["新名", "新名"]
    assert not OnceKey.objects.exists()


def test_a_refusal_is_not_kept_so_that_a_corrected_form_goes_through(
    member: Client, target: Account
):
    assert send(member, "refused").status_code == 422
    assert send(member, "invalid").status_code == 422
    assert not OnceKey.objects.exists()
    assert send(member, "新名").status_code == 302


def test_a_crash_leaves_neither_work_nor_key(member: Client, target: Account):
    member.raise_request_exception = False
    assert send(member, "broken").status_code == 500
    target.refresh_from_db()
    assert target.display_name == "原名"
    assert not OnceKey.objects.exists()


def test_the_kept_answer_of_a_fragment_keeps_its_toast(member: Client, target: Account):
    first, second = send(member, "toast"), send(member, "toast")
    assert first.content == second.content == b"row"
    assert first["HX-Trigger"] == second["HX-Trigger"]
    assert first["Content-Type"] == second["Content-Type"]


def test_scripts_give_the_key_by_header(member: Client, target: Account):
    for _try in range(2):
        member.post("/rename/", {"name": "新名"}, headers={"Idempotency-Key": "abc"})
    assert urls.WORK_DONE == ["新名"]


def test_keys_are_forgotten_after_two_days(member: Client, target: Account):
    send(member, "新名")
    now = timezone.now()
    assert actions.forget_once_keys(at=now + dt.timedelta(hours=47)) == 0
    assert actions.forget_once_keys(at=now + dt.timedelta(hours=49)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_do_the_work_once():
    make_account(username="target")
    client = client_for(make_account(username="racer"))
    answers = []
    together = threading.Barrier(2)

    def press() -> None:
        racer = Client()
        racer.cookies = client.cookies
        together.wait()
        answers.append(send(racer, "新名").status_code)
        connection.close()

    presses = [threading.Thread(target=press) for _press in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert answers == [302, 302]
    assert urls.WORK_DONE == ["新名"]
