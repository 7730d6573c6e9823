"""The desk is set up on pages: queues, agents, question types, handling results."""

from decimal import Decimal

import pytest

from cangke.desk.forms import CloseForm
from cangke.desk.models import AgentProfile, HandlingResult, QuestionType, QueueGroup
from cangke.foundation.access.public import Roles
from cangke.foundation.audit.models import AuditEntry
from tests.factories import client_for, make_account

from .factories import account_of, handling_result, question_type

pytestmark = pytest.mark.django_db
PAGES = ("groups", "agents", "question-types", "handling-results")


@pytest.fixture
def setter():
    return client_for(make_account(Roles.SUPERVISOR))


def changes_of(act: str) -> dict:
    return AuditEntry.objects.filter(action=act).latest("pk").changes


@pytest.mark.parametrize("page", PAGES)
def test_only_who_sets_the_desk_up_gets_in(setter, company, page):
    assert setter.get(f"/desk/{page}/").status_code == 200
    agent = client_for(account_of(company.agent(online=False)))
    assert agent.get(f"/desk/{page}/").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_list_takes_the_same_queries_at_any_length(
    setter, company, page, django_assert_max_num_queries
):
    question_type()
    for _each in range(3):
        company.agent(online=False)
    setter.get(f"/desk/{page}/")
    with django_assert_max_num_queries(12):
        setter.get(f"/desk/{page}/")


def test_a_queue_is_made_with_its_members_and_the_log_names_them(setter, company):
    agent = company.agent(online=False)
    values = {
        "name": "英语接待",
        "stage": "presale",
        "languages": ["en"],
        "shops": [company.shop.pk],
        "members": [agent.pk],
        "rank": 5,
        "is_active": "on",
    }
    assert setter.post("/desk/groups/new/", values).status_code == 302
    group = QueueGroup.objects.get(name="英语接待")
    assert (group.languages, group.rank) == (["en"], 5)
    assert list(group.profiles.values_list("employee_id", flat=True)) == [agent.pk]
    assert list(group.shops.all()) == [company.shop]
    served = list(group.profiles.values_list("pk", flat=True))
    assert changes_of("desk.group_saved")["profiles"] == [[], served]
    page = setter.get(f"/desk/groups/{group.pk}/").content.decode()
    assert agent.name in page
    assert "英语接待" in setter.get("/desk/groups/").content.decode()


def test_who_is_away_and_a_retired_queue_stay_when_a_form_is_saved(setter, company):
    agent = company.agent(online=False)
    profile = AgentProfile.objects.get(employee=agent)
    agent.status = "suspended"
    agent.save()
    page = setter.get(f"/desk/groups/{company.presale.pk}/").content.decode()
    assert agent.name in page
    company.presale.is_active = False
    company.presale.save()
    values = {
        "groups": [company.presale.pk],
        "serves_presale": "on",
        "languages": ["zh-hans"],
        "max_chats": 4,
        "weight": "1",
    }
    assert setter.post(f"/desk/agents/{profile.pk}/", values).status_code == 302
    assert list(profile.groups.all()) == [company.presale]


def test_a_queue_without_a_name_is_not_made(setter, company):
    before = QueueGroup.objects.count()
    response = setter.post("/desk/groups/new/", {"name": "", "rank": 5})
    assert response.status_code == 422
    assert QueueGroup.objects.count() == before


@pytest.mark.requirement("B4")
def test_an_agent_gets_what_the_page_says(setter, company):
    agent = company.agent(online=False)
    profile = AgentProfile.objects.get(employee=agent)
    values = {
        "groups": [company.aftersale.pk],
        "serves_aftersale": "on",
        "languages": ["zh-hans", "en"],
        "max_chats": 3,
        "weight": "0.5",
    }
    assert setter.post(f"/desk/agents/{profile.pk}/", values).status_code == 302
    profile.refresh_from_db()
    assert (profile.serves_presale, profile.serves_aftersale) == (False, True)
    assert (profile.max_chats, profile.weight) == (3, Decimal("0.5"))
    assert list(profile.groups.all()) == [company.aftersale]
    assert "groups" in changes_of("desk.profile_saved")


def test_a_weight_of_nothing_is_refused_at_its_field_and_changes_nothing(setter, company):
    profile = AgentProfile.objects.get(employee=company.agent(online=False))
    response = setter.post(
        f"/desk/agents/{profile.pk}/", {"languages": ["en"], "max_chats": 3, "weight": "0"}
    )
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    profile.refresh_from_db()
    assert profile.max_chats != 3


@pytest.mark.requirement("A19")
def test_a19_types_and_results_are_made_ordered_and_retired(setter):
    asked, came = question_type("tracking"), handling_result("solved")
    new = {"name": "关税", "name_en": "Customs", "position": 1, "is_active": "on"}
    assert setter.post("/desk/question-types/new/", new).status_code == 302
    retired = {"name": asked.name, "position": 60, "stage": "aftersale"}
    assert setter.post(f"/desk/question-types/{asked.pk}/", retired).status_code == 302
    offered = list(CloseForm(stage="aftersale").fields["question_type"].queryset)
    assert offered[0].name == "关税"
    assert asked not in offered
    renamed = {"name": "已经解决", "position": 1, "is_active": "on", "is_solved": "on"}
    assert setter.post(f"/desk/handling-results/{came.pk}/", renamed).status_code == 302
    assert changes_of("desk.result_saved")["name"] == ["已解决", "已经解决"]
    assert QuestionType.objects.filter(pk=asked.pk).exists()


def test_the_last_result_cannot_be_retired(setter):
    came = handling_result("solved")
    HandlingResult.objects.exclude(pk=came.pk).update(is_active=False)
    response = setter.post(f"/desk/handling-results/{came.pk}/", {"name": "x", "position": 1})
    assert response.status_code == 422
    assert "至少要留一项启用" in response.content.decode()
    came.refresh_from_db()
    assert came.is_active
