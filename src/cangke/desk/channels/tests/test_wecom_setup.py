"""Connecting an account of WeCom; its secrets stay secret."""

import pytest
from django.utils import timezone

from cangke.desk.channels.wecom.line import Line
from cangke.desk.models import WecomAccount
from cangke.desk.tests.factories import account_of
from cangke.foundation.audit.models import AuditEntry
from tests.factories import client_for

from .wecom_house import FISH, pull
from .wecom_server import AES_KEY, CORP, KFID, SECRET, TOKEN

pytestmark = pytest.mark.django_db


def form(company, **values):
    return {
        "name": "微信客服",
        "shop": company.shop.pk,
        "language": "zh-hans",
        "is_active": "on",
        "corp_id": CORP,
        "open_kfid": KFID,
        "kf_secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        **values,
    }


def test_a_supervisor_connects_an_account_and_never_sees_the_secrets_again(company, wecom):
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    for wrong in ({"aes_key": "short"}, {"token": ""}, {"corp_id": "a b"}, {"kf_secret": ""}):
        answer = supervisor.post("/desk/channels/wecom/new/", form(company, **wrong))
        assert answer.status_code == 422
    assert not WecomAccount.objects.exists()
    made = supervisor.post("/desk/channels/wecom/new/", form(company))
    row = WecomAccount.objects.get()
    here = f"/desk/channels/wecom/{row.pk}/"
    assert made.headers["Location"] == here
    page = supervisor.get(here).content.decode()
    assert f"/desk/connect/wecom/{row.channel.public_key}/" in page
    assert not any(secret in page for secret in (SECRET, TOKEN, AES_KEY))
    supervisor.post(here, form(company, name="改名", kf_secret="", token="", aes_key=""))
    row.refresh_from_db()
    assert (row.channel.name, str(row.kf_secret), str(row.token)) == ("改名", SECRET, TOKEN)
    assert "改名" in supervisor.get("/desk/channels/").content.decode()
    audit = str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert not any(secret in audit for secret in (SECRET, TOKEN, AES_KEY))
    again = supervisor.post("/desk/channels/wecom/new/", form(company))
    assert again.status_code == 422
    assert "已经是另一个渠道的" in again.content.decode()
    agent = client_for(account_of(company.agent(online=False)))
    assert agent.get(here).status_code == 403
    assert agent.post(here + "check/").status_code == 403


def test_secrets_are_encrypted_at_rest(account, db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT kf_secret, token, aes_key FROM desk_wecomaccount")
        [row] = cursor.fetchall()
    assert not any(secret in "".join(row) for secret in (SECRET, TOKEN, AES_KEY))


def test_trying_the_connection_says_what_is_wrong(company, account, wecom):
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    here = f"/desk/channels/wecom/{account.pk}/"
    page = supervisor.post(here + "check/", follow=True).content.decode()
    assert "客服账号可用" in page
    WecomAccount.objects.update(open_kfid="wkNobody")
    assert "客服账号不存在" in supervisor.post(here + "check/", follow=True).content.decode()
    WecomAccount.objects.update(kf_secret="wrong")
    assert "Secret 不对" in supervisor.post(here + "check/", follow=True).content.decode()


def test_another_account_begins_anew(company, account, wecom):
    wecom.says(FISH)
    pull(account)
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    supervisor.post(f"/desk/channels/wecom/{account.pk}/", form(company, open_kfid="wkOther"))
    account.refresh_from_db()
    assert (account.cursor, account.access_token) == ("", "")
    assert Line(account, at=timezone.now()).check() != ""
