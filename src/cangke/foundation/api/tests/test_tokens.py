"""Tokens: made once, worth no more than their owner, worthless at once when they should be."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from cangke.foundation.access.decorators import PROVED_AT
from cangke.foundation.access.public import Account, can, disable_account
from cangke.foundation.api.actions import enter, make_token, revoke_token
from cangke.foundation.api.models import ApiToken
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.refusal import Refusal
from tests.factories import client_for, make_account
from tests.programs import Program, token_for

pytestmark = pytest.mark.django_db
NEW = "/settings/api-tokens/new/"


def days(count):
    return timezone.now() + dt.timedelta(days=count)


def browser_of(account):
    browser = client_for(account)
    session = browser.session
    session[PROVED_AT] = time.time()
    session.save()
    return browser


@pytest.fixture
def leader():
    return make_account("supervisor")


@pytest.mark.requirement("X11")
def test_a_token_is_shown_once_and_kept_as_a_hash(leader):
    browser = browser_of(leader)
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    page = browser.post(
        NEW, {"name": "店铺同步", "valid_until": until, "scopes": ["orders.view", "orders.edit"]}
    )
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    token = ApiToken.objects.get()
    shown = page.context["text"]
    assert shown in page.content.decode()
    assert len(token.digest) == 64
    assert shown.partition("_")[2].partition("_")[2] not in str(ApiToken.objects.values().get())
    listed = browser.get("/settings/api-tokens/").content.decode()
    assert "店铺同步" in listed
    assert shown not in listed
    assert shown not in browser.get(f"/settings/api-tokens/{token.pk}/").content.decode()
    entry = AuditEntry.objects.get(action="api.token_made")
    assert entry.changes["scopes"] == ["orders.edit", "orders.view"]
    assert shown not in str(entry.changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "必填"),
        ({"scopes": []}, "请至少勾选一项权限"),
        ({"valid_until": "2020-01-01"}, "一年之内"),
        ({"valid_until": "2199-01-01"}, "一年之内"),
    ],
)
def test_a_bad_form_keeps_what_was_typed(leader, changes, said):
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    good = {"name": "店铺同步", "valid_until": until, "scopes": ["orders.view"]}
    page = browser_of(leader).post(NEW, {**good, **changes})
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text or "这个字段" in text
    assert not ApiToken.objects.exists()
    if "name" not in changes:
        assert "店铺同步" in text


def test_nobody_puts_more_into_a_token_than_they_may(leader):
    with pytest.raises(Refusal) as refused:
        make_token(
            name="x", scopes=["access.manage"], expires_at=days(1), by=leader, at=timezone.now()
        )
    assert refused.value.field == "scopes"
    assert not ApiToken.objects.exists()


def test_what_the_owner_loses_the_token_loses(leader):
    text = token_for(leader, ["orders.view"])
    leader.grants.update(revoked_at=timezone.now())
    _token, account = enter(text=text, at=timezone.now(), address="")
    assert not can(account, "orders.view")


@pytest.mark.requirement("X11")
def test_a_token_is_worthless_when_revoked_expired_altered_or_its_owner_is_shut_out(leader):
    at = timezone.now()
    program = Program(leader, ["catalog.view"])
    assert program.get("/products").status_code == 200
    good = program.token
    for bad in ("", "ck_", "ck_x_y", good[:-1], good + "x", good.upper(), "é" * 40):
        program.token = bad
        answer = program.get("/products")
        assert answer.status_code == 401, bad
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"
    assert enter(text=good, at=at + dt.timedelta(days=31), address="") is None
    program.token = good
    revoke_token(token_id=ApiToken.objects.get().pk, by=leader, at=at)
    assert program.get("/products").status_code == 401
    with pytest.raises(Refusal):
        revoke_token(token_id=ApiToken.objects.get().pk, by=leader, at=at)
    other = Program(leader, ["catalog.view"])
    disable_account(account_id=leader.pk, by=make_account("admin"), at=at, reason="left")
    assert other.get("/products").status_code == 401


def test_a_cookie_opens_nothing_here(leader):
    browser = client_for(leader)
    assert browser.get("/api/v1/products").status_code == 401


def test_use_is_noted_and_guessing_is_slowed(leader, settings):
    program = Program(leader, ["catalog.view"])
    program.get("/products")
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    assert token.last_used_from == "127.0.0.1"
    settings.CANGKE_LIMITS = {"api.miss.address": [2, 3600], "api.call.token": [1000, 60]}
    program.token = "ck_0123456789_nothing"
    where = {"REMOTE_ADDR": "192.0.2.77"}
    codes = [program.get("/products", **where).status_code for _try in range(4)]
    assert codes[0] == 401
    assert codes[-1] == 429
    answer = program.get("/products", **where)
    assert int(answer["Retry-After"]) > 0
    program.token = token_for(leader, ["catalog.view"])
    settings.CANGKE_LIMITS = {"api.call.token": [1, 3600]}
    codes = [program.get("/products").status_code for _try in range(3)]
    assert codes[-1] == 429


@pytest.mark.requirement("X11", "Q1")
def test_administrators_see_and_revoke_everybodys_and_others_their_own(leader):
    token_for(leader, ["orders.view"])
    token = ApiToken.objects.get()
    admin = client_for(make_account("admin"))
    assert "test" in admin.get("/settings/api-tokens/all/").content.decode()
    assert admin.get(f"/settings/api-tokens/{token.pk}/").status_code == 200
    stranger = client_for(make_account("manager"))
    assert stranger.get("/settings/api-tokens/all/").status_code == 403
    assert stranger.get(f"/settings/api-tokens/{token.pk}/").status_code == 404
    assert stranger.post(f"/settings/api-tokens/{token.pk}/revoke/").status_code == 404
    assert client_for(make_account("agent")).get("/settings/api-tokens/").status_code == 403
    assert admin.post(f"/settings/api-tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    entry = AuditEntry.objects.get(action="api.token_revoked")
    assert entry.changes["holder"] == Account.objects.get(pk=leader.pk).username
    page = admin.get(f"/settings/api-tokens/{token.pk}/").content.decode()
    assert "已作废" in page


def test_the_list_costs_the_same_however_long(leader, django_assert_max_num_queries):
    browser = client_for(leader)
    for _n in range(12):
        token_for(leader, ["orders.view"])
    browser.get("/settings/api-tokens/")
    with django_assert_max_num_queries(16):
        assert browser.get("/settings/api-tokens/").status_code == 200
