import datetime as dt
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cangke.approvals import actions, toml
from cangke.approvals.rules import (
    CaseState,
    Mode,
    TaskFacts,
    TaskState,
    fallback_seat,
    fingerprint,
    progress,
    read_flow,
    stage_after,
    warnings_due,
)


def flow_of(*steps):
    flow, problems = read_flow({"step": list(steps)})
    assert problems == []
    return flow


def one(key="a", **more):
    return {"key": key, "name": key, "who": ["manager:1"], **more}


def task(pk, step="a", state=TaskState.OPEN, position=0, added=False):
    return TaskFacts(pk, step, position, state, added)


OPEN, WAIT = TaskState.OPEN, TaskState.WAITING
YES, NO, LATE, GONE = TaskState.AGREED, TaskState.OBJECTED, TaskState.LAPSED, TaskState.DROPPED


@pytest.mark.parametrize(
    ("mode", "states", "state", "opens", "drops"),
    [
        ("any", [OPEN, OPEN], CaseState.RUNNING, (), ()),
        ("any", [YES, OPEN], CaseState.APPROVED, (), (2,)),
        ("any", [NO, OPEN], CaseState.REFUSED, (), (2,)),
        ("all", [YES, OPEN], CaseState.RUNNING, (), ()),
        ("all", [YES, YES], CaseState.APPROVED, (), ()),
        ("all", [YES, NO], CaseState.REFUSED, (), ()),
        ("sequence", [OPEN, WAIT], CaseState.RUNNING, (), ()),
        ("sequence", [YES, WAIT], CaseState.RUNNING, (2,), ()),
        ("sequence", [YES, YES], CaseState.APPROVED, (), ()),
        ("sequence", [NO, WAIT], CaseState.REFUSED, (), (2,)),
        ("any", [GONE, YES], CaseState.APPROVED, (), ()),
    ],
)
def test_a_step_is_done_when_as_many_agree_as_its_mode_asks(mode, states, state, opens, drops):
    flow = flow_of(one(mode=mode))
    tasks = [task(n, state=each, position=n) for n, each in enumerate(states, 1)]
    course = progress(flow, 1, tasks)
    assert (course.state, course.to_open, course.to_drop) == (state, opens, drops)


def test_an_opinion_never_refuses_and_counts_when_it_lapsed():
    flow = flow_of(one("a", mode="opinion", hours=24), one("b", stage=2))
    waiting = progress(flow, 1, [task(1, state=NO), task(2)])
    assert (waiting.state, waiting.next_stage) == (CaseState.RUNNING, False)
    done = progress(flow, 1, [task(1, state=NO), task(2, state=LATE)])
    assert (done.state, done.next_stage) == (CaseState.RUNNING, True)


def test_steps_of_one_stage_run_side_by_side():
    flow = flow_of(one("a", stage=1), one("b", stage=1), one("c", stage=2))
    half = progress(flow, 1, [task(1, "a", YES), task(2, "b")])
    assert not half.next_stage
    assert progress(flow, 1, [task(1, "a", YES), task(2, "b", YES)]).next_stage
    assert (stage_after(flow, None), stage_after(flow, 1), stage_after(flow, 2)) == (1, 2, None)


def test_a_signer_asked_in_must_agree_too():
    flow = flow_of(one())
    course = progress(flow, 1, [task(1, state=YES), task(2, added=True)])
    assert course.state == CaseState.RUNNING
    course = progress(flow, 1, [task(1, state=WAIT), task(2, state=YES, added=True)])
    assert course.to_open == (1,)


@pytest.mark.requirement("Q7")
def test_q7_the_own_seat_goes_to_whoever_steps_in():
    seats = fallback_seat([7], barred={7}, able={7, 8, 9}, groups=[[5], [7, 8], [9]])
    assert [(s.account_id, s.instead_of, s.reason) for s in seats] == [(8, 7, "own")]


def test_a_vacant_or_left_seat_never_stands_still():
    gone = fallback_seat([4], barred={1}, able={9}, groups=[[5, 6], [9]])
    assert [(s.account_id, s.reason) for s in gone] == [(9, "gone")]
    vacant = fallback_seat([], barred={1}, able={9}, groups=[[1], [9]])
    assert [(s.account_id, s.reason) for s in vacant] == [(9, "vacant")]
    assert fallback_seat([], barred={1}, able={1}, groups=[[1]]) == []


@pytest.mark.parametrize(
    ("hours", "level"),
    [(0, 0), (11.9, 0), (12, 1), (23.9, 1), (24, 2), (35.9, 2), (36, 3), (99, 3)],
)
def test_warnings_at_half_the_whole_and_one_and_a_half(hours, level):
    begun = dt.datetime(2026, 6, 9, tzinfo=dt.UTC)
    due = begun + dt.timedelta(hours=24)
    assert warnings_due(begun, due, begun + dt.timedelta(hours=hours)) == level


