"""Accounts, grants and roles through the pages an administrator sees."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cangke.foundation.access.decorators import PROVED_AT
from cangke.foundation.access.public import (
    Account,
    Grant,
    Role,
    Roles,
    can,
    day_of,
    forget_held,
    grant,
    scope_names,
    state_of,
)
from cangke.foundation.audit.public import AuditEntry
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_account(Roles.ADMIN, display_name="管理员", password="sparrow-lantern-42")


@pytest.fixture
def visitor(admin):
    return client_for(admin)


@pytest.fixture
def wang():
    return make_account(display_name="王芳", username="wang")


def page(response):
    return response.content.decode()


def entries(action):
    return AuditEntry.objects.filter(action=action)


# --- list


def test_the_list_takes_the_same_queries_at_any_length(visitor, django_assert_max_num_queries):
    visitor.get("/settings/accounts/")
    for number in range(60):
        make_account(Roles.AGENT, scope="self", display_name=f"员工{number:02}")
    with django_assert_max_num_queries(14):
        response = visitor.get("/settings/accounts/")
    assert "客服专员" in page(response)


def test_the_list_is_narrowed_by_name_role_state_and_second_factor(visitor, wang):
    make_account(Roles.HR, display_name="李强")
    Authenticator.objects.create(user=wang, type="totp", data={"secret": "x"})

    def names(query):
        found = page(visitor.get(f"/settings/accounts/?view=all&{query}"))
        return set(re.findall(r'class="ck-id"[^>]*>([^<]+)<', found))

    assert names("q=王") == {"王芳"}
    assert names("q=WANG") == {"王芳"}
    assert names("role=hr") == {"李强"}
    assert names("factor=1") == {"王芳"}
    assert names("active=0") == set()
    assert visitor.get("/settings/accounts/?role=nothing").status_code == 422
    assert visitor.get("/settings/accounts/?sort=password").status_code == 400


def test_addresses_are_masked_in_the_list(visitor):
    make_account(email="wang.fang@example.com")
    visitor.post(
        "/ui/lists/choice/",
        {"page": "office.account", "columns": ["email"], "columns_shown": "1"},
    )
    found = page(visitor.get("/settings/accounts/"))
    assert "w***@example.com" in found
    assert "wang.fang" not in found


# --- open, edit, shut


def test_a_new_account_gets_a_password_that_is_shown_once(visitor, admin):
    response = visitor.post(
        "/settings/accounts/new/",
        {"username": "sun.yue", "display_name": " 孙  悦 ", "kind": "staff"},
    )
    password = re.search(r"data-ck-secret>([^<]+)<", page(response)).group(1)
    made = Account.objects.get(username="sun.yue")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert made.display_name == "孙 悦"
    assert made.check_password(password)
    assert made.temporary_since
    assert entries("access.account_created").get(object_id=str(made.pk)).actor == admin
    assert password not in page(visitor.get(f"/settings/accounts/{made.pk}/"))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("username", "WANG", "登录名已被使用"),
        ("username", "a b", "中间不留空格"),
        ("username", "x" * 61, "60"),
        ("display_name", "", "必填"),
        ("email", "nobody", "邮"),
        ("kind", "root", "有效"),
        ("zone", "Mars/Base", "有效"),
    ],
)
def test_a_bad_form_says_so_at_the_field_and_keeps_what_was_typed(
    visitor, wang, field, value, says
):
    good = {"username": "sun.yue", "display_name": "孙悦", "kind": "staff"}
    response = visitor.post("/settings/accounts/new/", {**good, field: value})
    assert response.status_code == 422
    assert f'name="{field}"' in page(response)
    assert "孙悦" in page(response) or field == "display_name"
    assert Account.objects.count() == 2


def test_fields_that_are_not_on_the_form_are_ignored(visitor, wang):
    """Design security 6: role, superuser and author sent along."""
    form = {"display_name": "王方", "email": "", "language": "en", "zone": "Europe/Berlin"}
    more = {
        "is_active": "",
        "kind": "robot",
        "username": "root",
        "password": "x",
        "date_joined": "",
    }
    visitor.post(f"/settings/accounts/{wang.pk}/edit/", {**form, **more})
    wang.refresh_from_db()
    assert (wang.display_name, wang.zone, wang.kind, wang.username, wang.is_active) == (
        "王方",
        "Europe/Berlin",
        "staff",
        "wang",
        True,
    )


@pytest.mark.requirement("Q10")
def test_q10_a_form_opened_before_somebody_elses_change_is_refused_and_keeps_what_was_typed(
    visitor, wang
):
    seen = state_of(wang)
    Account.objects.filter(pk=wang.pk).update(display_name="王小芳")
    response = visitor.post(
        f"/settings/accounts/{wang.pk}/edit/", {"display_name": "王大芳", "seen": seen}
    )
    assert response.status_code == 409
    assert "王大芳" in page(response)
    assert "别人刚改过" in page(response)
    wang.refresh_from_db()
    assert wang.display_name == "王小芳"


@pytest.mark.requirement("Q8")
def test_q8_a_disabled_account_is_out_at_its_next_click_and_back_when_enabled(visitor, admin):
    person = make_account(Roles.HR)
    theirs = client_for(person)
    assert theirs.get("/settings/accounts/").status_code == 200
    assert visitor.post(f"/settings/accounts/{person.pk}/disable/", {}).status_code == 422
    visitor.post(f"/settings/accounts/{person.pk}/disable/", {"reason": "离职"})
    assert theirs.get("/settings/accounts/").status_code == 302
    assert entries("access.account_disabled").get().reason == "离职"
    visitor.post(f"/settings/accounts/{person.pk}/enable/", {"reason": "返聘"})
    assert client_for(person).get("/settings/accounts/").status_code == 200


def test_the_last_administrator_stays(visitor, admin):
    response = visitor.post(f"/settings/accounts/{admin.pk}/disable/", {"reason": "test"})
    assert response.status_code == 422
    assert "至少要保留一位系统管理员" in page(response)
    admin.refresh_from_db()
    assert admin.is_active


def test_a_reset_password_is_shown_once_and_asks_for_the_own_password_after_ten_minutes(
    visitor, wang
):
    url = f"/settings/accounts/{wang.pk}/reset/"
    session = visitor.session
    session[PROVED_AT] = int(time.time()) - 601
    session.save()
    asked = visitor.post(url, {"reason": "忘记"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not entries("access.password_reset").exists()
    session = visitor.session
    session[PROVED_AT] = int(time.time())
    session.save()
    response = visitor.post(url, {"reason": "忘记"})
    password = re.search(r"data-ck-secret>([^<]+)<", page(response)).group(1)
    wang.refresh_from_db()
    assert wang.check_password(password)


def test_what_was_posted_goes_on_after_the_password(wang):
    admin = make_account(Roles.ADMIN, username="boss", password="sparrow-lantern-42")
    visitor = Client()
    visitor.post("/account/login/", {"login": "boss", "password": "sparrow-lantern-42"})
    session = visitor.session
    session[PROVED_AT] = 0
    session.save()
    url = f"/settings/accounts/{wang.pk}/grants/new/"
    form = {"right": "role:agent", "reach": "team:", "valid_from": "2026-01-01", "reason": "入职"}
    asked = visitor.post(url, form)
    done = visitor.post(asked["Location"], {"password": "sparrow-lantern-42", "next": url})
    assert done["Location"] == f"/settings/accounts/{wang.pk}/"
    assert wang.grants.get().granted_by == admin


def test_a_locked_account_is_seen_and_unlocked(visitor, wang):
    AccessAttempt.objects.create(
        username="wang",
        ip_address="10.0.0.1",
        user_agent="x",
        failures_since_start=8,
        attempt_time=timezone.now(),
    )
    assert "登录已锁定" in page(visitor.get(f"/settings/accounts/{wang.pk}/"))
    visitor.post(f"/settings/accounts/{wang.pk}/unlock/")
    assert not AccessAttempt.objects.exists()
    assert "登录已锁定" not in page(visitor.get(f"/settings/accounts/{wang.pk}/"))


def test_a_lost_phone_is_helped_and_recorded(visitor, wang):
    Authenticator.objects.create(user=wang, type="totp", data={"secret": "x"})
    visitor.post(f"/settings/accounts/{wang.pk}/second-factor/", {"reason": "手机丢失，已当面核实"})
    assert not Authenticator.objects.exists()
    assert entries("access.second_factor_removed").exists()


def test_who_only_looks_gets_no_buttons_and_no_way(wang):
    manager = make_account(Roles.MANAGER)
    visitor = client_for(manager)
    found = page(visitor.get(f"/settings/accounts/{wang.pk}/"))
    assert reverse("office:account-disable", args=[wang.pk]) not in found
    for act in ("disable", "enable", "reset", "unlock", "second-factor", "edit", "grants/new"):
        assert visitor.post(f"/settings/accounts/{wang.pk}/{act}/").status_code == 403
    wang.refresh_from_db()
    assert wang.is_active


# --- grants


def give(visitor, account, **form):
    values = {
        "right": "role:agent",
        "reach": "team:",
        "valid_from": day_of(timezone.now()).isoformat(),
        "valid_until": "",
        "reason": "入职",
        **form,
    }
    return visitor.post(f"/settings/accounts/{account.pk}/grants/new/", values)


@pytest.mark.requirement("Q5")
def test_q5_a_right_is_opened_from_to_with_giver_and_reason_and_stands_in_the_report(
    visitor, admin, wang
):
    until = day_of(timezone.now()) + dt.timedelta(days=14)
    give(
        visitor,
        wang,
        right="permission:access.view",
        reach="all:",
        valid_until=until.isoformat(),
        reason="代班两周",
    )
    made = wang.grants.get()
    assert (made.permission, made.scope_kind, made.valid_until) == ("access.view", "all", until)
    assert (made.granted_by, made.reason) == (admin, "代班两周")
    assert can(wang, "access.view")
    report = page(visitor.get(f"/settings/accounts/{wang.pk}/rights/"))
    for words in ("查看账户与授权", "管理员", until.isoformat(), "全部"):
        assert words in report
    assert "代班两周" in page(visitor.get(f"/settings/accounts/{wang.pk}/"))


def test_named_teams_are_chosen_by_name(visitor, wang):
    scope_names.plug(
        lambda *, kind, ids=None: [(7, "夜班组"), (8, "早班组")] if kind == "team" else []
    )
    try:
        form = page(visitor.get(f"/settings/accounts/{wang.pk}/grants/new/"))
        assert '<option value="team:7">夜班组</option>' in form
        give(visitor, wang, reach="team:7")
        assert (wang.grants.get().scope_kind, wang.grants.get().scope_id) == ("team", 7)
        assert "小组 夜班组" in page(visitor.get(f"/settings/accounts/{wang.pk}/"))
        assert give(visitor, wang, reach="team:99").status_code == 422
    finally:
        scope_names.unplug()


@pytest.mark.parametrize(
    "bad",
    [
        {"right": "role:nobody"},
        {"right": "permission:no.such"},
        {"right": ""},
        {"reach": "galaxy:"},
        {"reach": "team:x"},
        {"valid_from": "2026-02-30"},
        {"valid_until": "2001-01-01"},
        {"reason": ""},
    ],
)
def test_a_bad_grant_is_refused_and_nothing_is_opened(visitor, wang, bad):
    assert give(visitor, wang, **bad).status_code == 422
    assert not wang.grants.exists()


def test_a_double_click_opens_a_right_once(visitor, wang):
    assert give(visitor, wang).status_code == 302
    assert give(visitor, wang).status_code == 409
    assert wang.grants.count() == 1


def test_only_what_one_holds_is_offered_and_taken(admin, wang):
    helper = make_account()
    for code in ("access.manage", "access.view"):
        grant(account=helper, permission=code, scope_kind="all", by=admin, at=timezone.now())
    visitor = client_for(helper)
    form = page(visitor.get(f"/settings/accounts/{wang.pk}/grants/new/"))
    assert "permission:access.view" in form
    assert "permission:audit.view" not in form
    assert "role:admin" not in form
    assert give(visitor, wang, right="role:admin", reach="all:").status_code == 422
    assert not wang.grants.exists()


def test_a_right_is_withdrawn_with_a_reason_and_stays_in_the_history(visitor, admin, wang):
    give(visitor, wang)
    made = wang.grants.get()
    visitor.post(f"/settings/grants/{made.pk}/revoke/", {"reason": "调岗"})
    made.refresh_from_db()
    assert (made.revoked_by, entries("access.revoked").get().reason) == (admin, "调岗")
    assert "已撤销" in page(visitor.get(f"/settings/accounts/{wang.pk}/"))
    again = visitor.post(f"/settings/grants/{made.pk}/revoke/", {"reason": "再来"})
    assert again.status_code == 422


def test_two_administrators_demoting_each_other_leave_one(visitor, admin):
    second = make_account(Roles.ADMIN)
    other = client_for(second)
    assert (
        other.post(
            f"/settings/grants/{admin.grants.get().pk}/revoke/", {"reason": "x1"}
        ).status_code
        == 302
    )
    forget_held(admin)
    assert (
        visitor.post(
            f"/settings/grants/{second.grants.get().pk}/revoke/", {"reason": "x2"}
        ).status_code
        == 403
    )
    assert Grant.objects.filter(role=Roles.ADMIN, revoked_at__isnull=True).count() == 1


def test_everybody_sees_their_own_rights_and_nobody_elses(wang, admin):
    grant(account=wang, permission="jobs.view", by=admin, at=timezone.now(), reason="试用")
    found = page(client_for(wang).get("/me/rights/?account=1&pk=1"))
    assert "查看自己的后台任务" in found
    assert "系统管理员" not in found


# --- roles


def test_a_preset_is_copied_and_ticked(visitor, admin):
    form = page(visitor.get("/settings/roles/new/?from=hr&copy=1"))
    assert re.search(r'value="access.view"\s+checked', form)
    visitor.post(
        "/settings/roles/new/",
        {"code": "hr-junior", "name": "人事助理", "permissions": ["access.view"]},
    )
    role = Role.objects.get()
    assert role.permissions == ["access.view"]
    assert "人事助理" in page(visitor.get("/settings/roles/"))
    assert entries("access.role_created").get().actor == admin


def test_a_changed_role_takes_effect_at_once_for_everybody_who_holds_it(visitor):
    role = Role.objects.create(code="helper", name="帮手", permissions=["jobs.view"])
    person = make_account("helper")
    theirs = client_for(person)
    assert theirs.get("/jobs/").status_code == 200
    form = {"name": "帮手", "permissions": [], "seen": state_of(role)}
    assert visitor.post(f"/settings/roles/{role.pk}/", form).status_code == 302
    assert theirs.get("/jobs/").status_code == 403


def test_a_role_form_opened_before_somebody_elses_change_is_refused(visitor):
    role = Role.objects.create(code="helper", name="帮手", permissions=["jobs.view"])
    seen = state_of(role)
    Role.objects.update(permissions=[])
    form = {"name": "帮手", "permissions": ["access.view"], "seen": seen}
    response = visitor.post(f"/settings/roles/{role.pk}/", form)
    assert response.status_code == 409
    assert re.search(r'value="access.view"\s+checked', page(response)), "the ticks are kept"
    role.refresh_from_db()
    assert role.permissions == []


@pytest.mark.parametrize(
    "bad",
    [
        {"code": "admin"},
        {"code": "has space"},
        {"code": "known"},
        {"name": ""},
        {"permissions": ["no.such"]},
    ],
)
def test_a_bad_role_is_refused(visitor, bad):
    Role.objects.create(code="known", name="x")
    form = {"code": "fresh", "name": "新", "permissions": ["jobs.view"], **bad}
    assert visitor.post("/settings/roles/new/", form).status_code == 422
    assert Role.objects.count() == 1


def test_an_unknown_role_to_copy_is_not_found(visitor):
    assert visitor.get("/settings/roles/new/?from=nobody").status_code == 404
    assert visitor.get("/settings/roles/preset/nobody/").status_code == 404


# --- hub


def test_the_hub_lists_what_one_may_open(visitor, wang):
    assert "/settings/audit/" in page(visitor.get("/settings/"))
    own = page(client_for(wang).get("/settings/"))
    assert "/settings/audit/" not in own
    assert "/me/rights/" in own
