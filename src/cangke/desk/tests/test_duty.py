import datetime as dt

import pytest

from cangke.desk.models import PresenceInterval, Segment
from cangke.desk.queries.duty import online_spans, serving_until
from cangke.desk.tests.factories import Company

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 4, 7, 9, 0, tzinfo=dt.UTC)
END = dt.datetime(2026, 4, 7, 17, 0, tzinfo=dt.UTC)
LATER = END + dt.timedelta(hours=20)


def minutes(n):
    return END + dt.timedelta(minutes=n)


def someone(company: Company):
    return company.agent(online=False)


def serve(company, agent, began, ended):
    return Segment.objects.create(
        conversation=company.writes().message.conversation,
        agent=agent,
        stage="presale",
        started_at=minutes(began),
        started_seq=1,
        started_by="claim",
        ended_at=None if ended is None else minutes(ended),
        end_reason="" if ended is None else "closed",
    )


def ask(agent, at=LATER):
    shift = (agent.pk, START, END)
    return serving_until(shifts=[shift], at=at).get(shift)


@pytest.mark.requirement("K3")
def test_k3_until_the_last_conversation_held_at_the_end_was_closed(company):
    agent = someone(company)
    serve(company, agent, -30, 25)
    serve(company, agent, -10, 5)
    serve(company, agent, -60, -20)  # closed before the end
    serve(company, agent, 1, 90)  # taken up after the end
    assert ask(agent) == minutes(25)


@pytest.mark.requirement("K3")
def test_k3_nobody_was_served_at_the_end(company):
    agent = someone(company)
    serve(company, agent, -60, -20)
    serve(company, agent, 3, 20)
    assert ask(agent) is None


def test_a_conversation_still_held_counts_until_now_and_for_twelve_hours_at_most(company):
    agent = someone(company)
    serve(company, agent, -30, None)
    assert ask(agent, at=minutes(40)) == minutes(40)
    assert ask(agent) == END + dt.timedelta(hours=12)


def test_going_offline_ends_it(company):
    agent = someone(company)
    serve(company, agent, -30, None)
    PresenceInterval.objects.filter(agent=agent).delete()
    PresenceInterval.objects.create(
        agent=agent, state="offline", from_at=minutes(12), source="self"
    )
    assert ask(agent) == minutes(12)


def test_many_shifts_take_two_queries(company, django_assert_num_queries):
    agents = [someone(company) for _n in range(3)]
    for agent in agents:
        serve(company, agent, -30, 10)
    with django_assert_num_queries(2):
        found = serving_until(shifts=[(each.pk, START, END) for each in agents], at=LATER)
    assert len(found) == 3


@pytest.mark.requirement("AMB-36")
def test_who_is_online_is_told_between_two_moments_and_a_break_is_not(company):
    agent, other = someone(company), someone(company)
    PresenceInterval.objects.all().delete()
    for who, state, start, end in (
        (agent, "online", -600, -500),
        (agent, "online", -480, -60),
        (agent, "break", -60, -30),
        (agent, "online", -30, None),
        (other, "offline", -480, None),
    ):
        PresenceInterval.objects.create(
            agent=who,
            state=state,
            from_at=minutes(start),
            to_at=None if end is None else minutes(end),
            source="self",
        )
    found = online_spans(employee_ids=[agent.pk, other.pk], since=START, until=minutes(15))
    assert found == {agent.pk: [(START, minutes(-60)), (minutes(-30), minutes(15))]}
