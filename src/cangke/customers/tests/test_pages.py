"""What a person sees of customers and clients."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.customers import public as customers
from cangke.customers.models import Client, Customer, Identity, Merge
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import make_employee, make_shop, make_team
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"customers:{name}", args=args)


@pytest.fixture
def shop():
    return make_shop(marketplace="taobao")


@pytest.fixture
def signed_in(shop):
    return client_for(make_employee("pre-sales", make_team(shop)).account)


@pytest.fixture
def leader(shop):
    return client_for(make_employee("cs-supervisor", make_team(shop)).account)


def known(value="13800138000", kind="phone", **more):
    return customers.find_or_create_by_identity(kind=kind, value=value, at=timezone.now(), **more)


def test_the_list_asks_a_fixed_number_of_times(signed_in, django_assert_max_num_queries):
    counts = []
    for total in (2, 15):
        for n in range(Customer.objects.count(), total):
            known(f"1380013{n:04}")
        signed_in.get(url("list"))
        with django_assert_max_num_queries(18) as asked:
            signed_in.get(url("list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.requirement("G1", "Q2")
def test_a_new_client_with_contacts_is_found_by_phone_or_nickname(signed_in, shop):
    answer = signed_in.post(
        url("new"),
        {
            "display_name": "林小满",
            "phone": "13800138000",
            "email": "lin@example.com",
            "im_nick": "小满_88",
            "shop": shop.pk,
            "tags": "老客户，爱送礼",
            "preferences": "顺丰",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    customer = Customer.objects.get()
    assert customer.tags == ["老客户", "爱送礼"]
    for text in ("138 0013 8000", "小满_88", "8000", "lin@example.com"):
        page = signed_in.get(url("list"), {"q": text}).content.decode()
        assert "林小满" in page, text
        assert "13800138000" not in page
    assert "林小满" not in signed_in.get(url("list"), {"q": "1380013"}).content.decode()
    page = signed_in.get(url("detail", customer.pk)).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "lin@example.com" not in page


def test_a_file_without_any_identity_is_refused(signed_in):
    answer = signed_in.post(url("new"), {"display_name": "林小满"})
    assert answer.status_code == 422
    assert "至少填写" in answer.content.decode()
    assert not Customer.objects.exists()


@pytest.mark.requirement("G3")
def test_the_file_shows_the_last_90_days_with_filters(
    signed_in, shop, django_assert_max_num_queries
):
    now = timezone.now()
    near = make_order(shop, placed_at=now - dt.timedelta(days=80), paid_at=None)
    far = make_order(shop, placed_at=now - dt.timedelta(days=100), paid_at=None)
    address = url("detail", near.customer_id)
    with django_assert_max_num_queries(40):
        page = signed_in.get(address).content.decode()
    assert near.external_no in page
    assert far.external_no not in page
    year = signed_in.get(address, {"days": "365", "kind": "orders"}).content.decode()
    assert year.index(near.external_no) < year.index(far.external_no)
    assert near.external_no not in signed_in.get(address, {"kind": "nothing"}).content.decode()


@pytest.mark.requirement("G2")
def test_completeness_and_what_is_missing(signed_in):
    customer = known(display_name="林小满")
    page = signed_in.get(url("detail", customer.pk)).content.decode()
    assert "40 %" in page
    assert "缺 邮箱、地址、需求偏好" in page
    signed_in.post(url("verify", customer.pk))
    customer.refresh_from_db()
    assert customer.verified_at is not None


def test_identities_and_addresses_are_kept_by_their_forms(signed_in):
    customer = known()
    signed_in.post(url("identity-add", customer.pk), {"kind": "email", "value": "a@b.cn"})
    assert customer.identities.count() == 2
    missing = signed_in.post(url("identity-add", customer.pk), {"kind": "im_nick", "value": "x"})
    assert missing.status_code == 422
    known("taken@b.cn", kind="email")
    taken = signed_in.post(
        url("identity-add", customer.pk), {"kind": "email", "value": "Taken@b.cn"}
    )
    assert taken.status_code == 422
    assert "另一位客户" in taken.content.decode()
    signed_in.post(url("identity-remove", customer.identities.get(kind="email").pk))
    assert customer.identities.count() == 1
    signed_in.post(
        url("address-new", customer.pk),
        {"name": "林", "country": "CN", "street": "一路 1 号", "is_default": "on"},
    )
    address = customer.addresses.get()
    signed_in.post(
        url("address", address.pk), {"country": "CN", "city": "杭州", "street": "二路 2 号"}
    )
    address.refresh_from_db()
    assert (address.name, address.street, address.is_default) == ("林", "二路 2 号", True)
    form = signed_in.get(url("address", address.pk)).content.decode()
    assert "二路 2 号" not in form
    signed_in.post(url("address", address.pk), {"country": "CN", "city": "宁波"})
    address.refresh_from_db()
    assert (address.city, address.street) == ("宁波", "二路 2 号")
    signed_in.post(url("address-remove", address.pk))
    assert not customer.addresses.exists()


@pytest.mark.requirement("A12")
def test_agents_see_no_mute_and_supervisors_mute_with_reason_and_end(signed_in, leader):
    customer = known()
    assert (
        url("mute", customer.pk) not in signed_in.get(url("detail", customer.pk)).content.decode()
    )
    assert signed_in.post(url("mute", customer.pk), {}).status_code == 403
    assert leader.post(url("mute", customer.pk), {"until": "2999-01-01 00:00"}).status_code == 422
    leader.post(url("mute", customer.pk), {"until": "2999-01-01 00:00", "reason": "辱骂"})
    customer.refresh_from_db()
    assert customer.mute_reason == "辱骂"
    leader.post(url("unmute", customer.pk))
    customer.refresh_from_db()
    assert customer.muted_until is None


def test_merging_shows_both_sides_first(leader):
    kept, other = known(display_name="小满"), known("b@b.cn", kind="email", display_name="小满满")
    address = url("merge", kept.pk)
    looked = leader.post(address, {"other": other.number})
    assert looked.status_code == 200
    assert "小满满" in looked.content.decode()
    assert not Merge.objects.exists()
    nobody = leader.post(address, {"other": "CU999999"})
    assert nobody.status_code == 422
    done = leader.post(address, {"other": other.number, "confirm": "1", "reason": "同一人"})
    assert done.status_code == 302
    assert Merge.objects.get().merged == other
    moved = leader.get(url("detail", other.pk))
    assert moved.status_code == 302
    assert moved["Location"] == url("detail", kept.pk)


def test_a_foreign_teams_customer_is_not_there(signed_in):
    foreign = known("13700137000", shop_id=make_shop().pk)
    identity = Identity.objects.get(customer=foreign)
    for name in ("detail", "edit", "identity-add", "address-new"):
        assert signed_in.get(url(name, foreign.pk)).status_code == 404, name
    assert signed_in.post(url("identity-remove", identity.pk)).status_code == 404
    assert signed_in.post(url("verify", foreign.pk)).status_code == 404


def test_clients_are_kept_by_those_who_may(signed_in, leader):
    assert signed_in.get(url("client-new")).status_code == 403
    data = {
        "code": "qihang",
        "name": "深圳启航贸易",
        "level": "A",
        "state": "active",
        "settlement": "monthly",
        "currency": "CNY",
        "contract_from": "2025-01-01",
        "contract_to": "2024-01-01",
        "contact_phone": "13800138000",
    }
    refused = leader.post(url("client-new"), data)
    assert refused.status_code == 422
    assert not Client.objects.exists()
    leader.post(url("client-new"), {**data, "contract_to": "2025-12-31"})
    client = Client.objects.get()
    page = signed_in.get(url("client", client.pk)).content.decode()
    assert "深圳启航贸易" in page
    assert "13800138000" not in page
    form = leader.get(url("client-edit", client.pk)).content.decode()
    assert "13800138000" not in form
    leader.post(
        url("client-edit", client.pk),
        {**data, "contract_to": "2026-12-31", "contact_phone": "", "level": "B"},
    )
    client.refresh_from_db()
    assert (client.level, client.contact_phone) == ("B", "13800138000")
    assert "启航" in signed_in.get(url("clients")).content.decode()


def test_pages_need_a_login_and_a_right(client):
    customer = known()
    assert client.get(url("list")).status_code == 302
    clerk = client_for(make_account("warehouse_clerk"))
    assert clerk.get(url("list")).status_code == 403
    assert clerk.get(url("detail", customer.pk)).status_code == 403
