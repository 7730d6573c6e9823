"""A new version of the rulebook on its way through approval."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.approvals import actions
from cangke.approvals.actions.lawgiving import VERSION
from cangke.approvals.events import CaseApproved
from cangke.approvals.handlers import approved
from cangke.approvals.models import ApprovalCase
from cangke.approvals.tests.factories import decide, make_ladder
from cangke.attendance.public import LatePolicy
from cangke.foundation.events.public import EventRecord, sweep
from cangke.rulebook import actions as rulebook
from cangke.rulebook.models import RulebookVersion
from cangke.rulebook.public import policy
from tests.factories import client_for


@pytest.fixture
def ladder(db):
    actions.ensure(at=timezone.now())
    rulebook.ensure_first_version(at=timezone.now())
    return make_ladder()


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


def today():
    return timezone.localtime().date()


def drafted(by, **values):
    policy_set = rulebook.ensure_first_version(at=timezone.now()).policy_set
    draft = rulebook.open_draft(policy_set=policy_set, by=by, at=timezone.now())
    changed = values or {"late.tier1": "15"}
    rulebook.change_values(draft_id=draft.pk, values=changed, by=by, at=timezone.now())
    rulebook.accept_results(draft_id=draft.pk, by=by, at=timezone.now())
    return draft


def handed_in(by, day=None, **values):
    draft = drafted(by, **values)
    rulebook.ask_approval(
        draft_id=draft.pk,
        effective_from=day or today(),
        note="近三个月迟到上升",
        by=by,
        at=timezone.now(),
    )
    return draft, ApprovalCase.objects.filter(kind=VERSION, subject_id=draft.pk).latest("pk")


@pytest.mark.requirement("S3", "Q7")
def test_another_approves_and_exactly_that_holds_from_its_day_on(ladder, deliver):
    tomorrow = today() + dt.timedelta(days=1)
    draft, case = deliver(lambda: handed_in(ladder.boss, tomorrow))
    assert case.tasks.get().account == ladder.manager
    assert any("10" in value and "15" in value for _label, value in case.facts)
    with pytest.raises(actions.NotYours):
        decide(case, ladder.boss, at=timezone.now())
    assert policy(LatePolicy, on=tomorrow).tier1 == 10
    deliver(lambda: decide(case, ladder.manager, at=timezone.now()))
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == ("published", ladder.manager)
    assert policy(LatePolicy, on=tomorrow).tier1 == 15
    assert policy(LatePolicy, on=today()).tier1 == 10
    assert rulebook.export_version(draft).count("[[case]]") == len(draft.body["cases"])


@pytest.mark.requirement("Q7")
def test_q7_who_drafts_alone_at_the_top_is_approved_by_whoever_steps_in(ladder):
    _draft, case = handed_in(ladder.manager)
    assert case.tasks.get().account != ladder.manager


def test_killed_between_decision_and_execution_it_is_published_once(ladder, deliver):
    draft, case = deliver(lambda: handed_in(ladder.boss))
    decide(case, ladder.manager, at=timezone.now())  # the process ends before anything follows
    draft.refresh_from_db()
    assert draft.state == "asked"
    for _again in range(2):
        sweep(at=timezone.now() + dt.timedelta(minutes=5))
    draft.refresh_from_db()
    assert draft.state == "published"
    assert EventRecord.objects.filter(name="rulebook.RulebookPublished").count() == 1
    case.refresh_from_db()
    approved(CaseApproved(case.pk, VERSION, draft.pk, case.fingerprint))
    assert RulebookVersion.objects.filter(state="published").count() == 2


def test_another_fingerprint_publishes_nothing(ladder, deliver):
    draft, case = deliver(lambda: handed_in(ladder.boss))
    approved(CaseApproved(case.pk, VERSION, draft.pk, "0" * 64))
    draft.refresh_from_db()
    assert draft.state == "asked"


@pytest.mark.parametrize("answer", ["refuse", "return"])
def test_said_no_it_is_a_draft_again_and_can_be_handed_in_anew(ladder, deliver, answer):
    draft, case = deliver(lambda: handed_in(ladder.boss))
    deliver(lambda: decide(case, ladder.manager, answer, at=timezone.now()))
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert policy(LatePolicy, on=today()).tier1 == 10
    again, second = deliver(lambda: handed_in(ladder.boss, None, **{"late.tier1": "12"}))
    assert again.pk == draft.pk
    assert (second.pk == case.pk) == (answer == "return")
    deliver(lambda: decide(second, ladder.manager, at=timezone.now()))
    assert policy(LatePolicy, on=today()).tier1 == 12


def test_taken_back_by_its_author_it_is_a_draft_again(ladder, deliver):
    draft, case = deliver(lambda: handed_in(ladder.boss))
    deliver(lambda: actions.withdraw(case_id=case.pk, by=ladder.boss, at=timezone.now()))
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_case_leads_to_the_version_and_shows_its_effect(ladder, deliver):
    draft, case = deliver(lambda: handed_in(ladder.boss))
    client = client_for(ladder.manager)
    text = client.get(reverse("approvals:case", args=[case.pk])).content.decode()
    assert reverse("rulebook:impact", args=[draft.pk]) in text
    found = client.get(reverse("rulebook:version-by-id", args=[draft.pk]))
    assert found.url == reverse("rulebook:draft", args=["default"])
    assert client.get(reverse("rulebook:impact", args=[draft.pk])).status_code == 200
    deliver(lambda: decide(case, ladder.manager, at=timezone.now()))
    found = client.get(reverse("rulebook:version-by-id", args=[draft.pk]))
    assert found.url == reverse("rulebook:version", args=["default", 2])
