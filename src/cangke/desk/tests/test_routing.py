"""The line 已发货, who may get what, who gets it, and in which order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.desk.rules.clocks import (
    ClockColour,
    ClockPolicy,
    Escalation,
    EscalationPolicy,
    ResponsePolicy,
    clock_colour,
    escalation_of,
)
from cangke.desk.rules.replies import (
    GreetingPolicy,
    ReplyPolicy,
    choose_greeting,
    is_placeholder,
)
from cangke.desk.rules.routing import (
    AgentFact,
    GroupFact,
    Presence,
    RoutingPolicy,
    WorkFact,
    check_eligibility,
    choose_agent,
    choose_group,
    order_queue,
)
from cangke.desk.rules.stage import LineFact, OrderFact, Stage, decide_stage

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
POLICY = RoutingPolicy()
BOTH = frozenset(Stage)


def order(order_id, *, days_ago=0, shipped=False, lines=()):
    placed = NOON - timedelta(days=days_ago)
    facts = tuple(LineFact(order_id * 10 + i, done) for i, done in enumerate(lines))
    return OrderFact(order_id, f"SO{order_id}", placed, facts, shipped)


def agent(agent_id, **more):
    facts = {
        "presence": Presence.ONLINE,
        "heartbeat_at": NOON,
        "load": 0,
        "max_chats": 8,
        "groups": frozenset({1}),
        "stages": BOTH,
        "languages": frozenset({"zh-hans"}),
    }
    return AgentFact(agent_id=agent_id, **{**facts, **more})


def work(**more):
    facts = {
        "conversation_id": 1,
        "stage": Stage.PRESALE,
        "group_id": 1,
        "waiting_since": NOON,
    }
    return WorkFact(**{**facts, **more})


def chosen(agents, **more):
    return choose_agent(agents, work(**more), policy=POLICY, at=NOON)


def against(person, **more):
    checked = check_eligibility(person, work(**more), policy=POLICY, at=NOON)
    return [because.code for because in checked.against]


# --- B1, AMB-23


@pytest.mark.requirement("B1")
def test_b1_no_order_and_an_unshipped_order_are_pre_sales_a_shipped_one_after_sales():
    assert decide_stage([]).stage is Stage.PRESALE
    assert decide_stage([order(1)]).stage is Stage.PRESALE
    decided = decide_stage([order(1, shipped=True)])
    assert (decided.stage, decided.order_id, decided.clause) == (Stage.AFTERSALE, 1, "desk.line")
    assert decided.because.words == "最近订单 SO1 已发货，归售后"


@pytest.mark.parametrize(
    ("orders", "choice", "stage", "order_id"),
    [
        ([order(1, shipped=True, days_ago=9), order(2)], {}, Stage.PRESALE, 2),
        ([order(1, days_ago=9), order(2, shipped=True)], {}, Stage.AFTERSALE, 2),
        (
            [order(1, shipped=True, days_ago=9), order(2)],
            {"chosen_order_id": 1},
            Stage.AFTERSALE,
            1,
        ),
        ([order(1, lines=[True, False])], {}, Stage.AFTERSALE, 1),
        ([order(1, lines=[True, False])], {"chosen_line_id": 10}, Stage.AFTERSALE, 1),
        ([order(1, lines=[True, False])], {"chosen_line_id": 11}, Stage.PRESALE, 1),
        ([order(1, lines=[False, False])], {}, Stage.PRESALE, 1),
        (
            [order(1, lines=[False]), order(2, shipped=True)],
            {"chosen_line_id": 10},
            Stage.PRESALE,
            1,
        ),
        ([order(1, shipped=True), order(2)], {}, Stage.PRESALE, 2),
    ],
)
@pytest.mark.requirement("B1", "AMB-23")
def test_amb_23_the_chosen_order_or_line_decides_else_the_latest(orders, choice, stage, order_id):
    decided = decide_stage(orders, **choice)
    assert (decided.stage, decided.order_id) == (stage, order_id)


def test_somebody_elses_order_cannot_be_chosen():
    """Design security 10: a foreign order in the body."""
    with pytest.raises(ValueError, match="not one of"):
        decide_stage([order(1)], chosen_order_id=2)
    with pytest.raises(ValueError, match="not in"):
        decide_stage([order(1)], chosen_line_id=99)


# --- B4


@pytest.mark.requirement("B4")
def test_b4_with_three_and_five_open_the_next_goes_to_the_first():
    decided = chosen([agent(1, load=3), agent(2, load=5)])
    assert decided.agent_id == 1
    assert decided.because.words == "负荷最小：3 ÷ 1"


@pytest.mark.requirement("B4")
def test_b4_an_english_conversation_goes_only_to_agents_with_english():
    chinese, both = agent(1), agent(2, load=7, languages=frozenset({"zh-hans", "en"}))
    assert chosen([chinese, both], language="en").agent_id == 2
    assert chosen([chinese], language="en").agent_id is None
    assert chosen([chinese, both], language="").agent_id == 1


def test_load_is_weighed():
    assert chosen([agent(1, load=4, weight=Decimal(2)), agent(2, load=3)]).agent_id == 1


def test_equal_load_goes_to_whoever_waited_longest_for_one():
    early, late = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    first, second = agent(1, last_assigned_at=late), agent(2, last_assigned_at=early)
    assert chosen([first, second]).agent_id == 2
    assert chosen([first, second, agent(3)]).agent_id == 3
    assert chosen([first, second]).because.code == "choice.longest_idle"


@pytest.mark.parametrize(
    ("facts", "job", "reason"),
    [
        ({"presence": Presence.BREAK}, {}, "agent.presence"),
        ({"presence": Presence.AWAY}, {}, "agent.presence"),
        ({"heartbeat_at": NOON - timedelta(seconds=31)}, {}, "agent.heartbeat"),
        ({"heartbeat_at": None}, {}, "agent.heartbeat"),
        ({"load": 8}, {}, "agent.full"),
        ({"load": 4, "trainee": True}, {}, "agent.full"),
        ({"draining": True}, {}, "agent.draining"),
        ({"stages": frozenset({Stage.AFTERSALE})}, {}, "agent.stage"),
        ({"groups": frozenset({2})}, {}, "agent.group"),
        ({"shops": frozenset({7})}, {"shop_id": 8}, "agent.shop"),
        ({"shops": frozenset()}, {"shop_id": 8}, "agent.shop"),
        ({"certified": False}, {}, "agent.uncertified"),
        ({}, {"lapsed": frozenset({1})}, "agent.lapsed"),
    ],
)
def test_b4_what_speaks_against_an_agent(facts, job, reason):
    assert against(agent(1), **{k: v for k, v in job.items() if k != "lapsed"}) == []
    assert against(agent(1, **facts), **job) == [reason]


def test_a_heartbeat_of_thirty_seconds_still_counts():
    assert against(agent(1, heartbeat_at=NOON - timedelta(seconds=30))) == []


def test_off_shift_matters_only_where_the_rule_says_so():
    person = agent(1, on_shift=False)
    assert against(person) == []
    strict = check_eligibility(person, work(), policy=RoutingPolicy(require_shift=True), at=NOON)
    assert [b.code for b in strict.against] == ["agent.off_shift"]


def test_a_trainee_has_half_the_cap_but_at_least_one():
    assert against(agent(1, trainee=True, max_chats=1)) == []
    assert against(agent(1, trainee=True, max_chats=1, load=1)) == ["agent.full"]
    assert against(agent(1, max_chats=0, trainee=True)) == ["agent.full"]


@pytest.mark.requirement("B3")
def test_b3_a_brand_reaches_only_its_team_and_an_upcoming_one_nobody():
    mine, other = agent(1, shops=frozenset({5}), load=6), agent(2, shops=frozenset({6}))
    assert chosen([mine, other], shop_id=5).agent_id == 1
    upcoming = chosen([mine, other], shop_id=5, shop_live=False)
    assert (upcoming.agent_id, upcoming.because.code) == (None, "choice.shop_upcoming")


@pytest.mark.parametrize(
    ("stage", "shop_id", "language", "group_id"),
    [
        (Stage.PRESALE, 5, "zh-hans", 1),
        (Stage.AFTERSALE, 5, "zh-hans", 2),
        (Stage.PRESALE, 6, "zh-hans", 3),
        (Stage.PRESALE, None, "zh-hans", 3),
        (Stage.AFTERSALE, 6, "", 4),
        (Stage.PRESALE, 6, "en", 5),
    ],
)
@pytest.mark.requirement("B1", "B3")
def test_b3_the_most_particular_group_that_serves_it(stage, shop_id, language, group_id):
    groups = [
        GroupFact(1, 9, Stage.PRESALE, frozenset({5})),
        GroupFact(2, 9, Stage.AFTERSALE, frozenset({5})),
        GroupFact(3, 5, Stage.PRESALE),
        GroupFact(4, 1),
        GroupFact(5, 9, Stage.PRESALE, None, frozenset({"en"})),
    ]
    chosen_id, _ = choose_group(groups, stage=stage, shop_id=shop_id, language=language)
    assert chosen_id == group_id


def test_without_a_group_that_fits_there_is_none():
    chosen_id, because = choose_group([], stage=Stage.PRESALE, shop_id=None, language="")
    assert (chosen_id, because.code) == (None, "group.none")


@pytest.mark.requirement("A25")
def test_outside_hours_it_stays_in_the_queue():
    decided = chosen([agent(1)], within_hours=False)
    assert (decided.agent_id, decided.clause) == (None, "desk.hours")


def test_who_served_the_customer_lately_gets_them_back_one_above_the_cap():
    known = {"sticky_agent_id": 1, "sticky_at": NOON - timedelta(hours=24)}
    assert chosen([agent(1, load=8), agent(2)], **known).agent_id == 1
    assert chosen([agent(1, load=9), agent(2)], **known).agent_id == 2
    assert chosen([agent(1, presence=Presence.OFFLINE), agent(2)], **known).agent_id == 2
    stale = {**known, "sticky_at": NOON - timedelta(hours=24, seconds=1)}
    assert chosen([agent(1, load=5), agent(2)], **stale).agent_id == 2
    wrong_line = agent(1, stages=frozenset({Stage.AFTERSALE}))
    assert chosen([wrong_line, agent(2)], **known).agent_id == 2
    assert chosen([agent(2)], **known).agent_id == 2


def test_nobody_fit_leaves_it_queued_and_says_why_for_each():
    decided = chosen([agent(1, load=8), agent(2, draining=True)])
    assert decided.agent_id is None
    assert [[b.code for b in each.against] for each in decided.considered] == [
        ["agent.full"],
        ["agent.draining"],
    ]


@pytest.mark.requirement("A20", "A21")
def test_a20_urgent_before_older_then_the_longest_wait():
    old = work(conversation_id=1, waiting_since=NOON - timedelta(minutes=9))
    new = work(conversation_id=2, waiting_since=NOON)
    urgent = work(conversation_id=3, waiting_since=NOON, priority=2)
    twin = work(conversation_id=4, waiting_since=NOON)
    assert [w.conversation_id for w in order_queue([twin, new, old, urgent])] == [3, 1, 2, 4]


people = st.builds(
    agent,
    st.integers(1, 9),
    load=st.integers(0, 9),
    presence=st.sampled_from(Presence),
    weight=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2)]),
    trainee=st.booleans(),
)


@given(st.lists(people, max_size=6, unique_by=lambda a: a.agent_id), st.randoms())
def test_the_choice_is_fit_least_loaded_and_does_not_depend_on_the_order(agents, random):
    decided = chosen(agents)
    shuffled = list(agents)
    random.shuffle(shuffled)
    assert chosen(shuffled).agent_id == decided.agent_id
    fit = [a for a in agents if not against(a)]
    if not fit:
        assert decided.agent_id is None
    else:
        best = next(a for a in agents if a.agent_id == decided.agent_id)
        assert best in fit
        assert all(best.load / best.weight <= a.load / a.weight for a in fit)


# --- clocks, escalation, words


@pytest.mark.parametrize(
    ("seconds", "colour"),
    [
        (59, ClockColour.CALM),
        (60, ClockColour.AMBER),
        (99, ClockColour.AMBER),
        (100, ClockColour.RED),
        (179, ClockColour.RED),
        (180, ClockColour.DARK),
    ],
)
@pytest.mark.requirement("O4")
def test_clock_colours(seconds, colour):
    assert clock_colour(seconds, ClockPolicy()) is colour


@pytest.mark.parametrize(
    ("seconds", "to"),
    [
        (120, Escalation.NONE),
        (121, Escalation.LEADER),
        (240, Escalation.LEADER),
        (241, Escalation.SUPERVISOR),
        (480, Escalation.SUPERVISOR),
        (481, Escalation.HEAD),
    ],
)
@pytest.mark.requirement("B6")
def test_b6_twice_the_target_leader_four_times_supervisor_eight_times_head(seconds, to):
    assert escalation_of(seconds, 60, EscalationPolicy())[0] is to


@pytest.mark.parametrize(
    ("kind", "priority", "seconds"),
    [
        ("web_chat", 0, 60),
        ("marketplace_im", 0, 60),
        ("email", 0, 14_400),
        ("letter", 0, 259_200),
        ("web_chat", 1, 30),
    ],
)
@pytest.mark.requirement("AMB-42", "A20")
def test_amb_42_targets_by_channel_and_the_shorter_one_when_urgent(kind, priority, seconds):
    assert ResponsePolicy().target_seconds(kind, priority=priority) == seconds


@pytest.mark.requirement("AMB-42", "A20")
def test_a_channels_own_target_goes_before_and_is_shorter_when_urgent_too():
    rule = ResponsePolicy()
    assert rule.target_seconds("web_chat", own=30) == 30
    assert rule.target_seconds("web_chat", own=30, priority=1) == 15
    assert rule.target_seconds("web_chat", own=None, priority=1) == 30


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("稍等", True),
        ("亲，请您稍等一下哦～", True),
        ("Just a moment, please.", True),
        ("您的包裹已于今天上午发出，稍等两天即可收到，单号 SF123456", False),
        ("已发货", False),
        ("", False),
    ],
)
def test_please_wait_is_recognised_only_when_it_says_nothing_else(text, placeholder):
    assert is_placeholder(text, ReplyPolicy()) is placeholder


@pytest.mark.requirement("A4")
def test_a4_the_phone_greets_as_the_manual_says():
    greeting = choose_greeting(
        channel_kind="phone", language="zh-hans", own={}, standard=GreetingPolicy().standard()
    )
    assert greeting == "您好,仓储服务中心,请问有什么可以帮您?"


@pytest.mark.parametrize(
    ("own", "language", "greeting"),
    [
        ({}, "en", GreetingPolicy().web_chat_en),
        ({}, "fr", GreetingPolicy().web_chat),
        ({"zh-hans": "欢迎光临"}, "zh-hans", "欢迎光临"),
        ({"zh-hans": "欢迎光临"}, "en", "欢迎光临"),
        ({"zh-hans": ""}, "zh-hans", ""),
    ],
)
@pytest.mark.requirement("A4")
def test_a4_own_greeting_before_standard_language_before_default(own, language, greeting):
    assert (
        choose_greeting(
            channel_kind="web_chat",
            language=language,
            own=own,
            standard=GreetingPolicy().standard(),
        )
        == greeting
    )


def test_a_kind_without_greeting_stays_silent():
    assert choose_greeting(channel_kind="letter", language="en", own={}, standard={}) == ""
