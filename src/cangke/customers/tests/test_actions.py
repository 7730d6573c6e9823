import datetime as dt

import pytest

from cangke.customers import public as customers
from cangke.customers import queries
from cangke.customers.models import Address, Client, ClientMember, Customer, Identity, Merge
from cangke.customers.ports import TIMELINE, TimelineRow
from cangke.foundation.access.public import Account, scope, shown
from cangke.foundation.events.models import EventRecord
from cangke.foundation.refusal import Refusal
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import AT, make_employee, make_shop, make_team
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Account:
    return make_account("supervisor")


def known(value="13800138000", kind="phone", **more):
    return customers.find_or_create_by_identity(kind=kind, value=value, at=AT, **more)


@pytest.mark.requirement("G1")
def test_the_same_identity_finds_the_same_file():
    first = known(display_name="小鱼妈妈")
    assert first.number.startswith("CU")
    assert known("+86 138-0013-8000") == first
    assert Customer.objects.count() == 1
    assert EventRecord.objects.filter(name="customers.CustomerCreated").count() == 1


def test_a_nickname_is_one_person_within_its_marketplace_only():
    here = known("小鱼", kind="im_nick", channel_ref="taobao")
    there = known("小鱼", kind="im_nick", channel_ref="amazon")
    assert here != there
    assert known("a@b.cn", kind="email", channel_ref="shop1") == known(
        "A@B.CN", kind="email", channel_ref="shop2"
    )


def test_nothing_to_be_known_by_is_refused():
    with pytest.raises(Refusal):
        known("???")
    with pytest.raises(Refusal):
        known("x" * 201, kind="im_nick")
    assert not Customer.objects.exists()


def test_who_comes_second_takes_what_the_first_made(monkeypatch):
    """Both look before either writes: the unique identity decides."""
    first = known()
    real = queries.customer_with
    answers = iter([None])
    monkeypatch.setattr(queries, "customer_with", lambda identity: next(answers, real(identity)))
    assert known() == first
    assert Customer.objects.count() == 1
    assert Identity.objects.count() == 1


@pytest.mark.requirement("G1")
def test_found_by_whole_phone_last_digits_or_beginning_of_a_nickname(by):
    customer = customers.create_customer(
        display_name="林小满",
        phone="13800138000",
        im_nick="小满_88",
        im_channel="taobao",
        preferences="喜欢顺丰",
        by=by,
        at=AT,
    )
    known("13900139000", display_name="别人")
    for text in ("13800138000", "138 0013 8000", "8000", "小满", "小满_88", "林小满"):
        found = queries.matching(Customer.objects.all(), text)
        assert list(found) == [customer], text
    for text in ("9999", "+86138", "1380013800", "38000", "0138000"):
        assert not queries.matching(Customer.objects.all(), text).exists(), text


@pytest.mark.requirement("G2")
def test_completeness_follows_the_file(by):
    customer = customers.create_customer(
        display_name="林小满", phone="13800138000", preferences="顺丰", by=by, at=AT
    )
    assert customer.completeness == 60
    address = {"name": "林小满", "street": "文一西路 969 号"}
    customers.save_address(customer_id=customer.pk, by=by, at=AT, **address)
    customer.refresh_from_db()
    assert customer.completeness == 80
    customers.add_identity(
        customer_id=customer.pk, kind="email", value="lin@example.com", by=by, at=AT
    )
    customer.refresh_from_db()
    assert customer.completeness == 100


def test_an_identity_of_somebody_else_is_refused_and_names_the_file(by):
    first = known("13800138000")
    second = known("b@example.com", kind="email")
    with pytest.raises(customers.IdentityTaken) as refused:
        customers.add_identity(
            customer_id=second.pk, kind="phone", value="138 0013 8000", by=by, at=AT
        )
    assert refused.value.customer_id == first.pk
    assert second.identities.count() == 1


