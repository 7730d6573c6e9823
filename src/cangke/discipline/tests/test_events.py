"""What other rooms record becomes a fact here (L17, L20, K19, K24)."""

import datetime as dt

import pytest
from django.urls import reverse

from cangke.attendance import actions as attendance
from cangke.attendance.events import CertificateProvenFalse, WeekPublished
from cangke.attendance.models import DayRecord
from cangke.attendance.tests.factories import certified, judge, local, publish, punch
from cangke.desk.events import IdleHangingFound, InsultStopped
from cangke.desk.models import ConductAlert
from cangke.discipline import actions as discipline
from cangke.discipline import handlers
from cangke.discipline.models import ConductCase, Incident
from cangke.discipline.rules import CaseState
from cangke.foundation.audit import public as audit
from cangke.people.actions import save_evidence
from cangke.people.events import EvidenceSaved
from cangke.quality import actions as quality
from cangke.quality.events import CheckScored
from cangke.quality.tests.factories import MONDAY, full_marks
from cangke.quality.tests.factories import make_crew as make_inspected
from cangke.tickets import public as tickets
from cangke.tickets.events import PledgeBroken, PledgeCleared
from tests.factories import client_for

from .factories import make_office

MAY = dt.datetime(2026, 5, 2, 2, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("L20", "K19")
def test_a_false_certificate_is_a_candidate_on_the_supervisor():
    office = make_office()
    publish(office.crew, (office.agent, 6, "day*"))
    punch(office.agent, local(6, "17:35"))
    made = certified(office.agent, 6, "in", "08:30", by=office.leader, at=local(7, "09:00"))
    attendance.prove_false(
        correction_id=made.pk, note="监控显示 9:10 才到", by=office.hr, at=local(8, "09:00")
    )
    case = ConductCase.objects.get()
    assert case.employee == office.crew.leader
    assert (case.ground, case.state) == ("certificate", CaseState.PROPOSED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("K24")
def test_the_second_record_of_being_away_is_a_candidate():
    office = make_office()
    for hour in (10, 14):
        attendance.record_post(
            employee=office.agent,
            kind="left",
            from_at=local(6, f"{hour}:00"),
            until_at=None,
            seen="不在座位",
            by=office.leader,
            at=local(6, "17:00"),
        )
    case = ConductCase.objects.get()
    assert case.ground == "post"
    assert case.incidents.count() == 2


@pytest.mark.django_db
@pytest.mark.requirement("L20")
def test_the_late_days_of_a_published_week_are_facts():
    office = make_office()
    publish(office.crew, *[(office.agent, day, "day*") for day in (6, 7, 8, 9)])
    for day, arrives in ((6, "08:41"), (7, "08:20"), (8, "08:35"), (9, "08:50")):
        punch(office.agent, local(day, arrives), local(day, "17:31"))
    judge(office.agent, at=MAY)
    assert DayRecord.objects.filter(minutes_late__gt=0).count() == 3
    event = WeekPublished(
        publication_id=1, site_id=office.agent.site_id, monday=dt.date(2026, 4, 6)
    )
    handlers.week_published(event)
    handlers.week_published(event)
    assert Incident.objects.count() == 3
    assert ConductCase.objects.get().ground == "lateness"


@pytest.mark.django_db
@pytest.mark.requirement("L17", "L20")
def test_a_broken_promise_is_a_fact_until_it_proves_kept():
    crew = make_inspected()
    tickets.ensure(at=MONDAY)
    talk = crew.serves()
    pledge = tickets.make_pledge(
        kind="call_back",
        text="回电",
        keeper=crew.agent,
        due_at=MONDAY,
        conversation=talk,
        by=crew.by,
        at=MONDAY - dt.timedelta(hours=2),
    )
    broken = PledgeBroken(pledge_id=pledge.pk, keeper_id=crew.agent.pk, due_at=MONDAY, at=MONDAY)
    handlers.promise_broken(broken)
    case = ConductCase.objects.get()
    assert (case.ground, case.state) == ("promise", CaseState.PROPOSED)
    fact = case.incidents.get()
    assert fact.url.endswith(f"/promises/{pledge.pk}/")
    handlers.promise_cleared(
        PledgeCleared(pledge_id=pledge.pk, keeper_id=crew.agent.pk, kept_at=MONDAY, at=MONDAY)
    )
    case.refresh_from_db()
    assert case.state == CaseState.DROPPED


@pytest.mark.django_db
@pytest.mark.requirement("L17", "L20")
def test_a_fatal_item_and_stopped_words_are_facts():
    crew = make_inspected()
    check = crew.drawn()
    check = quality.score_check(
        check_id=check.pk,
        scores=full_marks(check),
        fatal=["abuse"],
        comment="辱骂客户",
        by=crew.inspector,
        at=MONDAY,
    )
    scored = CheckScored(
        check_id=check.pk, employee_id=crew.agent.pk, total=str(check.total), at=MONDAY
    )
    handlers.check_scored(scored)
    assert ConductCase.objects.get().ground == "slack"
    alert = ConductAlert.objects.create(
        conversation=check.conversation, agent=crew.agent, text="…", words=["笨"], at=MONDAY
    )
    handlers.insult_stopped(
        InsultStopped(
            alert_id=alert.pk,
            conversation_id=check.conversation_id,
            employee_id=crew.agent.pk,
            at=MONDAY,
        )
    )
    assert set(ConductCase.objects.values_list("ground", flat=True)) == {"slack", "conflict"}


@pytest.mark.django_db
@pytest.mark.requirement("L20")
def test_idle_hanging_counts_from_the_third_time():
    crew = make_inspected()
    talk = crew.serves()
    for n in range(3):
        moment = MONDAY + dt.timedelta(hours=n)
        handlers.idle_found(
            IdleHangingFound(
                employee_id=crew.agent.pk,
                conversation_id=talk.pk,
                waiting_since=moment,
                idle_since=moment,
                at=moment,
            )
        )
        assert ConductCase.objects.count() == (1 if n == 2 else 0)


@pytest.mark.django_db
@pytest.mark.requirement("Q9", "L17")
def test_q9_an_extract_of_the_log_is_taken_into_the_case(django_capture_on_commit_callbacks):
    office = make_office()
    keeper = office.manager
    audit.record("access.denied", obj=office.agent, by=office.by, at=MAY, changes={})
    with django_capture_on_commit_callbacks(execute=True):
        made = save_evidence(
            employee_id=office.agent.pk, first_date=MAY.date(), last_date=MAY.date(),
            reason="客户投诉泄密", by=keeper, at=MAY,
        )  # fmt: skip
    handlers.evidence_saved(EvidenceSaved(made.pk, office.agent.pk))  # delivered twice
    fact = Incident.objects.get()
    assert (fact.employee, fact.url) == (office.agent, made.file.get_absolute_url())
    assert not ConductCase.objects.exists(), "by itself it accuses nobody"
    case = discipline.report_case(
        employee=office.agent, ground="secrets", matter="客户名单外泄", happened_on=MAY.date(),
        by=office.decider, at=MAY, incidents=(fact.pk,),
    )  # fmt: skip
    shown = client_for(keeper).get(reverse("discipline:case", args=[case.pk])).content.decode()
    assert "客户投诉泄密" in shown
    assert f'href="{made.file.get_absolute_url()}"' in shown
    assert client_for(keeper).get(made.file.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_a_certifier_without_an_employee_is_left_alone():
    office = make_office()
    handlers.certificate_false(
        CertificateProvenFalse(
            correction_id=1,
            employee_id=office.agent.pk,
            certifier_id=office.hr.pk,
            date=dt.date(2026, 4, 6),
        )
    )
    assert not Incident.objects.exists()
