"""The way in, through the real pages: password, code, lockout, reset, sessions."""

import datetime as dt
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cangke.foundation.access import secrets
from cangke.foundation.access.public import (
    Account,
    Roles,
    disable_account,
    reset_password,
    unlock_account,
)
from cangke.foundation.audit.public import AuditEntry
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
GOOD = "sparrow-lantern-42"
NEW = "own-words-77-x"


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def wang():
    return make_account(Roles.AGENT, username="wang", display_name="王芳", password=GOOD)


def sign_in(browser, name="wang", password=GOOD, **extra):
    return browser.post(LOGIN, {"login": name, "password": password}, **extra)


def is_in(browser):
    return browser.get("/me/").status_code == 200


# --- password


@pytest.mark.requirement("X16")
@pytest.mark.parametrize("typed", ["wang", "WANG", " wang "])
def test_x16_one_signs_in_by_name_however_it_is_typed(wang, typed):
    browser = Client()
    response = sign_in(browser, typed)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(browser)
    assert AuditEntry.objects.filter(action="access.signed_in", actor=wang).count() == 1


def test_the_session_gets_a_new_key_at_the_login(wang):
    browser = Client()
    browser.get(LOGIN)
    session = browser.session
    session["left"] = 1
    session.save()
    browser.cookies["cangke"] = before = session.session_key
    sign_in(browser)
    assert browser.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(wang):
    wrong = sign_in(Client(), password="not-the-password")
    unknown = sign_in(Client(), "nobody", "not-the-password")

    def plain(response):
        page = response.content.decode()
        page = re.sub(r'value="(wang|nobody|[A-Za-z0-9]{64})"', "", page)
        return re.sub(r'nonce="[^"]*"|data-ck-now="\d+"', "", page)

    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert plain(wrong) == plain(unknown)


def test_a_disabled_account_gets_the_answer_of_a_wrong_password(wang):
    disable_account(account_id=wang.pk, by=None, at=timezone.now(), reason="离职")
    browser = Client()
    assert sign_in(browser).status_code == 200
    assert not is_in(browser)


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site_after_the_login(wang, target):
    response = Client().post(LOGIN, {"login": "wang", "password": GOOD, "next": target})
    assert response["Location"] == "/"


def test_one_goes_on_to_the_page_asked_for(wang):
    browser = Client()
    response = browser.get("/me/")
    assert response["Location"] == f"{LOGIN}?next=/me/"
    assert (
        browser.post(LOGIN, {"login": "wang", "password": GOOD, "next": "/me/"})["Location"]
        == "/me/"
    )


def test_nobody_opens_an_account_from_outside():
    assert Client().get("/account/signup/").status_code == 404
    assert Client().get("/account/email/").status_code == 404


def test_a_form_without_its_token_is_refused(wang):
    browser = Client(enforce_csrf_checks=True)
    assert sign_in(browser).status_code == 403
    assert "_auth_user_id" not in browser.session


# --- lockout


@pytest.mark.requirement("X16")
def test_x16_eight_failures_lock_the_name_for_the_address_and_say_how_to_go_on(wang):
    browser = Client()
    for _try in range(7):
        assert sign_in(browser, password="wrong").status_code == 200
    locked = sign_in(browser, password="wrong")
    page = locked.content.decode()
    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 900
    assert "cangke user unlock wang" in page
    assert sign_in(browser).status_code == 429, "the right password does not open it either"
    locks = AuditEntry.objects.filter(action="access.locked_out", object_id=str(wang.pk))
    assert locks.count() == 1, "what is tried while it is locked is not noted again"


def test_spelling_the_name_otherwise_does_not_give_more_tries(wang):
    browser = Client()
    spellings = ["wang", "Wang", "WANG", "wAng", " wang", "ＷＡＮＧ", "waNg", "wanG"]
    answers = [sign_in(browser, each, "wrong").status_code for each in spellings]
    assert answers == [200] * 7 + [429]


def test_the_lock_holds_for_one_name_and_one_address_only(wang):
    other = make_account(Roles.AGENT, username="li", password=GOOD)
    browser = Client()
    for _try in range(8):
        sign_in(browser, password="wrong")
    assert sign_in(Client(), other.username).status_code == 302, "the office goes on"
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 302, "so does the owner"


