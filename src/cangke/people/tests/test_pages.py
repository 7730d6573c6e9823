"""What a person sees of the organisation."""

import datetime as dt

import pytest
from django.urls import reverse

from cangke.people.models import Department, Employee, Headcount, Shop, Team
from cangke.people.models.organisation import feature_choices
from cangke.people.rules import FEATURES
from tests.factories import client_for, make_account

from .factories import make_department, make_employee, make_shop, make_site, make_team, post

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"people:{name}", args=args)


@pytest.fixture
def hr():
    return client_for(make_account("hr"))


@pytest.mark.requirement("R1")
def test_the_chart_shows_planned_and_actual(hr):
    team = make_team(department=make_department(name="电商客服部"))
    employee = make_employee("pre-sales", team, name="张三")
    answer = hr.post(
        url("headcount"),
        {
            "department": team.department_id,
            "team": team.pk,
            "post": employee.post_id,
            "planned": 3,
        },
    )
    assert answer.status_code == 302
    assert Headcount.objects.get().planned == 3
    for planned in (4, 3):
        where = {"department": team.department_id, "team": team.pk, "post": employee.post_id}
        assert hr.post(url("headcount"), {**where, "planned": planned}).status_code == 302
    assert Headcount.objects.get().planned == 3
    page = hr.get(url("chart")).content.decode()
    for words in ("电商客服部", "售前客服", "张三", "缺 2"):
        assert words in page, words


@pytest.mark.requirement("R1")
def test_the_lines_of_reporting_show_direct_and_indirect_and_lose_nobody_in_a_ring(hr):
    team = make_team()
    manager = make_employee("cs-supervisor", team, name="经理")
    leader = make_employee("cs-leader", team, name="组长", superior=manager)
    for n in range(3):
        make_employee("pre-sales", team, name=f"组员{n}", superior=leader)
    page = hr.get(url("lines")).content.decode()
    assert "直接 1，全部 4" in page
    assert "直接 3，全部 3" in page
    Employee.objects.filter(pk=manager.pk).update(superior=leader)
    ring = hr.get(url("lines")).content.decode()
    for name in ("经理", "组长", "组员0", "组员2"):
        assert name in ring


