"""What the answer panel finds (A15)."""

import datetime as dt

import pytest

from cangke.customers import public as customers
from cangke.knowledge import rules
from cangke.knowledge.actions import ArticleDraft, edit_article, retire_article, write_article
from cangke.knowledge.queries import Situation, answers
from cangke.knowledge.tests.factories import AT, make_crew, make_script
from cangke.people.tests.factories import make_shop

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 4, 20)
CONTEXT = rules.ScriptContext(customer_name="小鱼妈妈")


def write(title, body, **values):
    draft = ArticleDraft(**{"category": "procedure", "title": title, "body": body, **values})
    return write_article(draft=draft, by=None, at=AT)


@pytest.fixture
def agent():
    return make_crew().agent


def found(agent, situation=None, **asked):
    return [
        each.title for each in answers(agent, situation or Situation(), CONTEXT, on=TODAY, **asked)
    ]


@pytest.mark.requirement("A15")
def test_a_rate_of_one_client_is_found_for_that_client_alone(agent):
    ours, theirs = (
        customers.save_client(code=code, name=code, by=None, at=AT) for code in ("c1", "c2")
    )
    write("仓储费标准", "每立方米每天 1.20 元", category="rates")
    write("仓储费：甲公司合同价", "每立方米每天 0.95 元", category="rates", client=ours)
    assert found(agent, Situation(clients=[ours.pk]), text="仓储费") == [
        "仓储费：甲公司合同价",
        "仓储费标准",
    ]
    assert found(agent, Situation(clients=[theirs.pk]), text="仓储费") == ["仓储费标准"]
    assert found(agent, text="仓储费") == ["仓储费标准"]
    [first, _second] = answers(
        agent, Situation(clients=[ours.pk]), CONTEXT, text="仓储费", on=TODAY
    )
    assert first.text == "每立方米每天 0.95 元"
    assert first.client == ours.name


@pytest.mark.requirement("A15")
def test_what_the_customer_asked_suggests_articles_and_scripts_without_a_word_typed(agent):
    write("退货步骤", "先登记退货单，再寄回宁波仓。\n验收后当天退款。")
    write("清关资料", "请准备发票和装箱单。")
    make_script(title="退货地址", body="{{customer.name}}您好，退货请寄宁波仓。")
    rows = answers(agent, Situation(), CONTEXT, asked="请问退货寄到哪里？什么时候退款", on=TODAY)
    assert [each.title for each in rows] == ["退货步骤", "退货地址"]
    assert rows[0].text == "先登记退货单，再寄回宁波仓。\n验收后当天退款。"
    assert rows[1].text == "小鱼妈妈您好，退货请寄宁波仓。"
    assert rows[1].script is not None
    assert found(agent, asked="今天天气真好啊") == []


def test_only_what_holds_today_and_here_is_offered(agent):
    shop, other = make_shop(), make_shop()
    write("退货：旗舰店", "旗舰店退货七天。", shop=shop)
    write("退货：老规矩", "退货十天。", valid_until=TODAY - dt.timedelta(days=1))
    write("退货：新规矩", "退货七天。", valid_from=TODAY + dt.timedelta(days=1))
    gone = write("退货：停用", "退货三天。")
    retire_article(article_id=gone.pk, by=None, at=AT)
    assert found(agent, Situation(shop_id=shop.pk), text="退货") == ["退货：旗舰店"]
    assert found(agent, Situation(shop_id=other.pk), text="退货") == []
    assert found(agent, Situation(shop_id=shop.pk), asked="退货七天吗") == ["退货：旗舰店"]


def test_without_a_question_services_rates_and_procedures_stand_to_be_read(agent):
    write("服务时间", "九点到一点。", category="service")
    write("平台规则", "三分钟内回复。", category="marketplace")
    assert found(agent) == ["服务时间"]
    assert found(agent, category="service") == ["服务时间"]
    assert found(agent, category="rates") == []


def test_a_changed_article_is_found_by_its_new_words(agent):
    article = write("旧标题", "旧内容")
    assert found(agent, asked="海运清关几天") == []
    edit_article(
        article_id=article.pk,
        draft=ArticleDraft(category="procedure", title="海运清关", body="清关三天。"),
        by=None,
        at=AT,
    )
    assert found(agent, asked="海运清关几天") == ["海运清关"]


def test_rare_pairs_weigh_more_and_titles_most():
    words = {
        1: rules.Words(frozenset({"退款", "时间"}), frozenset()),
        2: rules.Words(frozenset(), frozenset({"退款", "时间", "清关"})),
        3: rules.Words(frozenset(), frozenset({"时间", "退款"})),
    }
    assert rules.most_alike(["退款", "时间"], words, most=9) == [1, 2, 3]
    assert rules.most_alike(["清关", "时间"], words, most=9) == [1, 2]
    assert rules.most_alike(["清关", "包裹"], words, most=9) == []
    assert rules.most_alike(["清关", "关"], words, most=9) == [2]
    assert rules.most_alike(["款"], words, most=9) == []
