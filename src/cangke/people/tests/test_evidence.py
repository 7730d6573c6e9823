"""Evidence of a disclosure, the report of rights, and what cannot be dated back."""

import datetime as dt
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cangke.foundation.access.public import reveal
from cangke.foundation.audit.public import AuditEntry, entries_of
from cangke.people import actions
from cangke.people.models import DisclosureEvidence, Employee
from cangke.rulebook import actions as rulebook
from cangke.rulebook.public import default_set_key, trial
from tests.factories import client_for, make_account

from .factories import AT, make_employee, make_team

pytestmark = pytest.mark.django_db


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(name, *args):
    return reverse(f"people:{name}", args=args)


@pytest.mark.requirement("Q9")
def test_the_log_of_one_person_is_saved_as_a_file_that_a_case_can_use():
    team = make_team()
    leader = make_employee("cs-leader", team)
    agent = make_employee("pre-sales", team, phone="13800138000")
    client_for(leader.account).get(page("detail", make_employee("pre-sales").pk))
    reveal(obj=agent, field="phone", reason="回访核对", by=leader.account, at=timezone.now())
    boss = make_account("manager")
    client = client_for(boss)
    today = timezone.localdate()
    form = {
        "first_date": today - dt.timedelta(days=1),
        "last_date": today,
        "reason": "客户投诉泄密",
    }
    address = page("evidence", leader.pk)
    saved = client.post(address, form)
    assert saved.status_code == 302, words(saved)[:800]
    made = DisclosureEvidence.objects.get()
    assert (made.entries, made.by, len(made.digest)) == (2, boss, 64)
    assert AuditEntry.objects.filter(action="people.evidence_saved").count() == 1
    file = client.get(made.file.get_absolute_url())
    text = b"".join(file.streaming_content).decode() if file.streaming else file.content.decode()
    for said in (leader.number, "access.revealed", "access.denied", "回访核对", "客户投诉"):
        assert said in text
    assert "13800138000" not in text, "what was looked at is not disclosed again"
    assert client_for(leader.account).get(made.file.get_absolute_url()).status_code == 404
    assert client_for(leader.account).get(address).status_code == 403
    with pytest.raises(DatabaseError), transaction.atomic():
        DisclosureEvidence.objects.update(digest="")
    nothing = client.post(page("evidence", agent.pk), form)
    assert nothing.status_code == 422
    assert "这段时间没有" in nothing.content.decode()
    assert DisclosureEvidence.objects.count() == 1


@pytest.mark.requirement("Q9")
@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2025-04-03", "2025-04-01", "结束日不能早于"), ("2023-01-01", "2025-04-01", "一次最多")],
)
def test_a_wrong_period_is_refused_in_place(first, last, said):
    agent = make_employee("pre-sales")
    client = client_for(make_account("manager"))
    answer = client.post(
        page("evidence", agent.pk), {"first_date": first, "last_date": last, "reason": "核对一下"}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.requirement("Q5")
def test_the_page_of_somebody_leads_to_their_report_of_rights():
    team = make_team()
    agent = make_employee("pre-sales", team)
    admin = client_for(make_account("admin"))
    report = reverse("office:account-rights", args=[agent.account_id])
    assert report in admin.get(page("detail", agent.pk)).content.decode()
    text = words(admin.get(report))
    assert "售前客服" in text
    own = client_for(agent.account).get(page("detail", agent.pk)).content.decode()
    assert reverse("office:my-rights") in own


@pytest.mark.requirement("Q10")
def test_a_change_of_an_employee_shows_who_when_and_what_and_earlier_terms_stay():
    team, other = make_team(), make_team()
    boss = make_account("hr")
    agent = make_employee("pre-sales", team)
    actions.transfer(
        employee_id=agent.pk,
        from_date=dt.date(2025, 4, 3),
        department=other.department,
        team=other,
        post=agent.post,
        site=other.site,
        superior=None,
        by=boss,
        at=AT,
        reason="轮岗",
    )
    assert [term.team for term in agent.terms.order_by("from_date")] == [team, other]
    entry = entries_of(Employee._meta.label, agent.pk).filter(action="people.terms_changed").get()
    assert (entry.actor, entry.at, entry.reason) == (boss, AT, "轮岗")
    assert entry.changes["team_id"] == other.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(at=AT - dt.timedelta(days=9))


@pytest.mark.requirement("Q10")
def test_q10_a_transfer_is_not_dated_back_unless_the_rulebook_lets_it_and_then_says_so():
    rulebook.ensure_first_version(at=AT)
    team, other = make_team(), make_team()
    agent = make_employee("pre-sales", team)
    today = dt.date(2025, 4, 3)
    where = {"department": other.department, "team": other, "post": agent.post,
             "site": other.site, "superior": None, "by": make_account("hr")}  # fmt: skip

    def move(days_ago, reason=""):
        day = today - dt.timedelta(days=days_ago)
        return actions.transfer(employee_id=agent.pk, from_date=day, at=AT, reason=reason, **where)

    for late, field in ((1, "from_date"), (30, "from_date")):
        with pytest.raises(actions.DatedBack) as refused:
            move(late, "漏登")
        assert refused.value.field == field
    agent.refresh_from_db()
    assert (agent.team, agent.terms.count()) == (team, 1)
    with trial(default_set_key(), {"terms.backdate_days": 3}):
        for late, reason, field in ((4, "漏登", "from_date"), (3, " ", "reason")):
            with pytest.raises(actions.DatedBack) as refused:
                move(late, reason)
            assert refused.value.field == field
        term = move(3, "漏登")
    assert (term.from_date, term.recorded_at, term.is_late_entry) == (
        dt.date(2025, 3, 31),
        AT,
        True,
    )
    shown = words(client_for(make_account("manager")).get(page("detail", agent.pk)))
    assert "漏登" in shown
    assert "2025-04-03 登记" in shown
