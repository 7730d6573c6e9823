"""What people do with orders, and what is refused without a trace."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cangke.catalog import public as catalog
from cangke.customers.models import Customer, Identity
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.events.models import EventRecord
from cangke.foundation.refusal import Conflict, Refusal
from cangke.orders import public as orders
from cangke.orders.actions.chases import ChasedJustNow
from cangke.orders.models import (
    Hold,
    Order,
    OrderEvent,
    Remark,
    Shipment,
    WarehouseChase,
)
from cangke.people.tests.factories import AT, make_employee, make_shop, make_team

from .factories import make_carrier, make_draft, make_order

pytestmark = pytest.mark.django_db


def later(**parts):
    return AT + dt.timedelta(**parts)


@pytest.fixture
def agent():
    return make_employee("pre-sales", name="张三")


# --- intake


@pytest.mark.requirement("C1", "C5")
def test_intake_notes_source_delay_customer_owner_and_goods(agent):
    result = orders.receive_order(draft=make_draft(), by=agent.account, at=AT)
    order = result.order
    assert result.created
    assert order.state == "to_ship"
    assert (order.source, order.intake_delay_seconds) == ("page", 300)
    assert order.total_amount == Decimal("35.64")
    assert order.owner == agent
    assert order.number.startswith("SO20250403-")
    assert order.customer is not None
    assert order.customer.identities.get().value_norm == "+8613800138000"
    steps = [(e.kind, e.from_state, e.to_state) for e in order.events.order_by("pk")]
    assert steps == [
        ("received", "", "unpaid"),
        ("state", "unpaid", "paid"),
        ("state", "paid", "to_ship"),
    ]
    assert EventRecord.objects.filter(name="orders.OrderReceived").count() == 1


def test_the_same_order_again_answers_with_the_one_that_is_there(agent):
    draft = make_draft()
    first = orders.receive_order(draft=draft, by=agent.account, at=AT)
    again = orders.receive_order(draft=draft, by=agent.account, at=later(hours=1))
    assert (again.created, again.order.pk) == (False, first.order.pk)
    assert Order.objects.count() == 1


def test_the_same_number_with_other_content_is_refused_and_changes_nothing():
    shop = make_shop()
    first = make_order(shop, external_no="A1")
    with pytest.raises(orders.OrderDiffers) as refused:
        make_order(shop, external_no="A1", city="宁波")
    assert refused.value.status == 409
    assert refused.value.order.pk == first.pk
    first.refresh_from_db()
    assert (first.city, first.version) == ("杭州", 2)
    assert Order.objects.count() == 1


def test_two_shops_may_use_the_same_number():
    assert make_order(external_no="A1").pk != make_order(external_no="A1").pk


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": ()},
        {"lines": (orders.LineDraft("A", 0, Decimal(1)),)},
        {"lines": (orders.LineDraft("A", 1, Decimal(-1)),)},
        {"placed_at": AT + dt.timedelta(days=1)},
        {"discount_amount": Decimal(-1)},
    ],
)
def test_impossible_orders_are_refused_and_leave_nothing(changes):
    with pytest.raises(Refusal):
        orders.receive_order(draft=make_draft(**changes), by=None, at=AT)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()


def test_a_buyer_is_found_by_any_identity_and_gains_the_new_ones():
    shop = make_shop(marketplace="taobao")
    first = make_order(shop, im_nick="小鱼妈妈_01")
    second = make_order(shop, im_nick="小鱼妈妈_01", buyer_phone="13900139000")
    third = make_order(shop, buyer_phone="139 0013 9000")
    assert first.customer_id == second.customer_id == third.customer_id
    assert Identity.objects.filter(customer=first.customer).count() == 3


def test_an_order_without_any_identity_has_an_anonymous_buyer():
    order = make_order(buyer_phone="", checks="invoice")
    assert order.customer is None
    assert order.state == "to_ship"


# --- completeness and holds


@pytest.mark.requirement("C2")
def test_without_postcode_the_order_is_held_and_released_when_completed(agent):
    order = make_order(postcode="")
    assert order.state == "on_hold"
    assert order.resume_state == "paid"
    hold = order.holds.get()
    assert hold.rule == "postcode"
    assert "地址不完整" in hold.reason
    assert "邮编" in hold.question
    assert EventRecord.objects.filter(name="orders.OrderHeld").count() == 1

    edited = orders.edit_order(
        order_id=order.pk, postcode="311100", by=agent.account, at=later(minutes=90)
    )
    assert edited.state == "to_ship"
    assert edited.held_seconds == 90 * 60
    hold.refresh_from_db()
    assert hold.released_at == later(minutes=90)
    assert EventRecord.objects.filter(name="orders.OrderReleased").count() == 1


def test_an_unpaid_held_order_goes_back_to_unpaid_and_keeps_a_payment(agent):
    order = make_order(postcode="", paid_at=None)
    assert (order.state, order.resume_state) == ("on_hold", "unpaid")
    orders.mark_paid(order_id=order.pk, by=agent.account, at=later(minutes=1))
    order.refresh_from_db()
    assert (order.state, order.resume_state) == ("on_hold", "paid")
    order = orders.edit_order(
        order_id=order.pk, postcode="311100", by=agent.account, at=later(minutes=2)
    )
    assert order.state == "to_ship"


def test_an_unknown_sku_holds_only_where_there_is_a_catalogue(agent):
    assert make_order().state == "to_ship"
    catalog.save_product(by=None, at=AT, sku="85123a", name="烛台")
    order = make_order()
    assert order.state == "on_hold"
    assert order.holds.get().detail == {"missing": ["71053"]}
    assert order.lines.get(position=1).product is not None


def test_an_agent_cannot_lift_what_is_still_missing_but_a_leader_can():
    team = make_team()
    agent, leader = make_employee("pre-sales", team), make_employee("cs-leader", team)
    order = make_order(postcode="")
    hold = order.holds.get()
    with pytest.raises(Refusal):
        orders.release_hold(hold_id=hold.pk, text="客户急", by=agent.account, at=later(minutes=1))
    order.refresh_from_db()
    assert order.state == "on_hold"
    assert order.holds.get().released_at is None
    orders.release_hold(
        hold_id=hold.pk, text="香港件不用邮编", by=leader.account, at=later(minutes=2)
    )
    order.refresh_from_db()
    assert order.state == "to_ship"
    # What a leader lifted stays lifted when something else is edited.
    orders.edit_order(order_id=order.pk, city="宁波", by=agent.account, at=later(minutes=3))
    order.refresh_from_db()
    assert order.state == "to_ship"


def test_hold_by_hand_and_release(agent):
    order = make_order()
    hold = orders.hold_order(
        order_id=order.pk, reason="等客户回复颜色", by=agent.account, at=later(minutes=1)
    )
    order.refresh_from_db()
    assert (order.state, order.resume_state) == ("on_hold", "to_ship")
    with pytest.raises(Refusal):
        orders.hold_order(order_id=order.pk, reason="再来", by=agent.account, at=later(minutes=2))
    with pytest.raises(Refusal):
        orders.release_hold(hold_id=hold.pk, text=" ", by=agent.account, at=later(minutes=2))
    orders.release_hold(hold_id=hold.pk, text="已确认", by=agent.account, at=later(minutes=3))
    order.refresh_from_db()
    assert order.state == "to_ship"
    assert order.held_seconds == 120
    assert Hold.objects.count() == 1


def test_a_stale_edit_is_refused(agent):
    order = make_order()
    orders.edit_order(
        order_id=order.pk, version=order.version, city="宁波", by=agent.account, at=AT
    )
    with pytest.raises(orders.StaleOrder):
        orders.edit_order(
            order_id=order.pk, version=order.version, city="温州", by=agent.account, at=AT
        )
    order.refresh_from_db()
    assert order.city == "宁波"


# --- remarks


@pytest.mark.requirement("C10")
def test_remark_is_written_by_the_system_and_flags_the_order(agent):
    order = make_order()
    remark = orders.add_remark(
        order_id=order.pk,
        logistics="顺丰",
        gift="贺卡",
        other="写“生日快乐”并退优惠券20元",
        by=agent.account,
        at=dt.datetime(2025, 4, 3, 6, 20, tzinfo=dt.UTC),
    )
    assert remark.text == "顺丰,贺卡,写“生日快乐”并退优惠券20元,张三,2025-04-03 14:20"
    assert not remark.late
    order.refresh_from_db()
    assert order.flag == "red"
    assert EventRecord.objects.filter(name="orders.RemarkAdded").count() == 1


@pytest.mark.requirement("C11")
def test_amended_remarks_keep_their_history_and_late_ones_are_marked(agent):
    order = make_order()
    orders.add_remark(order_id=order.pk, other="写贺卡", by=agent.account, at=AT)
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=make_carrier().pk,
        tracking_no="SF1",
        by=agent.account,
        at=later(minutes=1),
    )
    late = orders.add_remark(
        order_id=order.pk, other="不写贺卡", by=agent.account, at=later(minutes=2)
    )
    assert late.late
    assert [remark.other for remark in order.remarks.all()] == ["不写贺卡", "写贺卡"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Remark.objects.filter(pk=late.pk).update(other="改写")


def test_picking_makes_a_remark_late(agent):
    order = make_order()
    orders.picking_started.plug(lambda *, order_ids: order_ids)
    try:
        remark = orders.add_remark(order_id=order.pk, other="贺卡", by=agent.account, at=AT)
    finally:
        orders.picking_started.unplug()
    assert remark.late


def test_an_empty_remark_is_refused(agent):
    order = make_order()
    with pytest.raises(Refusal):
        orders.add_remark(order_id=order.pk, other="  ", by=agent.account, at=AT)
    assert not Remark.objects.exists()


# --- promise


@pytest.mark.requirement("C15")
def test_own_promised_orders_stand_in_the_watch_list_with_their_colour(agent):
    promised = dt.datetime(2025, 4, 3, 10, 0, tzinfo=dt.UTC)  # 18:00 in Shanghai
    order = make_order(owner_id=agent.pk)
    make_order()
    orders.promise_ship(order_id=order.pk, ship_at=promised, by=agent.account, at=AT)
    watched = orders.watch_list(agent.account, owner_id=agent.pk, at=AT)
    assert [each.pk for each in watched] == [order.pk]
    colours = [
        orders.promise_of(watched[0], at=dt.datetime.fromisoformat(f"2025-04-03T{at}:00+08:00"))
        for at in ("13:59", "14:00", "18:01")
    ]
    assert [each.colour for each in colours] == ["calm", "amber", "red"]


def test_promises_in_the_past_or_put_off_without_reason_are_refused(agent):
    order = make_order()
    with pytest.raises(Refusal):
        orders.promise_ship(order_id=order.pk, ship_at=later(hours=-1), by=agent.account, at=AT)
    orders.promise_ship(order_id=order.pk, ship_at=later(hours=8), by=agent.account, at=AT)
    with pytest.raises(Refusal):
        orders.promise_ship(order_id=order.pk, ship_at=later(hours=9), by=agent.account, at=AT)
    order.refresh_from_db()
    assert order.promised_ship_at == later(hours=8)
    orders.promise_ship(
        order_id=order.pk, ship_at=later(hours=9), reason="爆仓", by=agent.account, at=AT
    )
    assert order.promises.count() == 2


# --- shipping


@pytest.mark.requirement("C5", "D5")
def test_shipping_sets_time_and_carrier_and_the_history_lists_all(agent):
    order = make_order()
    carrier = make_carrier(name="顺丰")
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=carrier.pk,
        tracking_no=" sf 1304475930827 ",
        by=agent.account,
        at=later(hours=4),
    )
    order.refresh_from_db()
    assert (order.state, order.shipped_at) == ("shipped", later(hours=4))
    shipment = order.shipments.get()
    assert (shipment.carrier, shipment.tracking_no) == (carrier, "SF1304475930827")
    assert [line.open_quantity for line in order.lines.all()] == [0, 0]
    orders.confirm_delivery(order_id=order.pk, by=agent.account, at=later(hours=30))
    order.refresh_from_db()
    assert order.delivered_at == later(hours=30)
    states = [e.to_state for e in order.events.exclude(to_state="").order_by("pk")]
    assert states == ["unpaid", "paid", "to_ship", "shipped", "delivered"]
    payload = EventRecord.objects.get(name="orders.OrderShipped").payload
    assert payload["order_id"] == order.pk
    assert payload["partial"] is False


@pytest.mark.requirement("AMB-23", "B1")
def test_a_partial_shipment_is_after_sales_while_the_rest_waits(agent):
    order = make_order()
    first, second = order.lines.all()
    carrier = make_carrier()
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=carrier.pk,
        tracking_no="A1",
        quantities={first.pk: 6, second.pk: 2},
        by=agent.account,
        at=later(hours=1),
    )
    order.refresh_from_db()
    assert (order.state, order.shipped_at) == ("to_ship", None)
    assert orders.stage_of(order.pk).after_sales
    with pytest.raises(Refusal):
        orders.mark_shipped(
            order_id=order.pk,
            carrier_id=carrier.pk,
            tracking_no="A2",
            quantities={second.pk: 5},
            by=agent.account,
            at=later(hours=2),
        )
    assert Shipment.objects.count() == 1
    with pytest.raises(Refusal):
        orders.cancel_order(order_id=order.pk, reason="不要了", by=agent.account, at=later(hours=2))
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=carrier.pk,
        tracking_no="A2",
        by=agent.account,
        at=later(hours=3),
    )
    order.refresh_from_db()
    assert (order.state, order.shipped_at) == ("shipped", later(hours=3))


@pytest.mark.parametrize(
    ("changes", "shipping"),
    [
        ({"paid_at": None}, {}),
        ({"postcode": ""}, {}),
        ({}, {"tracking_no": "  "}),
        ({}, {"shipped_at": AT + dt.timedelta(hours=2)}),
        ({}, {"shipped_at": AT - dt.timedelta(hours=2)}),
        ({}, {"quantities": {}}),
    ],
)
def test_shipping_that_is_refused_changes_nothing(agent, changes, shipping):
    order = make_order(**changes)
    events = OrderEvent.objects.count()
    with pytest.raises(Refusal):
        orders.mark_shipped(
            **{
                "order_id": order.pk,
                "carrier_id": make_carrier().pk,
                "tracking_no": "SF1",
                "by": agent.account,
                "at": later(hours=1),
                **shipping,
            }
        )
    assert not Shipment.objects.exists()
    assert OrderEvent.objects.count() == events
    assert Order.objects.get(pk=order.pk).version == order.version


def test_shipping_twice_is_refused(agent):
    order = make_order()
    carrier = make_carrier()
    for_sure = {
        "order_id": order.pk,
        "carrier_id": carrier.pk,
        "tracking_no": "SF1",
        "by": agent.account,
        "at": later(hours=1),
    }
    orders.mark_shipped(**for_sure)
    with pytest.raises(Refusal):
        orders.mark_shipped(**for_sure)
    assert Shipment.objects.count() == 1
    assert EventRecord.objects.filter(name="orders.OrderShipped").count() == 1


def test_cancelling_closes_holds_and_needs_a_reason(agent):
    order = make_order(postcode="")
    with pytest.raises(Refusal):
        orders.cancel_order(order_id=order.pk, reason=" ", by=agent.account, at=AT)
    orders.cancel_order(order_id=order.pk, reason="不要了", by=agent.account, at=later(minutes=1))
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert not order.holds.filter(released_at=None).exists()
    with pytest.raises(Refusal):
        orders.mark_paid(order_id=order.pk, by=agent.account, at=later(minutes=2))


def test_after_sales_and_back(agent):
    order = make_order()
    with pytest.raises(Refusal):
        orders.start_after_sales(order_id=order.pk, by=agent.account, at=AT)
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=make_carrier().pk,
        tracking_no="S",
        by=agent.account,
        at=AT,
    )
    orders.start_after_sales(order_id=order.pk, by=agent.account, at=AT)
    orders.start_after_sales(order_id=order.pk, by=agent.account, at=AT)
    order.refresh_from_db()
    assert order.state == "after_sales"
    orders.end_after_sales(order_id=order.pk, by=agent.account, at=AT)
    order.refresh_from_db()
    assert order.state == "shipped"


# --- warehouse chases


@pytest.mark.requirement("C16")
def test_a_chase_shows_sender_time_order_and_answer(agent):
    clerk = make_employee("warehouse-clerk", name="刘洋")
    order = make_order(promised_ship_at=later(hours=8))
    chase = orders.chase_warehouse(
        order_id=order.pk, question="约定 18:00，现在还没拣货", by=agent.account, at=later(hours=5)
    )
    answered = orders.answer_chase(
        chase_id=chase.pk, answer="明早第一波出", by=clerk.account, at=later(hours=6)
    )
    assert answered.asked_by == agent.account
    assert answered.asked_at == later(hours=5)
    assert answered.promised_ship_at == later(hours=8)
    assert answered.answered_by == clerk.account
    with pytest.raises(Refusal):
        orders.answer_chase(chase_id=chase.pk, answer="改口", by=clerk.account, at=later(hours=7))


@pytest.mark.requirement("C16", "Q10")
def test_a_chase_cannot_be_backdated(agent):
    order = make_order()
    chase = orders.chase_warehouse(
        order_id=order.pk, question="在哪", by=agent.account, at=later(hours=2)
    )
    with pytest.raises(Refusal):
        orders.chase_warehouse(
            order_id=order.pk, question="早就问过", by=agent.account, at=later(hours=1)
        )
    for changes in (
        {"asked_at": later(hours=1)},
        {"question": "别的"},
        {"asked_by": make_employee().account},
        {"promised_ship_at": later(hours=1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            WarehouseChase.objects.filter(pk=chase.pk).update(**changes)
    clerk = make_employee("warehouse-clerk")
    orders.answer_chase(chase_id=chase.pk, answer="好", by=clerk.account, at=later(hours=3))
    with pytest.raises(DatabaseError), transaction.atomic():
        WarehouseChase.objects.filter(pk=chase.pk).update(answer="没说过")
    assert WarehouseChase.objects.get().answer == "好"


def test_chasing_again_within_ten_minutes_is_refused(agent):
    order = make_order()
    orders.chase_warehouse(order_id=order.pk, question="", by=agent.account, at=AT)
    with pytest.raises(ChasedJustNow) as refused:
        orders.chase_warehouse(
            order_id=order.pk, question="", by=agent.account, at=later(minutes=9, seconds=59)
        )
    assert isinstance(refused.value, Conflict)
    orders.chase_warehouse(order_id=order.pk, question="", by=agent.account, at=later(minutes=10))
    assert order.chases.count() == 2


def test_shipped_orders_are_not_chased(agent):
    order = make_order()
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=make_carrier().pk,
        tracking_no="S",
        by=agent.account,
        at=AT,
    )
    with pytest.raises(Refusal):
        orders.chase_warehouse(order_id=order.pk, question="", by=agent.account, at=AT)
    assert not WarehouseChase.objects.exists()


def test_events_of_an_order_are_kept_as_written(agent):
    order = make_order()
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderEvent.objects.filter(order=order).update(at=later(days=-1))


# --- owner, stage, look-up


def test_owner_changes_are_recorded(agent):
    order = make_order()
    other = make_employee(name="李强")
    changed = orders.assign_owner(
        order_ids=[order.pk, order.pk], owner=other, reason="换班", by=agent.account, at=AT
    )
    assert changed == 1
    order.refresh_from_db()
    assert order.owner == other
    assert AuditEntry.objects.filter(action="orders.owner_set").count() == 1


@pytest.mark.requirement("AMB-23")
def test_without_a_chosen_order_the_latest_decides(agent):
    shop = make_shop()
    old = make_order(shop, placed_at=later(days=-3))
    orders.mark_shipped(
        order_id=old.pk,
        carrier_id=make_carrier().pk,
        tracking_no="S",
        by=agent.account,
        at=AT,
    )
    assert orders.stage_of_customer(old.customer_id).after_sales
    new = make_order(shop, placed_at=later(days=-1))
    stage = orders.stage_of_customer(new.customer_id)
    assert (stage.order_id, stage.after_sales) == (new.pk, False)


@pytest.mark.requirement("C7")
@pytest.mark.parametrize(
    ("proof", "found"),
    [
        ("8000", True),
        ("138 0013 8000", True),
        ("311100", True),
        ("8001", False),
        ("", False),
        ("000", False),
        ("+8613800138000", True),
    ],
)
def test_a_buyer_sees_state_and_tracking_of_an_own_order_only(proof, found):
    shop = make_shop()
    order = make_order(shop, external_no="536365")
    seen = orders.look_up_for_buyer(shop_id=shop.pk, number="536365", proof=proof)
    assert (seen is not None) is found
    if seen:
        assert (seen.number, seen.state) == ("536365", "to_ship")
        assert not hasattr(seen, "buyer_name")
    assert (
        orders.look_up_for_buyer(shop_id=shop.pk, number=order.external_no[:-1], proof="8000")
        is None
    )
    other = make_shop()
    assert orders.look_up_for_buyer(shop_id=other.pk, number="536365", proof="8000") is None