def test_the_lock_ends_after_a_quarter_of_an_hour_whatever_is_tried_meanwhile(wang):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _try in range(8):
            sign_in(Client(), password="wrong")
        clock.move_to(start + dt.timedelta(minutes=14))
        late = sign_in(Client(), password="wrong")
        assert (late.status_code, late["Retry-After"]) == (429, "60")
        clock.move_to(start + dt.timedelta(minutes=15, seconds=1))
        assert sign_in(Client()).status_code == 302


@pytest.mark.requirement("X16")
def test_x16_an_administrator_lifts_the_lock(wang):
    for _try in range(8):
        sign_in(Client(), password="wrong")
    assert unlock_account(account_id=wang.pk, by=None, at=timezone.now()) == 1
    assert sign_in(Client()).status_code == 302


def test_a_thousand_logins_in_a_minute_are_turned_away(wang):
    answers = {sign_in(Client(), f"name{n % 50}", "wrong").status_code for n in range(130)}
    assert 429 in answers
    response = sign_in(Client(), "name1", "wrong")
    assert response["Retry-After"]


# --- temporary password


def test_a_temporary_password_lets_one_do_nothing_but_choose_an_own_one(wang):
    _account, temporary = reset_password(account_id=wang.pk, by=None, at=timezone.now())
    browser = Client()
    assert sign_in(browser, password=temporary).status_code == 302
    assert browser.get("/me/")["Location"] == "/account/password/change/?next=%2Fme%2F"
    assert browser.post("/me/", {})["Location"] == "/account/password/change/?"
    part = {"HX-Request": "true", "HX-Current-URL": "http://testserver/me/"}
    assert browser.get("/jobs/", headers=part)["HX-Redirect"].startswith("/account/password/")
    part["HX-Current-URL"] = "http://testserver/account/password/change/?next=/me/"
    assert "HX-Redirect" not in browser.get("/jobs/", headers=part).headers, "no circle"
    change = {
        "oldpassword": temporary,
        "password1": NEW,
        "password2": NEW,
    }
    assert browser.post("/account/password/change/", change).status_code == 302
    assert is_in(browser)
    assert AuditEntry.objects.filter(action="access.password_changed", actor=wang).exists()
    assert not AuditEntry.objects.filter(changes__icontains=temporary).exists()


def test_a_temporary_password_runs_out_after_a_week(wang):
    then = timezone.now() - dt.timedelta(days=8)
    _account, temporary = reset_password(account_id=wang.pk, by=None, at=then)
    browser = Client()
    response = sign_in(browser, password=temporary)
    assert response["Location"] == LOGIN
    assert "_auth_user_id" not in browser.session
    assert "临时密码已过期" in browser.get(LOGIN).content.decode()


@pytest.mark.requirement("X16")
@pytest.mark.parametrize("password", ["short-1", "password1234", "wang-fang-wang", "12345678901"])
def test_x16_weak_passwords_are_refused_and_nothing_changes(password):
    account = make_account(username="wang-fang-wan", display_name="wang-fang", password=GOOD)
    browser = client_for(account)
    response = browser.post(
        "/account/password/change/",
        {"oldpassword": GOOD, "password1": password, "password2": password},
    )
    assert response.status_code == 200
    account.refresh_from_db()
    assert account.check_password(GOOD)


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(wang):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    change = {"oldpassword": GOOD, "password1": NEW, "password2": NEW}
    here.post("/account/password/change/", change)
    assert (is_in(here), is_in(there)) == (True, False)


# --- reset by mail


@pytest.fixture
def with_mail(wang):
    wang.email = "wang@example.com"
    wang.save()
    return wang


def ask_reset(browser, address, **extra):
    return browser.post("/account/password/reset/", {"email": address}, **extra)


def test_a_reset_says_the_same_for_known_and_unknown_addresses(with_mail):
    known, unknown = ask_reset(Client(), "wang@example.com"), ask_reset(Client(), "x@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]


def test_two_addresses_in_one_request_get_one_mail_to_the_registered_one(with_mail):
    Client().post("/account/password/reset/", {"email": ["evil@example.com", "wang@example.com"]})
    Client().post("/account/password/reset/", {"email": ["wang@example.com", "evil@example.com"]})
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]


@override_settings(ALLOWED_HOSTS=["*"], BASE_URL="https://desk.example.com")
def test_the_link_carries_our_own_name_whatever_host_was_asked(with_mail):
    ask_reset(Client(), "wang@example.com", HTTP_HOST="evil.example")
    assert "https://desk.example.com/account/password/reset/key/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


