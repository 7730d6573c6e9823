import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cangke import regularization
from cangke.approvals.rules import read_flow
from cangke.regularization import actions, rules, toml
from cangke.regularization.rules import (
    Answer,
    AuthorityPolicy,
    CriteriaPolicy,
    Criterion,
    Kind,
    PostMonths,
    ProbationPolicy,
    Recorded,
    Sheet,
    due_today,
    effective_day,
    extended_end,
    flow_body,
    is_late,
    judge_sheet,
    may_extend,
    probation_end,
    read_template,
    reminder_day,
    unmet_of,
)

SHIPPED = Path(regularization.__file__).parent / "shipped.toml"
DAY = dt.date
THE_16TH = DAY(2026, 6, 16)


def shipped() -> dict[str, dict]:
    rows = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["template"]
    return {row["key"]: {"step": row["step"], "criterion": row["criterion"]} for row in rows}


def template(key: str):
    found, problems = read_template(shipped()[key])
    assert problems == []
    return found


# The table of the manuals, column by column.
STEPS = {
    "v1": ["apply", "evaluate", "interview", "final"],
    "v2": ["apply", "evaluate", "opinions", "final"],
    "v3": ["apply", "submit", "evaluate", "opinions", "final", "tell"],
    "v4": ["apply", "self", "evaluate", "review", "opinions", "final", "tell"],
    "v5": ["apply", "evaluate", "review", "opinions", "final", "tell"],
    # AMB-18: self-evaluation within the form, all who may speak, the table of authority
    "merged": [
        "apply", "self", "evaluate", "interview", "opinions", "review", "hr", "final", "tell",
    ],
}  # fmt: skip
CODES = {
    "v1": {
        "length": "C1", "knowledge": "C2", "performance": "C3", "satisfaction": "C3",
        "efficiency": "C3", "service": "C3", "teamwork": "C4", "communication": "C5",
        "learning": "C6", "attitude": "C7", "violation": "C8",
    },
    "v2": {
        "length": "C1", "knowledge": "C2", "satisfaction": "C3", "communication": "C3",
        "service": "C3", "efficiency": "C4", "recording": "C5", "teamwork": "C6",
        "learning": "C7", "violation": "C8",
    },
    "v3": {
        "length": "C1", "knowledge": "C2", "communication": "C3", "service": "C3",
        "performance": "C4", "satisfaction": "C4", "teamwork": "C5", "attitude": "C5",
        "violation": "C6", "learning": "C7", "culture": "C8",
    },
    "v4": {
        "in_time": "", "satisfaction": "C1", "communication": "C1", "service": "C1",
        "knowledge": "C2", "teamwork": "C3", "attitude": "C3", "violation": "C3",
        "performance": "C4", "efficiency": "C4",
    },
    "v5": {
        "in_time": "", "performance": "C1", "attitude": "C1", "service": "C1",
        "knowledge": "C2", "communication": "C3", "teamwork": "C4", "learning": "C5",
        "violation": "C6",
    },
}  # fmt: skip


@pytest.mark.requirement("N1")
@pytest.mark.parametrize("key", list(STEPS))
def test_n1_each_variant_has_the_steps_of_the_table_in_their_order(key):
    found = template(key)
    assert [str(step.kind) for step in found.steps] == STEPS[key]
    optional = [step.key for step in found.steps if not step.required]
    assert optional == ([] if key in ("v1", "v5") else ["opinions"])
    assert all(step.days for step in found.steps if step.decides), "each step has its time"


@pytest.mark.requirement("N12")
@pytest.mark.parametrize("key", list(CODES))
def test_n12_each_variant_has_the_criteria_of_the_table(key):
    assert {each.key: each.code for each in template(key).criteria} == CODES[key]


@pytest.mark.requirement("N4")
def test_n4_v4_asks_for_a_self_evaluation_and_v1_does_not():
    assert template("v4").self_evaluation
    assert not template("v1").self_evaluation
    assert template("merged").self_evaluation


