import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.events.models import EventRecord
from cangke.rulebook import actions, ports, rules
from cangke.rulebook.models import Explanation, PolicySet, RulebookVersion
from cangke.rulebook.public import Decision, Fact, Sentence, explain, policy, set_for
from cangke.rulebook.tests.factories import WaitingPolicy, case
from tests.factories import make_account

MORNING = dt.datetime(2026, 4, 20, 1, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 4, 20)
MAY = dt.date(2026, 5, 1)


@pytest.fixture
def boss(db):
    return make_account("manager")


@pytest.fixture
def draft(first, boss):
    return actions.draft_version(policy_set=first.policy_set, by=boss, at=MORNING)


def published(draft, boss, day=MAY, **values):
    actions.change_values(draft_id=draft.pk, values=values, by=boss, at=MORNING)
    return actions.publish_version(
        draft_id=draft.pk, effective_from=day, note="试行", by=boss, at=MORNING
    )


def test_setting_up_twice_makes_one_version(first):
    again = actions.ensure_first_version(at=timezone.now())
    assert again == first
    assert RulebookVersion.objects.count() == 1
    assert PolicySet.objects.get().is_default


@pytest.mark.requirement("S3")
def test_a_published_change_counts_from_its_day_on(draft, boss):
    published(draft, boss, **{"test.chat_seconds": 90})
    assert policy(WaitingPolicy, on=MAY - dt.timedelta(1)).chat_seconds == 60
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 90
    event = EventRecord.objects.get(name="rulebook.RulebookPublished")
    assert event.payload["effective_from"] == "2026-05-01"
    assert AuditEntry.objects.filter(action="rulebook.published").count() == 2


def test_a_change_of_today_leaves_yesterday_alone(draft, boss):
    published(draft, boss, day=TODAY, **{"test.chat_seconds": 90})
    assert policy(WaitingPolicy, on=TODAY).chat_seconds == 90
    assert policy(WaitingPolicy, on=TODAY - dt.timedelta(1)).chat_seconds == 60


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"test.chat_seconds": 0}, "value.too_small"),
        ({"test.chat_seconds": "60"}, "value.not_int"),
        ({"test.chat_seconds": True}, "value.not_int"),
        ({"test.factor": 2.5}, "value.not_decimal"),
        ({"test.nothing": 1}, "body.unknown"),
        ({"test.amber": 100}, "body.order"),
        ({"test.tiers": [{"to": 10}, {"to": 10}]}, "value.not_rising"),
        ({"test.tiers": [{"to": 10, "packet": "1", "evil": 1}]}, "value.unknown_column"),
    ],
)
def test_a_bad_value_is_refused_and_the_draft_stays(draft, boss, values, code):
    before = draft.sha256
    with pytest.raises(actions.Refused) as refused:
        actions.change_values(draft_id=draft.pk, values=values, by=boss, at=MORNING)
    assert refused.value.problems[0].code == code
    draft.refresh_from_db()
    assert (draft.sha256, draft.revision) == (before, 1)


