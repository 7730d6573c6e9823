import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.knowledge import actions
from cangke.knowledge.models import Article, Script
from cangke.knowledge.tests.factories import AT, make_crew, make_script
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_order
from cangke.people.models import Team
from cangke.people.tests.factories import make_shop
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_crew()


def page(client, name, *args, status=200, **query):
    response = client.get(reverse(f"knowledge:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


WORDS = {"title": "少发补发", "body": "{{customer.name}}您好，给您补发。", "stage": "aftersale"}


@pytest.mark.requirement("J3")
def test_from_proposal_to_everybodys_slash(crew):
    agent, leader, other = map(client_for, (crew.agent, crew.leader, crew.other))
    assert agent.get(reverse("knowledge:script-new")).status_code == 200
    made = agent.post(reverse("knowledge:script-new"), {**WORDS, "reach": "all", "shortcut": "bf"})
    script = Script.objects.get()
    assert made["Location"] == reverse("knowledge:script", args=[script.pk])
    assert script.state == "proposed"
    assert other.get(reverse("knowledge:script", args=[script.pk])).status_code == 404
    assert "通过并共享" not in page(agent, "script", script.pk)
    assert "通过并共享" in page(leader, "script", script.pk)
    assert "少发补发" in page(leader, "list", waiting="true")
    url = reverse("knowledge:script-review", args=[script.pk])
    assert agent.post(url, {"decision": "approve"}).status_code == 403
    assert leader.post(url, {"decision": "return", "note": ""}).status_code == 422
    assert leader.post(url, {"decision": "approve"}).status_code == 302
    menu = page(other, "scripts", q="bf", stage="aftersale")
    assert f'data-script="{script.pk}"' in menu
    assert "【客户称呼】您好" in menu
    assert "没有相符的话术" in page(other, "scripts", q="bf", stage="presale")


def test_the_slash_fills_what_the_conversation_knows(crew):
    shop = make_shop(name="海港礼品")
    Team.objects.get(pk=crew.team.pk).shops.add(shop)
    order = make_order(shop)
    Order.objects.filter(pk=order.pk).update(
        promised_ship_at=dt.datetime(2031, 5, 2, 10, 0, tzinfo=dt.UTC)
    )
    make_script(
        body="订单 {{order.number}} 约定 {{order.promised_at}} 发出，{{shop.name}} {{agent.name}}",
        body_en="Order {{order.number}} leaves {{order.promised_at}}",
    )
    client = client_for(crew.agent)
    name = crew.agent.display_name
    told = page(client, "scripts", order=order.pk)
    assert f"订单 {order.external_no} 约定 5月2日 18:00 发出，海港礼品 {name}" in told
    told = page(client, "scripts", order=order.pk, language="en")
    assert f"Order {order.external_no} leaves 2 May 18:00" in told


def test_the_slash_tells_nothing_of_a_foreign_order(crew):
    order = make_order()
    make_script(body="订单 {{order.number}}")
    told = page(client_for(crew.agent), "scripts", order=order.pk)
    assert order.external_no not in told
    assert "订单 【订单号】" in told


@pytest.mark.parametrize("query", [{"order": "x"}, {"customer": "-1"}, {"shop": "9" * 30}])
def test_malformed_ids_are_told_so(crew, query):
    page(client_for(crew.agent), "scripts", status=400, **query)


def test_what_a_script_holds_is_shown_as_text(crew):
    make_script(title="<b>粗</b>", body='<script>alert(1)</script>{{customer.name}}"x"')
    told = page(client_for(crew.agent), "scripts")
    assert "<script>" not in told
    assert "&lt;script&gt;" in told
    assert "<b>粗" not in page(client_for(crew.agent), "list")


def test_a_bad_text_keeps_what_was_typed(crew):
    client = client_for(crew.agent)
    data = {**WORDS, "reach": "me", "body": "{{customer.phone}}您好"}
    response = client.post(reverse("knowledge:script-new"), data)
    assert response.status_code == 422
    text = response.content.decode()
    assert "没有名为 customer.phone 的变量" in text
    assert "{{customer.phone}}您好" in text
    assert not Script.objects.exists()


def test_a_change_by_an_agent_waits_and_by_a_leader_does_not(crew):
    script = make_script(title="查物流")
    agent, leader = client_for(crew.agent), client_for(crew.leader)
    url = reverse("knowledge:script-edit", args=[script.pk])
    assert "提议修改" in page(agent, "script", script.pk)
    data = {**WORDS, "reach": "all", "number": "1", "note": "更清楚"}
    agent.post(url, data)
    script.refresh_from_db()
    assert script.title == "查物流"
    assert Script.objects.get(replaces=script).state == "proposed"
    leader.post(url, data)
    script.refresh_from_db()
    assert (script.title, script.number) == ("少发补发", 2)
    stale = leader.post(url, data)
    assert stale.status_code == 422
    assert "刚被别人改过" in stale.content.decode()
    assert "更清楚" in page(leader, "script", script.pk)


def test_own_scripts_are_closed_to_others(crew):
    script = make_script(by=crew.agent, reach="me")
    other = client_for(crew.other)
    for name in ("script", "script-edit"):
        page(other, name, script.pk, status=404)
    assert other.post(reverse("knowledge:script-retire", args=[script.pk])).status_code == 404
    owner = client_for(crew.agent)
    assert owner.post(reverse("knowledge:script-retire", args=[script.pk])).status_code == 302
    script.refresh_from_db()
    assert script.state == "retired"
    page(owner, "script-edit", script.pk, status=403)


def test_shared_scripts_are_not_retired_by_agents(crew):
    script = make_script()
    agent = client_for(crew.agent)
    assert agent.post(reverse("knowledge:script-retire", args=[script.pk])).status_code == 422
    script.refresh_from_db()
    assert script.state == "active"


def test_folders_are_kept_by_reviewers(crew):
    leader = client_for(crew.leader)
    page(client_for(crew.agent), "folders", status=403)
    assert "还没有目录" in page(leader, "folders")
    leader.post(reverse("knowledge:folder-new"), {"name": "售后"})
    script = make_script()
    folder_page = page(leader, "folders")
    assert "售后" in folder_page
    folder = script._meta.get_field("folder").related_model.objects.get()
    Script.objects.filter(pk=script.pk).update(folder=folder)
    assert script.title in page(leader, "list", folder=folder.pk)
    refused = leader.post(reverse("knowledge:folder-remove", args=[folder.pk]))
    assert refused.status_code == 422
    leader.post(reverse("knowledge:folder", args=[folder.pk]), {"name": "售后问题"})
    folder.refresh_from_db()
    assert folder.name == "售后问题"
    assert (
        leader.post(reverse("knowledge:folder", args=[folder.pk]), {"name": ""}).status_code == 422
    )


@pytest.mark.requirement("J1")
def test_a_changed_article_shows_its_old_version(crew):
    leader, agent = client_for(crew.leader), client_for(crew.agent)
    data = {
        "category": "rates",
        "title": "仓储费标准",
        "body": "每天 1.2 元",
        "title_en": "Storage rates",
        "body_en": "1.2 yuan a day",
        "audience": "all",
        "valid_until": "2020-01-01",
    }
    assert agent.get(reverse("knowledge:article-new")).status_code == 403
    assert leader.post(reverse("knowledge:article-new"), data).status_code == 302
    article = Article.objects.get()
    changed = {**data, "body": "每天 1.5 元", "number": "1", "note": "涨价"}
    assert leader.post(reverse("knowledge:article-edit", args=[article.pk]), changed)["Location"]
    text = page(agent, "article", article.pk)
    assert "每天 1.5 元" in text
    assert "已过期" in text
    assert "每天 1.2 元" in page(agent, "article", article.pk, version=1)
    page(agent, "article", article.pk, version=7, status=404)
    page(agent, "article", article.pk, version="x", status=400)
    assert "仓储费标准" in page(agent, "articles", q="仓储费")
    assert "仓储费标准" in page(agent, "articles", q="storage")
    assert "仓储费标准" in page(agent, "articles", expired="true")
    assert "仓储费标准" not in page(agent, "articles", q="运费")
    stale = leader.post(reverse("knowledge:article-edit", args=[article.pk]), changed)
    assert stale.status_code == 422
    assert agent.post(reverse("knowledge:article-retire", args=[article.pk])).status_code == 403
    leader.post(reverse("knowledge:article-retire", args=[article.pk]))
    assert "仓储费标准" not in page(agent, "articles")


def test_clients_of_the_warehouse_see_neither_scripts_nor_articles(crew):
    script = make_script()
    client = client_for(make_account("client", kind="client"))
    for name, args in (("list", []), ("scripts", []), ("articles", []), ("script", [script.pk])):
        page(client, name, *args, status=403)


@pytest.mark.parametrize("many", [1, 40])
def test_the_lists_take_the_same_queries_at_any_length(crew, many, django_assert_max_num_queries):
    for n in range(many):
        make_script(by=crew.leader)
        actions.write_article(
            draft=actions.ArticleDraft(category="other", title=f"文{n}", body="正文"),
            by=crew.leader,
            at=AT,
        )
    client = client_for(crew.agent)
    page(client, "list")
    for name, most in (("list", 18), ("articles", 18)):
        with django_assert_max_num_queries(most):
            page(client, name)
    with django_assert_max_num_queries(10):
        client.get(reverse("knowledge:scripts"), headers={"HX-Request": "true"})


def test_retired_scripts_are_listed_only_when_asked_for(crew):
    script = make_script(title="旧话术")
    actions.retire_script(script_id=script.pk, by=crew.leader, at=timezone.now())
    client = client_for(crew.leader)
    assert "旧话术" not in page(client, "list")
    assert "旧话术" not in page(client, "list", state="active")


@pytest.mark.parametrize("audience", ["team", "department"])
def test_an_article_for_one_team_or_department_names_it(crew, audience):
    whose = {"team": crew.team, "department": crew.team.department}
    draft = actions.ArticleDraft(
        category="rates", title="本组价格", body="x", audience=audience, **whose
    )
    article = actions.write_article(draft=draft, by=crew.leader, at=AT)
    reader = client_for(crew.agent)
    for text in (page(reader, "articles"), page(reader, "article", article.pk)):
        assert whose[audience].name in text
