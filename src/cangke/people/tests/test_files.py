"""The personnel file: abilities, contracts, the work of a month."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.refusal import Refusal
from cangke.people import actions, ports, queries, rules
from cangke.people.models import AbilityRating, Contract
from cangke.people.rules import Ability
from tests.factories import client_for, make_account

from .factories import AT, make_employee, make_team

pytestmark = pytest.mark.django_db
APRIL = dt.date(2025, 4, 1)


@pytest.fixture
def hr():
    return client_for(make_employee("hr-clerk").account)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(name, *args):
    return reverse(f"people:{name}", args=args)


# --- six abilities (R6)


@pytest.mark.requirement("R6")
def test_the_figure_has_six_axes_and_a_dot_for_each_rating():
    radar = rules.draw_radar({"expression": 5, "tools": 1})
    assert [spoke.ability for spoke in radar.spokes] == list(Ability)
    assert len(radar.rings) == 5
    assert len(radar.dots) == 2
    top = radar.dots[0]
    assert (top[0], top[1]) == (radar.middle, radar.middle - 90)
    assert rules.draw_radar({}).shape == ""


@pytest.mark.requirement("R6", "Q10")
def test_a_rating_is_added_and_never_changed_and_not_for_old_months():
    team = make_team()
    leader, agent = make_employee("cs-leader", team), make_employee("pre-sales", team)

    def rate(month, **scores):
        return actions.rate_abilities(
            employee_id=agent.pk, month=month, scores=scores, by=leader.account, at=AT
        )

    assert rate(APRIL, expression=3, tools=4) == 2
    assert rate(APRIL, expression=3, tools=5) == 1
    assert AbilityRating.objects.count() == 3
    line = {each.ability: each for each in queries.abilities_of(agent, APRIL)}
    assert line["tools"].rating.score == 5
    assert line["tools"].before is None
    assert rate(dt.date(2025, 3, 1), tools=2) == 1
    assert {e.ability: e for e in queries.abilities_of(agent, APRIL)}["tools"].before.score == 2
    for wrong in (dt.date(2025, 2, 1), dt.date(2025, 5, 1)):
        with pytest.raises(Refusal):
            rate(wrong, tools=1)
    with pytest.raises(Refusal):
        rate(APRIL)
    with pytest.raises(Refusal):
        actions.rate_abilities(
            employee_id=leader.pk, month=APRIL, scores={"tools": 5}, by=leader.account, at=AT
        )
    assert AbilityRating.objects.count() == 4


@pytest.mark.requirement("R6")
def test_a_leader_rates_and_the_agent_sees_figure_table_and_evidence():
    team = make_team()
    leader, agent = make_employee("cs-leader", team), make_employee("pre-sales", team)
    stranger = make_employee("pre-sales", make_team())
    client = client_for(leader.account)
    month = timezone.localdate().replace(day=1)
    answer = client.post(
        page("rate", agent.pk),
        {"month": f"{month:%Y-%m-%d}", "expression": "4", "expression_note": "讲得清楚"},
    )
    assert answer.status_code == 302, words(answer)[:800]
    assert client.get(page("rate", stranger.pk)).status_code == 404
    ports.ability_facts.plug(
        lambda **_: [ports.AbilityEvidence("promises", "承诺兑现 9 个，未兑现 1 个")]
    )
    try:
        seen = client_for(agent.account).get(page("abilities", agent.pk))
    finally:
        ports.ability_facts.unplug()
    text = words(seen)
    assert "讲得清楚" in text
    assert "承诺兑现 9 个，未兑现 1 个" in text
    assert "还没有数据" in text
    assert seen.content.decode().count("ck-radar__dot") == 1
    assert client_for(stranger.account).get(page("abilities", agent.pk)).status_code == 404


# --- the work of the month (R11)


@pytest.mark.requirement("R11")
def test_the_page_shows_the_months_work_under_the_five_fields(hr):
    agent = make_employee("pre-sales")
    asked = []

    def done(*, employee_id, first_date, last_date):
        asked.append((employee_id, first_date, last_date))
        return [
            ports.WorkCount("logistics", "追问仓库", 7),
            ports.WorkCount("care", "结束的会话", 120, "/x/"),
        ]

    ports.work_done.plug(done)
    try:
        text = words(hr.get(page("detail", agent.pk)))
        february = words(hr.get(page("work", agent.pk) + "?month=2024-02"))
    finally:
        ports.work_done.unplug()
    for label in ("物流协调", "订单处理", "问题解决", "客户服务", "数据分析"):
        assert label in text
    assert "追问仓库 7" in text
    assert "结束的会话 120" in february
    assert asked[-1] == (agent.pk, dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    for wrong in ("2999-01", "x", "2025-13"):
        assert hr.get(page("work", agent.pk) + f"?month={wrong}").status_code == 404


# --- contracts (R8)


@pytest.mark.requirement("R8", "Q1")
def test_contracts_are_kept_voided_with_a_reason_and_seen_by_few(hr):
    team = make_team()
    agent = make_employee("pre-sales", team)
    leader = client_for(make_employee("cs-leader", team).account)
    form = {"number": "HT-001", "kind": "fixed", "from_date": "2025-01-01"}
    missing = hr.post(page("contract-new", agent.pk), form)
    assert missing.status_code == 422
    assert "要填到期日" in missing.content.decode()
    assert not Contract.objects.exists()
    assert (
        hr.post(page("contract-new", agent.pk), {**form, "to_date": "2027-12-31"}).status_code
        == 302
    )
    again = hr.post(page("contract-new", agent.pk), {**form, "to_date": "2027-12-31"})
    assert "合同编号已被使用" in again.content.decode()
    contract = Contract.objects.get()
    assert "HT-001" in words(hr.get(page("detail", agent.pk)))
    assert "HT-001" in words(client_for(agent.account).get(page("detail", agent.pk)))
    assert "HT-001" not in words(leader.get(page("detail", agent.pk)))
    assert leader.get(page("contract-new", agent.pk)).status_code == 403
    hr.post(page("contract-void", contract.pk), {"reason": "写错了"})
    assert "写错了" in words(hr.get(page("detail", agent.pk)))
    assert hr.post(page("contract-void", contract.pk), {"reason": "再"}).status_code == 422


@pytest.mark.requirement("R8", "Q1")
def test_the_scan_of_a_contract_is_opened_by_the_person_and_by_personnel_only(hr):
    team = make_team()
    agent = make_employee("pre-sales", team)
    form = {"number": "HT-002", "kind": "open", "from_date": "2025-01-01"}
    url = page("contract-new", agent.pk)
    wrong = SimpleUploadedFile("contract.html", b"<script>alert(1)</script>", "text/html")
    assert hr.post(url, {**form, "scan": wrong}).status_code == 422
    assert not Contract.objects.exists()
    scan = SimpleUploadedFile("contract.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert hr.post(url, {**form, "scan": scan}).status_code == 302
    kept = Contract.objects.get().scan
    where = reverse("files:download", args=[kept.key])
    assert where in hr.get(page("detail", agent.pk)).content.decode()
    assert hr.get(where).status_code == 200
    assert client_for(agent.account).get(where).status_code == 200
    for other in (make_employee("cs-leader", team), make_employee("pre-sales", team)):
        assert client_for(other.account).get(where).status_code == 404


@pytest.mark.requirement("R8")
def test_the_file_opens_employment_status_contract_and_the_rest_from_one_page(hr):
    agent = make_employee("pre-sales")
    text = hr.get(page("detail", agent.pk)).content.decode()
    for said in ("任职记录", "合同", "本月工作", "任职资格与能力", "本月考勤"):
        assert said in text
    for name in ("standing", "abilities", "work"):
        assert f'href="{page(name, agent.pk)}"' in text
    for panel in ("regularization:employee-panel", "discipline:employee-panel"):
        assert reverse(panel, args=[agent.pk]) in text
    assert (
        reverse("discipline:employee-panel", args=[agent.pk])
        not in client_for(agent.account)
        .get(page("detail", make_employee("pre-sales").pk))
        .content.decode()
    )


@pytest.mark.requirement("Q1")
def test_an_agent_cannot_open_another_agents_file_and_the_attempt_is_logged():
    team = make_team()
    agent, other = make_employee("pre-sales", team), make_employee("pre-sales", team)
    client = client_for(agent.account)
    assert client.get(page("detail", agent.pk)).status_code == 200
    before = AuditEntry.objects.filter(actor=agent.account).count()
    for name in ("detail", "work", "abilities", "standing"):
        assert client.get(page(name, other.pk)).status_code == 404
    assert AuditEntry.objects.filter(actor=agent.account).count() > before


def test_the_pay_agreed_is_not_for_leaders_to_see():
    team = make_team()
    agent = make_employee("pre-sales", team)
    actions.confirm(
        employee_id=agent.pk, from_date=dt.date(2025, 4, 3), by=None, at=AT, pay_scheme="正式方案甲"
    )
    leader = client_for(make_employee("cs-leader", team).account)
    assert "正式方案甲" not in words(leader.get(page("detail", agent.pk)))
    boss = client_for(make_account("hr"))
    assert "正式方案甲" in words(boss.get(page("detail", agent.pk)))
    account = Account.objects.get(pk=agent.account_id)
    assert "正式方案甲" in words(client_for(account).get(page("detail", agent.pk)))
