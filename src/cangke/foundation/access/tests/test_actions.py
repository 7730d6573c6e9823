import datetime as dt
import threading

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from cangke.foundation.access.public import (
    Account,
    BeyondOwnRights,
    Grant,
    LastAdministrator,
    Role,
    Roles,
    can,
    change_account,
    change_role,
    create_account,
    create_role,
    day_of,
    delete_role,
    disable_account,
    forget_held,
    grant,
    remove_second_factor,
    reset_password,
    revoke,
    state_of,
)
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.events.public import EventRecord
from cangke.foundation.refusal import Conflict, Refusal
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_account(Roles.ADMIN, display_name="管理员")


def now():
    return timezone.now()


# --- grants


@pytest.mark.requirement("Q5")
def test_q5_nobody_hands_out_what_they_do_not_hold_over_everything(admin):
    manager = make_account("")
    grant(account=manager, permission="access.manage", scope_kind="all", by=admin, at=now())
    other = make_account()
    forget_held(manager)
    with pytest.raises(BeyondOwnRights):
        grant(account=other, role=Roles.ADMIN, scope_kind="all", by=manager, at=now())
    with pytest.raises(BeyondOwnRights):
        grant(account=manager, permission="audit.view", scope_kind="all", by=manager, at=now())
    assert not other.grants.exists()
    assert manager.grants.count() == 1


@pytest.mark.requirement("Q1", "Q5")
def test_q1_administrators_give_what_is_kept_from_them_and_leave_a_trace(admin):
    assert not can(admin, "payroll.look")
    other = make_account()
    made = grant(account=other, role=Roles.FINANCE, scope_kind="all", by=admin, at=now())
    assert can(other, "payroll.look")
    assert AuditEntry.objects.filter(action="access.granted", object_id=str(made.pk)).exists()


def test_what_is_held_over_a_part_only_is_not_handed_on(admin):
    leader = make_account(Roles.HR, scope="self")
    with pytest.raises(BeyondOwnRights):
        grant(account=make_account(), permission="access.view", by=leader, at=now())


def test_a_client_gets_only_what_clients_have(admin):
    client = make_account(kind="client")
    with pytest.raises(BeyondOwnRights):
        grant(account=client, role=Roles.HR, scope_kind="all", by=admin, at=now())
    grant(account=client, role=Roles.CLIENT, scope_kind="client", by=admin, at=now())
    assert client.grants.get().role == Roles.CLIENT


def test_the_same_grant_twice_is_one_grant(admin):
    account = make_account()
    grant(account=account, role=Roles.HR, by=admin, at=now())
    with pytest.raises(Conflict):
        grant(account=account, role=Roles.HR, by=admin, at=now())
    assert account.grants.count() == 1


def test_grants_begin_and_end_by_the_companys_day(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    timezone.get_default_timezone.cache_clear()
    late = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)  # one o'clock of the 24th in Shanghai
    assert day_of(late) == dt.date(2026, 11, 24)
    timezone.get_default_timezone.cache_clear()


# --- administrators


def test_an_administrator_over_a_part_does_not_count_as_the_last_one(admin):
    make_account(Roles.ADMIN, scope="self")
    with pytest.raises(LastAdministrator):
        revoke(grant_id=admin.grants.get().pk, by=admin, at=now())
    assert can(admin, "access.manage")


def test_of_two_grants_one_may_go(admin):
    second = Grant.objects.create(
        account=admin, role=Roles.ADMIN, scope_kind="all", valid_from=day_of(now())
    )
    revoke(grant_id=second.pk, by=admin, at=now())
    with pytest.raises(LastAdministrator):
        revoke(grant_id=admin.grants.exclude(pk=second.pk).get().pk, by=admin, at=now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["revoke", "disable"])