def test_the_last_identity_stays(by):
    customer = known()
    identity = customer.identities.get()
    with pytest.raises(Refusal):
        customers.remove_identity(identity_id=identity.pk, by=by, at=AT)
    customers.add_identity(customer_id=customer.pk, kind="email", value="a@b.cn", by=by, at=AT)
    customers.remove_identity(identity_id=identity.pk, by=by, at=AT)
    assert customer.identities.get().kind == "email"


def test_one_address_is_the_default(by):
    customer = known()
    make = {"customer_id": customer.pk, "name": "林", "street": "一路 1 号", "by": by, "at": AT}
    first = customers.save_address(**make)
    second = customers.save_address(**make)
    assert (first.is_default, second.is_default) == (True, False)
    customers.save_address(**make, address_id=second.pk, is_default=True)
    first.refresh_from_db()
    assert not first.is_default
    customers.remove_address(address_id=second.pk, by=by, at=AT)
    assert Address.objects.get().is_default


@pytest.mark.requirement("A12", "AMB-34")
def test_a_mute_needs_a_reason_and_an_end(by):
    customer = known()
    for reason, hours in (("", 1), ("辱骂", -1)):
        with pytest.raises(Refusal):
            customers.mute_customer(
                customer_id=customer.pk,
                until=AT + dt.timedelta(hours=hours),
                reason=reason,
                by=by,
                at=AT,
            )
    customer.refresh_from_db()
    assert customer.muted_until is None
    customers.mute_customer(
        customer_id=customer.pk, until=AT + dt.timedelta(hours=1), reason="辱骂", by=by, at=AT
    )
    customer.refresh_from_db()
    assert customer.is_muted(AT)
    assert not customer.is_muted(AT + dt.timedelta(hours=1))


# --- merging


def test_merging_moves_all_that_names_the_customer(by):
    kept, merged = known("13800138000"), known("lin@example.com", kind="email")
    customers.edit_customer(
        customer_id=merged.pk, preferences="顺丰", tags=["老客户"], by=by, at=AT
    )
    address = {"name": "林", "street": "一路 1 号"}
    customers.save_address(customer_id=merged.pk, by=by, at=AT, **address)
    customers.merge_customers(kept_id=kept.pk, merged_id=merged.pk, reason="同一人", by=by, at=AT)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert merged.merged_into == kept
    assert kept.identities.count() == 2
    assert (kept.preferences, kept.tags, kept.completeness) == ("顺丰", ["老客户"], 100)
    assert known("lin@example.com", kind="email") == kept
    assert Merge.objects.get().moved["identities"]
    assert list(Customer.objects.current()) == [kept]
    with pytest.raises(Refusal):
        customers.edit_customer(customer_id=merged.pk, needs="?", by=by, at=AT)


def test_merging_in_a_row_leads_to_the_last_kept(by):
    a, b, c = known("13800138000"), known("13900139000"), known("13700137000")
    customers.merge_customers(kept_id=b.pk, merged_id=a.pk, by=by, at=AT)
    customers.merge_customers(kept_id=c.pk, merged_id=b.pk, by=by, at=AT)
    assert known("13800138000") == c
    a.refresh_from_db()
    assert a.merged_into == c


def test_impossible_merges_are_refused_and_change_nothing(by):
    one = customers.save_client(code="c1", name="甲", by=by, at=AT)
    two = customers.save_client(code="c2", name="乙", by=by, at=AT)
    a, b = known("13800138000", client_id=one.pk), known("13900139000", client_id=two.pk)
    for kept, merged in ((a, a), (a, b)):
        with pytest.raises(Refusal):
            customers.merge_customers(kept_id=kept.pk, merged_id=merged.pk, by=by, at=AT)
    assert not Merge.objects.exists()
    assert Identity.objects.filter(customer=a).count() == 1


@pytest.mark.django_db(transaction=True)
def test_orders_follow_a_merge(by):
    kept = known("13900139000")
    order = make_order()
    customers.merge_customers(kept_id=kept.pk, merged_id=order.customer_id, by=by, at=AT)
    assert Order.objects.get().customer == kept