@pytest.mark.requirement("N5")
def test_n5_the_rated_items_follow_the_template_and_each_needs_rating_and_text():
    flow, problems = read_flow(flow_body(template("v2")))
    assert problems == []
    fields = {each.key: each for each in flow.step("evaluate").fields}
    for item in ("attitude", "ability", "teamwork"):
        assert (fields[item].kind, fields[item].required) == ("rating", True)
        assert (fields[f"{item}_words"].kind, fields[f"{item}_words"].required) == ("text", True)
    assert "culture" not in fields
    assert "culture" in {each.key for each in read_flow(flow_body(template("v3")))[0].step(
        "evaluate"
    ).fields}  # fmt: skip


@pytest.mark.requirement("N7")
def test_n7_departments_are_asked_side_by_side_and_never_block():
    flow, _problems = read_flow(flow_body(template("merged")))
    step = flow.step("opinions")
    assert (step.mode, step.required, step.hours) == ("opinion", False, 72)


def test_a_template_survives_its_toml():
    for body in shipped().values():
        assert tomllib.loads(toml.write_template(body)) == body


seen = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]), max_size=60)
named = seen.filter(str.strip)
held = sorted(key for key, each in rules.MEASURES.items() if each.threshold)


@st.composite
def templates(draw):
    """A shipped way with other names, people, times, weights and thresholds of its own."""
    body = shipped()[draw(st.sampled_from(sorted(STEPS)))]
    for step in body["step"]:
        step |= {"name": draw(named), "name_en": draw(seen)}
        if step.get("who"):
            step["days"] = draw(st.integers(1, 365))
        if step["kind"] == "review":
            step |= {"who": ["head", "role:hr@site"], "mode": draw(st.sampled_from(["any", "all"]))}
    for row in body["criterion"]:
        row |= {"name": draw(named), "weight": draw(st.integers(1, 100))}
        row["required"] = draw(st.booleans())
        row["thresholds"] = {
            key: str(draw(st.decimals(0, 999, places=2)))
            for key in row.get("measures", [])
            if key in held and draw(st.booleans())
        }
    return body