def test_a_task_without_time_is_never_late():
    begun = dt.datetime(2026, 6, 9, tzinfo=dt.UTC)
    assert warnings_due(begun, None, begun + dt.timedelta(days=900)) == 0


@pytest.mark.requirement("Q6")
@pytest.mark.parametrize(
    ("amount", "who"), [("500.00", "manager:1"), ("500.01", "head"), (None, "manager:1")]
)
def test_q6_a_route_holds_strictly_above_its_amount(amount, who):
    flow = flow_of(one(route=[{"above": "500.00", "who": ["head"]}]))
    seats = flow.steps[0].seats(post="", amount=Decimal(amount) if amount else None)
    assert [str(each) for each in seats] == [who]


@pytest.mark.requirement("Q6")
@pytest.mark.parametrize(
    ("amount", "currency", "who"),
    [
        ("49.00", "CNY", "manager:1"),
        ("51.00", "CNY", "head"),
        ("7.00", "USD", "manager:1"),
        ("7.01", "USD", "head"),
        ("0.01", "EUR", "head"),  # a currency without a limit is above them all
        (None, "", "manager:1"),
    ],
)
def test_q6_a_limit_holds_for_its_currency(amount, currency, who):
    limits = [("50.00", "CNY"), ("7.00", "USD")]
    routes = [{"above": above, "currency": code, "who": ["head"]} for above, code in limits]
    routes.insert(0, {"posts": ["cs-leader"], "who": ["role:hr"]})
    step = flow_of(one(route=routes)).steps[0]
    sum_of = Decimal(amount) if amount else None
    seats = step.seats(post="", amount=sum_of, currency=currency)
    assert [str(each) for each in seats] == [who]
    [other] = step.seats(post="cs-leader", amount=sum_of, currency=currency)
    assert str(other) == "role:hr"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"key": "A", "name": "x", "who": ["head"]}, "flow.key"),
        ({"key": "a", "who": ["head"]}, "flow.unnamed"),
        ({"key": "a", "name": "x", "who": []}, "flow.nobody"),
        ({"key": "a", "name": "x", "who": ["god"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["role:"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["role:hr@moon"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["role:@site"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["post:clerk@site"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["team"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["manager:0"]}, "flow.seat"),
        ({"key": "a", "name": "x", "who": ["head"], "mode": "most"}, "flow.mode"),
        ({"key": "a", "name": "x", "who": ["head"], "mode": "opinion"}, "flow.opinion_needs_time"),
        ({"key": "a", "name": "x", "who": ["head"], "hours": True}, "flow.number"),
        ({"key": "a", "name": "x", "who": ["head"], "hours": 1.5}, "flow.number"),
        ({"key": "a", "name": "x", "who": ["head"], "required": "yes"}, "flow.yes_no"),
        ({"key": "a", "name": "x", "who": ["head"], "formula": "1+1"}, "flow.unknown"),
        ({"key": "a", "name": "x", "who": ["head"], "route": [{"who": ["head"]}]},
         "flow.route_without_condition"),
        ({"key": "a", "name": "x", "who": ["head"], "route": [{"above": 5, "who": ["head"]}]},
         "flow.amount"),
        ({"key": "a", "name": "x", "who": ["head"],
          "route": [{"above": "5", "currency": "yuan", "who": ["head"]}]}, "flow.currency"),
        ({"key": "a", "name": "x", "who": ["head"],
          "route": [{"posts": ["clerk"], "currency": "CNY", "who": ["head"]}]}, "flow.currency"),
        ({"key": "a", "name": "x", "who": ["head"],
          "field": [{"key": "f", "label": "l", "kind": "choice"}]}, "flow.choices"),
        ({"key": "a", "name": "x", "who": ["head"],
          "field": [{"key": "f", "label": "l", "kind": "file"}]}, "flow.field_kind"),
    ],
)  # fmt: skip
def test_a_flow_that_does_not_hold_says_where_and_why(step, code):
    _flow, problems = read_flow({"step": [step]})
    assert code in {each.code for each in problems}
    assert all(each.place.startswith(("step 1", "flow")) for each in problems)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "flow.empty"),
        ({"step": "x"}, "flow.tables"),
        ({"step": [one()] * 31}, "flow.too_many"),
        ({"step": [one(), one()]}, "flow.twice"),
        ({"step": [one(mode="opinion", hours=1)]}, "flow.only_opinions"),
        ({"step": [one(required=False)]}, "flow.all_optional"),
        ({"step": [one(required=False), one("b", mode="opinion", hours=1)]}, "flow.all_optional"),
        ({"steps": []}, "flow.unknown"),
    ],
)
def test_a_whole_flow_that_does_not_hold(body, code):
    assert code in {each.code for each in read_flow(body)[1]}


def test_a_flow_survives_its_own_text():
    body = {
        "step": [
            one(
                mode="all",
                hours=8,
                required=False,
                route=[{"above": "9.50", "posts": ["cs-leader"], "who": ["role:hr", "head"]}],
                field=[
                    {
                        "key": "f",
                        "label": '引号"和\\\x7f',
                        "kind": "choice",
                        "choices": ["甲", "乙"],
                    },
                    {"key": "g", "label": "日期", "kind": "date", "required": False},
                ],
            ),
            one("b", stage=2),
        ]
    }
    assert tomllib.loads(toml.write_flow(body)) == body


line = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]), max_size=40)
named = line.filter(str.strip)
key = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)
who = st.lists(
    st.sampled_from(["head", "manager:2", "role:hr@site", "post:x", "account:甲", "chosen"]),
    min_size=1,
    max_size=4,
)
route = st.builds(
    lambda who, posts, above, currency: (
        {"who": who, "posts": posts} | ({"above": above, "currency": currency} if above else {})
    ),
    who,
    st.lists(line, min_size=1, max_size=3),
    st.none() | st.decimals(0, 10**11, places=2).map(lambda number: f"{number:f}"),
    st.sampled_from(["", "CNY"]),
)
choice = st.lists(named, min_size=1, max_size=40).map(
    lambda words: {"kind": "choice", "choices": words, "labels": words, "labels_en": words}
)
question = st.builds(
    lambda label, more, required: {"label": label, "required": required, **more},
    named,
    choice | st.sampled_from([{"kind": each} for each in ("text", "rating", "date", "yes_no")]),
    st.booleans(),
)


