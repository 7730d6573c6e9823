"""A channel of WeCom against a small WeCom that speaks HTTP, and a customer who wrote there."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.desk.models import Conversation, WecomAccount
from cangke.desk.tests.factories import account_of, go_online, make_company

from .factories import make_channel
from .wecom_house import FISH, pull
from .wecom_server import AES_KEY, CORP, KFID, SECRET, TOKEN, serve


@pytest.fixture
def wecom(settings):
    with serve() as running:
        settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
        settings.CANGKE_WECOM_URL = running.url
        yield running


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def account(company, wecom):
    return WecomAccount.objects.create(
        channel=make_channel("wecom", company.shop),
        corp_id=CORP,
        open_kfid=KFID,
        kf_secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        since_at=timezone.now() - dt.timedelta(minutes=1),
    )


@pytest.fixture
def agent(company):
    employee = company.agent()
    go_online(employee)
    return account_of(employee)


@pytest.fixture
def talk(account, wecom):
    wecom.says(FISH)
    pull(account)
    return Conversation.objects.get()
