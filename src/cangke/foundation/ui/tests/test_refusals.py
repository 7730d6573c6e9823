"""What a person is told when an action refuses, and what pages say when things fail."""

import json
import logging

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

HTMX = {"HX-Request": "true"}


def test_a_refusal_of_a_plain_form_is_a_page_with_the_sentence(client: Client):
    answer = client.get("/fault/refusal/")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "电话只能有数字" in text
    assert "没有改动任何数据" in text
    assert "返回上一页" in text


def test_a_refusal_to_htmx_is_a_toast_and_a_mark_at_the_field(client: Client):
    answer = client.get("/fault/refusal/", headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Reswap"] == "none"
    told = json.loads(answer["HX-Trigger"])
    assert told["ck:toast"] == {"text": "电话只能有数字", "tone": "late"}
    assert told["ck:refused"] == {"field": "phone", "text": "电话只能有数字"}


def test_a_conflict_answers_409(client: Client):
    assert client.get("/fault/conflict/").status_code == 409
    assert client.get("/fault/conflict/", headers=HTMX).status_code == 409


def test_the_api_gets_problem_json(client: Client):
    answer = client.get("/api/v1/refusal/")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert problem["title"] == "电话只能有数字"
    assert client.get("/fault/missing/", headers={"Accept": "application/json"}).json()["title"]


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("bad", 400, "这个请求看不懂"),
        ("denied", 403, "您没有这项权限"),
        ("missing", 404, "没有找到"),
        ("large", 413, "内容太大了"),
    ],
)
def test_error_pages_say_what_happened_and_give_a_number(
    client: Client, kind: str, status: int, words: str
):
    answer = client.get(f"/fault/{kind}/")
    assert answer.status_code == status
    text = answer.content.decode()
    assert words in text
    assert answer["X-Reference"] in text
    assert answer["Cache-Control"] == "no-store"


def test_a_failure_tells_no_secret_and_the_log_holds_its_number(
    client: Client, caplog: pytest.LogCaptureFixture
):
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, logger="cangke.pages"):
        answer = client.get("/fault/broken/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "系统出错了" in text
    assert "hunter2" not in text
    assert answer["X-Reference"] in text
    assert answer["X-Reference"] in caplog.text


def test_a_failure_to_htmx_keeps_the_page_and_gives_the_number(client: Client):
    client.raise_request_exception = False
    answer = client.get("/fault/broken/", headers=HTMX)
    assert answer["HX-Reswap"] == "none"
    assert answer["X-Reference"] in json.loads(answer["HX-Trigger"])["ck:toast"]["text"]


def test_a_form_left_open_too_long_is_told_so(db: None):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/ui/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "这一页放得太久了" in answer.content.decode()


def test_error_pages_need_no_database(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(0):
        assert client.get("/fault/denied/").status_code == 403


def test_a_login_that_ended_keeps_the_page(client: Client, db: None):
    answer = client.get("/members/", headers=HTMX)
    assert answer.status_code == 401
    assert "ck:signed-out" in json.loads(answer["HX-Trigger"])
    assert "HX-Redirect" not in answer


def test_a_plain_request_without_login_goes_to_the_login(client: Client, db: None):
    answer = client.get("/members/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_errors_speak_the_language_of_the_page(client: Client):
    answer = client.get("/fault/missing/", headers={"Accept-Language": "en"})
    assert 'lang="en"' in answer.content.decode()
