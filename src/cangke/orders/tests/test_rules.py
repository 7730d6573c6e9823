"""What the manual says about orders, as tables."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.orders import rules
from cangke.orders.rules import Colour, LineFacts, OrderFacts, RemarkPolicy, State

UTC = dt.UTC
REMARK = RemarkPolicy()


# --- remark


@pytest.mark.requirement("C10")
def test_five_parts_make_the_line_of_the_manual():
    assert (
        rules.format_remark(
            logistics="顺丰",
            gift="贺卡",
            other="写“生日快乐”并退优惠券20元",
            author="张三",
            at=dt.datetime(2025, 4, 3, 6, 20, 59, tzinfo=UTC),
            zone="Asia/Shanghai",
            policy=REMARK,
        )
        == "顺丰,贺卡,写“生日快乐”并退优惠券20元,张三,2025-04-03 14:20"
    )


@pytest.mark.requirement("AMB-24")
@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("", "无"),
        ("   ", "无"),
        (",", "无"),
        ("，", "无"),
        ("贺卡,红色", "贺卡、红色"),
        ("贺卡，红色", "贺卡、红色"),
        ("贺卡 , 红色", "贺卡、红色"),
        (",贺卡,", "贺卡"),
        ("第一行\n第二行", "第一行 第二行"),
        ("写“早,安”", "写“早、安”"),
    ],
)
def test_empty_parts_and_commas(given, written):
    assert rules.remark_part(given, policy=REMARK) == written


@pytest.mark.requirement("AMB-24")
def test_the_time_is_the_sites_own():
    line = rules.format_remark(
        logistics="",
        gift="",
        other="写贺卡",
        author="Ann",
        at=dt.datetime(2025, 4, 3, 6, 20, tzinfo=UTC),
        zone="America/Los_Angeles",
        policy=REMARK,
    )
    assert line == "无,无,写贺卡,Ann,2025-04-02 23:20"
    assert line.count(",") == 4


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"):
        rules.format_remark(
            logistics="",
            gift="",
            other="",
            author="",
            at=dt.datetime(2025, 4, 3),  # noqa: DTZ001  # what is refused
            zone="UTC",
            policy=REMARK,
        )


@pytest.mark.requirement("C11")
@pytest.mark.parametrize(
    ("state", "picking", "late"),
    [
        (State.TO_SHIP, False, False),
        (State.TO_SHIP, True, True),
        (State.SHIPPED, False, True),
        (State.AFTER_SALES, False, True),
        (State.UNPAID, False, False),
    ],
)
def test_remarks_after_picking_began_are_late(state, picking, late):
    assert rules.is_late_remark(state=state, picking_started=picking) is late


# --- promised ship time

PROMISED = dt.datetime(2025, 4, 3, 10, 0, tzinfo=UTC)  # 3 April 18:00 in Shanghai


@pytest.mark.requirement("C15")
@pytest.mark.parametrize(
    ("at", "colour"),
    [
        ("2025-04-03 13:59:59", Colour.CALM),
        ("2025-04-03 14:00:00", Colour.AMBER),
        ("2025-04-03 17:59:59", Colour.AMBER),
        ("2025-04-03 18:00:00", Colour.AMBER),
        ("2025-04-03 18:01:00", Colour.RED),
        ("2025-04-04 09:00:00", Colour.RED),
    ],
)
def test_promise_turns_amber_four_hours_before_and_red_after(at, colour):
    moment = dt.datetime.fromisoformat(f"{at}+08:00")
    view = rules.promise_view(
        state=State.TO_SHIP,
        promised_ship_at=PROMISED,
        shipped_at=None,
        at=moment,
        amber_minutes=240,
    )
    assert view.colour is colour


@pytest.mark.parametrize(
    ("state", "shipped", "at_hours", "colour", "left"),
    [
        (State.SHIPPED, -60, 5, Colour.KEPT, 60),
        (State.SHIPPED, 0, 5, Colour.KEPT, 0),
        (State.SHIPPED, 1, 5, Colour.MISSED, -1),
        (State.AFTER_SALES, 72000, 50, Colour.MISSED, -72000),
        (State.CANCELLED, None, 5, Colour.OFF, 0),
        (State.ON_HOLD, None, -1, Colour.PAUSED, 3600),
        (State.ON_HOLD, None, 1, Colour.RED, -3600),
    ],
)
def test_promise_of_shipped_held_and_cancelled_orders(state, shipped, at_hours, colour, left):
    view = rules.promise_view(
        state=state,
        promised_ship_at=PROMISED,
        shipped_at=None if shipped is None else PROMISED + dt.timedelta(seconds=shipped),
        at=PROMISED + dt.timedelta(hours=at_hours),
        amber_minutes=240,
    )
    assert (view.colour, view.seconds_left) == (colour, left)


def test_no_promise_no_colour():
    view = rules.promise_view(
        state=State.TO_SHIP,
        promised_ship_at=None,
        shipped_at=None,
        at=PROMISED,
        amber_minutes=240,
    )
    assert view.colour is Colour.NONE


# --- states


@pytest.mark.requirement("C5")
@pytest.mark.parametrize(
    ("state", "wanted", "allowed"),
    [
        (State.UNPAID, State.PAID, True),
        (State.UNPAID, State.SHIPPED, False),
        (State.PAID, State.TO_SHIP, True),
        (State.ON_HOLD, State.SHIPPED, False),
        (State.ON_HOLD, State.TO_SHIP, True),
        (State.TO_SHIP, State.SHIPPED, True),
        (State.SHIPPED, State.CANCELLED, False),
        (State.SHIPPED, State.DELIVERED, True),
        (State.DELIVERED, State.AFTER_SALES, True),
        (State.CANCELLED, State.PAID, False),
    ],
)
def test_steps_between_states(state, wanted, allowed):
    assert rules.may_go(state, wanted) is allowed


def test_every_state_can_be_reached_and_names_its_next_steps():
    reached = set().union(*rules.NEXT.values())
    assert set(rules.NEXT) == set(State)
    assert reached == set(State) - {State.UNPAID} | {State.UNPAID}


@pytest.mark.requirement("B1", "AMB-23")
@pytest.mark.parametrize(
    ("state", "shipped", "after"),
    [
        (State.UNPAID, [], False),
        (State.TO_SHIP, [0, 0], False),
        (State.TO_SHIP, [0, 1], True),
        (State.SHIPPED, [2, 2], True),
        (State.DELIVERED, [], True),
        (State.AFTER_SALES, [], True),
        (State.CANCELLED, [], False),
    ],
)
def test_any_shipped_line_is_after_sales(state, shipped, after):
    assert rules.is_after_sales(state=state, shipped_quantities=shipped) is after


# --- completeness

COMPLETE = {
    "country": "CN",
    "province": "浙江",
    "city": "杭州",
    "street": "文一西路 969 号",
    "postcode": "311100",
    "name": "小鱼妈妈",
    "phone": "13800138000",
    "service": "1",
    "lines": (LineFacts("85123A", 6),),
}


@pytest.mark.requirement("C2")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"postcode": ""}, [("postcode", ("postcode",))]),
        ({"postcode": "31110"}, [("postcode", ("postcode",))]),
        ({"postcode": "31110O"}, [("postcode", ("postcode",))]),
        ({"street": "文一西路"}, [("address", ("house_number",))]),
        ({"street": "长安街一号"}, []),
        ({"street": ""}, [("address", ("street",))]),
        ({"province": "", "city": " "}, [("address", ("province", "city"))]),
        ({"phone": "1380013800"}, [("phone", ("phone",))]),
        ({"phone": "+86 138-0013-8000"}, []),
        ({"phone": "0571-88888888"}, []),
        ({"name": ""}, [("name", ("name",))]),
        ({"service": ""}, [("service", ("service",))]),
        ({"lines": ()}, [("sku", ("lines",))]),
        ({"lines": (LineFacts("X1", 1, known=False),)}, [("sku", ("X1",))]),
        ({"lines": (LineFacts("X1", 0),)}, [("quantity", ("X1",))]),
        ({"country": ""}, [("address", ("country",))]),
        ({"country": "DE", "province": "", "phone": "+49 30 1234567", "postcode": "10115"}, []),
        (
            {"country": "US", "phone": "+1 213 555 0100", "postcode": "9001"},
            [("postcode", ("postcode",))],
        ),
        ({"country": "US", "phone": "+1 213 555 0100", "postcode": "90012-1234"}, []),
        ({"country": "GB", "phone": "+44 20 7946 0000", "postcode": "SW1A 1AA"}, []),
        ({"country": "HK", "phone": "+852 2345 6789", "postcode": ""}, []),
    ],
)
def test_what_is_missing(changes, found):
    facts = OrderFacts(**{**COMPLETE, **changes})
    findings = rules.find_incomplete(facts)
    assert [(each.rule, each.missing) for each in findings] == found


@pytest.mark.requirement("C2")
def test_a_file_of_invoices_is_not_judged_by_an_address_it_cannot_carry():
    facts = OrderFacts(lines=(LineFacts("85123A", 6),))
    assert rules.find_incomplete(facts, scheme="invoice") == ()
    assert len(rules.find_incomplete(facts, scheme="full")) == 5


# --- amounts and time on hold


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        (6, "2.55", "15.30"),
        (3, "0.0", "0.00"),
        (3, "0.335", "1.01"),
        (1, "0.005", "0.01"),
        (80995, "2.08", "168469.60"),
    ],
)
def test_line_amounts_round_half_up_once(quantity, price, amount):
    result = rules.line_amount(quantity=quantity, unit_price=Decimal(price))
    assert result == Decimal(amount)
    assert result.as_tuple().exponent == -2


def minute(n):
    return PROMISED + dt.timedelta(minutes=n)


@pytest.mark.requirement("C2")
@pytest.mark.parametrize(
    ("holds", "minutes"),
    [
        ([], 0),
        ([(0, 10)], 10),
        ([(0, 10), (5, 20)], 20),
        ([(0, 30), (5, 10)], 30),
        ([(0, 10), (20, 25)], 15),
        ([(0, None)], 60),
        ([(0, 10), (50, None)], 20),
    ],
)
def test_time_on_hold_counts_overlaps_once(holds, minutes):
    spans = [(minute(a), minute(b) if b is not None else None) for a, b in holds]
    assert rules.held_seconds(spans, at=minute(60)) == minutes * 60


def test_left_to_ship():
    assert rules.left_to_ship(ordered={1: 5, 2: 3, 3: 1}, shipped={1: 2, 2: 3}) == {1: 3, 3: 1}
