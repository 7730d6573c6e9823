"""Objections of the person a figure is about: the item waits, then counts or never does (S7)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.approvals import actions as approvals
from cangke.approvals.models import ApprovalCase, Objection
from cangke.approvals.tests.factories import decide
from cangke.attendance.actions import recompute
from cangke.attendance.models import DayRecord, RedPacket
from cangke.foundation.events.public import sweep
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions
from cangke.payroll.models import LateChange, PayItem
from tests.factories import client_for, make_account

from .factories import (
    APRIL,
    JUNE,
    MAY,
    absent,
    calculated,
    lines_of,
    locked,
    make_office,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def office():
    made = make_office()
    approvals.ensure(at=MAY)
    return made


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


def freight(office, *, month=APRIL, at=MAY):
    return actions.set_item(
        employee=office.agent,
        month=month,
        kind="recovery",
        amount=Decimal("12.00"),
        reason="漏放贺卡，补发运费",
        by=office.hr,
        at=at,
    )


def objected(office, subject, figure, *, at=MAY, reason="仓库漏装，不是备注的错"):
    return approvals.object_to(
        subject=subject, figure=figure, reason=reason, by=office.agent.account, at=at
    )


def answer(objection, by, action, *, at=MAY + HOUR):
    return decide(objection.case, by, action, at=at, comment="已核对装箱记录")


@pytest.mark.requirement("S7")
def test_s7_an_objection_pauses_the_item_in_the_pay_run_until_it_is_decided(office, deliver):
    """Paused while open, counted again once dismissed."""
    work(office, *range(1, 31))
    item = freight(office)
    line = f"recovery.{item.pk}"
    assert lines_of(slip_of(calculated(office), office.agent))[line] == Decimal("-12.00")
    objection = deliver(lambda: objected(office, item, "recovery"))
    assert objection.case.tasks.get().account == office.crew.leader.account
    slip = slip_of(calculated(office), office.agent)
    assert line not in lines_of(slip)
    assert {"code": "objected", "value": "1"} in slip.problems
    deliver(lambda: answer(objection, office.crew.leader.account, "refuse"))
    objection.refresh_from_db()
    assert (objection.state, objection.settled_at is None) == ("dismissed", False)
    assert lines_of(slip_of(calculated(office), office.agent))[line] == Decimal("-12.00")


@pytest.mark.requirement("S7")
def test_s7_what_is_upheld_is_dropped_and_the_person_is_told(office, deliver):
    work(office, *range(1, 31))
    item = freight(office)
    objection = deliver(lambda: objected(office, item, "recovery"))
    deliver(lambda: answer(objection, office.crew.leader.account, "approve"))
    item.refresh_from_db()
    assert (item.state, item.closed_reason) == ("dropped", "异议成立")
    assert f"recovery.{item.pk}" not in lines_of(slip_of(calculated(office), office.agent))
    assert Notice.objects.filter(account=office.agent.account, kind="approvals.decided").exists()
    before = list(PayItem.objects.values())
    deliver(lambda: sweep(at=timezone.now()))
    assert list(PayItem.objects.values()) == before


@pytest.mark.requirement("S7", "L11")
def test_s7_an_upheld_line_of_a_locked_slip_comes_back_with_the_next_run(office, deliver):
    work(office, *range(1, 30))
    absent(office, 30)
    run = locked(office)
    slip = slip_of(run, office.agent)
    taken = lines_of(slip)["absence"]
    assert taken < 0
    objection = deliver(lambda: objected(office, slip, "absence", at=MAY + HOUR))
    deliver(lambda: answer(objection, office.crew.leader.account, "approve", at=MAY + 2 * HOUR))
    change = LateChange.objects.get(source="objection")
    assert (change.month, change.reference) == (APRIL, str(objection.pk))
    may = calculated(office, at=JUNE, month=dt.date(2026, 5, 1))
    assert lines_of(slip_of(may, office.agent))["adjustment.2026-04.absence"] == -taken
    assert lines_of(slip_of(run, office.agent))["absence"] == taken  # the locked slip stays


@pytest.mark.requirement("S7", "K5")
def test_s7_a_verdict_under_objection_counts_for_nothing_and_its_packet_does_not_double(
    office, deliver
):
    work(office, 1, arrives="08:45")
    ended = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    recompute(employee_ids=[office.agent.pk], months=[APRIL], at=ended)
    day = DayRecord.objects.get(employee=office.agent, date=APRIL)
    packet = RedPacket.objects.get(employee=office.agent)
    assert (day.state, packet.state, packet.amount) == ("marked", "due", Decimal("20.00"))
    objection = deliver(lambda: objected(office, day, "day_in", at=ended))
    # Told at once; the very moment is the clock's, so it is judged again at ours.
    recompute(employee_ids=[office.agent.pk], months=[APRIL], at=ended)
    day.refresh_from_db()
    packet.refresh_from_db()
    assert (day.state, packet.state, packet.owed) == ("clean", "void", 0)
    assert day.verdicts[0]["objected"] is True
    approvals.settle_objection(objection_id=objection.pk, state="dismissed", at=ended + HOUR)
    later = ended + dt.timedelta(days=20)
    recompute(employee_ids=[office.agent.pk], months=[APRIL], at=later)
    day.refresh_from_db()
    packet.refresh_from_db()
    assert (day.state, "objected" in day.verdicts[0]) == ("marked", False)
    # The packet is due anew, not doubled for the time it was paused.
    assert (packet.state, packet.owed) == ("due", Decimal("20.00"))
    assert packet.due_at > later


def test_only_the_person_concerned_objects_in_time_and_once(office):
    item = freight(office)
    with pytest.raises(approvals.NotYours):
        approvals.object_to(
            subject=item, figure="recovery", reason="…", by=office.crew.leader.account, at=MAY
        )
    with pytest.raises(approvals.TooLate):
        objected(office, item, "recovery", at=MAY + dt.timedelta(days=8))
    assert not Objection.objects.exists()
    last_day = MAY + dt.timedelta(days=7)
    first = objected(office, item, "recovery", at=last_day)
    with pytest.raises(approvals.AlreadyObjected):
        objected(office, item, "recovery", at=last_day)
    assert (Objection.objects.get(), ApprovalCase.objects.count()) == (first, 1)
    with pytest.raises(approvals.NotYours):
        decide(first.case, office.agent.account, at=last_day)


def test_an_objection_taken_back_may_be_raised_anew(office, deliver):
    item = freight(office)
    first = deliver(lambda: objected(office, item, "recovery"))
    own = office.agent.account
    deliver(lambda: approvals.withdraw(case_id=first.case_id, by=own, at=MAY))
    first.refresh_from_db()
    assert first.state == "withdrawn"
    assert objected(office, item, "recovery").pk != first.pk


def test_a_returned_objection_is_completed_and_answered(office, deliver):
    item = freight(office)
    objection = deliver(lambda: objected(office, item, "recovery", reason="不是我"))
    leader = office.crew.leader.account
    deliver(lambda: answer(objection, leader, "return"))
    objection.refresh_from_db()
    assert objection.state == "open"
    with pytest.raises(approvals.NotYours):
        approvals.complete_objection(objection_id=objection.pk, reason="…", by=leader, at=MAY)
    deliver(
        lambda: approvals.complete_objection(
            objection_id=objection.pk, reason="装箱照片见附件", by=objection.by, at=MAY + HOUR
        )
    )
    deliver(lambda: answer(objection, leader, "approve", at=MAY + 2 * HOUR))
    objection.refresh_from_db()
    assert (objection.state, objection.reason) == ("upheld", "装箱照片见附件")


@pytest.mark.requirement("S7")
def test_s7_from_the_explanation_to_the_answer_on_pages(office, deliver):
    now = timezone.now()
    item = freight(office, month=now.date().replace(day=1), at=now)
    own = client_for(office.agent.account)
    why = reverse("rulebook:why", args=["payroll.PayItem", item.pk, "recovery"])
    form = reverse("approvals:object", args=["payroll.PayItem", item.pk, "recovery"])
    assert form in own.get(why).content.decode()
    assert own.get(form).status_code == 200
    assert own.post(form, {"reason": ""}).status_code == 422
    made = deliver(lambda: own.post(form, {"reason": "仓库漏装"}))
    objection = Objection.objects.get()
    page = reverse("approvals:objection", args=[objection.pk])
    assert (made.status_code, made["location"]) == (302, page)
    assert own.post(form, {"reason": "再来一次"}).status_code in (409, 422)
    assert Objection.objects.count() == 1
    assert "仓库漏装" in own.get(page).content.decode()
    shown = own.get(why).content.decode()
    assert page in shown
    assert form not in shown
    assert page in own.get(reverse("approvals:objections") + "?view=all").content.decode()
    leader = client_for(office.crew.leader.account)
    assert page in leader.get(reverse("approvals:objections")).content.decode()
    answering = leader.get(page).content.decode()
    assert "去处理" in answering
    assert "漏放贺卡，补发运费" in answering, "who decides reads what it rests on"
    record = reverse("payroll:item", args=[item.pk])
    assert record not in answering, "no link to what one does not see"
    assert record in own.get(page).content.decode()
    stranger = client_for(make_account("agent"))
    for url in (page, form, reverse("approvals:objection-complete", args=[objection.pk])):
        assert stranger.get(url).status_code == 404


def test_a_figure_that_was_never_worked_out_cannot_be_objected_to(office):
    slip = slip_of(locked(office), office.agent)
    url = reverse("approvals:object", args=["payroll.PaySlip", slip.pk, "nothing"])
    assert client_for(office.agent.account).get(url).status_code == 404
