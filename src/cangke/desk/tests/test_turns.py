"""Turns: the examples of the manual, then properties over random histories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cangke.desk.rules.facts import (
    Closing,
    Direction,
    Fact,
    Origin,
    SegmentEnd,
    SegmentEnded,
    SegmentStarted,
    SenderKind,
    Spoken,
    TurnsClosed,
    counts_as_reply,
)
from cangke.desk.rules.turns import Ledger, Turn, TurnPolicy, TurnState, derive, step

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ANNA, BEN = 1, 2
POLICY = TurnPolicy(grace_seconds=60)


def moment(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


class Story:
    """Writes down what happened, with the running sequence number of the conversation."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.segments = 0

    @property
    def seq(self) -> int:
        return len(self.facts) + 1

    def _say(self, at: float, direction: Direction, sender: SenderKind, origin: Origin, **more):
        self.facts.append(Spoken(self.seq, moment(at), direction, sender, origin, **more))
        return self

    def customer(self, at, **more):
        return self._say(at, Direction.IN, SenderKind.CUSTOMER, Origin.TYPED, **more)

    def agent(self, at, agent_id=ANNA, origin=Origin.TYPED, **more):
        return self._say(at, Direction.OUT, SenderKind.AGENT, origin, agent_id=agent_id, **more)

    def auto(self, at, origin=Origin.AUTO_WELCOME):
        return self._say(at, Direction.OUT, SenderKind.SYSTEM, origin)

    def bot(self, at):
        return self._say(at, Direction.OUT, SenderKind.BOT, Origin.BOT)

    def note(self, at, agent_id=ANNA):
        return self._say(at, Direction.NOTE, SenderKind.AGENT, Origin.TYPED, agent_id=agent_id)

    def event(self, at):
        return self._say(at, Direction.EVENT, SenderKind.SYSTEM, Origin.SYSTEM)

    def takes(self, at, agent_id=ANNA, since=None):
        self.segments += 1
        started = moment(at if since is None else since)
        self.facts.append(SegmentStarted(self.seq, moment(at), self.segments, agent_id, started))
        return self

    def loses(self, at, reason=SegmentEnd.TRANSFERRED, since=None):
        ended = moment(at if since is None else since)
        self.facts.append(SegmentEnded(self.seq, moment(at), self.segments, ended, reason))
        return self

    def closes(self, at, closing=Closing.CLOSED):
        self.facts.append(TurnsClosed(self.seq, moment(at), closing))
        return self

    @property
    def ledger(self) -> Ledger:
        return derive(self.facts, POLICY)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self.ledger.turns


@pytest.mark.requirement("A5", "A4")
def test_a5_first_response_counts_from_the_customer_to_the_person_not_the_greeting():
    story = Story().takes(-5).customer(0).auto(1)
    assert story.ledger.open_turn is not None, "a greeting answers nobody"
    [turn] = story.agent(150).turns
    assert turn.state is TurnState.ANSWERED
    assert turn.customer_ms == 150_000
    assert turn.agent_ms == 150_000
    assert turn.answered_at == moment(150)


@pytest.mark.requirement("A8")
def test_a8_transfer_splits_the_wait_at_the_request_and_the_customer_waits_on():
    story = Story().takes(0).customer(0)
    story.loses(300, since=180).takes(300, BEN, since=180).agent(360, BEN)
    first, second = story.turns
    assert first.state is TurnState.TRANSFERRED_UNREPLIED
    assert (first.agent_id, first.agent_ms, first.customer_ms) == (ANNA, 180_000, None)
    assert second.state is TurnState.ANSWERED
    assert (second.agent_id, second.agent_ms) == (BEN, 180_000)
    assert second.customer_ms == 360_000
    assert first.round_number == second.round_number == 1


@pytest.mark.requirement("A8")
def test_a_question_put_after_the_request_belongs_to_the_receiver_alone():
    story = Story().takes(0).customer(0).agent(10)
    story.customer(40).loses(60, since=30).takes(60, BEN, since=30).agent(70, BEN)
    first, second = story.turns
    assert (first.agent_id, first.state) == (ANNA, TurnState.ANSWERED)
    assert (second.agent_id, second.agent_ms, second.number) == (BEN, 30_000, 2)


