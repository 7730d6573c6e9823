import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from cangke.attendance import actions
from cangke.attendance.models import AttendancePublication, RedPacket
from cangke.attendance.tests.factories import (
    AT,
    april,
    judge,
    leave,
    local,
    make_crew,
    publish,
    punch,
)
from cangke.foundation.files.public import store
from cangke.foundation.notices.models import Notice

pytestmark = pytest.mark.django_db
SUNDAY = local(12, "22:00")
MONDAY = local(13, "09:00")


@pytest.fixture
def crew():
    made = make_crew(agents=6)
    actions.ensure(at=AT)
    return made


def late(crew, day=7, clock="08:35", *, at=SUNDAY):
    publish(crew, (crew.leader, day, "day*"), (crew.agent, day, "day"))
    for person in (crew.leader, crew.agent):
        punch(person, local(day, "08:30" if person is crew.leader else clock), local(day, "17:30"))
    judge(crew.agent, crew.leader, at=at)
    return RedPacket.objects.get(employee=crew.agent)


def proof(crew):
    text = ContentFile("已发".encode(), name="proof.txt")
    return store(text, purpose="attendance.proof", by=crew.account(crew.agent), at=AT,
                 known_type="text/plain")  # fmt: skip


def settle(packet, by, *, at=SUNDAY, **more):
    return actions.settle_packet(packet_id=packet.pk, by=by, at=at, **more)


@pytest.mark.requirement("K7")
def test_k7_the_sender_brings_a_proof_or_the_leader_confirms(crew):
    packet = late(crew)
    assert (packet.amount, packet.parts, packet.state) == (10, 5, "due")
    own = crew.account(crew.agent)
    with pytest.raises(actions.ProofMissing):
        settle(packet, own)
    packet.refresh_from_db()
    assert packet.state == "due"
    sent = settle(packet, own, proof=proof(crew))
    assert (sent.state, sent.owed, sent.sent_amount) == ("sent", 0, 10)
    assert Notice.objects.filter(account=crew.leader.account_id, kind="attendance.packet").exists()
    with pytest.raises(actions.PacketSettled):
        settle(packet, crew.account(crew.leader))


@pytest.mark.requirement("K7")
def test_k7_the_leader_confirms_and_the_parts_sum_exactly(crew):
    packet = settle(late(crew), crew.account(crew.leader))
    shares = list(packet.shares.all())
    assert len(shares) == 5
    assert sum(each.amount for each in shares) == Decimal(10)


@pytest.mark.requirement("K10")
def test_k10_the_sender_may_not_draw_and_the_others_take_all_five(crew):
    packet = settle(late(crew), crew.account(crew.leader))
    with pytest.raises(actions.OwnPacket):
        actions.draw_share(packet_id=packet.pk, taker=crew.agent, at=SUNDAY)
    others = [crew.leader, *crew.agents[1:5]]
    for person in others:
        actions.draw_share(packet_id=packet.pk, taker=person, at=SUNDAY)
    with pytest.raises(actions.NothingLeft, match="已经抢过"):
        actions.draw_share(packet_id=packet.pk, taker=crew.leader, at=SUNDAY)
    with pytest.raises(actions.NothingLeft, match="抢完"):
        actions.draw_share(packet_id=packet.pk, taker=crew.agents[5], at=SUNDAY)
    assert {each.taker for each in packet.shares.all()} == set(others)


def test_a_packet_not_sent_or_of_another_team_is_not_drawn(crew):
    packet = late(crew)
    with pytest.raises(actions.NothingLeft):
        actions.draw_share(packet_id=packet.pk, taker=crew.leader, at=SUNDAY)
    settle(packet, crew.account(crew.leader))
    with pytest.raises(actions.NothingLeft):
        actions.draw_share(packet_id=packet.pk, taker=make_crew().leader, at=SUNDAY)


@pytest.mark.requirement("K9")
def test_k9_a_forgotten_packet_doubles_once_at_the_publication(crew):
    packet = late(crew)
    assert packet.due_at == MONDAY
    assert actions.publish_weeks(at=MONDAY - dt.timedelta(minutes=1)) == 0
    packet.refresh_from_db()
    assert packet.owed == 10
    assert actions.publish_weeks(at=MONDAY) == 1
    packet.refresh_from_db()
    assert (packet.state, packet.owed, packet.amount, packet.parts) == ("overdue", 20, 10, 5)
    actions.publish_weeks(at=local(20, "09:00"))
    actions.double_packets(at=local(20, "09:05"))
    packet.refresh_from_db()
    assert packet.owed == 20, "no compounding"
    sent = settle(packet, crew.account(crew.leader), at=local(20, "10:00"))
    assert sent.sent_amount == 20


