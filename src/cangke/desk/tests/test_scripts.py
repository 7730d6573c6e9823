"""A script's blanks are filled in before a customer reads it (J3)."""

import pytest
from django.urls import reverse

from cangke.desk.models import Message
from cangke.desk.tests.factories import account_of, make_company
from cangke.knowledge.public import ScriptDraft, write_script
from tests.factories import client_for

from .factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    company = make_company()
    agent = company.agent()
    draft = ScriptDraft(
        title="尺寸",
        body="{{customer.name}}您好，尺寸是【这款的尺寸】。{{?材质}}",
        body_en="The size is {{?size}}.",
    )
    script = write_script(draft=draft, by=account_of(agent), at=AT)
    talk = company.writes("多大").conversation
    client = client_for(account_of(agent))

    def send(body: str, **values: str):
        values = {"body": body, "script": str(script.pk), "client_token": body[:30], **values}
        return client.post(reverse("desk:reply", args=[talk.pk]), values, HTTP_HX_REQUEST="true")

    return send


@pytest.mark.requirement("J3")
@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("您好，尺寸是 40 厘米。【材质】", "【材质】"),
        ("【客户称呼】您好，布的。", "【客户称呼】"),
        ("The size is 【size】.", "【size】"),
    ],
)
def test_a_reply_that_still_asks_is_not_sent(desk, words, left):
    answer = desk(words)
    assert answer.status_code == 422
    assert left in answer.content.decode()
    assert not Message.objects.filter(origin="script").exists()
    assert desk(words.replace(left, "亚麻")).status_code == 200
    assert Message.objects.get(origin="script").body == words.replace(left, "亚麻")


def test_brackets_of_ones_own_and_notes_are_nobodys_blanks(desk):
    assert desk("【重要】尺寸是【这款的尺寸】。").status_code == 200
    assert desk("问过了，还缺【材质】", is_note="1").status_code == 200
    assert desk("【材质】如图", script="").status_code == 200