@pytest.mark.requirement("A8")
def test_a_question_at_the_very_moment_of_the_request_is_the_receivers():
    story = Story().takes(0).customer(0).agent(10).customer(30)
    story.loses(60, since=30).takes(60, BEN, since=30)
    assert [turn.agent_id for turn in story.turns] == [ANNA, BEN]


@pytest.mark.parametrize("silent", ["auto", "bot", "note", "event"])
@pytest.mark.requirement("A5")
def test_nothing_but_a_person_opens_or_closes_a_turn(silent):
    """Fault elsewhere: a change of status stamps the first response."""
    story = Story().takes(0)
    getattr(story, silent)(1)
    assert story.turns == ()
    story.customer(2)
    getattr(story, silent)(3)
    assert story.ledger.open_turn is not None
    assert len(story.turns) == 1


@pytest.mark.parametrize(
    ("origin", "counts"),
    [
        (Origin.TYPED, True),
        (Origin.SCRIPT, True),
        (Origin.ASSISTED, True),
        (Origin.AUTO_WELCOME, False),
        (Origin.AUTO_AWAY, False),
        (Origin.AUTO_KEYWORD, False),
        (Origin.AUTO_MAIL, False),
        (Origin.BOT, False),
        (Origin.RULE, False),
        (Origin.CAMPAIGN, False),
        (Origin.CSAT, False),
        (Origin.SYSTEM, False),
        (Origin.PHONE_LOG, False),
    ],
)
def test_a5_which_origins_are_somebody_answering(origin, counts):
    said = Spoken(1, TEN, Direction.OUT, SenderKind.AGENT, origin, agent_id=ANNA)
    assert counts_as_reply(said) is counts


def test_an_out_of_office_mail_asks_nothing():
    """Fault elsewhere: a customer's automatic mail opens a wait."""
    story = Story()._say(0, Direction.IN, SenderKind.CUSTOMER, Origin.AUTO_MAIL)
    assert story.turns == ()


def test_several_questions_in_a_row_are_one_wait_from_the_first():
    """Fault elsewhere: each further message of the customer is another breach."""
    [turn] = Story().takes(0).customer(0).customer(20).customer(40).agent(50).turns
    assert (turn.opened_seq, turn.customer_ms) == (2, 50_000)


def test_the_first_turn_of_each_stretch_is_marked():
    story = Story().takes(0).customer(0).agent(5).customer(6).agent(8)
    story.loses(9).takes(9, BEN).customer(10).agent(12, BEN)
    assert [turn.first_of_segment for turn in story.turns] == [True, False, True]


def test_who_replies_is_credited_not_who_was_assigned():
    """Fault elsewhere: a reply is credited to the assignee, not to who sent it."""
    [turn] = Story().takes(0).customer(0).agent(30, BEN).turns
    assert turn.agent_id == ANNA
    assert turn.credited_agent_id == BEN


def test_waiting_in_the_queue_is_nobodys_time_but_the_customers():
    [turn] = Story().customer(0).takes(120).agent(180).turns
    assert (turn.customer_ms, turn.agent_ms) == (180_000, 60_000)


def test_left_unanswered_it_goes_back_to_the_queue_and_counts_against_the_first():
    """Fault elsewhere: passing on without a reply costs the first agent nothing."""
    story = Story().takes(0).customer(0).loses(120, SegmentEnd.NO_REPLY)
    first, second = story.turns
    assert first.state is TurnState.TRANSFERRED_UNREPLIED
    assert first.excluded_reason == ""
    assert (second.agent_id, second.agent_from) == (None, None)
    *_, second = story.takes(200, BEN).agent(215, BEN).turns
    assert (second.agent_ms, second.customer_ms) == (15_000, 215_000)


@pytest.mark.parametrize(
    ("waited", "reason", "excluded"),
    [
        (59, SegmentEnd.STAGE_CHANGED, "stage_changed"),
        (60, SegmentEnd.STAGE_CHANGED, ""),
        (59, SegmentEnd.TAKEN_OVER, "taken_over"),
        (5, SegmentEnd.TRANSFERRED, ""),
        (5, SegmentEnd.SHIFT_END, ""),
    ],
)
def test_what_the_house_takes_away_in_time_is_not_held_against_the_agent(waited, reason, excluded):
    first, _ = Story().takes(0).customer(0).loses(waited, reason).turns
    assert first.excluded_reason == excluded


