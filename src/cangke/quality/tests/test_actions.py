"""Drawing, scoring, appealing (A23)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import ConductAlert, Conversation
from cangke.desk.tests.factories import (
    account_of,
    handling_result,
    make_channel,
    make_customer,
    question_type,
)
from cangke.foundation.notices.models import Notice
from cangke.quality import actions, queries
from cangke.quality.models import Check, CheckEvent
from cangke.quality.rules import CheckReason, CheckState
from cangke.rulebook.models import Explanation
from cangke.tickets import public as tickets

from .factories import HOUR, LAST_WEEK, MONDAY, full_marks, make_crew

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def crew():
    return make_crew()


# --- drawing


@pytest.mark.requirement("A23")
def test_a_sample_of_five_percent_is_drawn_for_each_agent_and_week(crew):
    other = crew.company.agent(online=False)
    for n in range(21):
        crew.serves(MONDAY - 72 * HOUR + n * HOUR / 10)
    crew.serves(agent=other)
    crew.serves(MONDAY)  # this week's is not drawn yet
    assert actions.draw_weeks(at=MONDAY) == 3
    assert Check.objects.filter(agent=crew.agent, week=LAST_WEEK).count() == 2
    assert Check.objects.filter(agent=other).count() == 1
    assert set(Check.objects.values_list("reason", flat=True)) == {"random"}
    assert actions.draw_weeks(at=MONDAY + HOUR) == 0, "a week is drawn once"


def test_a_week_ends_at_the_sites_midnight(crew):
    sunday_late = dt.datetime(2026, 11, 22, 15, 50, tzinfo=dt.UTC)  # 23:50 in Shanghai
    crew.serves(sunday_late)
    assert actions.draw_weeks(at=sunday_late + HOUR / 10) == 0
    assert actions.draw_weeks(at=sunday_late + HOUR / 5) == 1, "ten past midnight"


@pytest.mark.requirement("A23")
def test_what_went_wrong_openly_is_read_in_any_case(crew):
    talks = [crew.serves(MONDAY - 72 * HOUR + n * HOUR) for n in range(4)]
    Conversation.objects.filter(pk=talks[0].pk).update(is_major=True)
    ConductAlert.objects.create(
        conversation=talks[1], agent=crew.agent, text="…", words=["…"], at=MONDAY - 60 * HOUR
    )
    tickets.ensure(at=MONDAY)
    tickets.make_pledge(
        kind="call_back",
        text="回电",
        keeper=crew.agent,
        due_at=MONDAY - 48 * HOUR,
        conversation=talks[2],
        by=crew.by,
        at=MONDAY - 70 * HOUR,
    )
    tickets.sweep_pledges(at=MONDAY - 47 * HOUR)
    actions.draw_weeks(at=MONDAY)
    found = dict(Check.objects.values_list("conversation_id", "reason"))
    random = [pk for pk, reason in found.items() if reason == CheckReason.RANDOM]
    assert len(random) == 1
    expected = {talks[0].pk: "major", talks[1].pk: "conduct", talks[2].pk: "promise"}
    for pk, reason in expected.items():
        assert found.get(pk) in (reason, "random")
    assert set(expected) <= set(found)


def test_what_one_had_no_part_in_and_spam_are_not_drawn(crew):
    unanswered = crew.company.writes(at=MONDAY - 72 * HOUR).conversation
    Conversation.objects.filter(pk=unanswered.pk).update(
        state="closed", closed_at=MONDAY - 71 * HOUR, close_reason="left", assignee=None
    )
    spam = crew.serves()
    Conversation.objects.filter(pk=spam.pk).update(close_reason="spam")
    assert actions.draw_weeks(at=MONDAY) == 0


def test_leaders_are_told_once(crew):
    crew.drawn()
    assert Notice.objects.filter(kind="quality.drawn", account=crew.inspector).count() == 1


def test_one_is_added_by_hand_with_a_reason_and_never_ones_own(crew):
    talk = crew.serves()
    key = {"conversation": talk, "by": crew.inspector, "at": MONDAY}
    with pytest.raises(actions.CheckIncomplete):
        actions.add_check(agent=crew.agent, reason=" ", **key)
    with pytest.raises(actions.CheckIncomplete):
        actions.add_check(agent=crew.supervisor, reason="客户来信", **key)
    with pytest.raises(actions.CheckIncomplete):
        actions.add_check(
            conversation=talk, agent=crew.agent, reason="自己看看", by=crew.by, at=MONDAY
        )
    assert not Check.objects.exists()
    check = actions.add_check(agent=crew.agent, reason="客户来信", **key)
    assert check.reason == CheckReason.MANUAL
    with pytest.raises(actions.CheckIncomplete):
        actions.add_check(agent=crew.agent, reason="再看一遍", **key)


# --- scoring


@pytest.mark.requirement("A23")
def test_a_score_is_explained_told_to_the_agent_and_feeds_the_average(crew):
    check = crew.scored()
    assert (check.state, check.total) == (CheckState.SCORED, Decimal("94.00"))
    assert check.appeal_until == dt.date(2026, 11, 26)
    explained = Explanation.objects.get(figure="quality_total")
    assert explained.result == "94.00"
    assert Notice.objects.filter(kind="quality.scored", account=crew.by).count() == 1
    assert queries.scores_of([crew.agent.pk], since=MONDAY - DAY, until=MONDAY + DAY) == {
        crew.agent.pk: (Decimal("94.00"), 1)
    }
    items = queries.item_scores_of(crew.agent.pk, since=MONDAY - DAY, until=MONDAY + DAY)
    assert items["expression"] == (Decimal("60.00"), 1)
    assert items["attitude"] == (Decimal("100.00"), 1)


def test_points_are_whole_within_their_item_and_a_deduction_has_words(crew):
    check = crew.drawn()
    full = full_marks(check)
    key = {"check_id": check.pk, "by": crew.inspector, "at": MONDAY}
    for scores, comment, field in (
        (full | {"empathy": 16}, "x", "item_empathy"),
        (full | {"empathy": -1}, "x", "item_empathy"),
        ({"empathy": 15}, "x", "item_expression"),
        (full | {"empathy": 14}, "  ", "comment"),
    ):
        with pytest.raises(actions.CheckIncomplete) as refused:
            actions.score_check(scores=scores, comment=comment, **key)
        assert refused.value.field == field
    check.refresh_from_db()
    assert (check.state, check.total, check.scores) == (CheckState.OPEN, None, {})
    actions.score_check(scores=full, comment="", **key)
    with pytest.raises(actions.CheckOver):
        actions.score_check(scores=full, comment="", **key)


def test_nobody_scores_or_leaves_out_their_own(crew):
    crew.serves(agent=crew.leader)
    actions.draw_weeks(at=MONDAY)
    check = Check.objects.get()
    key = {"check_id": check.pk, "by": crew.inspector, "at": MONDAY}
    with pytest.raises(actions.CheckIncomplete):
        actions.score_check(scores=full_marks(check), comment="", **key)
    with pytest.raises(actions.CheckIncomplete):
        actions.skip_check(reason="没什么好看", **key)
    actions.skip_check(
        check_id=check.pk, reason="只有一句问候", by=account_of(crew.supervisor), at=MONDAY
    )
    check.refresh_from_db()
    assert check.state == CheckState.SKIPPED
    assert queries.scores_of(None, since=MONDAY - DAY, until=MONDAY + DAY) == {}


def test_a_phone_call_is_scored_by_the_items_for_calls_too(crew):
    call = desk.log_call(
        channel=make_channel(crew.company.shop, kind="phone"),
        customer=make_customer(),
        question="问价",
        answer="每件 12 元",
        result="已答复",
        question_type=question_type("price"),
        handling_result=handling_result(),
        by=crew.by,
        at=MONDAY - 71 * HOUR,
    )
    call.conversation.refresh_from_db()
    assert not call.conversation.is_open
    actions.draw_weeks(at=MONDAY)
    assert {"sincerity", "pace"} <= set(full_marks(Check.objects.get()))


# --- appeal


@pytest.mark.requirement("A23")
def test_an_appeal_is_decided_by_somebody_else_and_the_first_score_stays_on_record(crew):
    check = crew.scored()
    actions.appeal_check(check_id=check.pk, text="时间说了", by=crew.by, at=MONDAY + HOUR)
    key = {"check_id": check.pk, "reason": "第三句有时间", "at": MONDAY + 2 * HOUR}
    for wrong in (crew.inspector, crew.by):
        with pytest.raises(actions.CheckIncomplete):
            actions.decide_appeal(by=wrong, scores=full_marks(check), **key)
    decided = actions.decide_appeal(by=account_of(crew.supervisor), scores=full_marks(check), **key)
    assert (decided.state, decided.total) == (CheckState.SCORED, Decimal("100.00"))
    last = CheckEvent.objects.filter(check_row=check, kind="changed").get()
    assert (last.data["before"]["total"], last.data["after"]["total"]) == ("94.00", "100.00")
    with pytest.raises(actions.CheckOver):
        actions.appeal_check(check_id=check.pk, text="还要", by=crew.by, at=MONDAY + 3 * HOUR)


def test_a_score_may_stand(crew):
    check = crew.scored()
    actions.appeal_check(check_id=check.pk, text="时间说了", by=crew.by, at=MONDAY + HOUR)
    actions.decide_appeal(
        check_id=check.pk, reason="没有说", by=account_of(crew.supervisor), at=MONDAY + 2 * HOUR
    )
    check.refresh_from_db()
    assert (check.state, check.total) == (CheckState.SCORED, Decimal("94.00"))
    with pytest.raises(actions.CheckOver):
        actions.decide_appeal(
            check_id=check.pk, reason="再来", by=account_of(crew.supervisor), at=MONDAY + 3 * HOUR
        )


def test_appeals_are_ones_own_and_in_time(crew):
    check = crew.scored()
    stranger = crew.company.agent(online=False)
    with pytest.raises(Http404):
        actions.appeal_check(check_id=check.pk, text="替他说", by=account_of(stranger), at=MONDAY)
    with pytest.raises(actions.CheckIncomplete):
        actions.appeal_check(check_id=check.pk, text=" ", by=crew.by, at=MONDAY)
    with pytest.raises(actions.CheckOver):
        actions.appeal_check(check_id=check.pk, text="迟了", by=crew.by, at=MONDAY + 4 * DAY)
    check.refresh_from_db()
    assert check.state == CheckState.SCORED
    last_moment = dt.datetime(2026, 11, 26, 15, 59, tzinfo=dt.UTC)
    actions.appeal_check(check_id=check.pk, text="及时", by=crew.by, at=last_moment)