@settings(max_examples=60, deadline=None)
@given(templates())
def test_whatever_a_template_holds_survives_its_own_text(body):
    wanted, problems = read_template(body)
    assert problems == []
    assert read_template(actions.read_text(toml.write_template(body))) == (wanted, [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "apply"', 'key = "apply"\nkey = "b"', "第 3 行：这个名字前面已经写过"),
        ("days = 3", "days = 9" + "9" * 5000, "不是能用的数"),
        ("days = 3", "days = inf", "inf 不是能用的数"),
        ("days = 3", "days = 0.5", "步骤 2 · days"),
        ('name = "面谈"', 'name = "面\u202e谈"', "步骤 3 · name"),
        ('name = "面谈"', 'name = "面\\u0000谈"', "步骤 3 · name"),
        ('name = "面谈"', "name = 2026-02-30", "没有这个日期或时间"),
        (
            'key = "length"',
            'thresholds = { probation = "٣" }\nkey = "length"',
            "条件 1 · thresholds",
        ),
        ("[[step]]", "#" * 9000 + "\n[[step]]", "超过 8000 个字"),
    ],
)
def test_a_hostile_template_is_refused_with_place_and_reason(old, new, said):
    text = toml.write_template(shipped()["v1"])
    assert actions.read_text(text)
    assert old in text
    with pytest.raises(actions.BadTemplate) as refused:
        actions.read_text(text.replace(old, new, 1))
    assert said in str(refused.value.message)


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (lambda b: b["step"].pop(), "step", "template.one_final"),
        (lambda b: b["step"].insert(0, b["step"].pop()), "step 1", "template.apply_first"),
        (lambda b: b["step"][1].update(kind="vote"), "step 2, kind", "template.kind"),
        (lambda b: b["step"][1].update(who=["everybody"]), "step 1, who", "flow.seat"),
        (lambda b: b["step"][0].update(who=["head"]), "step 1, who", "template.nobody"),
        (lambda b: b["step"][1].update(days=0), "step 2, days", "template.number"),
        (lambda b: b["step"][1].update(days=True), "step 2, days", "template.number"),
        (lambda b: b["step"][1].update(run="rm"), "step 2, run", "template.unknown"),
        (lambda b: b["step"][2].update(items=["teamwork"]), "step 3, items", "template.items"),
        (lambda b: b["step"][2].update(mode="opinion"), "step 3, mode", "template.mode"),
        (lambda b: b["step"][3].update(stage=2), "step", "template.final_last"),
        (lambda b: b["step"][3].update(required=False), "step", "template.final_required"),
        (lambda b: b["step"][2].update(key="apply"), "step 3, key", "template.twice"),
        (lambda b: b["criterion"][0].update(measures=["luck"]), "criterion 1, measures",
         "template.unknown_word"),
        (lambda b: b["criterion"][2].update(measures=[], item=""), "criterion 3",
         "template.nothing_to_see"),
        (lambda b: b.update(script="x"), "template, script", "template.unknown"),
        (lambda b: b.update(step="x"), "step", "template.tables"),
        (lambda b: b.update(step=[b["step"][0]] * 21), "step", "template.too_many"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_hold_says_where(change, place, code):
    body = shipped()["v1"]
    change(body)
    _found, problems = read_template(body)
    assert (place, code) in {(each.place, each.code) for each in problems}


@pytest.mark.requirement("N3")
def test_n3_a_probation_that_ends_on_30_june_is_reminded_of_on_16_june():
    assert reminder_day(DAY(2026, 6, 30), ProbationPolicy()) == DAY(2026, 6, 16)
    assert not is_late(DAY(2026, 6, 30), DAY(2026, 6, 30))
    assert is_late(DAY(2026, 7, 1), DAY(2026, 6, 30))


@pytest.mark.requirement("N3")
@pytest.mark.parametrize(
    ("today", "submitted", "reminded", "told", "due"),
    [
        (DAY(2026, 6, 15), False, None, None, (False, False)),
        (DAY(2026, 6, 16), False, None, None, (True, False)),
        (DAY(2026, 6, 17), False, DAY(2026, 6, 16), None, (False, False)),
        (DAY(2026, 6, 17), True, None, None, (False, False)),
        (DAY(2026, 6, 20), False, DAY(2026, 5, 1), None, (True, False)),  # of an earlier end
        (DAY(2026, 6, 30), True, DAY(2026, 6, 16), None, (False, True)),
        (DAY(2026, 6, 30), True, DAY(2026, 6, 16), DAY(2026, 6, 30), (False, False)),
        (DAY(2026, 7, 1), True, DAY(2026, 6, 16), DAY(2026, 6, 30), (False, True)),
    ],
)
def test_n3_a_day_asks_for_each_thing_once(today, submitted, reminded, told, due):
    found = due_today(
        today,
        DAY(2026, 6, 30),
        submitted=submitted,
        reminded_on=reminded,
        told_on=told,
        policy=ProbationPolicy(),
    )
    assert (found.remind, found.overdue) == due


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        (DAY(2026, 4, 1), 3, DAY(2026, 6, 30)),
        (DAY(2026, 1, 15), 3, DAY(2026, 4, 14)),
        (DAY(2025, 11, 30), 3, DAY(2026, 2, 27)),
        (DAY(2026, 12, 1), 1, DAY(2026, 12, 31)),
    ],
)
def test_the_end_is_the_day_before_the_same_day_months_later(begins, months, ends):
    assert probation_end(begins, months) == ends


@pytest.mark.requirement("N14")
def test_n14_an_extension_moves_the_end_and_the_reminder_within_the_longest():
    policy = ProbationPolicy()
    assert extended_end(DAY(2026, 6, 30), 1) == DAY(2026, 7, 31)
    assert reminder_day(DAY(2026, 7, 31), policy) == DAY(2026, 7, 17)
    since, until = DAY(2026, 4, 1), DAY(2026, 6, 30)
    assert may_extend(since, until, 3, 0, policy)
    assert not may_extend(since, until, 4, 0, policy), "longer than six months in all"
    assert not may_extend(since, until, 1, 1, policy), "once"
    assert not may_extend(since, until, 0, 0, policy)