def test_a_customer_who_leaves_before_anybody_came_has_abandoned():
    [turn] = Story().customer(0).closes(30, Closing.LEFT).turns
    assert turn.state is TurnState.ABANDONED
    assert turn.agent_ms is None


def test_leaving_does_not_free_the_agent_who_holds_the_conversation():
    story = Story().takes(0).customer(0).closes(30, Closing.LEFT)
    assert story.ledger.open_turn is not None
    assert story.ledger.waiting_since == TEN


def test_the_end_of_the_day_expires_a_turn_and_a_late_reply_is_still_told():
    story = Story().takes(0).customer(0).closes(3600, Closing.DAY_ENDED)
    assert story.ledger.waiting_since == TEN, "the customer goes on waiting"
    [turn] = story.agent(40_000).turns
    assert turn.state is TurnState.EXPIRED
    assert (turn.agent_ms, turn.customer_ms) == (3_600_000, 40_000_000)
    assert story.ledger.waiting_since is None


def test_asking_again_after_an_expired_turn_gives_the_agent_a_fresh_clock():
    story = Story().takes(0).customer(0).closes(3600, Closing.DAY_ENDED)
    first, second = story.customer(30_000).agent(30_060).turns
    assert (first.state, first.answered_at) == (TurnState.EXPIRED, None)
    assert (second.agent_ms, second.customer_ms) == (60_000, 30_060_000)
    assert first.round_number == second.round_number


def test_spam_and_tests_leave_the_figures_on_both_sides():
    [turn] = Story().takes(0).customer(0).closes(9, Closing.SPAM).turns
    assert (turn.state, turn.excluded_reason) == (TurnState.EXPIRED, "spam")


def test_a_recalled_reply_never_was_one():
    """Fault elsewhere: a reply that was taken back still stops the clock."""
    story = Story().takes(0).customer(0).agent(10, recalled=True)
    assert story.ledger.open_turn is not None
    [turn] = story.agent(100).turns
    assert turn.customer_ms == 100_000


def test_please_wait_is_marked_and_the_real_answer_still_expected():
    story = Story().takes(0).customer(0).agent(5, placeholder=True)
    [turn] = story.turns
    assert (turn.state, turn.placeholder) == (TurnState.ANSWERED, True)
    assert (turn.agent_ms, turn.agent_effective_ms) == (5_000, None)
    first, second = story.customer(60).agent(90).turns
    assert first.agent_effective_ms == 90_000
    assert (second.agent_effective_ms, second.continued) == (30_000, True)


def test_a_call_written_down_afterwards_moves_no_clock():
    """Fault elsewhere: a phone entry made later improves the figure."""
    story = Story().takes(0).customer(0)
    story.agent(5, backdated=True).customer(6, backdated=True)
    assert story.ledger.waiting_since == TEN
    assert len(story.turns) == 1


def test_a_clock_that_jumps_back_gives_zero_never_less():
    [turn] = Story().takes(0).customer(100).agent(40).turns
    assert (turn.customer_ms, turn.agent_ms) == (0, 0)


def test_two_segments_at_once_are_refused():
    with pytest.raises(ValueError, match="has not ended"):
        _ = Story().takes(0).takes(1, BEN).turns
    with pytest.raises(ValueError, match="not the open one"):
        _ = Story().loses(1).turns


# --- properties


@st.composite
def stories(draw, *, talk_only: bool = False) -> Story:
    """Any history that the desk's actions could write."""
    story, now, held, pending = Story(), 0, False, None
    acts = ["customer", "agent", "auto", "bot", "note", "event", "placeholder", "phone", "recalled"]
    if not talk_only:
        acts += ["take", "request", "accept", "requeue", "close", "day", "left"]
    for act in draw(st.lists(st.sampled_from(acts), max_size=30)):
        now += draw(st.sampled_from([0, 1, 7, 59, 60, 61, 500]))
        who = draw(st.sampled_from([ANNA, BEN]))
        if act == "customer":
            story.customer(now)
        elif act == "agent":
            story.agent(now, who)
        elif act == "placeholder":
            story.agent(now, who, placeholder=True)
        elif act == "recalled":
            story.agent(now, who, recalled=True)
        elif act == "phone":
            story.agent(now, who, backdated=True)
        elif act in ("auto", "bot", "note", "event"):
            getattr(story, act)(now)
        elif act == "take" and not held:
            story.takes(now, who)
            held = True
        elif act == "request" and held:
            pending = now
        elif act == "accept" and held and pending is not None:
            story.loses(now, since=pending).takes(now, who, since=pending)
            pending = None
        elif act == "requeue" and held:
            story.loses(now, draw(st.sampled_from(SegmentEnd)))
            held, pending = False, None
        elif act == "close":
            story.closes(now)
            if held:
                story.loses(now, SegmentEnd.CLOSED)
            held, pending = False, None
        elif act == "day":
            story.closes(now, Closing.DAY_ENDED)
        elif act == "left":
            story.closes(now, Closing.LEFT)
    return story


