import datetime as dt
from decimal import Decimal

import pytest

from cangke.approvals import actions, queries
from cangke.approvals.models import ApprovalDecision, ApprovalTask, Request
from cangke.approvals.tests.factories import (
    AT,
    KIND,
    MATTERS,
    decide,
    make_ladder,
    names,
    open_of,
    publish,
    step,
    submit,
)
from cangke.foundation.events.models import EventRecord
from cangke.foundation.notices.public import Notice

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ladder():
    MATTERS.clear()
    return make_ladder()


def test_a_matter_goes_up_step_by_step_and_is_approved(ladder):
    publish(step("a", "manager:1"), step("b", "manager:2"))
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.leader)
    assert Notice.objects.filter(account=ladder.leader, kind="approvals.asked").count() == 1
    decide(case, ladder.leader)
    assert open_of(case) == names(ladder.boss)
    decide(case, ladder.boss, comment="可以")
    case.refresh_from_db()
    assert (case.state, case.stage) == ("approved", None)
    assert Notice.objects.filter(account=ladder.agent, kind="approvals.decided").count() == 1
    assert [d.action for d in case.decisions.all()] == ["submit", "approve", "approve"]


def test_an_objection_ends_it_and_needs_a_reason(ladder):
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent)
    with pytest.raises(actions.BadAnswers):
        decide(case, ladder.leader, "refuse", comment=" ")
    assert case.decisions.count() == 1
    decide(case, ladder.leader, "refuse")
    case.refresh_from_db()
    assert case.state == "refused"
    assert not case.tasks.filter(state="open").exists()


@pytest.mark.requirement("Q7", "N10")
def test_q7_nobody_decides_on_their_own_request_through_any_door(ladder):
    """Design security 85: the applicant."""
    publish(step("a", "head"))
    case = submit(ladder.boss)
    task = case.tasks.get()
    assert task.account_id != ladder.boss.pk
    assert (task.reason, task.instead_of_id) == ("own", ladder.boss.pk)
    actions.delegate(
        giver=task.account, taker=ladder.boss, from_at=AT, until_at=AT + HOUR, reason="休假",
        by=task.account, at=AT,
    )  # fmt: skip
    with pytest.raises(actions.NotYours):
        decide(case, ladder.boss, at=AT + HOUR / 2, task=task)
    with pytest.raises(actions.NotYours):
        actions.pass_on(task_id=task.pk, to=ladder.boss, by=task.account, at=AT, comment="给")
    with pytest.raises(actions.NotYours):
        actions.add_signer(task_id=task.pk, to=ladder.boss, before=True, by=task.account, at=AT)
    assert case.decisions.count() == 1


@pytest.mark.requirement("Q7")
def test_q7_who_hands_it_in_for_another_does_not_decide_either(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.leader, applicant=ladder.agent)
    assert ladder.leader.username not in open_of(case)
    assert case.tasks.get().reason == "own"


def test_somebody_elses_task_and_a_skipped_step_are_refused(ladder):
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent)
    with pytest.raises(actions.NotYours):
        decide(case, ladder.boss, task=case.tasks.get())
    with pytest.raises(actions.NotYours):
        decide(case, ladder.hr, task=case.tasks.get())
    assert case.tasks.count() == 1


def test_of_two_deciders_the_second_is_told(ladder):
    publish(step("a", "manager:1", "head", mode="any"))
    case = submit(ladder.agent)
    mine, other = case.tasks.order_by("pk")
    decide(case, ladder.leader)
    with pytest.raises(actions.AlreadyDecided) as told:
        actions.decide(
            task_id=other.pk, action="refuse", by=ladder.boss, at=AT, seen=case.fingerprint,
            comment="不行",
        )  # fmt: skip
    assert ladder.leader.display_name in str(told.value)
    with pytest.raises(actions.AlreadyDecided):
        actions.decide(
            task_id=mine.pk, action="approve", by=ladder.leader, at=AT, seen=case.fingerprint
        )
    case.refresh_from_db()
    assert case.state == "approved"
    assert case.decisions.filter(action="approve").count() == 1


def test_all_must_agree_and_a_sequence_keeps_its_order(ladder):
    publish(step("a", "manager:1", "head", mode="all"))
    case = submit(ladder.agent)
    decide(case, ladder.boss)
    assert open_of(case) == names(ladder.leader)
    publish(step("a", "manager:1", "manager:2", mode="sequence"))
    case = submit(ladder.agent, 2)
    assert open_of(case) == names(ladder.leader)
    waiting = case.tasks.get(state="waiting")
    with pytest.raises(actions.AlreadyDecided):
        actions.decide(
            task_id=waiting.pk, action="approve", by=ladder.boss, at=AT, seen=case.fingerprint
        )
    decide(case, ladder.leader)
    assert open_of(case) == names(ladder.boss)