def test_a_published_version_is_never_changed_by_anybody(draft, boss):
    version = published(draft, boss, **{"test.chat_seconds": 90})
    with pytest.raises(actions.NotADraft):
        actions.change_values(
            draft_id=version.pk, values={"test.chat_seconds": 1}, by=boss, at=MORNING
        )
    rows = RulebookVersion.objects.filter(pk=version.pk)
    for change in (
        {"body": {}},
        {"effective_from": TODAY},
        {"number": 9},
        {"sha256": ""},
        {"state": "draft"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    version.refresh_from_db()
    assert version.body["values"]["test.chat_seconds"] == 90
    assert rules.fingerprint(version.body) == version.sha256


def test_the_day_lies_not_in_the_past_and_not_before_a_published_one(draft, boss):
    with pytest.raises(actions.BadDay):
        published(draft, boss, day=TODAY - dt.timedelta(1), **{"test.chat_seconds": 90})
    draft.refresh_from_db()
    assert draft.state == "draft"
    published(draft, boss, **{"test.chat_seconds": 90})
    second = actions.draft_version(policy_set=draft.policy_set, by=boss, at=MORNING)
    assert second.body["values"]["test.chat_seconds"] == 90
    with pytest.raises(actions.BadDay):
        published(second, boss, day=TODAY, **{"test.chat_seconds": 70})


def test_nothing_changed_or_no_reason_is_not_published(draft, boss):
    with pytest.raises(actions.NothingChanged):
        actions.publish_version(
            draft_id=draft.pk, effective_from=MAY, note="无", by=boss, at=MORNING
        )
    with pytest.raises(actions.NothingChanged):
        actions.publish_version(
            draft_id=draft.pk, effective_from=MAY, note=" ", by=boss, at=MORNING
        )
    assert not RulebookVersion.objects.filter(state="published", number=2).exists()


def test_a_second_version_of_the_same_day_supersedes_the_first(draft, boss):
    second = published(draft, boss, **{"test.chat_seconds": 90})
    third = actions.draft_version(policy_set=draft.policy_set, by=boss, at=MORNING)
    published(third, boss, **{"test.chat_seconds": 80})
    second.refresh_from_db()
    assert second.state == "superseded"
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 80


def test_a_version_is_withdrawn_only_before_its_day(draft, boss, first):
    second = published(draft, boss, **{"test.chat_seconds": 90})
    with pytest.raises(actions.BadDay):
        actions.withdraw_version(version_id=first.pk, reason="错", by=boss, at=MORNING)
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 90
    actions.withdraw_version(version_id=second.pk, reason="错", by=boss, at=MORNING)
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 60
    with pytest.raises(actions.BadDay):
        actions.withdraw_version(version_id=second.pk, reason="错", by=boss, at=MORNING)


def test_two_people_at_one_draft_the_second_is_told(draft, boss):
    actions.change_values(
        draft_id=draft.pk, values={"test.chat_seconds": 70}, by=boss, at=MORNING, revision=1
    )
    with pytest.raises(actions.StaleDraft) as stale:
        actions.change_values(
            draft_id=draft.pk, values={"test.chat_seconds": 80}, by=boss, at=MORNING, revision=1
        )
    assert stale.value.status == 409
    draft.refresh_from_db()
    assert draft.body["values"]["test.chat_seconds"] == 70


def test_one_draft_a_set(draft, boss):
    with pytest.raises(actions.DraftExists):
        actions.draft_version(policy_set=draft.policy_set, by=boss, at=MORNING)
    actions.discard_draft(draft_id=draft.pk, by=boss, at=MORNING)
    actions.draft_version(policy_set=draft.policy_set, by=boss, at=MORNING)


def test_clauses_are_reworded_and_own_ones_added(draft, boss):
    actions.change_words(
        draft_id=draft.pk,
        code="test.waiting",
        words={"text": "请在 {test.chat_seconds} 秒内答复。"},
        by=boss,
        at=MORNING,
    )
    actions.change_words(
        draft_id=draft.pk,
        code="own.smile",
        words={"title": "微笑", "text": "对客户微笑。", "chapter": "code"},
        by=boss,
        at=MORNING,
    )
    for words in ({"text": "{test.other}"}, {"text": "{ 1 + 1 }"}, {"text": ""}):
        with pytest.raises(actions.Refused):
            actions.change_words(
                draft_id=draft.pk, code="test.waiting", words=words, by=boss, at=MORNING
            )
    with pytest.raises(actions.Refused):
        actions.remove_clause(draft_id=draft.pk, code="test.waiting", by=boss, at=MORNING)
    draft.refresh_from_db()
    codes = [clause["code"] for clause in draft.body["clauses"]]
    assert "test.waiting" in codes
    assert codes[-1] == "own.smile"
    actions.remove_clause(draft_id=draft.pk, code="own.smile", by=boss, at=MORNING)
    draft.refresh_from_db()
    assert len(draft.body["clauses"]) == 3


@pytest.mark.requirement("S2")
def test_teams_live_by_different_sets(first, boss):
    other = actions.create_set(
        key="hours-40", name="四十小时制", copy_of=first.policy_set, by=boss, at=MORNING
    )
    draft = other.versions.get()
    with pytest.raises(actions.BadSet):
        actions.assign_set(
            policy_set=other, unit_kind="team", unit_id=7, valid_from=TODAY, by=boss, at=MORNING
        )
    published(draft, boss, day=TODAY, **{"test.chat_seconds": 30})
    assign = {"policy_set": other, "by": boss, "at": MORNING}
    actions.assign_set(unit_kind="team", unit_id=7, valid_from=TODAY, **assign)
    units = [("site", 1), ("department", 2), ("team", 7)]
    assert set_for(units, on=TODAY) == "hours-40"
    assert set_for(units, on=TODAY - dt.timedelta(1)) is None
    assert set_for([("site", 1), ("team", 8)], on=TODAY) is None
    assert policy(WaitingPolicy, on=TODAY, group=set_for(units, on=TODAY)).chat_seconds == 30
    assert policy(WaitingPolicy, on=TODAY).chat_seconds == 60
    with pytest.raises(actions.BadSet):
        actions.assign_set(unit_kind="team", unit_id=7, valid_from=MAY, **assign)
    held = other.assignments.get()
    actions.end_assignment(assignment_id=held.pk, until=TODAY, by=boss, at=MORNING)
    actions.assign_set(unit_kind="team", unit_id=7, valid_from=MAY, **assign)
    assert set_for(units, on=MAY - dt.timedelta(1)) is None


def test_the_smallest_unit_wins(first, boss):
    keys = ("of-site", "of-team")
    for key, unit in zip(keys, (("site", 1), ("team", 7)), strict=True):
        made = actions.create_set(key=key, name=key, copy_of=None, by=boss, at=MORNING)
        published(made.versions.get(), boss, day=TODAY)
        actions.assign_set(
            policy_set=made,
            unit_kind=unit[0],
            unit_id=unit[1],
            valid_from=TODAY,
            by=boss,
            at=MORNING,
        )
    assert set_for([("site", 1), ("team", 7)], on=TODAY) == "of-team"
    assert set_for([("site", 1)], on=TODAY) == "of-site"


@pytest.mark.parametrize("key", ["Bad Key", "", "-x", "default", "x" * 41])
def test_a_bad_key_opens_no_set(first, boss, key):
    with pytest.raises(actions.BadSet):
        actions.create_set(key=key, name="甲", by=boss, at=MORNING)
    assert PolicySet.objects.count() == 1


def test_export_and_import_lose_nothing(draft, boss):
    actions.change_words(
        draft_id=draft.pk,
        code="own.smile",
        words={"title": "微笑", "text": '第一\n第二 "引号" \\ 反斜杠', "chapter": "code"},
        by=boss,
        at=MORNING,
    )
    version = published(draft, boss, **{"test.chat_seconds": 90, "test.factor": "2.50"})
    text = actions.export_version(version)
    other = actions.create_set(key="copy", name="副本", by=boss, at=MORNING)
    taken = actions.import_version(policy_set=other, text=text.encode(), by=boss, at=MORNING)
    assert taken.body == version.body
    assert taken.sha256 == version.sha256
    assert taken.note == "试行"
    assert taken.state == "draft"


def test_a_refused_import_leaves_the_draft_alone(draft, boss):
    text = actions.export_version(draft).replace("= 60", "= -1")
    with pytest.raises(actions.Refused) as refused:
        actions.import_version(policy_set=draft.policy_set, text=text, by=boss, at=MORNING)
    problem = refused.value.problems[0]
    assert (problem.place, problem.code) == (
        "test.waiting · test.chat_seconds",
        "value.too_small",
    )
    before = draft.sha256
    draft.refresh_from_db()
    assert draft.sha256 == before


@pytest.mark.requirement("S6")
def test_an_explanation_keeps_rule_facts_arithmetic_and_version(draft, boss, first):
    published(draft, boss, **{"test.chat_seconds": 90})
    decision = Decision(
        150,
        "test.waiting",
        (Fact("客户来信", "10:00:00", "rulebook.version", 1), Fact("首次回复", "10:02:30")),
        Sentence(
            "%(end)s − %(start)s = %(seconds)s 秒",
            {"end": "10:02:30", "start": "10:00:00", "seconds": 150},
        ),
    )
    made = explain(first, "first_response", decision=decision, at=MORNING)
    again = explain(first, "first_response", decision=decision, at=MORNING)
    assert again.pk == made.pk
    assert (made.clause_number, made.set_key, made.version_number) == ("A5", "default", 1)
    later = explain(first, "first_response", decision=decision, at=MORNING, on=MAY)
    assert later.version_number == 2
    assert Explanation.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Explanation.objects.update(result="1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Explanation.objects.filter(pk=made.pk).delete()


def ask(draft, boss, day=MAY):
    return actions.ask_approval(
        draft_id=draft.pk, effective_from=day, note="试行", by=boss, at=MORNING
    )


@pytest.mark.requirement("S3")
def test_a_draft_is_tested_handed_in_approved_and_then_in_force(draft, boss, handed_in):
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    actions.save_case(draft_id=draft.pk, number=None, case=case(91, over=1), by=boss, at=MORNING)
    assert [o.passed for o in actions.run_examples(draft_id=draft.pk, by=boss, at=MORNING)] == [
        True
    ]
    draft.refresh_from_db()
    assert draft.state == "tested"
    asked = ask(draft, boss)
    assert (asked.state, asked.case_url) == ("asked", "/approvals/1/")
    assert handed_in[0]["subject_id"] == draft.pk
    snapshot = actions.snapshot_of(draft.pk)
    assert snapshot["sha256"] == asked.sha256
    with pytest.raises(actions.NotADraft):
        actions.change_values(
            draft_id=draft.pk, values={"test.chat_seconds": 1}, by=boss, at=MORNING
        )
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 60
    for _again in range(2):
        actions.approve_version(version_id=draft.pk, by=boss, at=MORNING)
    draft.refresh_from_db()
    assert (draft.state, draft.sha256) == ("published", asked.sha256)
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 90
    assert EventRecord.objects.filter(name="rulebook.RulebookPublished").count() == 1
    with pytest.raises(LookupError):
        actions.snapshot_of(draft.pk)


def test_what_is_edited_is_no_longer_tested(draft, boss):
    actions.run_examples(draft_id=draft.pk, by=boss, at=MORNING)
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    draft.refresh_from_db()
    assert (draft.state, draft.tested_at) == ("draft", None)


@pytest.mark.requirement("S3")
def test_an_example_that_fails_keeps_the_version_in_force(draft, boss, handed_in):
    actions.save_case(draft_id=draft.pk, number=None, case=case(61, late=True), by=boss, at=MORNING)
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    outcome = actions.run_examples(draft_id=draft.pk, by=boss, at=MORNING)[0]
    assert outcome.wrong == (("late", True, False),)
    with pytest.raises(actions.CasesFail):
        ask(draft, boss)
    with pytest.raises(actions.CasesFail):
        published(draft, boss)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert handed_in == []
    assert policy(WaitingPolicy, on=MAY).chat_seconds == 60


def test_given_back_it_is_a_draft_with_everything_in_it(draft, boss, handed_in):
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    ask(draft, boss)
    for _again in range(2):
        actions.give_back_version(version_id=draft.pk, by=None, at=MORNING)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.body["values"]["test.chat_seconds"] == 90
    actions.approve_version(version_id=draft.pk, by=boss, at=MORNING)
    draft.refresh_from_db()
    assert draft.state == "draft", "what was taken back cannot be approved"


def test_without_anybody_to_ask_nothing_is_handed_in(draft, boss, monkeypatch):
    monkeypatch.setattr(ports.approval, "_answer", ports.approval.default)
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    with pytest.raises(actions.NobodyApproves):
        ask(draft, boss)
    draft.refresh_from_db()
    assert (draft.state, draft.effective_from) == ("draft", None)


@pytest.mark.requirement("S3")
def test_what_is_counted_by_the_month_begins_with_a_month(draft, boss, clauses, handed_in):
    clauses.clauses["test.late"] = replace(clauses.clauses["test.late"], monthly=True)
    actions.change_values(draft_id=draft.pk, values={"test.start": "09:00"}, by=boss, at=MORNING)
    with pytest.raises(actions.BadDay) as refused:
        ask(draft, boss, MAY + dt.timedelta(1))
    assert "2026-06-01" in str(refused.value)
    assert refused.value.field == "effective_from"
    assert ask(draft, boss, MAY).state == "asked"


def test_nothing_begins_inside_a_closed_period(draft, boss, handed_in, monkeypatch):
    monkeypatch.setattr(ports.locked_until, "_answer", lambda: dt.date(2026, 5, 31))
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 90}, by=boss, at=MORNING)
    with pytest.raises(actions.BadDay):
        ask(draft, boss, MAY)
    assert ask(draft, boss, dt.date(2026, 6, 1)).state == "asked"


@pytest.mark.parametrize("state", ["draft", "tested", "asked", "approved"])
def test_a_set_has_one_version_on_its_way(draft, boss, state):
    RulebookVersion.objects.filter(pk=draft.pk).update(state=state)
    with pytest.raises(actions.DraftExists):
        actions.draft_version(policy_set=draft.policy_set, by=boss, at=MORNING)
