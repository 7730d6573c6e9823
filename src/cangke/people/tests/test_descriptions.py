"""Job descriptions, the demands of a post, and who meets them."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from cangke.people import actions, ports, queries, rules
from cangke.people.models import JobDescription
from cangke.people.rules import Brought, Demand, Education, Part, Profile
from tests.factories import client_for

from .factories import AT, make_employee, make_team, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr():
    return client_for(make_employee("hr-clerk").account)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def describe(code, **values):
    return actions.describe_post(
        post_id=post(code).pk, dated=dt.date(2025, 4, 1), by=None, at=AT, **values
    )


# --- the rule


@pytest.mark.requirement("R5")
@pytest.mark.parametrize(
    ("has", "met"),
    [
        (Education.ANY, False),
        (Education.COLLEGE, False),
        (Education.BACHELOR, True),
        (Education.MASTER, True),
    ],
)
def test_education_counts_from_the_level_asked_for_upward(has, met):
    lines = rules.compare(Profile(education=Education.BACHELOR), Brought(education=has))
    assert [line.is_met for line in lines] == [met]


@pytest.mark.requirement("R5")
def test_what_is_only_preferred_is_no_gap():
    profile = Profile(
        major="物流", major_demand=Demand.PREFERRED, experience_demand=Demand.REQUIRED
    )
    lines = rules.compare(profile, Brought())
    assert [line.part for line in lines] == [Part.MAJOR, Part.EXPERIENCE]
    assert [line.part for line in rules.gaps(lines)] == [Part.EXPERIENCE]


def test_words_are_compared_without_regard_to_capitals_and_a_free_post_asks_nothing():
    profile = Profile(skills=("WMS", "office"), languages=("en",))
    lines = rules.compare(profile, Brought(skills=["wms "], languages=["en"]))
    assert [(line.wanted, line.is_met) for line in lines] == [
        ("WMS", True),
        ("office", False),
        ("en", True),
    ]
    assert rules.compare(Profile(), Brought()) == []


# --- the form


@pytest.mark.requirement("R4", "AMB-32")
def test_the_form_of_the_semi_finished_goods_clerk_prints_in_the_usual_layout(hr):
    actions.load_post_catalogue(by=None, at=AT)
    actions.load_descriptions(at=AT)
    page = hr.get(reverse("people:post-print", args=[post("warehouse-clerk").pk]))
    text = words(page)
    assert "半成品仓务员" in text
    assert "4 人" in text
    order = [
        "岗位名称", "岗位定员", "所在部门", "岗位编号", "岗位等级", "薪资标准", "直接上级",
        "编制日期", "可轮调岗位", "可晋升岗位", "直接下属", "间接下属", "在组织中的位置",
        "岗位职责", "权限范围", "使用设备", "任职资格", "内部联系", "外部联系", "考核标准",
    ]  # fmt: skip
    places = [text.index(label) for label in order]
    assert places == sorted(places)
    assert "初中及以上" in text
    assert "年龄" not in text  # it is known to the form, and hidden
    described = queries.description_of(post("warehouse-clerk").pk)
    assert described.age == "22–30"


@pytest.mark.requirement("R4")
def test_a_new_version_is_in_force_and_the_old_one_can_be_read(hr):
    actions.load_post_catalogue(by=None, at=AT)
    actions.load_descriptions(at=AT)
    row = post("pre-sales")
    page = reverse("people:post-describe", args=[row.pk])
    data = {
        "title": "售前客服", "dated": "2025-05-01", "currency": "CNY", "salary_from": "5000",
        "salary_to": "4000", "w_duties": "接待咨询\n核对订单", "shows_age": "on", "age": "不限",
    }  # fmt: skip
    refused = hr.post(page, data)
    assert refused.status_code == 422
    assert "薪资上限不能低于下限" in refused.content.decode()
    assert row.descriptions.count() == 1
    empty = hr.post(page, {**data, "salary_to": "6000", "w_duties": " "})
    assert "请至少写明岗位职责" in empty.content.decode()
    assert hr.post(page, {**data, "salary_to": "6000"}).status_code == 302
    newest = queries.description_of(row.pk)
    assert (newest.version, newest.words) == (2, {"duties": "接待咨询\n核对订单"})
    detail = reverse("people:post", args=[row.pk])
    assert "年龄" in words(hr.get(detail))
    assert "核对订单、地址和特殊要求" in words(hr.get(f"{detail}?version=1"))
    assert hr.get(f"{detail}?version=9").status_code == 404


@pytest.mark.requirement("R9")
def test_the_description_shows_the_working_conditions_and_the_pay_to_whom_it_concerns(hr):
    actions.load_post_catalogue(by=None, at=AT)
    actions.load_descriptions(at=AT)
    page = reverse("people:post", args=[post("logistics-cs-specialist").pk])
    text = words(hr.get(page))
    for said in ("物流中心", "每周 40 小时", "6,500.00", "8,000.00", "电脑、电话"):
        assert said in text
    stranger = client_for(make_employee("pre-sales").account)
    assert "6,500.00" not in words(stranger.get(page))
    own = client_for(make_employee("logistics-cs-specialist").account)
    assert "6,500.00" in words(own.get(page))


@pytest.mark.requirement("R11")
def test_every_post_of_customer_service_lists_its_five_core_fields(hr):
    actions.load_post_catalogue(by=None, at=AT)
    actions.load_descriptions(at=AT)
    for code in ("pre-sales", "after-sales", "logistics-cs-specialist", "warehouse-cs"):
        text = words(hr.get(reverse("people:post", args=[post(code).pk])))
        for label in ("物流协调", "订单处理", "问题解决", "客户服务", "数据分析"):
            assert label in text


@pytest.mark.requirement("R7")
def test_the_page_of_a_post_shows_the_next_posts_with_their_demands(hr):
    actions.load_post_catalogue(by=None, at=AT)
    actions.load_descriptions(at=AT)
    text = words(hr.get(reverse("people:post", args=[post("cs-specialist").pk])))
    for name in ("客服主管", "物流运营主管", "客户服务经理"):
        assert name in text
    assert "5 年以上" in text
    warehouse = queries.description_of(post("warehouse-cs").pk)
    assert "warehouse-manager" in warehouse.promotion
    storage = queries.description_of(post("warehouse-manager").pk)
    assert storage.promotion == ["logistics-manager"]


@pytest.mark.requirement("R5")
def test_an_employee_against_the_profile_shows_gaps_and_gaps_suggest_training(hr):
    describe(
        "pre-sales", education="college", skills=["平台工具"], qualities=["责任心"],
        words={"duties": "接待"},
    )  # fmt: skip
    employee = make_employee("pre-sales", skills=["平台工具"])
    page = reverse("people:standing", args=[employee.pk])
    text = words(hr.get(page))
    assert "2 项差距" in text
    assert "安排培训：责任心" in text
    ports.training_for.plug(lambda *, topic: [("怎样负责", "/knowledge/1/")])
    try:
        assert 'href="/knowledge/1/"' in hr.get(page).content.decode()
    finally:
        ports.training_for.unplug()
    answer = hr.post(
        reverse("people:qualification", args=[employee.pk]),
        {
            "education": "bachelor", "experience_years": "1", "skills": "平台工具",
            "languages": ["zh-hans"], "qualities": ["责任心"],
        },
    )  # fmt: skip
    assert answer.status_code == 302, words(answer)[:1500]
    assert "全部具备" in words(hr.get(page))


@pytest.mark.requirement("R5", "Q1")
def test_nobody_vouches_for_themselves_and_an_agent_sees_only_the_own_standing():
    team = make_team()
    agent, other = make_employee("pre-sales", team), make_employee("pre-sales", team)
    client = client_for(agent.account)
    assert client.get(reverse("people:standing", args=[agent.pk])).status_code == 200
    assert client.get(reverse("people:standing", args=[other.pk])).status_code in (403, 404)
    refused = client.post(reverse("people:qualification", args=[agent.pk]), {})
    assert refused.status_code in (403, 404)
    leader = make_employee("cs-leader", team)
    answer = client_for(leader.account).get(reverse("people:qualification", args=[leader.pk]))
    assert "由上级或人事登记" in answer.content.decode()


@pytest.mark.requirement("R4")
def test_shipped_descriptions_come_once_and_never_over_the_companys_own():
    actions.load_post_catalogue(by=None, at=AT)
    describe("pre-sales", words={"duties": "自己的"})
    assert actions.load_descriptions(at=AT) > 10
    assert actions.load_descriptions(at=AT) == 0
    assert queries.description_of(post("pre-sales").pk).words == {"duties": "自己的"}
    codes = set(rules.WORDS)
    for row in JobDescription.objects.exclude(post__code="pre-sales"):
        assert set(row.words) <= codes
        assert set(row.words) == set(row.words_en)