@pytest.mark.parametrize(
    "story",
    [
        Story().takes(0).customer(0).closes(9, Closing.DAY_ENDED).agent(20),
        Story().customer(0).closes(9, Closing.DAY_ENDED).customer(15).takes(16).agent(20),
        Story().takes(0).customer(0).agent(5, placeholder=True).customer(8).agent(20),
        Story().takes(0).customer(0).closes(9).agent(20),
        Story().takes(0).customer(0).loses(9).takes(12, BEN).agent(20, BEN),
    ],
)
def test_the_live_tail_is_enough_in_the_hard_cases(story):
    _same_from_the_tail(story)


@settings(max_examples=300)
@given(stories())
def test_fact_by_fact_from_the_live_tail_equals_a_rebuild_from_scratch(story):
    _same_from_the_tail(story)


def _same_from_the_tail(story):
    stored: dict[int, Turn] = {}
    tail = Ledger()
    for fact in story.facts:
        tail = step(replace(tail, turns=tail.live), fact, POLICY)
        stored.update((turn.number, turn) for turn in tail.turns)
    whole = story.ledger
    assert tuple(stored[number] for number in sorted(stored)) == whole.turns
    assert (tail.waiting_since, tail.segment, tail.round_number, tail.next_number) == (
        whole.waiting_since,
        whole.segment,
        whole.round_number,
        whole.next_number,
    )


@given(stories())
def test_no_duration_is_negative_and_at_most_the_last_turn_is_open(story):
    turns = story.turns
    assert [t.number for t in turns] == list(range(1, len(turns) + 1))
    assert all(t.state is not TurnState.OPEN for t in turns[:-1])
    for turn in turns:
        lengths = (
            turn.customer_ms,
            turn.customer_effective_ms,
            turn.agent_ms,
            turn.agent_effective_ms,
        )
        assert all(length is None or length >= 0 for length in lengths)


@given(stories(), st.data())
def test_automatic_messages_never_change_a_figure(story, data):
    """Insert greetings, notes, events and bots anywhere: every turn keeps its clocks."""
    places = data.draw(st.lists(st.integers(0, len(story.facts)), max_size=5))
    facts = list(story.facts)
    for place in sorted(places, reverse=True):
        at = facts[place - 1].at if place else TEN
        kind = data.draw(st.sampled_from(["auto", "bot", "note", "event"]))
        noise = Story()
        getattr(noise, kind)(0)
        facts.insert(place, replace(noise.facts[0], seq=1000 + place, at=at))
    assert derive(facts, POLICY).turns == story.turns


@given(stories(talk_only=True))
def test_turns_are_the_runs_of_customer_messages(story):
    """An independent count: blocks of questions between human replies, nothing else counted."""
    heard = [
        fact.direction
        for fact in story.facts
        if isinstance(fact, Spoken)
        and not fact.recalled
        and not fact.backdated
        and fact.sender in (SenderKind.CUSTOMER, SenderKind.AGENT)
        and fact.direction in (Direction.IN, Direction.OUT)
    ]
    blocks = [direction for direction, _ in groupby(heard)]
    assert len(story.turns) == blocks.count(Direction.IN)
    answered = sum(t.state is TurnState.ANSWERED for t in story.turns)
    assert answered == len(story.turns) - (blocks[-1:] == [Direction.IN])


@given(stories())
def test_within_a_round_the_agents_times_never_exceed_the_customers(story):
    for _, group in groupby(story.turns, key=lambda turn: turn.round_number):
        turns = list(group)
        answered = turns[-1]
        if answered.state is not TurnState.ANSWERED:
            continue
        assert sum(turn.agent_ms or 0 for turn in turns) <= answered.customer_ms + len(turns)
