import csv
import io

import pytest

from cangke.foundation.access.public import Roles
from cangke.foundation.audit.public import AuditEntry
from cangke.reports.views import _csv
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


def test_cells_that_look_like_formulas_stay_text():
    text = _csv([["=1+1", "+a", " @b", "\tc", "plain", 5]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == ["'=1+1", "'+a", "' @b", "'\tc", "plain", "5"]
