import datetime as dt

import pytest
from django.test import Client

from cangke.foundation.access.public import Roles
from cangke.foundation.notices import actions, registry
from cangke.foundation.notices.models import (
    Notice,
    NoticeChoice,
    NoticeSetting,
    OutboxItem,
    OutboxState,
    Webhook,
)
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2025, 11, 23, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _kind():
    registry.notice_kind("test.mail", "测试种类", mail=True)
    yield
    del registry.KINDS["test.mail"]


@pytest.fixture
def account():
    return make_account(Roles.AGENT, email="wang@example.com")


def tell(account, title="<b>转接</b>给您", **options):
    actions.notify(account, kind="test.mail", title=title, at=AT, **options)
    return Notice.objects.latest("pk")


def test_the_bell_counts_what_is_unread(account):
    client = client_for(account)
    htmx = {"HX-Request": "true"}
    assert "ck-badge" not in client.get("/notices/bell", headers=htmx).content.decode()
    tell(account)
    tell(make_account())
    text = client.get("/notices/bell", headers=htmx).content.decode()
    assert ">1</span>" in text
    assert f"account:{account.pk}" in text
    assert client.get("/notices/bell").status_code == 302


def test_the_list_shows_own_notices_alone_even_to_an_administrator(account):
    tell(account)
    text = client_for(account).get("/notices/").content.decode()
    assert "&lt;b&gt;转接" in text
    assert "测试种类" in text
    assert "转接" not in client_for(make_account(Roles.ADMIN)).get("/notices/").content.decode()


def test_unread_ones_alone(account):
    read = tell(account, "读过的")
    tell(account, "没读的")
    Notice.objects.filter(pk=read.pk).update(read_at=AT)
    text = client_for(account).get("/notices/?view=unread").content.decode()
    assert "没读的" in text
    assert "读过的" not in text


def test_opening_marks_as_read_and_leads_there(account):
    notice = tell(account, url="/desk/12")
    client = client_for(account)
    assert client.get(f"/notices/{notice.pk}/open").status_code == 405
    answer = client.post(f"/notices/{notice.pk}/open")
    assert answer["Location"] == "/desk/12"
    notice.refresh_from_db()
    assert notice.read_at


def test_foreign_notices_are_not_there(account):
    notice = tell(account)
    for other in (make_account(Roles.ADMIN), make_account(Roles.AGENT)):
        assert client_for(other).post(f"/notices/{notice.pk}/open").status_code == 404
        client_for(other).post("/notices/read", {"ids": [notice.pk]})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_reading_some_and_all(account):
    first, second, third = tell(account), tell(account), tell(account)
    client = client_for(account)
    client.post("/notices/read", {"ids": [first.pk]})
    assert set(Notice.objects.filter(read_at=None)) == {second, third}
    client.post("/notices/read")
    assert not Notice.objects.filter(read_at=None).exists()
    assert client.post("/notices/read", {"ids": ["x"]}).status_code == 400


def test_settings_are_kept_and_shown_again(account):
    client = client_for(account)
    page = client.get("/notices/settings").content.decode()
    assert 'name="mail:test.mail" checked' in page
    answer = client.post(
        "/notices/settings",
        {
            "mail_mode": "daily",
            "digest_time": "08:30",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            "app:test.mail": "on",
            "mail:nonsense": "on",
        },
    )
    assert answer.status_code == 302
    setting = NoticeSetting.objects.get()
    assert (setting.account, setting.mail_mode) == (account, "daily")
    assert NoticeChoice.objects.get(kind="test.mail").mail is False
    assert NoticeChoice.objects.filter(kind="nonsense").count() == 0
    assert 'value="22:00"' in client.get("/notices/settings").content.decode()