# --- who may see


@pytest.mark.requirement("Q2")
def test_personal_data_is_masked(by):
    customer = known()
    customers.save_address(
        customer_id=customer.pk, name="林小满", phone="13800138000", street="文一西路 969 号",
        by=by, at=AT,
    )  # fmt: skip
    address = customer.addresses.get()
    assert shown(by, customer.identities.get(), "value") == "138****8000"
    assert shown(by, address, "phone") == "138****8000"
    assert "969" not in shown(by, address, "street")


def test_a_team_sees_customers_met_in_its_shops():
    mine, other = make_shop(), make_shop()
    agent = make_employee("pre-sales", make_team(mine))
    here = known("13800138000", shop_id=mine.pk)
    there = known("13900139000", shop_id=other.pk)
    nowhere = known("13700137000")
    assert set(scope(agent.account, Customer)) == {here, nowhere}
    assert set(scope(agent.account, Identity)) == {
        here.identities.get(),
        nowhere.identities.get(),
    }
    known("13900139000", shop_id=mine.pk)
    assert set(scope(agent.account, Customer)) == {here, there, nowhere}


@pytest.mark.requirement("Q11")
def test_a_clients_account_reaches_its_own_client_only(by):
    one = customers.save_client(code="c1", name="甲", by=by, at=AT)
    two = customers.save_client(code="c2", name="乙", by=by, at=AT)
    account = make_account(kind="client")
    with pytest.raises(Refusal):
        customers.add_member(client_id=one.pk, account=by, by=by, at=AT)
    customers.add_member(client_id=one.pk, account=account, by=by, at=AT)
    with pytest.raises(Refusal):
        customers.add_member(client_id=two.pk, account=account, by=by, at=AT)
    assert ClientMember.objects.count() == 1
    assert customers.own_client_ids(account_id=account.pk, kind="client") == {one.pk}
    assert customers.own_client_ids(account_id=account.pk, kind="team") == ()
    assert Client.objects.count() == 2


def test_a_contract_does_not_end_before_it_begins(by):
    with pytest.raises(Refusal):
        customers.save_client(
            code="c1",
            name="甲",
            contract_from=dt.date(2025, 2, 1),
            contract_to=dt.date(2025, 1, 1),
            by=by,
            at=AT,
        )
    assert not Client.objects.exists()


# --- timeline


@pytest.mark.requirement("G3")
def test_the_timeline_joins_what_rooms_lend_newest_first(
    by, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("cangke.customers.ports.TIMELINE", TIMELINE)
    customer = known()
    merged = known("13900139000")
    customers.merge_customers(kept_id=customer.pk, merged_id=merged.pk, by=by, at=AT)

    def source(kind, days):
        def query(account, ids, since, until, limit):
            assert set(ids) == {customer.pk, merged.pk}
            rows = (TimelineRow(at=AT - dt.timedelta(days=n), kind=kind, title=kind) for n in days)
            return [row for row in rows if since <= row.at <= until][:limit]

        return query

    kept = dict(TIMELINE)
    TIMELINE.clear()
    try:
        customers.register_timeline("a", "甲", source("a", [1, 100]), permission="customers.view")
        customers.register_timeline("b", "乙", source("b", [0, 2]), permission="customers.view")
        customers.register_timeline("c", "丙", source("c", [0]), permission="access.manage")
        window = {"since": AT - dt.timedelta(days=90), "until": AT}
        customers.timeline(by, customer, **window)
        with django_assert_num_queries(1):
            rows = customers.timeline(by, customer, **window)
        assert [row.kind for row in rows] == ["b", "a", "b"]
        only = customers.timeline(by, customer, kinds=["a"], **window)
        assert [row.kind for row in only] == ["a"]
    finally:
        TIMELINE.clear()
        TIMELINE.update(kept)
