import pytest
from django.test import Client

from cangke.orders.models import Order
from cangke.people.tests.factories import make_employee, make_shop, make_team
from tests.factories import make_account
from tests.programs import Program

from .factories import make_order

pytestmark = pytest.mark.django_db


def payload(shop, /, **changes):
    return {
        "shop": shop.code,
        "external_no": "A-1",
        "placed_at": "2025-04-03T10:00:00+08:00",
        "paid_at": "2025-04-03T10:05:00+08:00",
        "lines": [{"sku": "85123A", "quantity": 6, "unit_price": "2.55", "name": "烛台"}],
        "address": {
            "name": "小鱼妈妈",
            "phone": "13800138000",
            "country": "cn",
            "province": "浙江",
            "city": "杭州",
            "street": "文一西路 969 号",
            "postcode": "311100",
        },
        **changes,
    }


@pytest.mark.requirement("C1", "X11")
def test_an_order_is_taken_in_once():
    shop = make_shop()
    agent = make_employee("pre-sales", make_team(shop))
    program = Program(agent.account)
    first = program.post("/orders", payload(shop))
    assert first.status_code == 201, first.content
    body = first.json()
    assert (body["external_no"], body["state"]) == ("A-1", "on_hold")
    assert [hold["rule"] for hold in body["holds"]] == ["service"]
    assert body["buyer_phone"] == "138****8000"
    again = program.post("/orders", payload(shop))
    assert (again.status_code, again.json()["number"]) == (200, body["number"])
    other = program.post("/orders", payload(shop, customer_code="9"))
    assert other.status_code == 409
    assert other.json()["field"] == "external_no"
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"placed_at": "2025-04-03T10:00:00"}, 422),
        ({"placed_at": "2999-04-03T10:00:00+08:00"}, 422),
        ({"lines": []}, 422),
        ({"lines": [{"sku": "A", "quantity": 0, "unit_price": "1"}]}, 422),
        ({"lines": [{"sku": "A", "quantity": 1, "unit_price": "NaN"}]}, 422),
        ({"shop": "nowhere"}, 422),
        ({"service": "pigeon"}, 422),
        ({"external_no": ""}, 422),
        ({"external_no": "x" * 65}, 422),
    ],
)
def test_bad_orders_are_refused(changes, status):
    shop = make_shop()
    answer = Program(make_account("admin")).post("/orders", payload(shop, **changes))
    assert answer.status_code == status, answer.content
    assert not Order.objects.exists()


@pytest.mark.requirement("C7", "Q2")
def test_look_up_reaches_own_shops_only_and_masks():
    shop = make_shop()
    agent = make_employee("pre-sales", make_team(shop))
    stranger = make_employee("pre-sales", make_team(make_shop()))
    order = make_order(shop, external_no="536365")
    own, foreign = Program(agent.account), Program(stranger.account)
    for path in (f"/orders/{order.number}", f"/orders/536365?shop={shop.code}"):
        seen = own.get(path)
        assert seen.status_code == 200
        assert seen.json()["buyer_phone"] == "138****8000"
        assert foreign.get(path).status_code == 404
    assert own.get("/orders/536365").status_code == 404


def test_without_a_token_or_the_right_nothing_is_told():
    shop = make_shop()
    order = make_order(shop)
    path = f"/orders/{order.number}"
    assert Client().get(f"/api/v1{path}").status_code == 401
    agent = make_employee("pre-sales", make_team(shop)).account
    assert Program(agent, ["customers.view"]).get(path).status_code == 403
    reader = Program(agent, ["orders.view"])
    assert reader.get(path).status_code == 200
    assert reader.post("/orders", payload(shop)).status_code == 403
    assert Order.objects.count() == 1


def test_a_shop_out_of_reach_is_no_shop():
    agent = make_employee("pre-sales", make_team(make_shop()))
    answer = Program(agent.account).post("/orders", payload(make_shop()))
    assert answer.status_code == 422
    assert not Order.objects.exists()
