import datetime as dt

import pytest
from django.http import Http404
from django.utils import timezone

from cangke.foundation.access.public import (
    Account,
    LastAdministrator,
    Roles,
    can,
    day_of,
    disable_account,
    forget_held,
    get_visible,
    grant,
    revoke,
    scope,
    shown,
)
from cangke.foundation.audit.public import AuditEntry
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


def test_without_a_grant_nothing_is_reached():
    account = make_account()
    assert not can(account, "access.view")
    assert not scope(account, Account).exists()


def test_a_role_reaches_as_far_as_its_scope():
    everyone = make_account(Roles.HR)
    only_self = make_account(Roles.HR, scope="self")
    assert scope(everyone, Account).count() == 2
    assert list(scope(only_self, Account)) == [only_self]


@pytest.mark.requirement("Q1")
def test_a_foreign_row_is_not_found_and_the_attempt_is_recorded():
    only_self, other = make_account(Roles.HR, scope="self"), make_account()
    with pytest.raises(Http404):
        get_visible(only_self, Account, pk=other.pk)
    assert AuditEntry.objects.get(action="access.denied").actor == only_self


def test_a_missing_row_is_not_found_and_leaves_no_record():
    account = make_account(Roles.HR)
    with pytest.raises(Http404):
        get_visible(account, Account, pk=10**30)
    assert not AuditEntry.objects.filter(action="access.denied").exists()


@pytest.mark.requirement("Q5")
@pytest.mark.parametrize(
    ("first", "last", "holds"), [(0, 0, True), (-2, -1, False), (1, 2, False), (-1, None, True)]
)
def test_q5_a_permission_opened_from_to_holds_on_those_days_only(first, last, holds):
    at = timezone.now()
    account, granter = make_account(), make_account(Roles.ADMIN)
    made = grant(
        account=account,
        permission="access.view",
        scope_kind="all",
        valid_from=day_of(at) + dt.timedelta(days=first),
        valid_until=None if last is None else day_of(at) + dt.timedelta(days=last),
        by=granter,
        at=at,
        reason="代班",
    )
    assert can(account, "access.view") is holds
    assert made.granted_by == granter
    entry = AuditEntry.objects.get(action="access.granted", object_id=str(made.pk))
    assert (entry.actor, entry.reason) == (granter, "代班")


def test_a_revoked_grant_holds_no_longer_and_stays_as_history():
    at = timezone.now()
    account = make_account(Roles.HR)
    revoke(grant_id=account.grants.get().pk, by=make_account(), at=at)
    forget_held(account)
    assert not can(account, "access.view")
    assert account.grants.get().revoked_at == at


def test_the_last_administrator_cannot_be_disabled_and_nothing_changes():
    account = make_account(Roles.ADMIN)
    with pytest.raises(LastAdministrator):
        disable_account(account_id=account.pk, by=account, at=timezone.now(), reason="test")
    account.refresh_from_db()
    assert account.is_active


@pytest.mark.requirement("Q8")
def test_q8_a_disabled_account_is_signed_out_at_its_next_request():
    """Design security 14: sessions end."""
    account = make_account(Roles.HR)
    browser = client_for(account)
    assert "_auth_user_id" in browser.session
    disable_account(account_id=account.pk, by=None, at=timezone.now(), reason="离职")
    response = browser.get("/live/")
    assert response.status_code == 401


def test_a_client_without_a_wall_path_sees_nothing_whatever_was_granted():
    client = make_account(Roles.HR, kind="client")
    assert not scope(client, Account).exists()


@pytest.mark.requirement("Q2")
def test_q2_personal_fields_come_masked_and_undeclared_ones_not_at_all():
    viewer = make_account(Roles.HR)
    somebody = make_account(email="wang.fang@example.com")
    assert shown(viewer, somebody, "email") == "w***@example.com"
    assert shown(viewer, somebody, "password") == "••••••"
    assert shown(viewer, somebody, "zone") == ""
