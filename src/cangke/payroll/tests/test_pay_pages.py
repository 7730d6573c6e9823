"""What people see of pay: each their own, personnel and finance all of it, nobody else anything."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.foundation.access.public import Roles
from cangke.foundation.calendar.public import site_day
from cangke.foundation.jobs.models import Job
from cangke.foundation.sheets.public import run_import
from cangke.payroll import actions, tasks
from cangke.payroll.models import PayItem, PayRun, PayTerm, SlipQuestion
from cangke.people.tests.factories import make_employee
from tests.factories import client_for, make_account

from .factories import (
    APRIL,
    LATER,
    MAY,
    absent,
    calculated,
    locked,
    make_office,
    rest,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db
OTHERS = [role for role in Roles if role not in (Roles.HR, Roles.FINANCE)]


def address(name, *args):
    return reverse(f"payroll:{name}", args=args)


@pytest.mark.requirement("Q1", "L11")
@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("scope", ["all", "self"])
def test_q1_pay_is_seen_by_the_person_personnel_and_finance_only(office, role, scope):
    run = locked(office)
    slip = slip_of(run, office.agent)
    client = client_for(make_account(role, scope=scope))
    for name, pk in (("slip", slip.pk), ("slip-print", slip.pk)):
        assert client.get(address(name, pk)).status_code in (403, 404)
    for name in ("list", "terms-list"):
        assert client.get(address(name)).status_code in (403, 404)
    for name, pk in (("run", run.pk), ("slips", run.pk), ("terms", office.agent.pk)):
        assert client.get(address(name, pk)).status_code in (403, 404)
    why = reverse("rulebook:why", args=["payroll.PaySlip", slip.pk, "base_pay"])
    assert client.get(why).status_code in (403, 404)


@pytest.mark.requirement("Q1")
def test_the_superior_sees_attendance_but_not_pay(office):
    run = locked(office)
    for who in (office.crew.leader, office.crew.boss):
        client = client_for(office.crew.account(who))
        assert client.get(address("slip", slip_of(run, office.agent).pk)).status_code == 404
        assert client.get(address("slip", slip_of(run, who).pk)).status_code == 200


@pytest.mark.requirement("L11", "S6")
def test_one_sees_ones_own_slip_once_it_is_locked_with_a_reason_for_each_line(office):
    work(office, 12, arrives="09:01")
    run = calculated(office)
    slip = slip_of(run, office.agent)
    client = client_for(office.crew.account(office.agent))
    assert client.get(address("slip", slip.pk)).status_code == 404
    assert "还没有工资条" in client.get(address("mine")).content.decode()
    locked(office)
    assert "2026-04" in client.get(address("mine")).content.decode()
    page = client.get(address("slip", slip.pk)).content.decode()
    for line in slip.lines.all():
        url = reverse("rulebook:why", args=["payroll.PaySlip", slip.pk, line.code])
        assert f'href="{url}"' in page
        assert client.get(url).status_code == 200
    assert "-220.00" in page
    paper = client.get(address("slip-print", slip.pk)).content.decode()
    assert "3 × 2200 / 30" in paper
    assert "K21" in paper


def test_acknowledging_and_asking(office):
    slip = slip_of(locked(office), office.agent)
    client = client_for(office.crew.account(office.agent))
    client.post(address("slip-acknowledge", slip.pk))
    slip.refresh_from_db()
    assert slip.acknowledged_at
    client.post(address("slip-ask", slip.pk), {"code": "base_pay", "text": "为什么？"})
    question = SlipQuestion.objects.get()
    hr = client_for(office.hr)
    page = hr.get(address("question", question.pk)).content.decode()
    assert "为什么？" in page
    hr.post(address("question", question.pk), {"answer": "按制度"})
    assert "按制度" in client.get(address("question", question.pk)).content.decode()
    assert client.post(address("question", question.pk), {"answer": "x"}).status_code in (403, 404)


@pytest.mark.requirement("L11", "L12")
def test_personnel_and_finance_close_a_month_by_the_pages(office):
    work(office, 1, 2)
    absent(office, 6, 7)
    hr, finance = client_for(office.hr), client_for(office.finance)
    site = office.agent.site
    answer = hr.post(address("run-new"), {"site": site.pk, "month": "2026-04"})
    run = PayRun.objects.get()
    assert answer.url == address("run", run.pk)
    hr.post(address("run-calculate", run.pk))
    job = Job.objects.get(kind="payroll.calculate")
    tasks.calculate(_progress(job))
    run.refresh_from_db()
    assert run.state == "calculated"
    assert "法定保护" in hr.get(address("run", run.pk)).content.decode()
    hr.post(address("run-submit", run.pk))
    assert hr.post(address("run-lock", run.pk)).status_code == 422
    refused = finance.post(address("run-lock", run.pk))
    assert refused.status_code == 409
    assert office.agent.name in refused.content.decode()
    slip = slip_of(run, office.agent)
    finance.post(address("slip-confirm", slip.pk), {"reason": "已核对"})
    assert finance.post(address("run-lock", run.pk)).status_code == 302
    for each in run.slips.all():
        values = {"holder": "张三", "bank": "宁波银行", "number": "6222 0000 1111 2222"}
        answer = hr.post(address("terms-bank", each.employee_id), values)
        assert answer.status_code == 302
    file = finance.post(address("run-bank", run.pk))
    assert b"6222 0000 1111 2222" in b"".join(file.streaming_content)
    today = site_day(timezone.now(), site.zone)
    assert finance.post(address("run-paid", run.pk), {"paid_on": today}).status_code == 302
    run.refresh_from_db()
    assert (run.state, len(run.bank_hash)) == ("paid", 64)


def _progress(job):
    class Progress:
        arguments = job.arguments

        def step(self, done, total):
            assert done <= total

        def result(self, message, url):
            assert url

    return Progress()


def test_the_bank_number_is_shown_masked(office):
    actions.set_bank_account(
        employee=office.agent,
        bank="宁波银行",
        holder="张三",
        number="6222000011112222",
        by=office.hr,
        at=MAY,
    )
    page = client_for(office.finance).get(address("terms", office.agent.pk)).content.decode()
    assert "6222000011112222" not in page
    assert "2222" in page


def test_terms_by_the_page_keep_what_was_typed_on_a_mistake(office):
    client = client_for(office.hr)
    values = {"from_date": "2020-01-01", "base_pay": "2500", "insurance_total": "0", "tax": "none"}
    bad = client.post(address("terms-new", office.agent.pk), {**values, "reason": "调薪"})
    assert bad.status_code == 422
    assert "入职日" in bad.content.decode()
    assert 'value="2500"' in bad.content.decode()
    assert not PayTerm.objects.exists()
    good = {**values, "from_date": "2026-04-16", "reason": "调薪"}
    assert client.post(address("terms-new", office.agent.pk), good).status_code == 302
    assert PayTerm.objects.get().base_pay == Decimal(2500)


@pytest.mark.requirement("L7")
def test_a_leader_asks_for_an_award_for_the_own_people_only(office):
    leader = make_account("leader", scope="team", scope_id=office.crew.team.pk)
    client = client_for(leader)
    other = make_employee("pre-sales")
    values = {"month": "2026-05", "amount": "300", "reason": "大促第一"}
    assert client.post(address("award-new"), {**values, "employee": other.pk}).status_code == 422
    answer = client.post(address("award-new"), {**values, "employee": office.agent.pk})
    assert answer.status_code == 302
    item = PayItem.objects.get()
    assert item.state == "asked"
    assert client.get(address("item", item.pk)).status_code == 200
    assert client_for(make_account("leader")).get(address("item", item.pk)).status_code == 404


def test_the_lists_take_the_same_queries_at_any_length(django_assert_max_num_queries):
    office = make_office(6)
    run = calculated(office)
    client = client_for(office.hr)
    client.get(address("slips", run.pk))
    with django_assert_max_num_queries(14):
        client.get(address("slips", run.pk))
    with django_assert_max_num_queries(20):
        client.get(address("run", run.pk))
    with django_assert_max_num_queries(14):
        client.get(address("terms-list"))


def test_pages_of_every_kind_open(office):
    work(office, 1, 2, 3)
    absent(office, 6, 7)
    rest(office, 20)
    run = locked(office)
    hr = client_for(office.hr)
    measure = run.slips.get(employee=office.agent).measures.get()
    for name, pk in (("run", run.pk), ("slips", run.pk), ("measure", measure.pk)):
        assert hr.get(address(name, pk)).status_code == 200
    for name in ("list", "terms-list", "items", "measures", "questions", "run-new", "item-new"):
        assert hr.get(address(name)).status_code == 200
    assert hr.get(address("measure-settle", measure.pk)).status_code == 200
    hr.post(address("measure-settle", measure.pk), {"text": "通报批评"})
    measure.refresh_from_db()
    assert measure.state == "published"
    panel = client_for(office.crew.account(office.agent)).get(address("panel"))
    assert "2026-04" in panel.content.decode()


def test_the_export_holds_every_line_and_is_logged(office):
    run = calculated(office)
    answer = client_for(office.finance).get(
        address("slips", run.pk), {"export": "csv", "reason": "入账"}
    )
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert "底薪 2200" in body.decode("utf-8-sig")


@pytest.mark.requirement("L6")
def test_l6_performance_comes_in_from_a_table_and_bad_rows_are_named(office, tmp_path):
    number, name = office.agent.number, office.agent.name
    file = tmp_path / "绩效.csv"
    file.write_text(
        "工号,姓名,月份,绩效,得分\n"
        f"{number},{name},2026-04,600.00,92 分\n"
        f"{number},别人,2026-04,600.00,92 分\n"
        f"E9999x,谁,2026-04,600.00,92 分\n"
        f"{number},{name},四月,600.00,92 分\n"
        f"{number},{name},2026-04,六百,92 分\n"
        f"{number},{name},2026-04,-5,92 分\n",
        encoding="utf-8",
    )
    report = run_import("performance", file, by=None, at=MAY)
    assert (report["taken"], report["refused"]) == (1, 5)
    item = PayItem.objects.get()
    assert (item.amount, item.source, item.reason) == (Decimal(600), "import", "92 分")
    again = run_import("performance", file, by=None, at=LATER)
    assert (again["taken"], again["unchanged"]) == (0, 1)
    locked(office)
    file.write_text(f"工号,月份,绩效\n{number},2026-04,700\n", encoding="utf-8")
    late = run_import("performance", file, by=None, at=LATER)
    assert (late["taken"], late["refused"]) == (0, 1)
    assert PayItem.objects.get().amount == Decimal(600)
    assert item.month == APRIL
