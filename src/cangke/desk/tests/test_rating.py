"""How customers were served, in their own words: asked at the end, said once, counted (G7.1)."""

import datetime as dt
from fractions import Fraction

import pytest

from cangke.desk import actions, handlers
from cangke.desk import public as desk
from cangke.desk.events import ConversationRated
from cangke.desk.models import Conversation, Rating, Turn
from cangke.desk.queries import thread_page
from cangke.desk.queries.report import rating_count, service_report
from cangke.desk.rules.closing import ClosingReason
from cangke.desk.rules.rating import RatingCount, RatingPolicy, asks_for_rating
from cangke.foundation.access.public import Roles, scope
from cangke.foundation.notices.public import Notice
from cangke.foundation.refusal import Conflict, Refusal
from tests.factories import make_account

from .factories import (
    AT,
    account_of,
    handling_result,
    keep_alive,
    later,
    make_company,
    question_type,
    reply,
)
from .test_sums import FIRST, LAST, boss, counted, filter_of, keep_all

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


# --- the rule


@pytest.mark.requirement("G7", "G8")
def test_satisfaction_is_of_those_who_answered_and_response_of_those_asked():
    count = RatingCount(asked=100, rated=40, satisfied=37)
    assert count.satisfaction == Fraction(925, 1000)
    assert count.response == Fraction(40, 100)
    assert (RatingCount().satisfaction, RatingCount().response) == (None, None)


@pytest.mark.requirement("G7", "G8")
def test_four_and_five_of_five_are_satisfied():
    rule = RatingPolicy()
    assert [score for score in range(1, 6) if rule.is_satisfied(score)] == [4, 5]
    assert [score for score in range(1, 6) if rule.alerts(score)] == [1, 2]
    assert not any(RatingPolicy(alert_at=0).alerts(score) for score in range(1, 6))


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_only_who_was_served_is_asked(reason):
    served = {ClosingReason.SETTLED, ClosingReason.AUTO_IDLE}
    rule = RatingPolicy()
    assert asks_for_rating(rule, reason, is_chat=True, human_replies=1) == (reason in served)
    assert not asks_for_rating(rule, reason, is_chat=True, human_replies=0)
    assert not asks_for_rating(rule, reason, is_chat=False, human_replies=1)
    assert not asks_for_rating(RatingPolicy(asks=False), reason, is_chat=True, human_replies=1)


# --- asked and said


@pytest.fixture
def company():
    question_type()
    return make_company()


@pytest.fixture
def agent(company):
    return company.agent()


def ended(company, agent, at=AT, *, key="visitor-key", answers=True) -> Conversation:
    """A chat of a visitor that the agent has answered and closed a minute later."""
    conversation = company.writes(at=at, visitor_key=key).conversation
    keep_alive(agent, at=at)
    actions.claim(conversation_id=conversation.pk, by=account_of(agent), at=at, reason="先接")
    if answers:
        reply(conversation, agent, at + dt.timedelta(seconds=20))
    return close(conversation, agent, at + dt.timedelta(seconds=60))


def close(conversation, agent, at) -> Conversation:
    actions.close(
        conversation_id=conversation.pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=account_of(agent),
        at=at,
    )
    return Conversation.objects.get(pk=conversation.pk)


def rate(rating, score=5, note="", at=None):
    return actions.rate(
        rating_id=rating.pk,
        score=score,
        note=note,
        at=at or rating.asked_at + dt.timedelta(hours=1),
    )


@pytest.mark.requirement("G7")
def test_the_end_of_a_chat_asks_and_what_is_said_stands_in_the_thread(company, agent):
    conversation = ended(company, agent)
    rating = Rating.objects.get()
    assert (rating.agent, rating.shop, rating.asked_at) == (agent, company.shop, later(60))
    assert rating.open_until == later(60) + dt.timedelta(hours=72)
    waits = list(Turn.objects.values())
    rate(rating, 4, "  谢谢\x00小林 ")
    rating.refresh_from_db()
    assert (rating.score, rating.satisfied, rating.note) == (4, True, "谢谢小林")
    line = conversation.messages.latest("seq")
    assert (line.event, line.data) == ("rated", {"score": 4, "text": "谢谢小林"})
    page = words_of(conversation)
    assert "顾客评 4 分：谢谢小林" in page
    conversation.refresh_from_db()
    assert not conversation.is_open
    assert list(Turn.objects.values()) == waits


def words_of(conversation) -> str:
    return "\n".join(getattr(each, "words", "") for each in thread_page(conversation).messages)


def test_said_twice_the_same_is_once_and_otherwise_refused(company, agent):
    conversation = ended(company, agent)
    rating = Rating.objects.get()
    rate(rating, 5, "好")
    rate(rating, 5, "好")
    with pytest.raises(Conflict):
        rate(rating, 1, "其实不好")
    rating.refresh_from_db()
    assert rating.score == 5
    assert conversation.messages.filter(event="rated").count() == 1


def test_the_last_moment_counts_and_the_next_does_not(company, agent):
    ended(company, agent)
    rating = Rating.objects.get()
    with pytest.raises(Conflict):
        rate(rating, at=rating.open_until + dt.timedelta(microseconds=1))
    rate(rating, at=rating.open_until)
    rating.refresh_from_db()
    assert rating.rated_at == rating.open_until


@pytest.mark.parametrize("score", [None, 0, 6, -1])
def test_another_score_is_refused_at_its_field(company, agent, score):
    ended(company, agent)
    with pytest.raises(Refusal) as refused:
        rate(Rating.objects.get(), score)
    assert refused.value.field == "score"