@st.composite
def flows(draw):
    """Flows with everything a step may hold."""
    steps = []
    for number, name in enumerate(draw(st.lists(key, min_size=1, max_size=5, unique=True)), 1):
        fields = draw(st.lists(question, max_size=4))
        steps.append(
            {
                "key": name,
                "name": draw(named),
                "name_en": draw(line),
                "who": draw(who),
                "mode": draw(st.sampled_from(["any", "all", "sequence"])),
                "stage": draw(st.integers(1, 99)),
                "required": number == 1 or draw(st.booleans()),
                "hours": draw(st.integers(1, 24 * 365)),
                "route": draw(st.lists(route, max_size=3)),
                "field": [{"key": f"f{n}", **each} for n, each in enumerate(fields)],
            }
        )
    return {"step": steps}


@settings(max_examples=100, deadline=None)
@given(flows())
def test_whatever_a_flow_holds_survives_its_own_text(body):
    wanted, problems = read_flow(body)
    assert problems == []
    read = actions.read_text(toml.write_flow(body))
    assert read_flow(read) == (wanted, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text + text, "代码重复"),
        (lambda text: text.replace('key = "a"', 'key = "a"\nkey = "b"'), "第 3 行：这个名字前面"),
        (lambda text: text.replace("hours = 8", "hours = nan"), "nan 不是能用的数"),
        (lambda text: text.replace("hours = 8", "hours = 1e9"), "1e9 不是能用的数"),
        (lambda text: text.replace("hours = 8", "hours = 1.5"), "步骤 1 · hours"),
        (lambda text: text.replace("hours = 8", "hours = 9" + "9" * 5000), "不是能用的数"),
        (lambda text: text.replace("hours = 8", "hours = 2026-02-30"), "没有这个日期或时间"),
        (lambda text: text.replace("hours = 8", "hours = 2026-02-28"), "步骤 1 · hours"),
        (lambda text: text.replace('name = "a"', 'name = "\\u0000"'), "步骤 1 · name"),
        (lambda text: text.replace('name = "a"', 'name = "a\u202eb"'), "步骤 1 · name"),
        (lambda text: text.replace('"head"', '"post:a\u200bb"'), "步骤 1 · who"),
        (lambda text: text.replace('"head"', '"manager:٢"'), "步骤 1 · who"),
        (lambda text: text + "x = " + "[" * 3000, "套得太深"),
        (lambda text: text + "a." * 2000 + "a = 1\n", "键分段太多"),
        (lambda text: "#" * 9000 + text, "超过 8000 个字"),
        (lambda text: "# x\n" * 20_000 + text, "超过 64 KB"),
        (lambda text: text + "\udc80", "UTF-8"),
    ],
)
def test_a_hostile_flow_is_refused_with_place_and_reason(change, said):
    text = toml.write_flow({"step": [one(hours=8, who=["head"])]})
    assert actions.read_text(text)
    with pytest.raises(actions.BadFlow) as refused:
        actions.read_text(change(text))
    assert said in str(refused.value.message)


def test_equal_content_has_an_equal_fingerprint():
    assert fingerprint({"a": "1", "b": ["2"]}) == fingerprint({"b": ["2"], "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"})
    assert Mode.ANY == "any"