@pytest.mark.requirement("N7")
def test_n7_opinions_run_in_parallel_and_lapse_with_a_note(ladder):
    publish(
        step("ask", "chosen", mode="opinion", hours=24, required=False),
        step("end", "manager:1"),
    )
    case = submit(ladder.agent, chosen={"ask": [ladder.hr.pk, ladder.manager.pk]})
    assert set(open_of(case)) == set(names(ladder.hr, ladder.manager))
    decide(case, ladder.hr, "refuse", comment="资料不全")
    assert open_of(case) == names(ladder.manager)
    actions.sweep(at=AT + 23 * HOUR)
    assert open_of(case) == names(ladder.manager)
    actions.sweep(at=AT + 24 * HOUR)
    assert open_of(case) == names(ladder.leader)
    assert case.decisions.filter(action="lapse", by=None).count() == 1
    actions.sweep(at=AT + 25 * HOUR)
    assert case.decisions.filter(action="lapse").count() == 1


def test_an_optional_step_nobody_was_named_for_is_passed_over(ladder):
    publish(step("ask", "chosen", required=False), step("end", "manager:1"))
    case = submit(ladder.agent)
    assert open_of(case) == names(ladder.leader)


def test_given_back_it_starts_a_new_round_and_keeps_what_was_said(ladder):
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent)
    decide(case, ladder.leader)
    decide(case, ladder.boss, "return", comment="请补附件")
    case.refresh_from_db()
    assert (case.state, case.round) == ("returned", 1)
    with pytest.raises(actions.AlreadyRunning):
        submit(ladder.agent)
    with pytest.raises(actions.NotYours):
        actions.resubmit(case_id=case.pk, by=ladder.leader, at=AT)
    MATTERS[1] = {"text": "补好了"}
    actions.resubmit(case_id=case.pk, by=ladder.agent, at=AT + HOUR)
    case.refresh_from_db()
    assert (case.state, case.round, open_of(case)) == ("running", 2, names(ladder.leader))
    assert case.decisions.filter(round=1).count() == 3
    with pytest.raises(actions.AlreadyDecided):
        actions.resubmit(case_id=case.pk, by=ladder.agent, at=AT + HOUR)


def test_given_back_to_an_earlier_step_only(ladder):
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent)
    with pytest.raises(actions.BadAnswers):
        decide(case, ladder.leader, "return", back_to="b")
    decide(case, ladder.leader)
    decide(case, ladder.boss, "return", back_to="a", comment="再看看")
    case.refresh_from_db()
    assert (case.state, case.round, open_of(case)) == ("running", 2, names(ladder.leader))


def test_only_the_applicant_withdraws_and_only_while_it_runs(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    with pytest.raises(actions.NotYours):
        actions.withdraw(case_id=case.pk, by=ladder.leader, at=AT)
    actions.withdraw(case_id=case.pk, by=ladder.agent, at=AT)
    with pytest.raises(actions.AlreadyDecided):
        actions.withdraw(case_id=case.pk, by=ladder.agent, at=AT)
    with pytest.raises(actions.AlreadyDecided):
        decide(case, ladder.leader, task=case.tasks.get())
    assert submit(ladder.agent).pk != case.pk, "a withdrawn matter may be handed in again"


def test_a_matter_that_changed_is_not_approved_unseen(ladder):
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent)
    MATTERS[1] = {"text": "金额改了"}
    with pytest.raises(actions.StaleMatter):
        decide(case, ladder.leader)
    actions.subject_changed(kind=KIND, subject_id=1, by=ladder.agent, at=AT)
    with pytest.raises(actions.StaleMatter):
        decide(case, ladder.leader, seen="what was read before")
    decide(case, ladder.leader)
    MATTERS[1] = {"text": "又改了"}
    actions.subject_changed(kind=KIND, subject_id=1, by=ladder.agent, at=AT + HOUR)
    case.refresh_from_db()
    assert (case.round, open_of(case)) == (2, names(ladder.leader))
    assert case.decisions.filter(action="restart").count() == 1
    unchanged = actions.subject_changed(kind=KIND, subject_id=1, by=ladder.agent, at=AT + HOUR)
    assert unchanged is not None
    assert unchanged.round == 2