def test_the_length_is_that_of_the_post_where_it_has_one():
    policy = ProbationPolicy(by_post=(PostMonths("cs-leader", 6),))
    assert (policy.months_for("cs-leader"), policy.months_for("pre-sales")) == (6, 3)


@pytest.mark.requirement("N11")
def test_n11_formal_from_the_day_after_the_end_unless_chosen_otherwise():
    ends = DAY(2026, 6, 30)
    assert effective_day(None, ends_on=ends, decided_on=DAY(2026, 6, 28)) == DAY(2026, 7, 1)
    assert effective_day(None, ends_on=ends, decided_on=DAY(2026, 7, 9)) == DAY(2026, 7, 9)
    chosen = DAY(2026, 8, 1)
    assert effective_day(chosen, ends_on=ends, decided_on=DAY(2026, 6, 28)) == chosen


@pytest.mark.requirement("N10")
def test_n10_the_table_names_who_decides_at_last():
    table = AuthorityPolicy()
    assert table.seat_for("pre-sales") == "head"
    assert table.seat_for("cs-leader") == "role:manager"


def judged(*measures: str, facts=None, item: str = "", on: DAY = THE_16TH, **more):
    criterion = Criterion("C1", "one", "条件", "One", measures, item, True)
    return judge_sheet(
        [criterion],
        facts or {},
        on=on,
        begins_on=DAY(2026, 4, 1),
        ends_on=DAY(2026, 6, 30),
        policy=CriteriaPolicy(**more),
    ).rows[0]


@pytest.mark.requirement("N12")
@pytest.mark.parametrize(
    ("measure", "value", "count", "answer"),
    [
        ("satisfaction", "93", 412, Answer.MET),
        ("satisfaction", "90", 412, Answer.MET),
        ("satisfaction", "89.9", 412, Answer.NOT_MET),
        ("satisfaction", "100", 9, Answer.NO_DATA),
        ("first_response", "60", 100, Answer.MET),
        ("first_response", "60.1", 100, Answer.NOT_MET),
        ("demerits", "0", 0, Answer.MET),
        ("demerits", "1", 1, Answer.NOT_MET),
        ("absence", "0.5", 1, Answer.NOT_MET),
        ("corrections", "3", 214, Answer.NO_DATA),
    ],
)
def test_n12_a_fact_is_held_against_its_threshold(measure, value, count, answer):
    fact = Recorded(Decimal(value), count, "/there/")
    row = judged(measure, facts={measure: fact})
    assert row.answer == answer
    assert row.lines[0].url == "/there/" or answer == Answer.NO_DATA


@pytest.mark.requirement("N12")
def test_n12_what_is_not_recorded_is_not_enough_data():
    assert judged("satisfaction").answer == Answer.NO_DATA
    both = judged("satisfaction", "resolution", facts={"resolution": Recorded(Decimal(86), 90)})
    assert both.answer == Answer.MET, "one that is there decides"


def test_a_threshold_of_the_rulebook_counts_and_not_ours():
    fact = {"satisfaction": Recorded(Decimal(93), 412)}
    row = judged("satisfaction", facts=fact, satisfaction_percent=Decimal(95))
    assert (row.answer, row.lines[0].threshold) == (Answer.NOT_MET, Decimal(95))


def test_the_period_is_not_yet_over_before_its_last_day():
    before, last = (
        judged("probation", on=DAY(2026, 6, 29)),
        judged("probation", on=DAY(2026, 6, 30)),
    )
    assert (before.answer, before.lines[0].value) == (Answer.NOT_YET, Decimal(90))
    assert (last.answer, last.lines[0].value) == (Answer.MET, Decimal(91))
    assert judged("in_time", on=DAY(2026, 6, 30)).answer == Answer.MET
    assert judged("in_time", on=DAY(2026, 7, 1)).answer == Answer.NOT_MET


