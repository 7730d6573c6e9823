"""What people see of rewards and discipline, and what they do not."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.discipline import actions
from cangke.discipline.models import Coaching, ConductCase, Reward
from cangke.discipline.queries import menu_badge
from cangke.discipline.rules import CaseState, Source
from cangke.foundation.access.public import Account
from tests.factories import client_for, make_account

from .factories import make_office

pytestmark = pytest.mark.django_db
LIST = reverse("discipline:list")


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def case(office):
    return office.case(at=timezone.now() - dt.timedelta(minutes=1))


def page_of(case: ConductCase, name: str = "case") -> str:
    return reverse(f"discipline:{name}", args=[case.pk])


def text_of(account: Account, address: str, **query: str) -> str:
    answer = client_for(account).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("L20", "L16")
def test_a_case_goes_from_candidate_to_receipt_on_pages(office, case):
    decider, person = client_for(office.decider), client_for(office.by)
    assert case.number in text_of(office.decider, LIST)
    assert person.get(page_of(case)).status_code == 404, "before the hearing it is nobody's news"
    assert decider.post(page_of(case, "ask")).status_code == 302
    assert page_of(case, "state") in text_of(office.by, page_of(case))
    empty = person.post(page_of(case, "state"), {"text": ""})
    assert empty.status_code == 422
    assert person.post(page_of(case, "state"), {"text": "已经卸载"}).status_code == 302
    decide = page_of(case, "decide")
    assert "已经卸载" in text_of(office.decider, decide)
    assert 'value="demerit" selected' in text_of(office.decider, decide), "L18"
    given = {"kind": "demerit", "severity": "light", "consequence": "light"}
    bad = decider.post(decide, given)
    assert bad.status_code == 422
    more = {"attitude": "light", "reasoning": "承认并改正"}
    assert decider.post(decide, given | more).status_code == 302
    text = text_of(office.by, page_of(case))
    assert "承认并改正" in text
    assert page_of(case, "appeal") in text
    assert person.post(page_of(case, "acknowledge")).status_code == 302
    case.refresh_from_db()
    assert case.acknowledged_at is not None
    assert person.post(page_of(case, "appeal"), {"text": "没有玩过"}).status_code == 302
    assert page_of(case, "answer") not in text_of(office.decider, page_of(case))
    answer = {"outcome": "lifted", "reason": "初次"}
    assert client_for(office.manager).post(page_of(case, "answer"), answer).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.LIFTED


@pytest.mark.requirement("L18", "L19")
def test_the_form_names_the_grounds_and_what_is_allowed(office):
    address = reverse("discipline:new")
    text = text_of(office.leader, address)
    assert "声音干扰他人工作" in text
    assert "私自安装游戏" in text
    assert "小声听音乐、新闻；同事打电话时调低音量" in text
    given = {
        "employee": office.agent.pk,
        "ground": "noise",
        "happened_on": timezone.localdate().isoformat(),
        "matter": "大声放音乐",
    }
    assert client_for(office.leader).post(address, given).status_code == 302
    assert ConductCase.objects.get().ground == "noise"
    assert client_for(office.by).get(address).status_code == 403


@pytest.mark.requirement("L19")
def test_the_rulebook_shows_what_is_allowed_and_forbidden(office):
    text = text_of(office.by, reverse("rulebook:book"), q="")
    assert "办公区允许与禁止" in text


@pytest.mark.requirement("L23")
def test_earlier_help_and_the_trend_stand_beside_a_case(office, case):
    client = client_for(office.leader)
    address = reverse("discipline:coaching-new")
    given = {
        "employee": office.agent.pk,
        "ground": "games_installed",
        "date": timezone.localdate().isoformat(),
        "text": "谈过软件安装规定",
    }
    assert client.post(address, given).status_code == 302
    assert Coaching.objects.count() == 1
    text = text_of(office.decider, page_of(case))
    assert "谈过软件安装规定" in text
    assert "近半年的事实记录" in text
    assert "处分不是目的" in text


@pytest.mark.parametrize("who", ["colleague", "stranger", "finance"])
def test_a_case_is_nobody_elses_business(office, case, who):
    actions.ask_person(case_id=case.pk, by=office.decider, at=timezone.now())
    accounts = {
        "colleague": lambda: office.crew.account(office.crew.agents[1]),
        "stranger": lambda: make_office().decider,
        "finance": lambda: make_account("finance"),
    }
    account = accounts[who]()
    assert client_for(account).get(page_of(case)).status_code == 404
    assert case.number not in text_of(account, LIST)


def test_a_leader_sees_what_they_reported_and_not_more(office, case):
    assert case.number in text_of(office.leader, page_of(case))
    actions.note_incident(
        employee=office.agent,
        source=Source.PLEDGE,
        record_key="tickets.pledge:1",
        happened_on=timezone.localdate(),
        text="承诺未兑现",
        at=timezone.now(),
    )
    other = ConductCase.objects.exclude(pk=case.pk).get()
    assert client_for(office.leader).get(page_of(other)).status_code == 404
    assert client_for(office.leader).get(page_of(case, "decide")).status_code == 403


@pytest.mark.requirement("L14")
def test_a_commendation_is_in_the_personnel_file(office):
    address = reverse("discipline:reward-new")
    given = {
        "employee": office.agent.pk,
        "kind": "commendation",
        "date": timezone.localdate().isoformat(),
        "reason": "主动帮忙",
    }
    assert client_for(office.leader).post(address, given).status_code == 302
    made = Reward.objects.get()
    panel = reverse("discipline:employee-panel", args=[office.agent.pk])
    assert panel in text_of(office.by, reverse("people:detail", args=[office.agent.pk]))
    assert "主动帮忙" in text_of(office.by, panel)
    assert "主动帮忙" in text_of(office.by, reverse("discipline:reward", args=[made.pk]))
    assert made.number in text_of(office.leader, reverse("discipline:rewards"))
    colleague = office.crew.account(office.crew.agents[1])
    page = reverse("discipline:reward", args=[made.pk])
    assert client_for(colleague).get(page).status_code == 404


def test_the_file_shows_measures_until_their_months_are_over(office, case):
    panel = reverse("discipline:employee-panel", args=[office.agent.pk])
    actions.ask_person(case_id=case.pk, by=office.decider, at=timezone.now())
    assert page_of(case) in text_of(office.by, panel)
    ConductCase.objects.update(visible_until=timezone.localdate() - dt.timedelta(days=1))
    assert page_of(case) not in text_of(office.by, panel)


def test_the_list_takes_the_same_queries_at_any_length(office, case, django_assert_max_num_queries):
    for n in range(4):
        office.case(at=timezone.now() + dt.timedelta(seconds=n))
    client = client_for(office.decider)
    client.get(LIST)
    with django_assert_max_num_queries(16):
        client.get(LIST, {"view": "all"})
    with django_assert_max_num_queries(34):
        client.get(page_of(case))


def test_the_badge_counts_what_waits_for_somebody(office, case):

    assert menu_badge(office.decider) == 1
    assert menu_badge(office.by) == 0
    actions.ask_person(case_id=case.pk, by=office.decider, at=timezone.now())
    assert menu_badge(office.by) == 1
