"""What becomes of a promise (A18)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404

from cangke.approvals import public as approvals
from cangke.approvals.tests.factories import decide
from cangke.desk import public as desk
from cangke.desk.tests.factories import account_of, make_channel
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.events.models import EventRecord
from cangke.foundation.events.public import event_name
from cangke.foundation.notices.models import Notice
from cangke.tickets import actions, handlers, queries
from cangke.tickets.events import PledgeBroken, PledgeKept
from cangke.tickets.models import Pledge, PledgeEvent

from .factories import AT, EIGHTEEN, HOUR, make_crew

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def crew():
    return make_crew()


def again(pledge):
    return Pledge.objects.get(pk=pledge.pk)


def kinds(pledge):
    return list(pledge.events.values_list("kind", flat=True))


def published(event):
    return EventRecord.objects.filter(name=event_name(event)).count()


def notices(employee, kind):
    return Notice.objects.filter(account=employee.account, kind=kind).count()


def keep(pledge, by, at, proof="退券单 8812", **values):
    return actions.keep_pledge(pledge_id=pledge.pk, proof=proof, by=by, at=at, **values)


@pytest.mark.requirement("A18")
def test_a18_a_coupon_refunded_at_17_40_is_kept(crew):
    pledge = crew.promise()
    kept = keep(pledge, crew.by, EIGHTEEN - 20 * MINUTE)
    assert (kept.state, kept.settled_at) == ("kept", EIGHTEEN - 20 * MINUTE)
    actions.sweep_pledges(at=EIGHTEEN)
    assert again(pledge).state == "kept"
    assert (published(PledgeKept), published(PledgeBroken)) == (1, 0)
    assert not queries.broken_pledges(since=AT, until=AT + 24 * HOUR).exists()


@pytest.mark.requirement("A18", "L20")
def test_a18_a_coupon_not_refunded_at_18_00_is_broken_and_a_candidate(crew):
    pledge = crew.promise()
    actions.sweep_pledges(at=EIGHTEEN - dt.timedelta(seconds=1))
    assert again(pledge).state == "open"
    actions.sweep_pledges(at=EIGHTEEN)
    actions.sweep_pledges(at=EIGHTEEN + MINUTE)
    assert again(pledge).state == "broken"
    assert kinds(pledge).count("broken") == 1
    assert published(PledgeBroken) == 1
    assert list(queries.broken_pledges(since=AT, until=AT + 24 * HOUR)) == [pledge]
    assert notices(crew.agent, "tickets.pledge_broken") == 1
    assert notices(crew.leader, "tickets.pledge_broken") == 1


@pytest.mark.requirement("A18")
def test_a18_kept_late_stays_broken_and_says_so(crew):
    pledge = crew.promise()
    kept = keep(pledge, crew.by, EIGHTEEN + MINUTE)
    assert (kept.state, kept.kept_late_at) == ("broken", EIGHTEEN + MINUTE)
    assert kinds(pledge) == ["made", "broken", "kept_late"]
    with pytest.raises(actions.PledgeOver):
        keep(pledge, crew.by, EIGHTEEN + HOUR)
    assert not queries.overdue_pledges(Pledge.objects.all(), at=EIGHTEEN + HOUR).exists()


def test_a_message_sent_in_time_lets_a_leader_clear_a_broken_promise(crew):
    pledge = crew.promise()
    sent = crew.says("券已经退到您的账户", AT + HOUR)
    actions.sweep_pledges(at=EIGHTEEN)
    with pytest.raises(actions.PledgeOver):
        keep(pledge, crew.by, EIGHTEEN + HOUR, message=sent)
    assert again(pledge).state == "broken"
    cleared = keep(pledge, crew.boss, EIGHTEEN + HOUR, message=sent)
    assert (cleared.state, cleared.settled_at) == ("kept", sent.at)
    assert kinds(pledge)[-1] == "cleared"


def test_the_proof_is_a_message_of_ours_to_this_customer_after_the_promise(crew):
    before = crew.says("好的", AT)
    pledge = crew.promise(at=AT + MINUTE)
    received = crew.conversation.messages.filter(direction="in").first()
    other = crew.company.writes().message
    sent = crew.says("已退", AT + HOUR)
    desk.recall_message(message_id=sent.pk, by=crew.by, at=AT + HOUR)
    sent.refresh_from_db()
    for message in (before, received, other, sent):
        with pytest.raises(actions.PledgeIncomplete):
            keep(pledge, crew.by, AT + 2 * HOUR, message=message)
    with pytest.raises(actions.PledgeIncomplete):
        keep(pledge, crew.by, AT + 2 * HOUR, proof=" ")
    assert again(pledge).state == "open"


@pytest.mark.requirement("A18")
@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("text", {"text": "  "}),
        ("due_at", {"due_at": AT}),
        ("order_no", {"conversation": None}),
        ("amount", {"amount": Decimal(0)}),
    ],
)
def test_a18_words_customer_and_time_are_required(crew, field, values):
    with pytest.raises(actions.PledgeIncomplete) as refused:
        crew.promise(**values)
    assert refused.value.field == field
    assert not Pledge.objects.exists()
    assert not PledgeEvent.objects.exists()


@pytest.mark.requirement("A18")
def test_a18_beyond_policy_is_warned_first_and_the_warning_is_kept(crew):
    with pytest.raises(actions.PledgeWarned) as warned:
        crew.promise(due_at=AT + dt.timedelta(days=40))
    assert [each.code for each in warned.value.excesses] == ["far"]
    assert not Pledge.objects.exists()
    made = crew.promise(due_at=AT + dt.timedelta(days=40), accepted=True)
    assert made.state == "open"
    assert made.excesses == [["far", {"days": "30"}]]


@pytest.mark.requirement("A17", "A18")
def test_a18_above_the_limit_it_holds_only_after_approval(crew):
    pledge = crew.promise(amount=Decimal("50.01"), accepted=True)
    assert pledge.state == "waiting"
    with pytest.raises(actions.PledgeOver):
        keep(pledge, crew.by, AT + HOUR)
    case = approvals.ApprovalCase.objects.get(kind="tickets.pledge", subject_id=pledge.pk)
    decide(case, crew.boss, at=AT + HOUR)
    actions.approve_pledge(pledge_id=pledge.pk, fingerprint=case.fingerprint, at=AT + HOUR)
    assert again(pledge).state == "open"
    assert {case.applicant_id, case.decisions.get(action="approve").by_id} == {
        crew.by.pk,
        crew.boss.pk,
    }
    assert keep(pledge, crew.by, AT + 2 * HOUR).state == "kept"


def test_what_was_changed_after_approval_does_not_hold(crew):
    pledge = crew.promise(amount=Decimal(80), accepted=True)
    old = approvals.ApprovalCase.objects.get(subject_id=pledge.pk).fingerprint
    actions.amend_pledge(
        pledge_id=pledge.pk,
        text=pledge.text,
        amount=Decimal(90),
        currency="CNY",
        due_at=EIGHTEEN,
        by=crew.by,
        at=AT + MINUTE,
    )
    actions.approve_pledge(pledge_id=pledge.pk, fingerprint=old, at=AT + HOUR)
    assert again(pledge).state == "waiting"


def test_lowered_to_the_limit_it_holds_and_the_case_is_withdrawn(crew):
    pledge = crew.promise(amount=Decimal(80), accepted=True)
    amended = actions.amend_pledge(
        pledge_id=pledge.pk,
        text=pledge.text,
        amount=Decimal(50),
        currency="CNY",
        due_at=EIGHTEEN,
        by=crew.by,
        at=AT + MINUTE,
    )
    assert (amended.state, amended.excesses) == ("open", [])
    case = approvals.ApprovalCase.objects.get(subject_id=pledge.pk)
    assert case.state == "withdrawn"
    handlers.not_approved(_withdrawn(case))
    assert again(pledge).state == "open"


def _withdrawn(case):
    from cangke.approvals.events import CaseWithdrawn

    return CaseWithdrawn(case_id=case.pk, kind=case.kind, subject_id=case.subject_id)


def test_what_nobody_approved_in_time_was_never_promised(crew):
    pledge = crew.promise(amount=Decimal(80), accepted=True)
    actions.sweep_pledges(at=EIGHTEEN)
    assert again(pledge).state == "declined"
    assert published(PledgeBroken) == 0
    assert approvals.ApprovalCase.objects.get(subject_id=pledge.pk).state == "withdrawn"


@pytest.mark.requirement("A18")
def test_a18_the_keeper_is_reminded_once(crew):
    pledge = crew.promise()
    actions.sweep_pledges(at=EIGHTEEN - HOUR - MINUTE)
    assert notices(crew.agent, "tickets.pledge_due") == 0
    for minutes in (0, 1, 2):
        actions.sweep_pledges(at=EIGHTEEN - HOUR + minutes * MINUTE)
    assert notices(crew.agent, "tickets.pledge_due") == 1
    assert kinds(pledge) == ["made", "reminded"]


def test_a_leader_waives_with_a_reason_and_only_before_its_time(crew):
    pledge = crew.promise()
    with pytest.raises(Http404):
        actions.waive_pledge(pledge_id=pledge.pk, reason="算了", by=crew.by, at=AT + HOUR)
    with pytest.raises(actions.PledgeIncomplete):
        actions.waive_pledge(pledge_id=pledge.pk, reason=" ", by=crew.boss, at=AT + HOUR)
    with pytest.raises(actions.PledgeOver):
        actions.waive_pledge(pledge_id=pledge.pk, reason="x", by=crew.boss, at=EIGHTEEN)
    assert again(pledge).state == "open"
    waived = actions.waive_pledge(
        pledge_id=pledge.pk, reason="客户不要了", by=crew.boss, at=AT + HOUR
    )
    assert (waived.state, waived.reason) == ("waived", "客户不要了")
    actions.sweep_pledges(at=EIGHTEEN)
    assert published(PledgeBroken) == 0


def test_a_leader_gives_it_to_a_colleague_who_is_told(crew):
    pledge = crew.promise()
    given = actions.give_pledge(
        pledge_id=pledge.pk, to=crew.colleague, reason="休假", by=crew.boss, at=AT + HOUR
    )
    assert given.keeper == crew.colleague
    assert notices(crew.colleague, "tickets.pledge_given") == 1
    assert AuditEntry.objects.filter(action="tickets.pledge_given").count() == 1


def test_what_somebody_who_left_had_promised_goes_to_the_leader(crew):
    pledge = crew.promise()
    actions.pass_on_pledges(employee_id=crew.agent.pk, at=AT + HOUR)
    assert again(pledge).keeper == crew.leader


@pytest.mark.requirement("A18")
def test_a18_a_logged_call_keeps_the_call_back(crew):
    pledge = crew.promise(kind="call_back", text="回电告知结果", amount=None)
    call = desk.log_call(
        channel=make_channel(crew.company.shop, kind="phone"),
        customer=crew.conversation.customer,
        question="查询结果",
        result="已告知",
        direction="out",
        by=crew.by,
        called_at=AT + MINUTE,
        at=AT + HOUR,
    )
    assert actions.keep_pledge_by_call(call_id=call.pk, at=AT + HOUR) == 1
    assert (again(pledge).state, again(pledge).settled_at) == ("kept", AT + HOUR)
    assert actions.keep_pledge_by_call(call_id=call.pk, at=AT + HOUR) == 0


def test_a_call_entered_too_late_does_not_keep_it(crew):
    pledge = crew.promise(kind="call_back", text="回电", amount=None)
    call = desk.log_call(
        channel=make_channel(crew.company.shop, kind="phone"),
        customer=crew.conversation.customer,
        question="x",
        result="x",
        direction="out",
        by=crew.by,
        called_at=EIGHTEEN - MINUTE,
        at=EIGHTEEN + HOUR,
    )
    actions.keep_pledge_by_call(call_id=call.pk, at=EIGHTEEN + HOUR)
    assert again(pledge).state == "broken"
    assert again(pledge).kept_late_at == EIGHTEEN + HOUR


def test_somebody_elses_promise_is_not_found(crew):
    stranger = account_of(make_crew().agent)
    pledge = crew.promise()
    with pytest.raises(Http404):
        keep(pledge, stranger, AT + HOUR)
    assert again(pledge).state == "open"