@pytest.mark.requirement("N13")
@pytest.mark.parametrize(
    ("facts", "rating", "answer"),
    [
        ({}, None, Answer.NO_DATA),
        ({}, 3, Answer.MET),
        ({}, 2, Answer.NOT_MET),
        ({"tests": Recorded(Decimal(70))}, 5, Answer.NOT_MET),
        ({"tests": Recorded(Decimal(88))}, 2, Answer.NOT_MET),
        ({"tests": Recorded(Decimal(88))}, None, Answer.MET),
    ],
)
def test_n13_facts_and_rating_both_count(facts, rating, answer):
    row = judged("tests", facts=facts, item="ability")
    assert row.judged(rating, CriteriaPolicy()) == answer


def test_what_happened_since_the_sheet_was_frozen_counts_too():
    frozen = Sheet(
        DAY(2026, 6, 16), (judged("demerits", facts={"demerits": Recorded(Decimal(0))}),)
    )
    now = Sheet(DAY(2026, 6, 29), (judged("demerits", facts={"demerits": Recorded(Decimal(1))}),))
    assert [row.key for row in unmet_of([frozen, now], {}, CriteriaPolicy())] == ["one"]
    assert unmet_of([frozen], {}, CriteriaPolicy()) == []


def test_a_sheet_is_read_back_as_it_was_kept():
    fact = Recorded(Decimal("93.2"), 412, "/x/", (("好评", 380), ("差评", 32)))
    sheet = Sheet(
        DAY(2026, 6, 16), (judged("satisfaction", "probation", facts={"satisfaction": fact}),)
    )
    assert Sheet.read(sheet.plain()) == sheet


def test_every_kind_of_step_is_shipped_somewhere():
    used = {step.kind for key in STEPS for step in template(key).steps}
    assert used == set(Kind)


@pytest.mark.requirement("N12")
def test_n12_a_template_may_hold_a_fact_to_its_own_threshold_and_weigh_criteria():
    body = {
        "step": [
            {"key": "apply", "kind": "apply", "name": "申请"},
            {"key": "final", "kind": "final", "name": "终审", "who": ["head"]},
        ],
        "criterion": [
            {
                "key": "a", "name": "满意", "measures": ["satisfaction"], "weight": 3,
                "thresholds": {"satisfaction": "95"},
            },
            {"key": "b", "name": "解决", "measures": ["resolution"]},
            {"key": "c", "name": "测验", "measures": ["tests"], "weight": 2},
        ],
    }  # fmt: skip
    template, problems = rules.read_template(body)
    assert problems == []
    facts = {
        "satisfaction": rules.Recorded(Decimal("93"), 100),
        "resolution": rules.Recorded(Decimal("93"), 100),
    }
    day = dt.date(2025, 4, 30)
    policy = rules.CriteriaPolicy()
    sheet = rules.judge_sheet(
        template.criteria, facts, on=day, begins_on=day, ends_on=day, policy=policy
    )
    assert [row.answer for row in sheet.rows] == ["not_met", "met", "no_data"]
    assert sheet.rows[0].lines[0].threshold == Decimal(95)
    assert rules.tally(sheet, {}, policy) == rules.Tally(met=1, judged=4, whole=6)
    assert rules.Sheet.read(sheet.plain()) == sheet
    assert "weight" not in sheet.rows[1].plain(), "sheets that were kept read as before"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"measures": ["lateness"], "thresholds": {"lateness": "1"}}, "template.no_threshold"),
        ({"measures": ["tests"], "thresholds": {"quality": "1"}}, "template.no_threshold"),
        ({"measures": ["tests"], "thresholds": {"tests": "-1"}}, "template.threshold"),
        ({"measures": ["tests"], "thresholds": {"tests": "NaN"}}, "template.threshold"),
        ({"measures": ["tests"], "thresholds": {"tests": 80.5}}, "template.threshold"),
        ({"measures": ["tests"], "thresholds": "80"}, "template.thresholds"),
        ({"measures": ["tests"], "weight": 0}, "template.number"),
    ],
)
def test_a_threshold_that_does_not_hold_is_named(row, code):
    body = {
        "step": [
            {"key": "apply", "kind": "apply", "name": "申请"},
            {"key": "final", "kind": "final", "name": "终审", "who": ["head"]},
        ],
        "criterion": [{"key": "a", "name": "条件", **row}],
    }
    _template, problems = rules.read_template(body)
    assert code in [each.code for each in problems]
