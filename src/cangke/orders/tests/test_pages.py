"""What a person sees of orders, and what the pages refuse."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.carriers import public as carriers
from cangke.orders import public as orders
from cangke.orders.models import Order, Promise, Remark, Shipment, WarehouseChase
from cangke.people.tests.factories import make_employee, make_shop, make_team
from tests.factories import client_for, make_account

from .factories import make_carrier, make_order

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"orders:{name}", args=args)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def team(shop):
    return make_team(shop)


@pytest.fixture
def agent(team):
    return make_employee("pre-sales", team, name="张三")


@pytest.fixture
def signed_in(agent):
    return client_for(agent.account)


# --- lists


def test_a_list_asks_a_fixed_number_of_times(shop, signed_in, django_assert_max_num_queries):
    counts = []
    for total in (2, 12):
        while Order.objects.count() < total:
            make_order(shop, promised_ship_at=timezone.now())
        signed_in.get(url("list"))
        with django_assert_max_num_queries(22) as asked:
            page = signed_in.get(url("list"))
        assert page.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.requirement("C10")
def test_the_list_shows_flag_state_and_promise(shop, signed_in, agent):
    order = make_order(shop, owner_id=agent.pk, promised_ship_at=timezone.now())
    orders.add_remark(order_id=order.pk, other="写贺卡", by=agent.account, at=timezone.now())
    text = signed_in.get(url("list")).content.decode()
    assert order.external_no in text
    assert "ck-flag--red" in text
    assert "迟发" in text
    assert "未追问" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("view=held", {"held"}),
        ("view=unpaid", {"unpaid"}),
        ("view=late", {"late"}),
        ("view=mine", {"late"}),
        ("view=red", set()),
        ("q=XHELD", {"held"}),
        ("q=XLATE", {"late"}),
        ("state=to_ship", {"late"}),
        ("unchased=true&state=on_hold", {"held"}),
    ],
)
def test_views_and_filters(shop, signed_in, agent, query, found):
    made = {
        "held": make_order(shop, external_no="XHELD", postcode=""),
        "unpaid": make_order(shop, external_no="XUNPAID", paid_at=None),
        "late": make_order(
            shop,
            external_no="XLATE",
            owner_id=agent.pk,
            promised_ship_at=timezone.now() - dt.timedelta(hours=1),
        ),
    }
    page = signed_in.get(f"{url('list')}?{query}")
    assert page.status_code == 200
    shown = set(re.findall(r'class="ck-id" href="[^"]+">(\w+)<', page.content.decode()))
    assert shown == {made[name].external_no for name in found}


def test_a_team_sees_only_orders_of_its_shops(shop, signed_in):
    mine, other = make_order(shop), make_order()
    text = signed_in.get(url("list")).content.decode()
    assert mine.external_no in text
    assert other.external_no not in text
    for name in ("detail", "edit", "remark", "promise", "hold", "cancel", "chase", "promise-why"):
        assert signed_in.get(url(name, other.pk)).status_code == 404, name


def test_an_empty_list_says_what_to_do_first(signed_in):
    text = signed_in.get(url("list")).content.decode()
    assert "还没有订单" in text
    assert url("new") in text


# --- one order


@pytest.mark.requirement("C5", "C11", "C16")
def test_the_detail_tells_the_whole_story(shop, signed_in, agent, django_assert_max_num_queries):
    now = timezone.now()
    order = make_order(shop, promised_ship_at=now + dt.timedelta(hours=2))
    for other in ("写贺卡", "不写贺卡"):
        orders.add_remark(order_id=order.pk, other=other, by=agent.account, at=now)
    orders.chase_warehouse(order_id=order.pk, question="拣货了吗", by=agent.account, at=now)
    with django_assert_max_num_queries(35):
        text = signed_in.get(url("detail", order.pk)).content.decode()
    for words in ("张三", "不写贺卡", "历史 1", "拣货了吗", "仓库还没有答复", "85123A", "待发货"):
        assert words in text, words
    assert "13800138000" not in text
    assert "138****8000" in text
    assert "文一西路 969 号" not in text


@pytest.mark.requirement("S6", "C15")
def test_the_promise_opens_its_reason(shop, signed_in, agent):
    order = make_order(shop)
    orders.promise_ship(
        order_id=order.pk,
        ship_at=timezone.now() + dt.timedelta(hours=8),
        by=agent.account,
        at=timezone.now(),
    )
    text = signed_in.get(url("promise-why", order.pk)).content.decode()
    assert "240" in text
    assert "约定时间" in text


def test_acts_that_the_state_forbids_are_not_offered(shop, signed_in, agent):
    order = make_order(shop)
    orders.cancel_order(order_id=order.pk, reason="不要了", by=agent.account, at=timezone.now())
    text = signed_in.get(url("detail", order.pk)).content.decode()
    for name in ("edit", "promise", "chase", "hold", "remark"):
        assert f'href="{url(name, order.pk)}"' not in text, name


# --- acts


@pytest.mark.requirement("C10")
def test_a_remark_is_written_by_its_form(shop, signed_in, agent):
    order = make_order(shop)
    answer = signed_in.post(
        url("remark", order.pk),
        {"logistics": "顺丰", "gift": "贺卡", "other": "写“生日快乐”", "flag": "red"},
    )
    assert answer.status_code == 302
    assert Remark.objects.get().text.startswith("顺丰,贺卡,写“生日快乐”,张三,")
    empty = signed_in.post(url("remark", order.pk), {"flag": "red"})
    assert empty.status_code == 422
    assert "至少填写一项" in empty.content.decode()
    assert Remark.objects.count() == 1


def test_a_form_sent_twice_acts_once(shop, signed_in):
    order = make_order(shop)
    data = {"other": "贺卡", "flag": "red", "_once": "a" * 32}
    first = signed_in.post(url("remark", order.pk), data)
    again = signed_in.post(url("remark", order.pk), data)
    assert (first.status_code, again.status_code) == (302, 302)
    assert Remark.objects.count() == 1


@pytest.mark.requirement("C16")
def test_the_chase_form_offers_no_time(shop, signed_in, agent):
    order = make_order(shop)
    form = signed_in.get(url("chase", order.pk)).content.decode()
    assert "asked_at" not in form
    signed_in.post(
        url("chase", order.pk), {"question": "在哪", "asked_at": "2020-01-01 00:00", "at": "x"}
    )
    chase = WarehouseChase.objects.get()
    assert abs((timezone.now() - chase.asked_at).total_seconds()) < 60
    assert chase.asked_by == agent.account
    again = signed_in.post(url("chase", order.pk), {"question": "在哪"})
    assert again.status_code == 422
    assert "刚追问过" in again.content.decode()


def test_a_promise_in_the_past_keeps_what_was_typed(shop, signed_in):
    order = make_order(shop)
    answer = signed_in.post(
        url("promise", order.pk), {"ship_at": "2020-01-01 00:00", "reason": "爆仓"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "已经过去" in text
    assert "爆仓" in text
    assert not Promise.objects.exists()


@pytest.mark.requirement("C5")
def test_shipping_whole_and_in_part(shop, team):
    supervisor = client_for(make_employee("cs-supervisor", team).account)
    carrier = make_carrier(name="顺丰")
    order = make_order(shop)
    first, second = order.lines.all()
    form = supervisor.get(url("ship", order.pk)).content.decode()
    assert f"line_{first.pk}" in form
    data = {"carrier": carrier.pk, "tracking_no": "SF1", "shipped_at": "2999-01-01 00:00"}
    part = {**data, f"line_{first.pk}": 6, f"line_{second.pk}": 0}
    assert supervisor.post(url("ship", order.pk), part).status_code == 302
    order.refresh_from_db()
    assert order.state == "to_ship"
    assert "部分发货" in supervisor.get(url("list")).content.decode()
    rest = {**data, "tracking_no": "SF2", f"line_{second.pk}": 6}
    assert supervisor.post(url("ship", order.pk), rest).status_code == 302
    order.refresh_from_db()
    assert order.state == "shipped"
    assert Shipment.objects.count() == 2


def test_an_agent_may_not_ship_and_a_clerk_may_not_edit(shop, signed_in):
    order = make_order(shop)
    clerk = client_for(make_employee("warehouse-clerk").account)
    assert signed_in.get(url("ship", order.pk)).status_code == 403
    assert clerk.get(url("ship", order.pk)).status_code == 200
    assert clerk.get(url("edit", order.pk)).status_code == 403


@pytest.mark.requirement("C16")
def test_the_warehouse_answers_from_its_list(shop, agent):
    order = make_order(shop)
    orders.chase_warehouse(order_id=order.pk, question="在哪", by=agent.account, at=timezone.now())
    clerk = client_for(make_employee("warehouse-clerk").account)
    chase = WarehouseChase.objects.get()
    assert "在哪" in clerk.get(url("chases")).content.decode()
    clerk.post(url("answer", chase.pk), {"answer": "明早第一波"})
    chase.refresh_from_db()
    assert chase.answer == "明早第一波"
    assert "在哪" not in clerk.get(url("chases")).content.decode()
    assert client_for(agent.account).get(url("answer", chase.pk)).status_code == 403


# --- intake by page


def typed(shop, /, **changes):
    return {
        "shop": shop.pk,
        "source": "phone",
        "placed_at": "2025-04-03 10:00",
        "paid_at": "2025-04-03 10:05",
        "buyer_name": "林小满",
        "buyer_phone": "13900139000",
        "country": "cn",
        "province": "浙江",
        "city": "杭州",
        "street": "文一西路 969 号",
        "postcode": "",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "lines-0-sku": "85123A",
        "lines-0-name": "烛台",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "2.55",
        **changes,
    }


@pytest.mark.requirement("C1", "C2")
def test_an_order_is_typed_in_held_completed_and_released(shop, signed_in, agent):
    carrier = make_carrier()
    service = carriers.save_service(
        carrier_id=carrier.pk, by=None, at=timezone.now(), code="std", name="标快"
    )
    answer = signed_in.post(url("new"), typed(shop, service=service.pk))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    order = Order.objects.get()
    assert (order.state, order.source, order.owner) == ("on_hold", "phone", agent)
    assert order.country == "CN"
    page = signed_in.get(url("detail", order.pk)).content.decode()
    assert "邮编" in page
    form = signed_in.get(url("edit", order.pk)).content.decode()
    assert "13900139000" not in form
    assert "139****9000" in form
    edit = {
        "version": order.version,
        "buyer_name": "林小满",
        "buyer_phone": "",
        "country": "CN",
        "province": "浙江",
        "city": "杭州",
        "street": "",
        "postcode": "311100",
        "service": service.pk,
        "freight_amount": "0",
        "discount_amount": "0",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-sku": "85123A",
        "lines-0-name": "烛台",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "2.55",
    }
    assert signed_in.post(url("edit", order.pk), edit).status_code == 302
    order.refresh_from_db()
    assert order.state == "to_ship"
    assert (order.buyer_phone, order.street) == ("13900139000", "文一西路 969 号")
    stale = signed_in.post(url("edit", order.pk), {**edit, "city": "宁波"})
    assert stale.status_code == 422
    assert "刚被别人改过" in stale.content.decode()
    assert "宁波" in stale.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"lines-0-sku": "", "lines-0-name": "", "lines-0-quantity": "", "lines-0-unit_price": ""},
        {"lines-0-quantity": "0"},
        {"lines-0-unit_price": "1e400"},
        {"placed_at": "yesterday"},
        {"placed_at": "2999-01-01 00:00"},
        {"shop": "0"},
        {"lines-TOTAL_FORMS": "100000"},
    ],
)
def test_a_bad_order_keeps_every_keystroke(shop, signed_in, changes):
    answer = signed_in.post(url("new"), typed(shop, **changes))
    assert answer.status_code == 422
    assert "林小满" in answer.content.decode()
    assert not Order.objects.exists()


def test_more_rows_without_script(shop, signed_in):
    answer = signed_in.post(url("new"), typed(shop, more="1"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "lines-6-sku" in text
    assert "85123A" in text
    assert not Order.objects.exists()


def test_a_foreign_shop_is_not_offered(signed_in):
    foreign = make_shop(name="别家")
    assert "别家" not in signed_in.get(url("new")).content.decode()
    assert signed_in.post(url("new"), typed(foreign)).status_code == 422
    assert not Order.objects.exists()


# --- panels and bulk


@pytest.mark.requirement("C10", "C15", "C16")
def test_the_workbench_panel_shows_remarks_and_chases(shop, signed_in, agent):
    first = make_order(shop, placed_at=timezone.now() - dt.timedelta(days=3))
    now = timezone.now()
    last = make_order(shop, placed_at=now, promised_ship_at=now + dt.timedelta(hours=1))
    assert first.customer == last.customer
    address = url("panel", last.customer_id)
    text = signed_in.get(address).content.decode()
    assert f'hx-post="{url("panel-remark", last.customer_id, last.pk)}"' in text
    assert first.external_no in text
    chosen = signed_in.get(f"{address}?order={first.pk}").content.decode()
    assert url("panel-remark", last.customer_id, first.pk) in chosen
    htmx = {"HTTP_HX_REQUEST": "true"}
    part = signed_in.get(f"{address}?order={last.pk}&part=status", **htmx).content.decode()
    assert "<form" not in part
    assert last.external_no in part

    done = signed_in.post(
        url("panel-remark", last.customer_id, last.pk), {"other": "贺卡", "flag": "red"}, **htmx
    )
    assert done.status_code == 200
    assert "orders-changed" in done["HX-Trigger"]
    assert "贺卡" in done.content.decode()
    refused = signed_in.post(
        url("panel-remark", last.customer_id, last.pk), {"other": "", "flag": "red"}, **htmx
    )
    assert refused.status_code == 422
    chased = signed_in.post(url("panel-chase", last.customer_id, last.pk), **htmx)
    assert "再次追问仓库" in chased.content.decode()
    plain = signed_in.post(
        url("panel-remark", last.customer_id, last.pk), {"other": "再来一张", "flag": "red"}
    )
    assert plain.status_code == 302


def test_a_panel_of_a_foreign_customer_is_not_there(signed_in):
    foreign = make_order(make_shop(), buyer_phone="13700137000")
    for name in ("panel", "customer-panel"):
        assert signed_in.get(url(name, foreign.customer_id)).status_code == 404
    assert (
        signed_in.post(
            url("panel-remark", foreign.customer_id, foreign.pk), {"other": "x", "flag": "red"}
        ).status_code
        == 404
    )
    assert not Remark.objects.exists()


def test_the_panel_asks_a_fixed_number_of_times(shop, signed_in, django_assert_max_num_queries):
    counts = []
    for total in (1, 8):
        while Order.objects.count() < total:
            order = make_order(shop)
        signed_in.get(url("panel", order.customer_id))
        with django_assert_max_num_queries(25) as asked:
            signed_in.get(url("panel", order.customer_id))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_bulk_acts_reach_only_visible_orders(shop, signed_in, agent):
    mine, other = make_order(shop), make_order()
    signed_in.post(url("bulk-chase"), {"ids": [mine.pk, other.pk]})
    assert [chase.order for chase in WarehouseChase.objects.all()] == [mine]
    signed_in.post(url("bulk-flag"), {"ids": [mine.pk, other.pk], "flag": "red"})
    assert set(Order.objects.filter(flag="red")) == {mine}
    assert signed_in.post(url("bulk-assign"), {"ids": [mine.pk]}).status_code == 403


def test_a_leader_gives_many_orders_to_an_agent(shop, team, agent):
    leader = client_for(make_employee("cs-leader", team).account)
    made = [make_order(shop) for _ in range(3)]
    ids = [order.pk for order in made]
    asked = leader.post(url("bulk-assign"), {"ids": ids})
    assert asked.status_code == 200
    assert "张三" in asked.content.decode()
    leader.post(url("bulk-assign"), {"ids": ids, "owner": agent.pk, "reason": "换班"})
    assert set(Order.objects.values_list("owner_id", flat=True)) == {agent.pk}


def test_pages_need_a_login_and_a_right(client, shop):
    order = make_order(shop)
    assert client.get(url("list")).status_code == 302
    nobody = client_for(make_account())
    for name in ("list", "new", "chases"):
        assert nobody.get(url(name)).status_code == 403
    assert nobody.get(url("detail", order.pk)).status_code == 403