def test_an_address_given_up_resets_nothing_any_more(with_mail):
    ask_reset(Client(), "wang@example.com")
    Account.objects.filter(pk=with_mail.pk).update(email="new@example.com")
    mail.outbox.clear()
    ask_reset(Client(), "wang@example.com")
    assert mail.outbox == []
    ask_reset(Client(), "NEW@example.com")
    assert [message.to for message in mail.outbox] == [["new@example.com"]]


def test_a_disabled_account_gets_no_link(with_mail):
    Account.objects.filter(pk=with_mail.pk).update(is_active=False)
    ask_reset(Client(), "wang@example.com")
    assert mail.outbox == []


def _follow(body):
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", body).group(1)
    browser = Client()
    return browser, browser.get(link)


def test_a_reset_link_works_once_and_does_not_sign_in(with_mail):
    other = Client()
    sign_in(other)
    ask_reset(Client(), "wang@example.com")
    browser, step = _follow(mail.outbox[0].body)
    new = {"password1": NEW, "password2": NEW}
    assert browser.post(step["Location"], new).status_code == 302
    assert not is_in(browser)
    assert not is_in(other), "older sessions end"
    assert sign_in(Client(), password=NEW).status_code == 302
    _browser, again = _follow(mail.outbox[0].body)
    assert again.status_code == 200, "no step to a form"
    assert "password1" not in again.content.decode()


@pytest.mark.parametrize("key", ["", "null", "1-abc", "1-set-password", "ZZZZ-1-2"])
def test_a_made_up_reset_link_opens_nothing(with_mail, key):
    response = Client().get(f"/account/password/reset/key/{key}/")
    assert response.status_code in (200, 404)
    assert "password1" not in response.content.decode()


def test_an_old_reset_link_opens_nothing(with_mail):
    ask_reset(Client(), "wang@example.com")
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        _browser, step = _follow(mail.outbox[0].body)
    assert "password1" not in step.content.decode()


# --- second factor