def test_bad_settings_come_back_with_what_was_typed(account):
    client = client_for(account)
    answer = client.post(
        "/notices/settings", {"mail_mode": "daily", "digest_time": "08:30", "quiet_from": "22:00"}
    )
    assert answer.status_code == 422
    assert "免打扰要同时填写" in answer.content.decode()
    assert 'value="22:00"' in answer.content.decode()
    assert client.post("/notices/settings", {"mail_mode": "x"}).status_code == 422
    assert not NoticeSetting.objects.exists()


ROBOT = {"name": "客服群", "url": "https://robot.example/", "shape": "generic", "is_active": "on"}


def test_a_robot_is_added_changed_tested_and_removed(monkeypatch):
    client = client_for(make_account(Roles.ADMIN))
    assert "还没有群机器人" in client.get("/notices/webhooks/").content.decode()
    answer = client.post("/notices/webhooks/new", {**ROBOT, "kinds": ["test.mail"]})
    robot = Webhook.objects.get()
    assert answer["Location"] == f"/notices/webhooks/{robot.pk}"
    assert robot.secret in client.get(answer["Location"]).content.decode()
    assert robot.secret not in client.get("/notices/webhooks/").content.decode()
    client.post(f"/notices/webhooks/{robot.pk}", {**ROBOT, "name": "新名"})
    robot.refresh_from_db()
    assert (robot.name, robot.kinds) == ("新名", [])
    client.post(f"/notices/webhooks/{robot.pk}/test")
    assert OutboxItem.objects.get().webhook == robot
    client.post(f"/notices/webhooks/{robot.pk}/delete")
    assert not Webhook.objects.exists()


def test_a_bad_robot_comes_back_with_the_reason():
    client = client_for(make_account(Roles.ADMIN))
    answer = client.post("/notices/webhooks/new", {**ROBOT, "url": "http://127.0.0.1/x"})
    assert answer.status_code == 422
    assert "内部网络" in answer.content.decode()
    assert client.post("/notices/webhooks/new", {**ROBOT, "kinds": ["no"]}).status_code == 422
    assert not Webhook.objects.exists()


def test_robots_and_the_outbox_are_for_those_who_manage_them(account):
    client = client_for(account)
    robot = Webhook.objects.create(name="x", url="https://x.example", created_at=AT)
    item = OutboxItem.objects.create(way="mail", body="x", next_try_at=AT, created_at=AT)
    for address in ("/notices/webhooks/", f"/notices/webhooks/{robot.pk}", "/notices/outbox/"):
        assert client.get(address).status_code == 403
    for address in (
        f"/notices/webhooks/{robot.pk}/delete",
        f"/notices/webhooks/{robot.pk}/test",
        f"/notices/outbox/{item.pk}/retry",
        f"/notices/outbox/{item.pk}/discard",
    ):
        assert client.post(address).status_code == 403
    assert Webhook.objects.count() == 1
    assert OutboxItem.objects.count() == 1
    assert Client().get("/notices/").status_code == 302


def test_failed_items_are_shown_masked_and_sent_again():
    client = client_for(make_account(Roles.ADMIN))
    item = OutboxItem.objects.create(
        way="mail",
        to_address="buyer@example.com",
        subject="已发货",
        body="x",
        state=OutboxState.DEAD,
        error="refused",
        next_try_at=AT,
        created_at=AT,
    )
    text = client.get("/notices/outbox/").content.decode()
    assert "已发货" in text
    assert "b***@example.com" in text
    assert "buyer@example.com" not in text
    client.post(f"/notices/outbox/{item.pk}/retry")
    item.refresh_from_db()
    assert item.state == OutboxState.WAITING
    assert client.post(f"/notices/outbox/{item.pk}/discard").status_code == 422
    assert client.post("/notices/outbox/999/retry").status_code == 404


def test_the_list_costs_the_same_however_long(account, django_assert_max_num_queries):
    for _n in range(60):
        tell(account)
    client = client_for(account)
    client.get("/notices/")
    with django_assert_max_num_queries(12):
        client.get("/notices/")
