"""The order look-up: own order only, one answer for everything else (C7)."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cangke.customers.public import find_or_create_by_identity
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


def ask(number: str, proof: str, **headers: str):
    return Client(headers={"accept-language": "zh-CN", **headers}).post(
        "/track/", {"number": number, "proof": proof}
    )


@pytest.fixture
def order():
    buyer = find_or_create_by_identity(kind="email", value="fish@example.com", at=timezone.now())
    return make_order(make_shop(), customer_id=buyer.pk, external_no="A-1001")


@pytest.mark.parametrize(
    "proof", ["8000", "13800138000", "fish@example.com", "FISH@Example.com", "311100"]
)
@pytest.mark.requirement("C7")
def test_the_buyer_sees_the_state_of_the_order(order, proof):
    response = ask("a-1001", proof)
    html = response.content.decode()
    assert response.status_code == 200
    assert order.external_no in html
    assert order.get_state_display() in html
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.requirement("C7", "A22")
def test_nothing_personal_is_shown(order):
    html = ask("A-1001", "8000").content.decode()
    for hidden in (
        order.buyer_name,
        order.buyer_phone,
        order.street,
        "fish@example.com",
        order.city,
    ):
        assert hidden not in html


def without_keys(html: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", html)


@pytest.mark.requirement("C7")
def test_a_wrong_proof_and_an_unknown_number_are_the_same_answer(order):
    wrong, unknown = ask("A-1001", "9999"), ask("A-9999", "9999")
    assert wrong.status_code == unknown.status_code == 422
    same = [
        without_keys(each.content.decode()).replace("A-1001", "N").replace("A-9999", "N")
        for each in (wrong, unknown)
    ]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    "proof", ["", "8", "800", "1380013800", "example.com", "%", "' OR 1=1 --", "\x00", "8000" * 50]
)
def test_half_a_proof_is_none(order, proof):
    response = ask("A-1001", proof)
    assert response.status_code == 422
    assert order.get_state_display() not in response.content.decode()


@pytest.mark.requirement("C7")
def test_the_proof_of_one_order_does_not_open_another(order):
    other = make_order(
        make_shop(), external_no="A-1002", buyer_phone="13900001234", postcode="100000"
    )
    assert ask("A-1002", "8000").status_code == 422
    assert ask("A-1002", "fish@example.com").status_code == 422
    assert ask("A-1002", "1234").status_code == 200
    assert other.external_no == "A-1002"


def test_two_shops_with_one_number_each_find_their_own(order):
    make_order(
        make_shop(name="别店"), external_no="A-1001", buyer_phone="13900001234", postcode="9"
    )
    assert ask("A-1001", "1234").status_code == 200
    assert ask("A-1001", "8000").status_code == 200


@pytest.mark.requirement("C7")
def test_nobody_can_try_through(order):
    codes = [ask("A-1001", f"{n:04}").status_code for n in range(15)]
    assert codes[:10] == [422] * 10
    assert codes[10:] == [429] * 5
    late = ask("A-1001", "8000")
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert order.get_state_display() not in late.content.decode()


def test_many_addresses_cannot_share_the_trying(order):
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{n}")
        .post("/track/", {"number": "A-1001", "proof": f"{n:04}"})
        .status_code
        for n in range(13)
    ]
    assert codes.count(429) == 3


def test_numbers_are_not_tried_through_either(order):
    codes = [ask(f"A-{n}", "8000").status_code for n in range(2000, 2013)]
    assert codes.count(429) == 3


def test_finding_ones_own_order_is_not_counted(order):
    assert {ask("A-1001", "8000").status_code for _ in range(15)} == {200}


def test_the_page_speaks_english_and_needs_no_script():
    client = Client(headers={"accept-language": "en"})
    html = client.get("/track/").content.decode()
    assert '<html lang="en"' in html
    assert "<form" in html
    assert client.get("/track/?number=A-1001&proof=8000").status_code == 200


def test_the_form_is_ours():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/track/", {"number": "A-1001", "proof": "8000"}).status_code == 403