def code_at(account, moment=None):
    secret = secrets.unseal(
        Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP).data["secret"]
    )
    return totp.format_hotp_value(totp.hotp_value(secret, int(moment or time.time()) // 30))


@pytest.fixture
def secured(wang):
    browser = Client()
    sign_in(browser)
    page = browser.get("/account/2fa/totp/activate/")
    assert page["Location"].startswith("/account/reauthenticate/"), "the password again first"
    browser.post(page["Location"], {"password": GOOD})
    page = browser.get("/account/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    response = browser.post("/account/2fa/totp/activate/", {"code": code})
    assert response["Location"] == "/account/2fa/recovery-codes/"
    cache.clear()
    return wang


@pytest.mark.requirement("X16")
def test_x16_with_a_second_factor_the_password_alone_opens_nothing(secured):
    browser = Client()
    assert sign_in(browser)["Location"] == "/account/2fa/authenticate/"
    assert not is_in(browser)
    assert browser.get("/me/").status_code == 302
    response = browser.post("/account/2fa/authenticate/", {"code": code_at(secured)})
    assert response["Location"] == "/"
    assert is_in(browser)


def test_the_seed_is_not_stored_in_clear(secured):
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secrets.unseal(stored)
    assert secrets.unseal(stored) not in stored


def test_who_once_reset_by_mail_may_still_turn_on_the_second_factor(with_mail, request):
    ask_reset(Client(), "wang@example.com")
    request.getfixturevalue("secured")
    assert Authenticator.objects.filter(user=with_mail).count() == 2


def test_a_code_is_taken_once(secured):
    code = code_at(secured)
    for expected in ("/", None):
        browser = Client()
        sign_in(browser)
        response = browser.post("/account/2fa/authenticate/", {"code": code})
        assert response.headers.get("Location") == expected


def test_a_recovery_code_signs_in_once(secured):
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    code = codes.get_unused_codes()[0]
    for expected in ("/", None):
        browser = Client()
        sign_in(browser)
        response = browser.post("/account/2fa/authenticate/", {"code": code})
        assert response.headers.get("Location") == expected


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "１２３４５６", "1" * 400])
def test_a_wrong_code_opens_nothing(secured, code):
    browser = Client()
    sign_in(browser)
    assert browser.post("/account/2fa/authenticate/", {"code": code}).status_code == 200
    assert not is_in(browser)


def test_wrong_codes_lock_like_wrong_passwords(secured):
    browser = Client()
    sign_in(browser)
    answers = [
        browser.post("/account/2fa/authenticate/", {"code": "000000"}).status_code
        for _try in range(8)
    ]
    assert answers == [200] * 7 + [429]
    assert sign_in(Client()).status_code == 429


def test_ten_thousand_codes_from_everywhere_end_at_thirty_and_raise_an_alarm(secured):
    for number in range(40):
        address = f"198.51.100.{number}"
        browser = Client(REMOTE_ADDR=address)
        sign_in(browser)
        browser.post("/account/2fa/authenticate/", {"code": "000000"})
    browser = Client(REMOTE_ADDR="203.0.113.1")
    sign_in(browser)
    browser.post("/account/2fa/authenticate/", {"code": code_at(secured)})
    assert not is_in(browser)
    assert AuditEntry.objects.filter(action="access.codes_alarm").count() == 1


def test_a_reset_by_mail_keeps_the_second_factor(secured):
    secured.email = "wang@example.com"
    secured.save()
    ask_reset(Client(), "wang@example.com")
    browser, step = _follow(mail.outbox[0].body)
    browser.post(step["Location"], {"password1": NEW, "password2": NEW})
    response = sign_in(Client(), password=NEW)
    assert response["Location"] == "/account/2fa/authenticate/"


def test_keys_can_be_changed_without_losing_the_second_factor(secured):
    secrets.rotate(at=timezone.now())
    browser = Client()
    sign_in(browser)
    browser.post("/account/2fa/authenticate/", {"code": code_at(secured)})
    assert is_in(browser)


def test_turning_the_second_factor_on_ends_the_other_sessions(
    wang, request, django_capture_on_commit_callbacks
):
    other = Client()
    sign_in(other)
    with django_capture_on_commit_callbacks(execute=True):
        request.getfixturevalue("secured")
    assert not is_in(other)


@override_settings(CANGKE_SECOND_FACTOR_FOR=["access.manage"])
def test_where_it_is_wanted_one_can_do_nothing_without_a_second_factor():
    administrator, agent = client_for(make_account(Roles.ADMIN)), client_for(make_account())
    assert administrator.get("/me/")["Location"].startswith("/account/2fa/totp/activate/")
    assert is_in(agent)


# --- sessions


@pytest.mark.requirement("X16")
def test_x16_one_sees_where_one_is_signed_in_and_ends_one_of_them(wang):
    here, there = Client(HTTP_USER_AGENT="Firefox here"), Client(HTTP_USER_AGENT="Chrome there")
    sign_in(here)
    sign_in(there)
    page = here.get("/account/sessions/").content.decode()
    assert "Chrome there" in page
    other = UserSession.objects.get(user_agent="Chrome there")
    here.post(f"/me/sessions/{other.pk}/end/")
    assert (is_in(here), is_in(there)) == (True, False)


def test_nobody_ends_the_session_of_another(wang):
    sign_in(Client())
    session = UserSession.objects.get(user=wang)
    stranger = client_for(make_account(Roles.ADMIN))
    assert stranger.post(f"/me/sessions/{session.pk}/end/").status_code == 404
    assert UserSession.objects.filter(pk=session.pk).exists()


def test_the_other_sessions_end_with_one_press(wang):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post("/account/sessions/")
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.parametrize(("away", "inside"), [(7.9, True), (8.1, False)])
def test_a_session_ends_after_eight_hours_without_a_person(wang, away, inside):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        browser = Client()
        sign_in(browser)
        is_in(browser)
        clock.move_to(start + dt.timedelta(hours=away))
        assert is_in(browser) is inside


def test_a_page_left_open_does_not_keep_a_session_awake(wang):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        browser = Client()
        sign_in(browser)
        is_in(browser)
        for hour in range(1, 9):
            clock.move_to(start + dt.timedelta(hours=hour, minutes=5))
            browser.get("/ui/badges/")
        assert not is_in(browser)


def test_a_session_ends_after_seven_days_however_busy(wang):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        browser = Client()
        sign_in(browser)
        for hour in range(0, 7 * 24, 6):
            clock.move_to(start + dt.timedelta(hours=hour))
            assert is_in(browser)
        clock.move_to(start + dt.timedelta(days=7, minutes=10))
        assert not is_in(browser)


def test_reading_a_page_twice_writes_nothing(wang):
    browser = Client()
    sign_in(browser)
    is_in(browser)
    with CaptureQueriesContext(connection) as seen:
        browser.get("/me/")
    assert [each["sql"] for each in seen if not each["sql"].startswith("SELECT")] == []