@pytest.mark.requirement("K9")
def test_k9_sent_in_time_stays_single(crew):
    packet = settle(late(crew), crew.account(crew.leader))
    actions.publish_weeks(at=MONDAY)
    packet.refresh_from_db()
    assert (packet.state, packet.owed) == ("sent", 0)


def test_sent_after_the_hour_but_before_the_sweep_owes_double(crew):
    packet = settle(late(crew), crew.account(crew.leader), at=MONDAY + dt.timedelta(minutes=1))
    assert packet.sent_amount == 20


def test_what_becomes_known_after_the_publication_is_due_by_the_next(crew):
    packet = late(crew, at=local(14, "10:00"))
    assert (packet.state, packet.owed, packet.due_at) == ("due", 10, local(20, "09:00"))


def test_a_packet_is_waived_with_a_reason_by_somebody_else(crew):
    packet = late(crew)
    with pytest.raises(actions.OwnPacket):
        actions.waive_packet(
            packet_id=packet.pk, reason="x", by=crew.account(crew.agent), at=SUNDAY
        )
    actions.waive_packet(
        packet_id=packet.pk, reason="地铁停运", by=crew.account(crew.leader), at=SUNDAY
    )
    judge(crew.agent, at=local(20, "09:00"))
    packet.refresh_from_db()
    assert (packet.state, packet.owed) == ("waived", 0)


@pytest.mark.requirement("K8")
def test_k8_monday_lists_the_week_and_is_kept_as_it_was(crew):
    late(crew, 7, "08:41")
    publish(crew, (crew.agents[1], 8, "day"), (crew.leader, 8, "day*"),
            (crew.agents[2], 9, "day"), (crew.leader, 9, "day*"))  # fmt: skip
    punch(crew.agents[2], local(9, "08:20"))
    publish(crew, (crew.agents[3], 10, "day"), (crew.leader, 10, "day*"))
    leave(crew.agents[3], 10)
    assert actions.publish_weeks(at=MONDAY) == 1
    made = AttendancePublication.objects.get()
    lines = {each["employee_id"]: each for each in made.body}
    assert made.monday == april(6)
    assert lines[crew.agent.pk]["late"] == [["2026-04-07", 11]]
    assert lines[crew.agent.pk]["packets"] == [["2026-04-07", "40.00", "CNY", "overdue"]]
    assert lines[crew.agents[1].pk]["absent"] == [["2026-04-08", "1.0"]]
    assert lines[crew.agents[2].pk]["missed"] == [["2026-04-09", "out"]]
    assert lines[crew.agents[3].pk]["leave"] == [["2026-04-10", "personal", "1.0"]]
    told = Notice.objects.filter(kind="attendance.week")
    assert told.filter(account=crew.agent.account_id).exists()
    before = made.body
    assert actions.publish_weeks(at=MONDAY + dt.timedelta(minutes=5)) == 0
    punch(crew.agents[1], local(8, "08:20"), local(8, "17:31"), source="sheet")
    judge(crew.agents[1], at=MONDAY + dt.timedelta(hours=1))
    made.refresh_from_db()
    assert made.body == before


@pytest.mark.requirement("K8")
def test_k8_who_left_early_is_listed_with_minutes_and_packet(crew):
    publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    punch(crew.agent, local(7, "08:20"), local(7, "17:15"))
    judge(crew.agent, at=SUNDAY)
    actions.publish_weeks(at=MONDAY)
    line = next(
        each
        for each in AttendancePublication.objects.get().body
        if each["employee_id"] == crew.agent.pk
    )
    assert (line["early"], line["late"]) == ([["2026-04-07", 15]], [])
    assert line["packets"] == [["2026-04-07", "40.00", "CNY", "overdue"]]


def test_a_week_without_shifts_is_not_published(crew):
    assert actions.publish_weeks(at=MONDAY) == 0
    assert not AttendancePublication.objects.exists()