def test_two_administrators_who_demote_each_other_leave_one(act):
    first, second = make_account(Roles.ADMIN), make_account(Roles.ADMIN)
    start, refused = threading.Barrier(2), []

    def demote(by, whom):
        start.wait()
        try:
            if act == "revoke":
                revoke(grant_id=whom.grants.get().pk, by=by, at=now())
            else:
                disable_account(account_id=whom.pk, by=by, at=now(), reason="test")
        except LastAdministrator:
            refused.append(by)
        finally:
            close_old_connections()
            connection.close()

    threads = [
        threading.Thread(target=demote, args=pair) for pair in [(first, second), (second, first)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1
    left = Grant.objects.in_force(day_of(now())).filter(role=Roles.ADMIN, account__is_active=True)
    assert left.count() == 1


# --- accounts


def test_names_are_taken_however_they_are_spelled():
    make_account(username="Wang")
    with pytest.raises(Refusal):
        create_account(username="wANG", display_name="x", by=None, at=now())
    assert Account.objects.count() == 1


def test_a_temporary_password_is_no_where_in_the_log(admin):
    account = make_account(password="an-old-password")
    _account, password = reset_password(account_id=account.pk, by=admin, at=now(), reason="忘记")
    account.refresh_from_db()
    assert account.check_password(password)
    assert account.temporary_since
    entry = AuditEntry.objects.get(action="access.password_reset")
    assert (entry.actor, entry.reason, entry.changes) == (admin, "忘记", {})


@pytest.mark.requirement("Q10")
def test_q10_a_changed_account_keeps_old_and_new_and_a_stale_form_is_refused(admin):
    account = make_account(display_name="王芳", email="old@example.com")
    seen = state_of(account)
    values = {"email": "new@example.com", "language": "", "zone": ""}
    change_account(
        account_id=account.pk, by=admin, at=now(), seen=seen, display_name="王方", **values
    )
    entry = AuditEntry.objects.get(action="access.account_changed")
    assert entry.changes == {"display_name": ["王芳", "王方"], "email": ["***", "***"]}
    with pytest.raises(Conflict):
        change_account(
            account_id=account.pk, by=admin, at=now(), seen=seen, display_name="王", **values
        )
    account.refresh_from_db()
    assert account.display_name == "王方"


def test_a_second_factor_that_is_not_there_cannot_be_removed(admin):
    with pytest.raises(Refusal):
        remove_second_factor(account_id=admin.pk, by=admin, at=now(), reason="test")


def test_disabling_tells_others_in_the_same_transaction(admin):
    account = make_account()
    disable_account(account_id=account.pk, by=admin, at=now(), reason="离职")
    assert EventRecord.objects.filter(name="foundation.access.AccountDisabled").count() == 1
    with pytest.raises(Refusal):
        disable_account(account_id=account.pk, by=admin, at=now(), reason="离职")
    assert EventRecord.objects.filter(name="foundation.access.AccountDisabled").count() == 1


# --- roles


def test_a_company_role_of_a_presets_code_overrules_it_even_when_it_is_empty(admin):
    account = make_account(Roles.HR)
    assert can(account, "access.view")
    role = create_role(code="hr", name="人事", permissions=[], by=admin, at=now())
    forget_held(account)
    assert not can(account, "access.view")
    delete_role(role_id=role.pk, by=admin, at=now())
    forget_held(account)
    assert can(account, "access.view")


def test_the_administrators_role_is_not_overruled(admin):
    with pytest.raises(Refusal):
        create_role(code="admin", name="x", permissions=[], by=admin, at=now())
    assert not Role.objects.exists()


def test_a_role_holds_only_what_its_maker_holds_but_keeps_what_it_had(admin):
    maker = make_account("")
    for code in ("access.manage", "access.view"):
        grant(account=maker, permission=code, scope_kind="all", by=admin, at=now())
    with pytest.raises(BeyondOwnRights):
        create_role(code="auditor", name="审计", permissions=["audit.view"], by=maker, at=now())
    role = create_role(code="auditor", name="审计", permissions=["audit.view"], by=admin, at=now())
    changed = change_role(
        role_id=role.pk,
        name="审计员",
        permissions=["audit.view", "access.view"],
        by=maker,
        at=now(),
        seen=state_of(role),
    )
    assert changed.permissions == ["access.view", "audit.view"]
    entry = AuditEntry.objects.get(action="access.role_changed")
    assert entry.changes["added"] == ["access.view"]


def test_a_role_somebody_holds_is_not_deleted(admin):
    role = create_role(code="helper", name="帮手", permissions=[], by=admin, at=now())
    made = grant(account=make_account(), role="helper", by=admin, at=now())
    with pytest.raises(Refusal):
        delete_role(role_id=role.pk, by=admin, at=now())
    revoke(grant_id=made.pk, by=admin, at=now())
    delete_role(role_id=role.pk, by=admin, at=now())
    assert not Role.objects.exists()