def test_too_many_words_are_refused_and_five_hundred_are_not(company, agent):
    ended(company, agent)
    rating = Rating.objects.get()
    with pytest.raises(Refusal) as refused:
        rate(rating, 3, "长" * 501)
    assert refused.value.field == "note"
    assert rate(rating, 3, "长" * 500).note == "长" * 500


def test_nobody_is_asked_who_was_not_answered_or_has_no_page(company, agent):
    leader = company.agent("cs-leader")
    silent = company.writes(visitor_key="silent").conversation
    actions.close(
        conversation_id=silent.pk, reason=ClosingReason.SPAM, by=account_of(leader), at=later(5)
    )
    ended(company, agent, key="")
    assert not Rating.objects.exists()


def test_going_on_takes_the_question_back_and_the_next_end_asks_anew(company, agent):
    conversation = ended(company, agent)
    first = Rating.objects.get()
    company.writes("还有一件事", at=later(600), customer=conversation.customer, visitor_key="k")
    first.refresh_from_db()
    assert first.withdrawn_at == later(600)
    with pytest.raises(Conflict):
        rate(first)
    reply(conversation, agent, later(640))
    close(conversation, agent, later(700))
    second = Rating.objects.latest("pk")
    rate(second, 3)
    assert rating_count(Rating.objects.filter(withdrawn_at=None)) == RatingCount(1, 1, 0)


def test_what_was_said_stays_when_the_talk_goes_on(company, agent):
    conversation = ended(company, agent)
    rate(Rating.objects.get(), 1)
    actions.reopen(conversation_id=conversation.pk, by=account_of(agent), at=later(4000))
    assert Rating.objects.get().withdrawn_at is None


def test_a_chat_closed_by_a_leader_is_about_whoever_held_it(company, agent):
    leader = company.agent("cs-leader")
    conversation = company.writes(visitor_key="v").conversation
    keep_alive(agent, at=AT)
    actions.claim(conversation_id=conversation.pk, by=account_of(agent), at=AT, reason="先接")
    reply(conversation, agent, later(20))
    close(conversation, leader, later(60))
    assert Rating.objects.get().agent == agent


@pytest.mark.requirement("G8")
def test_a_low_score_is_told_to_the_leader_above(company, agent):
    leader = company.agent("cs-leader")
    company.team.leader = leader
    company.team.save()
    ended(company, agent)
    rating = Rating.objects.get()
    for score, told in ((3, 0), (2, 1)):
        handlers.tell_leader_of_rating(
            ConversationRated(
                rating_id=rating.pk,
                conversation_id=rating.conversation_id,
                employee_id=agent.pk,
                score=score,
                satisfied=False,
                alerts=RatingPolicy().alerts(score),
                at=later(100),
            )
        )
        assert Notice.objects.filter(kind="desk.rating", account=leader.account).count() == told


# --- who sees what


def test_an_agent_sees_their_own_and_a_leader_the_teams(company, agent):
    colleague = company.agent()
    other = make_company().agent()
    ended(company, agent, key="a")
    ended(company, colleague, at=later(300), key="b")
    leader = account_of(company.agent("cs-leader"))
    assert {each.agent for each in scope(account_of(agent), Rating, "view")} == {agent}
    assert {each.agent for each in scope(leader, Rating, "view")} == {agent, colleague}
    assert not scope(account_of(other), Rating, "view")
    assert not scope(make_account(Roles.WAREHOUSE_CLERK), Rating, "view")


# --- the report


@pytest.mark.requirement("G7", "P1")
def test_the_report_counts_ratings_of_the_days_they_were_asked_on(company, agent):
    colleague = company.agent()
    ended(company, agent, key="a")
    ended(company, agent, at=later(200), key="b")
    ended(company, colleague, at=later(400), key="c")
    first, second, third = Rating.objects.order_by("pk")
    rate(first, 5)
    rate(second, 2)
    report = service_report(boss(), filter_of())
    assert report.ratings == RatingCount(3, 2, 1)
    lines = {line.employee: line.ratings for line in report.agents}
    assert lines == {agent: RatingCount(2, 2, 1), colleague: RatingCount(1, 0, 0)}
    mine = service_report(account_of(agent), filter_of())
    assert mine.ratings == RatingCount(2, 2, 1)
    one = service_report(boss(), filter_of(agent_id=colleague.pk))
    assert one.ratings == RatingCount(1, 0, 0)
    before = filter_of(FIRST, dt.date(2026, 11, 22))
    assert service_report(boss(), before).ratings == RatingCount()
    assert third.score is None


@pytest.mark.requirement("G7")
def test_what_is_said_after_the_day_was_summed_up_counts_on_it(company, agent):
    ended(company, agent)
    keep_all()
    chosen = filter_of(FIRST, LAST)
    assert service_report(boss(), chosen).ratings == RatingCount(1, 0, 0)
    rate(Rating.objects.get(), 5)
    assert service_report(boss(), chosen).ratings == RatingCount(1, 1, 1)
    keep_all()
    for part in ({}, {"shop_id": company.shop.pk}, {"channel_id": company.channel.pk}):
        kept = service_report(boss(), filter_of(FIRST, LAST, **part))
        assert kept.ratings == RatingCount(1, 1, 1) == counted(boss(), chosen).ratings
    conversation = Conversation.objects.get()
    desk.reopen(conversation_id=conversation.pk, by=account_of(agent), at=later(5000))
    assert service_report(boss(), chosen).ratings == RatingCount(1, 1, 1)