def test_what_is_carried_out_is_what_was_approved(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    decide(case, ladder.leader)
    case.refresh_from_db()
    said = EventRecord.objects.filter(name__contains="CaseApproved").get()
    assert case.fingerprint in str(said.payload)


@pytest.mark.requirement("O17")
def test_o17_while_away_the_deputy_decides_for(ladder):
    publish(step("a", "head"))
    case = submit(ladder.agent)
    actions.delegate(
        giver=ladder.boss, taker=ladder.leader, from_at=AT, until_at=AT + 24 * HOUR, reason="休假",
        by=ladder.boss, at=AT,
    )  # fmt: skip
    assert list(queries.waiting_cases(ladder.leader, at=AT)) == [case]
    decide(case, ladder.leader, at=AT + HOUR)
    said = case.decisions.get(action="approve")
    assert (said.by, said.on_behalf_of) == (ladder.leader, ladder.boss)
    case.refresh_from_db()
    assert case.state == "approved"


def test_a_delegation_ends_covers_its_kinds_and_makes_no_chain(ladder):
    """Design security 85: no circles."""
    publish(step("a", "head"))
    case = submit(ladder.agent)
    actions.delegate(
        giver=ladder.boss, taker=ladder.leader, from_at=AT, until_at=AT + HOUR, reason="出差",
        kinds=["other.kind"], by=ladder.boss, at=AT,
    )  # fmt: skip
    with pytest.raises(actions.NotYours):
        decide(case, ladder.leader, task=case.tasks.get())
    given = actions.delegate(
        giver=ladder.boss, taker=ladder.hr, from_at=AT, until_at=AT + HOUR, reason="出差",
        by=ladder.boss, at=AT,
    )  # fmt: skip
    actions.delegate(
        giver=ladder.hr, taker=ladder.manager, from_at=AT, until_at=AT + HOUR, reason="出差",
        by=ladder.hr, at=AT,
    )  # fmt: skip
    task = case.tasks.get()
    with pytest.raises(actions.NotYours):
        decide(case, ladder.manager, task=task)
    with pytest.raises(actions.NotYours):
        decide(case, ladder.hr, task=task, at=AT + HOUR)
    actions.end_delegation(delegation_id=given.pk, by=ladder.boss, at=AT + HOUR / 2)
    with pytest.raises(actions.NotYours):
        decide(case, ladder.hr, task=task, at=AT + HOUR * 3 / 4)
    assert case.decisions.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"taker": "boss"}, actions.BadDelegation),
        ({"until_at": AT}, actions.BadDelegation),
        ({"reason": " "}, actions.BadDelegation),
        ({"by": "agent"}, actions.NotYours),
    ],
)
def test_a_delegation_that_does_not_hold(ladder, changes, refusal):
    words = {"giver": "boss", "taker": "leader", "by": "boss", "from_at": AT,
             "until_at": AT + HOUR, "reason": "休假", **changes}  # fmt: skip
    words = {
        k: getattr(ladder, v) if k in ("giver", "taker", "by") else v for k, v in words.items()
    }
    with pytest.raises(refusal):
        actions.delegate(at=AT, **words)


def test_a_flow_that_nobody_need_agree_to_is_not_taken(ladder):
    """Nothing is approved by itself: the only step would be passed over if nobody is named."""
    with pytest.raises(actions.BadFlow):
        publish(step("a", "chosen", required=False))
    with pytest.raises(actions.NoFlow):
        submit(ladder.agent)


def test_the_form_of_a_step_must_be_filled_in(ladder):
    fields = [
        {"key": "attitude", "label": "服务态度", "kind": "rating"},
        {"key": "day", "label": "日期", "kind": "date", "required": False},
    ]
    publish(step("a", "manager:1", field=fields))
    case = submit(ladder.agent)
    for bad in ({}, {"attitude": "6"}, {"attitude": "4", "day": "昨天"}):
        with pytest.raises(actions.BadAnswers):
            decide(case, ladder.leader, answers=bad)
    decide(case, ladder.leader, answers={"attitude": "4", "approved_by": "x"})
    assert case.decisions.get(action="approve").answers == {"attitude": "4"}


