import csv
import io

import pytest
from django.utils import timezone

from cangke.foundation.access.public import Roles
from cangke.foundation.audit.public import AuditEntry
from cangke.reports.views.shared import as_csv
from cangke.rulebook.public import ensure_first_version
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


def test_an_empty_period_says_so_and_shows_zeros():
    page = client_for(make_account(Roles.SUPERVISOR)).get("/reports/service/").content.decode()
    assert "这段时间没有会话" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("period=days", "请填写开始和结束日期"),
        ("period=days&first=2026-05-02&last=2026-05-01", "结束日期不能早于开始日期"),
        ("period=days&first=2020-01-01&last=2026-05-01", "一次最多查 400 天"),
        ("period=someday", "someday"),
    ],
)
def test_bad_days_are_said_at_their_field(query, sentence):
    response = client_for(make_account(Roles.SUPERVISOR)).get(f"/reports/service/?{query}")
    assert response.status_code == 422
    assert sentence in response.content.decode()


@pytest.mark.requirement("Q3")
def test_an_export_is_on_record_and_needs_its_right():
    leader = make_account(Roles.SUPERVISOR)
    response = client_for(leader).get("/reports/service/export/?period=today")
    assert response.status_code == 200
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][0] == "咨询量"
    entry = AuditEntry.objects.get(action="reports.exported")
    assert entry.actor == leader
    assert client_for(make_account(Roles.AGENT)).get("/reports/service/export/").status_code == 403


def test_a_figure_opens_its_turns_and_its_definition():
    browser = client_for(make_account(Roles.SUPERVISOR))
    assert browser.get("/reports/service/turns/first_response/").status_code == 200
    page = browser.get("/reports/service/why/rate_3_minutes/").content.decode()
    assert "180" in page
    assert "08:00" in page
    assert browser.get("/reports/service/turns/nonsense/").status_code == 404
    assert browser.get("/reports/service/why/nonsense/").status_code == 404


@pytest.mark.requirement("P1", "A5")
def test_the_definitions_chosen_stay_in_address_explanation_turns_and_export():
    browser = client_for(make_account(Roles.SUPERVISOR))
    page = browser.get("/reports/service/?period=today&basis=taobao").content.decode()
    assert "旺旺人工平均响应时间" in page
    assert "首次响应时间" not in page
    why = "/reports/service/why/taobao_average_response/"
    assert f"{why}?period=today&amp;basis=taobao" in page
    assert "/reports/service/export/?period=today&amp;basis=taobao" in page
    told = browser.get(f"{why}?period=today&basis=taobao").content.decode()
    assert "A5.11 旺旺人工平均响应时间" in told
    assert "每轮最多计 600 秒" in told
    assert browser.get(f"{why}?period=today").status_code == 404, "no figure of the house"
    turns = "/reports/service/turns/taobao_average_response/?period=today&basis=taobao"
    assert "每轮最多计 600 秒" in browser.get(turns).content.decode()
    sheet = browser.get("/reports/service/export/?period=today&basis=taobao")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert ["指标口径", "", "淘宝"] in rows
    assert "旺旺人工平均响应时间" in {row[0] for row in rows}
    assert browser.get("/reports/service/?basis=nobody").status_code == 422


@pytest.mark.requirement("S6")
def test_a_figure_names_the_clause_and_version_it_goes_by():
    version = ensure_first_version(at=timezone.now())
    browser = client_for(make_account(Roles.SUPERVISOR))
    told = browser.get("/reports/service/why/first_response/?period=today").content.decode()
    assert "A5.1 首次响应时间" in told
    assert f"第 {version.number} 版" in told
    assert f"version={version.number}#desk.first_response" in told


def test_cells_that_look_like_formulas_stay_text():
    text = as_csv([["=1+1", "+a", " @b", "\tc", "plain", 5]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == ["'=1+1", "'+a", "' @b", "'\tc", "plain", "5"]
