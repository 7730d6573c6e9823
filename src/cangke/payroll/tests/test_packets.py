"""Packets are settled in the group and are no line of the slip, unless the policy says so (L9)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from cangke.approvals import actions as approvals
from cangke.approvals.tests.factories import decide
from cangke.attendance import actions as attendance
from cangke.attendance.models import RedPacket
from cangke.payroll import actions
from cangke.payroll.queries import simulate_month
from cangke.rulebook.models import Explanation, RulebookVersion
from cangke.rulebook.queries.force import trial
from tests.factories import client_for

from .factories import (
    JUNE,
    MAY,
    calculated,
    lines_of,
    local,
    locked,
    make_office,
    publish,
    punch,
    rest,
    slip_of,
)

HOUR = dt.timedelta(hours=1)
APRIL_FACTS = {
    "month": "2026-04",
    "rest_days_taken": "2",
    "shifts": [{"date": "2026-04-07", "type": "day"}, {"date": "2026-04-08", "type": "day"}],
    "punches": [
        "2026-04-07T08:35:00+08:00",
        "2026-04-07T17:31:00+08:00",
        "2026-04-08T08:41:00+08:00",
        "2026-04-08T17:31:00+08:00",
    ],
}


@pytest.fixture
def office(db):
    made = make_office()
    approvals.ensure(at=MAY)
    publish(made.crew, (made.agent, 7, "day*"), (made.agent, 8, "day*"))
    punch(made.agent, local(7, "08:35"), local(7, "17:31"))
    punch(made.agent, local(8, "08:41"), local(8, "17:31"))
    rest(made, 20, 21)
    return made


@pytest.fixture
def by_pay(db):
    """The rulebook has packets settled by pay."""

    def policy(**more):
        body = RulebookVersion.objects.get().body["values"]
        return trial("default", {**body, "redpacket.settled_by": "pay", **more})

    return policy


def packets(office):
    return list(RedPacket.objects.filter(employee=office.agent).order_by("date"))


def judged(office, at=MAY):
    attendance.recompute(employee_ids=[office.agent.pk], months=[dt.date(2026, 4, 1)], at=at)


@pytest.mark.requirement("L9")
def test_l9_the_slip_has_no_packet_line_and_the_ledger_shows_them(office):
    run = locked(office)
    assert set(lines_of(slip_of(run, office.agent))) == {"base_pay"}
    assert [(each.amount, each.state) for each in packets(office)] == [
        (10, "due"),
        (20, "due"),
    ]


@pytest.mark.requirement("L9", "S6")
def test_l9_where_the_policy_says_so_pay_settles_them_with_a_line_that_explains_itself(
    office, by_pay
):
    with by_pay():
        run = calculated(office)
        slip = slip_of(run, office.agent)
        assert lines_of(slip) == {"base_pay": Decimal(2200), "red_packets": Decimal(-30)}
        assert (slip.deductions, slip.net) == (30, 2170)
        line = slip.lines.get(code="red_packets")
        assert (line.clause, line.explain, line.note) == ("L9", "10.00 + 20.00", "04-07 04-08")
        why = Explanation.objects.get(
            subject_type="payroll.PaySlip", subject_id=slip.pk, figure="red_packets"
        )
        assert why.clause == "attendance.packets"
        assert [fact["label"] for fact in why.facts] == ["红包", "红包"]
        judged(office)
        assert [(each.state, each.owed) for each in packets(office)] == [("pay", 10), ("pay", 20)]
        locked(office)
    assert [(each.state, each.owed, each.paid_with) for each in packets(office)] == [
        ("paid", 0, dt.date(2026, 4, 1)),
        ("paid", 0, dt.date(2026, 4, 1)),
    ]


@pytest.mark.requirement("L9", "K9")
def test_l9_what_pay_settles_is_not_sent_and_does_not_double(office, by_pay):
    with by_pay():
        judged(office)
        attendance.publish_weeks(at=local(13, "09:00"))
        attendance.double_packets(at=MAY)
        first = packets(office)[0]
        assert (first.state, first.owed) == ("pay", 10)
        with pytest.raises(attendance.PacketSettled):
            attendance.settle_packet(packet_id=first.pk, by=office.hr, at=MAY)


@pytest.mark.requirement("L9")
def test_l9_what_is_waived_or_was_sent_before_is_not_taken(office, by_pay):
    judged(office, at=local(9, "10:00"))
    first, second = packets(office)
    attendance.settle_packet(
        packet_id=first.pk, by=office.crew.account(office.crew.boss), at=local(9, "11:00")
    )
    with by_pay():
        judged(office)
        attendance.waive_packet(packet_id=second.pk, reason="地铁停运", by=office.hr, at=MAY)
        run = calculated(office)
        assert "red_packets" not in lines_of(slip_of(run, office.agent))
        judged(office)
    assert [each.state for each in packets(office)] == ["sent", "waived"]


@pytest.mark.requirement("L9", "L12")
def test_l9_the_guard_counts_them_and_limits_them_after_absence(office, by_pay):
    with by_pay(**{"pay.legal_guard": "cap", "pay.guard_percent": "1"}):
        slip = slip_of(calculated(office), office.agent)
        assert lines_of(slip)["red_packets"] == Decimal(-22)
        assert (slip.guard_exceeded, slip.uncollected) == (True, 8)
        assert slip.lines.get(code="red_packets").explain == "22.00 ≤ 10.00 + 20.00"


@pytest.mark.requirement("L9", "L11")
def test_l9_a_run_sent_back_opens_them_again_and_the_next_lock_settles_them_once(office, by_pay):
    with by_pay():
        run = locked(office)
        actions.reopen_run(run_id=run.pk, reason="漏了奖金", by=office.hr, at=MAY)
        assert [(each.state, each.owed) for each in packets(office)] == [("pay", 10), ("pay", 20)]
        actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
        actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
        again = actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
        assert lines_of(slip_of(again, office.agent))["red_packets"] == Decimal(-30)
    assert {each.state for each in packets(office)} == {"paid"}


@pytest.mark.requirement("L9", "S7", "L11")
def test_l9_an_objection_upheld_after_the_lock_gives_it_back_with_the_next_run(
    office, by_pay, django_capture_on_commit_callbacks
):
    with by_pay():
        run = locked(office)
        slip = slip_of(run, office.agent)
        with django_capture_on_commit_callbacks(execute=True):
            case = approvals.object_to(
                subject=slip,
                figure="red_packets",
                reason="那天是系统故障",
                by=office.agent.account,
                at=MAY + HOUR,
            )
        with django_capture_on_commit_callbacks(execute=True):
            leader = office.crew.account(office.crew.leader)
            decide(case.case, leader, "approve", at=MAY + 2 * HOUR, comment="系统确有故障")
        may = calculated(office, at=JUNE, month=dt.date(2026, 5, 1))
        lines = lines_of(slip_of(may, office.agent))
    assert lines["adjustment.2026-04.red_packets"] == Decimal(30)


@pytest.mark.requirement("L9", "X20")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "taken", "states"),
    [
        ({}, None, ["overdue", "overdue"]),
        ({"redpacket.settled_by": "group"}, None, ["overdue", "overdue"]),
        ({"redpacket.settled_by": "pay"}, "-30.00", ["pay", "pay"]),
    ],
)
def test_l9_a_month_is_played_through_either_way(policy, taken, states):
    answer = simulate_month({**APRIL_FACTS, "policy": policy})
    lines = {line["code"]: line["amount"] for line in answer["lines"]}
    assert lines.get("red_packets") == taken
    assert [each["state"] for each in answer["packets"]] == states


@pytest.mark.requirement("L9")
def test_l9_the_page_says_that_pay_settles_it(office, by_pay):
    with by_pay():
        locked(office)
    packet = packets(office)[0]
    page = client_for(office.agent.account).get(reverse("attendance:packet", args=[packet.pk]))
    said = page.content.decode()
    assert "已列入 2026-04 的工资条" in said
    assert "上传凭证" not in said
