"""The line 已发货 through real orders: who gets the next message (B1, B2, AMB-23)."""

import datetime as dt

import pytest

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Segment
from cangke.desk.rules.stage import Stage
from cangke.foundation.audit.models import AuditEntry
from cangke.orders import public as orders
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_carrier, make_order

from .factories import (
    AT,
    accept,
    account_of,
    claim,
    keep_alive,
    later,
    make_company,
    make_customer,
    offer,
)

pytestmark = pytest.mark.django_db


def ship(order, at):
    orders.mark_shipped(
        order_id=order.pk,
        carrier_id=make_carrier().pk,
        tracking_no=f"SF{order.pk:010}",
        by=None,
        at=at,
    )


def order_of(customer, company, **values) -> Order:
    return make_order(company.shop, customer_id=customer.pk, **values)


def fresh(conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


@pytest.mark.requirement("B1")
def test_b1_no_order_or_unshipped_is_offered_to_pre_sales_shipped_to_after_sales():
    company = make_company()
    none = company.writes().conversation
    assert (none.stage, none.group_id) == ("presale", company.presale.pk)
    customer = make_customer()
    order = order_of(customer, company)
    before = company.writes(customer=customer).conversation
    assert (before.stage, before.order_id) == ("presale", order.pk)
    ship(order, AT)
    after = company.writes(at=later(60), customer=customer, begin_new=True).conversation
    assert (after.stage, after.group_id) == ("aftersale", company.aftersale.pk)
    assert after.stage_because["code"] == "stage.latest_shipped"


@pytest.mark.requirement("B2")
@pytest.mark.django_db(transaction=True)
def test_b2_shipped_at_two_the_message_at_ten_past_goes_to_after_sales():
    company = make_company()
    seller = company.agent("pre-sales")
    carer = company.agent("after-sales")
    customer = make_customer()
    two = AT + dt.timedelta(hours=4)  # 14:00 in Shanghai
    keep_alive(seller, carer, at=two)
    order = order_of(customer, company)
    orders.assign_owner(
        order_ids=[order.pk], owner=seller, by=account_of(seller), at=AT, reason="接单"
    )
    conversation = company.writes("什么时候发货", two, customer=customer).conversation
    assert fresh(conversation).assignee_id == seller.pk
    desk.reply(
        conversation_id=conversation.pk,
        body="今天发",
        by=account_of(seller),
        at=two + dt.timedelta(seconds=30),
    )
    ship(order, two + dt.timedelta(minutes=1))
    marked = fresh(conversation)
    assert (marked.assignee_id, marked.stage) == (seller.pk, "presale")
    assert marked.hand_over_at is not None
    assert marked.messages.filter(event="hand_over").count() == 1
    ten_past = two + dt.timedelta(minutes=10)
    keep_alive(seller, carer, at=ten_past)
    company.writes("收到少了一件", ten_past, customer=customer)
    moved = fresh(conversation)
    assert (moved.stage, moved.assignee_id) == ("aftersale", carer.pk)
    assert moved.hand_over_at is None
    first, second = Segment.objects.filter(conversation=conversation).order_by("pk")
    assert (first.agent_id, first.stage, first.end_reason) == (
        seller.pk,
        "presale",
        "stage_changed",
    )
    assert (second.agent_id, second.stage) == (carer.pk, "aftersale")
    last = conversation.turns.order_by("number").last()
    assert (last.agent_id, last.opened_at) == (carer.pk, ten_past)
    order.refresh_from_db()
    assert order.owner_id == seller.pk, "the seller stays the order's own agent"
    assert desk.rebuild_turns(conversation_id=conversation.pk, at=ten_past) == []


@pytest.mark.requirement("B2")
def test_marking_a_hand_over_twice_marks_it_once():
    company = make_company()
    seller = company.agent("pre-sales", online=False)
    customer = make_customer()
    order = order_of(customer, company)
    conversation = company.writes(customer=customer).conversation
    claim(conversation, seller, later(1))
    Order.objects.filter(pk=order.pk).update(state="shipped", shipped_at=later(60))
    assert desk.mark_hand_over(order_id=order.pk, at=later(60)) == 1
    assert desk.mark_hand_over(order_id=order.pk, at=later(61)) == 0
    assert conversation.messages.filter(event="hand_over").count() == 1


def test_what_waits_in_the_queue_moves_at_once_when_the_order_is_shipped():
    company = make_company()
    customer = make_customer()
    order = order_of(customer, company)
    conversation = company.writes(customer=customer).conversation
    Order.objects.filter(pk=order.pk).update(state="shipped", shipped_at=later(60))
    desk.mark_hand_over(order_id=order.pk, at=later(60))
    assert fresh(conversation).group_id == company.aftersale.pk


def test_a_transfer_after_the_mark_is_already_after_sales():
    company = make_company()
    seller = company.agent("pre-sales", online=False)
    carer = company.agent("after-sales", online=False)
    customer = make_customer()
    order = order_of(customer, company)
    conversation = company.writes(customer=customer).conversation
    claim(conversation, seller, later(1))
    Order.objects.filter(pk=order.pk).update(state="shipped", shipped_at=later(60))
    desk.mark_hand_over(order_id=order.pk, at=later(60))
    transfer = offer(conversation, seller, carer, later(70), "已发货")
    accept(transfer, carer, later(80))
    moved = fresh(conversation)
    assert (moved.stage, moved.hand_over_at) == ("aftersale", None)
    assert Segment.objects.get(agent=carer).stage == "aftersale"


@pytest.mark.requirement("AMB-23")
def test_amb_23_partly_shipped_is_after_sales_unless_an_unshipped_line_is_chosen():
    company = make_company()
    agent = company.agent("cs-specialist", online=False)
    customer = make_customer()
    order = order_of(customer, company)
    sent, kept = order.lines.order_by("position")
    sent.shipped_quantity = 1
    sent.save()
    conversation = company.writes(customer=customer).conversation
    assert conversation.stage == "aftersale"
    desk.reply(conversation_id=conversation.pk, body="您好", by=account_of(agent), at=later(5))
    choice = {"conversation_id": conversation.pk, "by": account_of(agent), "order": order}
    desk.choose_order(**choice, line=kept, at=later(9))
    assert fresh(conversation).stage == "presale"
    desk.choose_order(**choice, line=sent, at=later(10))
    assert fresh(conversation).stage == "aftersale"
    assert fresh(conversation).assignee_id == agent.pk, "whoever holds it answers or transfers"


@pytest.mark.requirement("AMB-23", "B1")
def test_the_order_a_customer_names_decides():
    company = make_company()
    shipped = order_of(make_customer(), company, external_no="536365")
    ship(shipped, AT)
    conversation = company.writes("请问订单536365到哪了").conversation
    assert (conversation.order_id, conversation.order_chosen) == (shipped.pk, True)
    assert conversation.stage == "aftersale"


def test_an_order_named_later_changes_queue_but_not_the_holder():
    company = make_company()
    agent = company.agent(online=False)
    shipped = order_of(make_customer(), company, external_no="536366")
    ship(shipped, AT)
    conversation = company.writes("在吗").conversation
    desk.reply(conversation_id=conversation.pk, body="在", by=account_of(agent), at=later(5))
    company.writes("536366 怎么还没到", later(20), customer=conversation.customer)
    now = fresh(conversation)
    assert (now.stage, now.assignee_id) == ("aftersale", agent.pk)
    assert now.messages.filter(event="order_named").count() == 1


def test_a_stage_set_by_hand_stays_and_says_why():
    company = make_company()
    agent = company.agent(online=False)
    customer = make_customer()
    order = order_of(customer, company)
    conversation = company.writes(customer=customer).conversation
    desk.reply(conversation_id=conversation.pk, body="在", by=account_of(agent), at=later(5))
    mark = {"conversation_id": conversation.pk, "stage": Stage.AFTERSALE, "by": account_of(agent)}
    with pytest.raises(desk.MarkRefused):
        desk.set_stage(**mark, reason=" ", at=later(6))
    desk.set_stage(**mark, reason="旧订单的售后", at=later(7))
    company.writes("还在吗", later(9), customer=customer)
    assert fresh(conversation).stage == "aftersale"
    entry = AuditEntry.objects.get(action="desk.stage_set")
    assert (entry.reason, entry.changes["stage"]) == ("旧订单的售后", ["presale", "aftersale"])
    assert order.pk


def test_a_line_of_another_order_is_refused():
    company = make_company()
    agent = company.agent(online=False)
    customer = make_customer()
    mine, other = order_of(customer, company), order_of(make_customer(), company)
    conversation = company.writes(customer=customer).conversation
    desk.reply(conversation_id=conversation.pk, body="在", by=account_of(agent), at=later(5))
    before = Conversation.objects.values().get(pk=conversation.pk)
    with pytest.raises(desk.MarkRefused):
        desk.choose_order(
            conversation_id=conversation.pk,
            order=mine,
            line=other.lines.first(),
            by=account_of(agent),
            at=later(9),
        )
    assert Conversation.objects.values().get(pk=conversation.pk) == before


@pytest.mark.requirement("A20", "A21")
def test_a20_a_flag_moves_it_up_shortens_the_target_and_is_logged():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    mark = {"conversation_id": conversation.pk, "priority": 2, "by": account_of(agent)}
    with pytest.raises(desk.MarkRefused):
        desk.set_priority(**mark, reason="", at=later(5))
    desk.set_priority(**mark, reason="航班今晚", at=later(5))
    now = fresh(conversation)
    assert (now.priority, now.due_at) == (2, later(30))
    assert AuditEntry.objects.get(action="desk.priority_set").reason == "航班今晚"
