"""What people see of quality inspection."""

import pytest
from django.urls import reverse

from cangke.desk.tests.factories import account_of
from cangke.quality.models import Check
from cangke.quality.rules import CheckState
from tests.factories import client_for

from .factories import full_marks, make_crew

pytestmark = pytest.mark.django_db
LIST = reverse("quality:list")


@pytest.fixture
def crew():
    return make_crew()


def text_of(account, address, **query) -> str:
    answer = client_for(account).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(check, **values):
    return {f"item_{code}": points for code, points in full_marks(check).items()} | values


@pytest.mark.requirement("A23")
def test_a_leader_reads_scores_and_the_agent_sees_it_then(crew):
    check = crew.drawn()
    page = reverse("quality:check", args=[check.pk])
    agent, leader = client_for(crew.by), client_for(crew.inspector)
    assert agent.get(page).status_code == 404, "what is drawn and not read stays unknown"
    assert check.number in text_of(crew.inspector, LIST, state="open")
    assert reverse("desk:messages", args=[check.conversation_id]) in text_of(crew.inspector, page)
    short = leader.post(page, typed(check, item_expression=9))
    assert short.status_code == 422
    assert "扣了分，请写明依据" in short.content.decode()
    assert (
        leader.post(page, typed(check, item_expression=9, comment="没有说时间")).status_code == 302
    )
    text = text_of(crew.by, page)
    assert "94.00" in text
    assert "没有说时间" in text
    assert reverse("quality:appeal", args=[check.pk]) in text
    assert agent.post(page, typed(check)).status_code in (403, 404)


def test_an_appeal_goes_to_the_supervisor(crew):
    check = crew.scored()
    appeal = reverse("quality:appeal", args=[check.pk])
    Check.objects.update(appeal_until="2999-01-01")
    assert client_for(crew.by).post(appeal, {"text": "时间说了"}).status_code == 302
    page = reverse("quality:check", args=[check.pk])
    assert reverse("quality:uphold", args=[check.pk]) not in text_of(crew.inspector, page)
    boss = account_of(crew.supervisor)
    assert "时间说了" in text_of(boss, page)
    uphold = reverse("quality:uphold", args=[check.pk])
    assert client_for(crew.inspector).post(uphold, {"reason": "不改"}).status_code == 422
    assert client_for(boss).post(page, typed(check, comment="确实说了")).status_code == 302
    check.refresh_from_db()
    assert (check.state, str(check.total)) == (CheckState.SCORED, "100.00")


def test_one_is_chosen_beside_the_conversation(crew):
    talk = crew.serves()
    panel = reverse("quality:conversation-panel", args=[talk.pk])
    add = reverse("quality:add", args=[talk.pk])
    assert add in text_of(crew.inspector, panel)
    assert add not in text_of(crew.by, panel)
    answer = client_for(crew.inspector).post(add, {"agent": crew.agent.pk, "reason": "客户表扬"})
    assert answer.status_code == 302
    assert client_for(crew.by).get(add).status_code == 403


def test_the_list_and_the_figures_take_the_same_queries(crew, django_assert_max_num_queries):
    check = crew.scored()
    client = client_for(crew.inspector)
    month = f"{check.week:%Y-%m}"
    figures = reverse("quality:figures")
    assert "94.00" in client.get(figures, {"month": month}).content.decode()
    assert client.get(figures, {"month": "x"}).status_code == 200
    client.get(LIST)
    with django_assert_max_num_queries(15):
        client.get(LIST, {"state": "scored"})
    with django_assert_max_num_queries(12):
        client.get(figures, {"month": month})


def test_others_teams_are_not_there(crew):
    check = crew.scored()
    stranger = make_crew()
    for account in (stranger.inspector, stranger.by):
        page = reverse("quality:check", args=[check.pk])
        assert client_for(account).get(page).status_code == 404
        assert check.number not in text_of(account, LIST)
