"""S4: each employee confirms reading, per version; newcomers before they go online."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from cangke.rulebook import actions, ports, queries, rules
from cangke.rulebook.models import Reading
from cangke.rulebook.rules import Blocks, ReadingPolicy
from tests.factories import client_for, make_account

TODAY = dt.date(2026, 4, 20)
MORNING = dt.datetime(2026, 4, 20, 1, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def team(first, monkeypatch):
    """Two agents of a team and a leader; who works here is answered by the port."""
    accounts = {
        "old": make_account("agent", scope="self", display_name="李强", language="zh-hans"),
        "new": make_account("agent", scope="self", display_name="冯琳", language="zh-hans"),
        "leader": make_account("leader", display_name="陈静", language="zh-hans"),
    }

    def staff(*, account_ids=None):
        return [
            ports.Member(each.pk, each.display_name, "售前一组", (("team", 7),))
            for each in accounts.values()
            if account_ids is None or each.pk in account_ids
        ]

    monkeypatch.setattr(ports.staff, "_answer", staff)
    return accounts


def second_version(first, day=TODAY):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=MORNING)
    actions.change_values(draft_id=draft.pk, values={"test.chat_seconds": 45}, by=None, at=MORNING)
    return actions.publish_version(
        draft_id=draft.pk, effective_from=day, note="加快", by=None, at=MORNING
    )


@pytest.mark.requirement("S4")
def test_s4_the_codes_stand_complete_in_the_rulebook():
    numbers = {clause.number for clause in queries.catalogue() if clause.chapter == "code"}
    assert {f"W{n}" for n in range(1, 12)} <= numbers
    assert {f"B{n}" for n in range(1, 8)} <= numbers
    for clause in queries.catalogue():
        if clause.number[:1] in "WB" and clause.number[1:].isdigit():
            assert clause.text
            assert clause.text_en


@pytest.mark.requirement("S4")
def test_s4_each_version_has_its_list_of_confirmations(first, team):
    reading = actions.confirm_reading(version_id=first.pk, by=team["old"], at=MORNING)
    again = actions.confirm_reading(version_id=first.pk, by=team["old"], at=MORNING + DAY)
    assert again == reading
    listed = [(each.member.name, each.confirmed_at) for each in queries.readers_of(first, on=TODAY)]
    assert listed == [("冯琳", None), ("陈静", None), ("李强", MORNING)]
    second = second_version(first)
    assert all(each.confirmed_at is None for each in queries.readers_of(second, on=TODAY))
    assert queries.version_to_read(team["old"], on=TODAY) == second


@pytest.mark.requirement("S4")
def test_s4_new_staff_confirm_before_going_online_and_others_are_only_reminded(first, team):
    actions.confirm_reading(version_id=first.pk, by=team["old"], at=MORNING)
    assert queries.unread_that_blocks(team["new"], on=TODAY) == first
    second_version(first)
    assert queries.unread_that_blocks(team["old"], on=TODAY) is None
    actions.confirm_reading(version_id=first.pk, by=team["new"], at=MORNING)
    assert queries.unread_that_blocks(team["new"], on=TODAY) is None


@pytest.mark.parametrize(
    ("blocks", "read_this", "read_any", "stops"),
    [
        (Blocks.NEW, False, False, True),
        (Blocks.NEW, False, True, False),
        (Blocks.ALWAYS, False, True, True),
        (Blocks.ALWAYS, True, True, False),
        (Blocks.NEVER, False, False, False),
    ],
)
def test_whom_a_missing_confirmation_keeps_offline(blocks, read_this, read_any, stops):
    policy = ReadingPolicy(blocks=blocks)
    found = rules.keeps_offline(read_this=read_this, read_any=read_any, policy=policy)
    assert found is stops


def test_a_coming_version_may_be_confirmed_early(first, team):
    coming = second_version(first, TODAY + 10 * DAY)
    actions.confirm_reading(version_id=coming.pk, by=team["new"], at=MORNING)
    assert queries.unread_that_blocks(team["new"], on=TODAY) is None
    assert queries.version_to_read(team["new"], on=TODAY) is None


def test_a_draft_is_not_confirmed(first, team):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=MORNING)
    with pytest.raises(actions.NotADraft):
        actions.confirm_reading(version_id=draft.pk, by=team["old"], at=MORNING)
    assert not Reading.objects.exists()


def test_who_has_not_confirmed_is_asked_and_after_some_days_again(first, team):
    actions.confirm_reading(version_id=first.pk, by=team["old"], at=MORNING)
    assert actions.ask_readers(at=MORNING) == 2
    assert actions.ask_readers(at=MORNING + 2 * DAY) == 0
    assert actions.ask_readers(at=MORNING + 3 * DAY) == 2
    told = Notice.objects.filter(kind="rulebook.read")
    assert not told.filter(account=team["old"]).exists()
    actions.confirm_reading(version_id=first.pk, by=team["new"], at=MORNING)
    assert actions.remind_readers(version_id=first.pk, by=team["leader"], at=MORNING) == 1


def test_somebody_without_a_place_here_is_asked_nothing(first, team):
    administrator = make_account("admin")
    assert queries.version_to_read(administrator, on=TODAY) is None


@pytest.mark.requirement("S4")
def test_s4_the_pages_of_reading_and_of_the_list(first, team):
    agent, leader = client_for(team["new"]), client_for(team["leader"])
    book = agent.get(reverse("rulebook:book")).content.decode()
    assert reverse("rulebook:reading") in book
    page = agent.get(reverse("rulebook:reading"))
    assert "聊天须在" in page.content.decode()
    assert "待读的制度" in agent.get(reverse("rulebook:reading-panel")).content.decode()
    agent.post(reverse("rulebook:reading"), {"version": "999"})
    assert not Reading.objects.exists()
    agent.post(reverse("rulebook:reading"), {"version": first.pk})
    assert "没有待读的制度" in agent.get(reverse("rulebook:reading")).content.decode()
    assert "待读的制度" not in agent.get(reverse("rulebook:reading-panel")).content.decode()
    url = reverse("rulebook:readers", args=["default", 1])
    assert agent.get(url).status_code == 403
    listed = leader.get(url).content.decode()
    assert "已确认 1 / 3 人" in listed
    assert "冯琳" not in leader.get(url, {"open": "1"}).content.decode()
    table = leader.get(url, {"export": "1"}).content.decode()
    assert "冯琳,售前一组,20" in table
    assert AuditEntry.objects.get(action="rulebook.readers_exported").changes == {"rows": 3}
    assert leader.get(reverse("rulebook:readers", args=["default", 9])).status_code == 404
    leader.post(reverse("rulebook:remind", args=["default", 1]))
    assert Notice.objects.filter(kind="rulebook.read").count() == 2
    second_version(first, timezone.localtime().date() + DAY)
    changed = agent.get(reverse("rulebook:reading")).content.decode()
    assert "<del>60</del>" in changed