@pytest.mark.requirement("R2")
def test_hiring_by_the_form(hr):
    site, department = make_site(), make_department()
    data = {
        "name": "李强",
        "employed_from": "2025-04-01",
        "department": department.pk,
        "post": post("after-sales").pk,
        "site": site.pk,
        "languages": ["zh-hans", "en"],
        "skills": "退款，索赔",
        "username": "liqiang",
    }
    refused = hr.post(url("new"), {**data, "password": "a-long-enough-one"})
    assert refused.status_code == 422
    assert "账户管理员" in refused.content.decode()
    assert not Employee.objects.exists()
    answer = hr.post(url("new"), data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    employee = Employee.objects.get()
    assert employee.skills == ["退款", "索赔"]
    assert employee.account.language == ("en" if "zh-hans" not in employee.languages else "")
    assert employee.account.username == "liqiang"
    again = hr.post(url("new"), data)
    assert again.status_code == 422
    assert "登录名已被使用" in again.content.decode()
    assert Employee.objects.count() == 1


@pytest.mark.requirement("Q8")
def test_transfer_suspend_reinstate_and_leave(hr):
    employee = make_employee("pre-sales")
    other = make_team()
    hr.post(
        url("transfer", employee.pk),
        {
            "from_date": dt.date.today().isoformat(),  # noqa: DTZ011  # what a form would say
            "department": other.department_id,
            "team": other.pk,
            "post": employee.post_id,
            "site": other.site_id,
            "reason": "轮岗",
        },
    )
    employee.refresh_from_db()
    assert employee.team == other
    hr.post(url("suspend", employee.pk), {"reason": "调查"})
    employee = Employee.objects.select_related("account").get()
    assert not employee.account.is_active
    hr.post(url("reinstate", employee.pk), {"status": "regular", "reason": "查清"})
    employee.refresh_from_db()
    assert employee.status == "probation"  # only the procedure makes somebody regular
    page = hr.get(url("detail", employee.pk)).content.decode()
    assert "轮岗" in page
    missing = hr.post(url("leave", employee.pk), {"last_date": "2025-12-31"})
    assert missing.status_code == 422
    hr.post(
        url("leave", employee.pk),
        {"last_date": dt.date.today().isoformat(), "reason": "辞职"},  # noqa: DTZ011
    )
    employee.refresh_from_db()
    assert employee.status == "left"
    assert url("transfer", employee.pk) not in hr.get(url("detail", employee.pk)).content.decode()


@pytest.mark.requirement("R10")
def test_switching_off_a_function_hides_its_menu(hr):
    team = make_team(make_shop())
    agent = client_for(make_employee("pre-sales", team).account)
    orders = reverse("orders:list")
    assert f'href="{orders}"' in agent.get(url("chart")).content.decode()
    department = Department.objects.get(pk=team.department_id)
    answer = hr.post(
        url("unit", "departments", department.pk),
        {
            "code": department.code,
            "name": department.name,
            "kind": department.kind,
            "features_off": ["orders"],
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert f'href="{orders}"' not in agent.get(url("chart")).content.decode()


def test_units_are_listed_made_and_changed(hr):
    site = make_site()
    hr.post(
        url("unit-new", "sites"),
        {"code": "lax", "name": "洛杉矶", "zone": "America/Los_Angeles", "country": "us",
         "currency": "USD"},
    )  # fmt: skip
    assert "洛杉矶" in hr.get(url("units", "sites")).content.decode()
    data = {
        "code": "yg", "name": "亿果", "site": site.pk, "state": "upcoming", "language": "zh-hans",
        "currency": "CNY", "colour": "#2b56c6", "marketplace": "taobao",
    }  # fmt: skip
    refused = hr.post(url("unit-new", "shops"), data)
    assert refused.status_code == 422
    assert "上线日" in refused.content.decode()
    assert not Shop.objects.exists()
    hr.post(url("unit-new", "shops"), {**data, "launch_date": "2025-05-01"})
    shop = Shop.objects.get()
    department = make_department()
    hr.post(
        url("unit-new", "teams"),
        {"code": "yz", "name": "扬州组", "department": department.pk, "site": site.pk,
         "shop_ids": [shop.pk], "duty_tags": "配合时不时开车"},
    )  # fmt: skip
    team = Team.objects.get()
    assert list(team.shops.all()) == [shop]
    assert team.duty_tags == ["配合时不时开车"]
    page = hr.get(url("units", "teams")).content.decode()
    assert "亿果" in page
    assert hr.get(url("units", "nothing")).status_code == 404
    assert hr.get(f"{url('units', 'posts')}?sort=nothing").status_code == 400


@pytest.mark.requirement("R10")
def test_switching_off_a_function_hides_its_figures_on_the_home_page_too():
    team = make_team(make_shop())
    client = client_for(make_employee("cs-leader", team).account)
    board, own = reverse("supervision:panel"), reverse("desk:my-panel")
    before = client.get("/").content.decode()
    assert board in before
    assert own in before
    Department.objects.filter(pk=team.department_id).update(features_off=["supervision"])
    after = client.get("/").content.decode()
    assert board not in after
    assert own in after
    assert f'href="{reverse("supervision:board")}"' not in after


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    ("feature", "page"),
    [
        ("attendance", "attendance:mine"),
        ("quality", "quality:list"),
        ("regularization", "regularization:list"),
        ("tickets", "tickets:list"),
    ],
)
def test_a_department_does_without_any_of_these_rooms(feature, page):
    team = make_team(make_shop())
    client = client_for(make_employee("cs-supervisor", team).account)
    entry = f'href="{reverse(page)}"'
    assert entry in client.get("/").content.decode()
    Department.objects.filter(pk=team.department_id).update(features_off=[feature])
    assert entry not in client.get("/").content.decode()


def test_every_function_that_may_be_switched_off_has_a_name():
    assert [code for code, _label in feature_choices()] == list(FEATURES)


@pytest.mark.parametrize("kind", ["departments", "teams", "shops", "brands", "sites", "posts"])
def test_unit_lists_ask_a_fixed_number_of_times(hr, kind, django_assert_max_num_queries):
    counts = []
    for _round in range(2):
        for _n in range(3):
            make_team(make_shop())
        hr.get(url("units", kind))
        with django_assert_max_num_queries(16) as asked:
            assert hr.get(url("units", kind)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_employee_list_asks_a_fixed_number_of_times(hr, django_assert_max_num_queries):
    counts = []
    for total in (1, 8):
        while Employee.objects.count() < total:
            make_employee()
        hr.get(url("list"))
        with django_assert_max_num_queries(14) as asked:
            page = hr.get(url("list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "13800138000" not in page.content.decode()


@pytest.mark.requirement("Q1", "Q2")
def test_agents_see_the_chart_and_nobodys_file():
    team = make_team()
    agent = client_for(make_employee("pre-sales", team).account)
    leader = client_for(make_employee("cs-leader", team).account)
    employee = make_employee("pre-sales", team, phone="13800138000")
    stranger = make_employee("pre-sales")
    assert agent.get(url("chart")).status_code == 200
    assert agent.get(url("list")).status_code == 403
    assert agent.get(url("detail", employee.pk)).status_code == 404
    assert leader.get(url("detail", stranger.pk)).status_code == 404
    page = leader.get(url("detail", employee.pk)).content.decode()
    assert "138****8000" in page
    hr = client_for(make_account("hr"))
    form = hr.get(url("edit", employee.pk)).content.decode()
    assert "13800138000" not in form
    kept = {"name": "张三丰", "languages": ["en"]}
    assert hr.post(url("edit", employee.pk), kept).status_code == 302
    employee.refresh_from_db()
    assert (employee.name, employee.phone) == ("张三丰", "13800138000")
    assert leader.post(url("suspend", employee.pk), {"reason": "x"}).status_code == 403