def test_a_published_flow_stays_with_its_cases(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    publish(step("a", "manager:1"), step("b", "head"))
    decide(case, ladder.leader)
    case.refresh_from_db()
    assert case.state == "approved"
    assert submit(ladder.agent, 2).flow.number == 2
    with pytest.raises(actions.AlreadyDecided):
        actions.publish_flow(flow_id=case.flow_id, by=None, at=AT)


@pytest.mark.requirement("A17")
def test_a17_above_the_limit_the_head_answers_too(ladder):
    actions.ensure(at=AT)
    small = actions.ask(
        title="退券", body="客人要退 20 元", amount=Decimal("500.00"), currency="CNY",
        by=ladder.agent, at=AT,
    )  # fmt: skip
    decide(small, ladder.leader)
    small.refresh_from_db()
    assert small.state == "approved"
    large = actions.ask(
        title="赔偿", body="整箱破损", amount=Decimal("500.01"), currency="CNY",
        by=ladder.agent, at=AT,
    )  # fmt: skip
    decide(large, ladder.leader)
    large.refresh_from_db()
    assert (large.state, open_of(large)) == ("running", names(ladder.boss))
    both = set(large.decisions.values_list("by", flat=True)) | {ladder.boss.pk}
    assert both == {ladder.agent.pk, ladder.leader.pk, ladder.boss.pk}


def test_decisions_are_only_ever_added(ladder):
    from django.db import DatabaseError, transaction

    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalDecision.objects.filter(case=case).update(comment="改过")
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalDecision.objects.filter(case=case)._raw_delete("default")
    assert ApprovalTask.objects.filter(case=case).exists()


def test_given_back_to_a_later_step_a_change_begins_at_the_first_again(ladder):
    """What the first step agreed to in an earlier round was the old matter, too."""
    publish(step("a", "manager:1"), step("b", "manager:1"), step("c", "head"))
    case = submit(ladder.agent)
    decide(case, ladder.leader)
    decide(case, ladder.leader)
    decide(case, ladder.boss, "return", back_to="b")
    MATTERS[1] = {"text": "换了一件"}
    actions.subject_changed(kind=KIND, subject_id=1, by=ladder.agent, at=AT)
    case.refresh_from_db()
    assert (case.round, case.stage) == (3, 1)
    assert case.decisions.filter(action="restart").count() == 1


def test_who_is_asked_for_an_opinion_gives_nothing_back(ladder):
    publish(step("ask", "role:hr", mode="opinion", hours=24), step("end", "manager:1"))
    case = submit(ladder.agent)
    with pytest.raises(actions.BadAnswers):
        decide(case, ladder.hr, "return", comment="请补充")
    case.refresh_from_db()
    assert (case.state, case.decisions.count()) == ("running", 1)


def test_who_was_copied_in_reads_and_copies_nobody_in(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    far, farther = make_ladder(), make_ladder()
    for by in (ladder.agent, ladder.leader, ladder.hr):  # applicant, decider, who sees all
        actions.copy_to(case_id=case.pk, to=far.agent, by=by, at=AT)
    with pytest.raises(actions.NotYours):
        actions.copy_to(case_id=case.pk, to=farther.agent, by=far.agent, at=AT)
    assert list(case.watchers.all()) == [far.agent]
    actions.comment_on(case_id=case.pk, by=far.agent, at=AT, comment="知道了")


def test_words_reach_the_others_in_the_case_and_not_their_writer(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    Notice.objects.all().delete()

    def told():
        return list(Notice.objects.values_list("account_id", flat=True))

    actions.comment_on(case_id=case.pk, by=ladder.leader, at=AT, comment="哪一天？")
    assert told() == [ladder.agent.pk]
    actions.comment_on(case_id=case.pk, by=ladder.agent, at=AT, comment="周五")
    assert sorted(told()) == sorted([ladder.agent.pk, ladder.leader.pk])


@pytest.mark.requirement("Q6", "A17")
def test_q6_a_returned_request_is_completed_with_amount_and_currency(ladder):
    actions.ensure(at=AT)
    case = actions.ask(title="赔偿", body="破损", amount=Decimal("80.00"), currency="CNY",
                       by=ladder.agent, at=AT)  # fmt: skip
    decide(case, ladder.leader, "return", comment="是美元吧")
    again = {"case_id": case.pk, "title": "赔偿", "body": "破损", "by": ladder.agent, "at": AT}
    actions.complete_request(**again, amount=Decimal("80.00"), currency="USD")
    decide(case, ladder.leader)
    case.refresh_from_db()
    assert (case.amount, case.currency) == (Decimal("80.00"), "USD")
    assert open_of(case) == names(ladder.boss), "no limit in dollars: the head answers too"
    Request.objects.update(currency="EUR")
    with pytest.raises(actions.StaleMatter):
        decide(case, ladder.boss)
    Request.objects.update(currency="USD")
    decide(case, ladder.boss, "return", comment="不用赔")
    actions.complete_request(**again)
    case.refresh_from_db()
    assert (case.amount, case.currency) == (None, "")
