import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cangke.attendance import actions
from cangke.attendance.models import (
    DayRecord,
    EmergencyCall,
    LeaveEntry,
    LeaveRequest,
    PostRecord,
    PunchCorrection,
    RawPunch,
    RedPacket,
)
from cangke.attendance.queries import day_list
from cangke.attendance.tests.factories import (
    april,
    judge,
    local,
    make_crew,
    publish,
    punch,
)
from cangke.foundation.notices.models import Notice
from cangke.people.tests.factories import make_employee, make_team
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
SUNDAY = local(12, "22:00")
MONDAY = local(13, "09:00")
APRIL = "?month=2026-04"


@pytest.fixture
def crew():
    made = make_crew()
    actions.ensure(at=timezone.now())
    publish(
        made,
        (made.leader, 7, "day*"),
        (made.agent, 7, "day"),
        (made.agents[1], 7, "day"),
    )
    for person, clock in ((made.leader, "08:20"), (made.agent, "08:41")):
        punch(person, local(7, clock), local(7, "17:30"))
    punch(made.agents[1], local(7, "08:20"))
    judge(made.leader, *made.agents, at=SUNDAY)
    return made


def browser(crew, person):
    return client_for(crew.account(person))


def url(name, *keys):
    return reverse(f"attendance:{name}", args=keys)


def picture():
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "PNG")
    return SimpleUploadedFile("proof.png", made.getvalue(), "image/png")


def test_a_punch_is_taken_in_few_queries_and_judges_nothing(crew, django_assert_max_num_queries):
    """Hundreds punch at once when a shift begins; their days are judged when it has ended."""
    browser = client_for(crew.account(crew.agent))
    browser.get(reverse("attendance:mine"))
    days, before = list(DayRecord.objects.values()), RawPunch.objects.count()
    with django_assert_max_num_queries(8):
        browser.post(reverse("attendance:punch"))
    assert RawPunch.objects.count() == before + 1
    assert list(DayRecord.objects.values()) == days


@pytest.mark.requirement("K4")
def test_k4_one_tap_punches_and_says_when(crew):
    client = browser(crew, crew.agent)
    page = client.get(url("mine")).content.decode()
    assert "上班打卡" in page
    before = RawPunch.objects.count()
    assert client.post(url("punch")).status_code == 302
    assert client.post(url("punch")).status_code == 302
    assert RawPunch.objects.count() - before in (1, 2), "two within a minute are one"
    assert client.get(url("punch")).status_code == 405


@pytest.mark.requirement("X21")
def test_x21_the_month_shows_shifts_records_and_holidays(crew):
    page = browser(crew, crew.agent).get(url("mine") + APRIL).content.decode()
    row = DayRecord.objects.get(employee=crew.agent)
    assert url("day", row.pk) in page
    assert "有违规" in page


@pytest.mark.requirement("S6")
def test_s6_a_day_opens_its_clause_and_arithmetic(crew):
    row = DayRecord.objects.get(employee=crew.agent)
    client = browser(crew, crew.agent)
    page = client.get(url("day", row.pk)).content.decode()
    for words in ("迟到 11 分钟", "08:41 − 08:30 = 11 min", "K5", "系统打卡"):
        assert words in page
    why = next(
        each["url"] for each in client.get(url("day", row.pk)).context["verdicts"] if each["url"]
    )
    assert "11 min" in client.get(why).content.decode()


def test_colleagues_do_not_see_each_others_records_the_leader_does(crew):
    row = DayRecord.objects.get(employee=crew.agent)
    packet = RedPacket.objects.get(employee=crew.agent)
    mate = browser(crew, crew.agents[1])
    assert mate.get(url("day", row.pk)).status_code == 404
    assert mate.get(url("packet", packet.pk)).status_code == 404
    assert crew.agent.name not in mate.get(url("days")).content.decode()
    leader = browser(crew, crew.leader)
    assert leader.get(url("day", row.pk)).status_code == 200
    assert crew.agent.name in leader.get(url("days") + "?what=late").content.decode()
    assert mate.get(url("months")).status_code == 403
    shown = leader.get(url("months") + APRIL).content.decode()
    assert "1 次 11 分" in shown


def test_the_lists_take_the_same_queries_at_any_length(crew, django_assert_max_num_queries):
    leader = browser(crew, crew.leader)
    for name in ("days", "leave", "packets", "corrections", "weeks", "swaps"):
        leader.get(url(name))
        with django_assert_max_num_queries(20):
            assert leader.get(url(name)).status_code == 200
    with django_assert_max_num_queries(30):
        leader.get(url("months") + APRIL)
    agent = browser(crew, crew.agent)
    agent.get(url("mine") + APRIL)
    with django_assert_max_num_queries(28):
        agent.get(url("mine") + APRIL)


@pytest.mark.requirement("K19")
def test_k19_a_make_up_on_the_pages(crew):
    mate = crew.agents[1]
    client = browser(crew, mate)
    bad = client.post(url("correction-new"), {"date": "2026-04-07", "side": "out"})
    assert bad.status_code == 422
    form = {"date": "2026-04-07", "side": "out", "clock": "17:30", "reason": "忘了"}
    done = client.post(url("correction-new"), form)
    assert done.status_code == 302
    made = PunchCorrection.objects.get()
    assert client.post(url("correction-new"), form).status_code == 422
    actions.certify(correction_id=made.pk, by=crew.account(crew.leader), at=SUNDAY)
    page = browser(crew, crew.boss).get(url("correction", made.pk)).content.decode()
    assert crew.leader.name in page
    assert "认定不实" in page
    certifier = browser(crew, crew.leader)
    assert certifier.post(url("correction-false", made.pk), {"reason": "x"}).status_code == 404
    boss = browser(crew, crew.boss)
    assert boss.post(url("correction-false", made.pk), {"reason": ""}).status_code == 422
    assert boss.post(url("correction-false", made.pk), {"reason": "监控"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "false"


def test_a_make_up_is_withdrawn_by_its_own(crew):
    mate = crew.agents[1]
    client = browser(crew, mate)
    form = {"date": "2026-04-07", "side": "out", "clock": "17:30", "reason": "忘了"}
    client.post(url("correction-new"), form)
    made = PunchCorrection.objects.get()
    assert browser(crew, crew.leader).post(url("correction-withdraw", made.pk)).status_code == 404
    assert client.post(url("correction-withdraw", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


@pytest.mark.requirement("K11", "K13")
def test_k13_leave_is_looked_at_first_then_handed_in(crew):
    client = browser(crew, crew.agent)
    soon = timezone.localdate() + dt.timedelta(days=10)
    form = {"kind": "personal", "first": soon, "last": soon, "reason": "看病"}
    assert client.get(url("leave-new")).status_code == 200
    looked = client.post(url("leave-new"), form | {"look": "1"})
    assert looked.status_code == 200
    assert "共 1 天" in looked.content.decode()
    assert not LeaveRequest.objects.exists()
    late = form | {"kind": "rest", "first": timezone.localdate(), "last": timezone.localdate()}
    refused = client.post(url("leave-new"), late)
    assert refused.status_code == 422
    assert "至少要提前 2 天" in refused.content.decode()
    assert "看病" in refused.content.decode(), "nothing typed is lost"
    assert client.post(url("leave-new"), form | {"last": ""}).status_code == 422
    assert client.post(url("leave-new"), form).status_code == 302
    made = LeaveRequest.objects.get()
    page = client.get(url("leave-request", made.pk)).content.decode()
    assert "等审批" in page
    assert browser(crew, crew.agents[1]).get(url("leave-request", made.pk)).status_code == 404
    assert client.post(url("leave-withdraw", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_approved_leave_is_cancelled_on_its_page(crew):
    client = browser(crew, crew.agent)
    soon = timezone.localdate() + dt.timedelta(days=10)
    made = actions.ask_leave(
        employee=crew.agent, kind="personal", first=soon, last=soon, reason="x",
        by=crew.account(crew.agent), at=timezone.now(),
    )  # fmt: skip
    actions.approve_leave(request_id=made.pk, by=None, at=timezone.now())
    cancel = url("leave-cancel", made.pk)
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "好了"}).status_code == 302
    assert client.post(cancel, {"reason": "好了"}).status_code in (409, 422)
    assert [entry.days for entry in LeaveEntry.objects.order_by("pk")] == [1, -1]
    assert "冲回" in client.get(url("ledger") + f"?month={soon:%Y-%m}").content.decode()


@pytest.mark.requirement("K14")
def test_k14_the_leader_notes_the_call_and_may_ask_for_somebody(crew):
    leader = browser(crew, crew.leader)
    now = timezone.localtime()
    form = {"employee": crew.agent.pk, "date": now.date(), "called_at": f"{now:%Y-%m-%d %H:%M}",
            "reason": "发烧"}  # fmt: skip
    assert leader.get(url("call-new")).status_code == 200
    assert leader.post(url("call-new"), form | {"reason": ""}).status_code == 422
    assert leader.post(url("call-new"), form).status_code == 302
    assert EmergencyCall.objects.get().employee == crew.agent
    assert browser(crew, crew.agent).get(url("call-new")).status_code == 403
    page = leader.get(url("leave-new") + f"?for={crew.agent.pk}").content.decode()
    assert "破例理由" in page
    stranger = make_employee("pre-sales", make_team())
    assert leader.get(url("leave-new") + f"?for={stranger.pk}").status_code == 404


@pytest.mark.requirement("K7", "K10")
def test_k7_a_packet_is_proved_drawn_and_not_by_its_sender(crew):
    packet = RedPacket.objects.get(employee=crew.agent)
    sender, mate, leader = (
        browser(crew, each) for each in (crew.agent, crew.agents[1], crew.leader)
    )
    assert mate.get(url("packet", packet.pk)).status_code == 404
    assert sender.post(url("packet-prove", packet.pk), {}).status_code == 422
    assert sender.post(url("packet-confirm", packet.pk)).status_code == 403
    assert sender.post(url("packet-prove", packet.pk), {"proof": picture()}).status_code == 302
    packet.refresh_from_db()
    assert packet.state == "sent"
    assert packet.proof is not None
    proof = reverse("files:download", args=[packet.proof.key])
    assert leader.get(proof).status_code == 200
    assert mate.get(proof).status_code == 404
    assert "抢红包" in mate.get(url("packet", packet.pk)).content.decode()
    assert mate.post(url("packet-draw", packet.pk)).status_code == 302
    assert mate.post(url("packet-draw", packet.pk)).status_code == 422
    assert sender.post(url("packet-draw", packet.pk)).status_code == 422
    assert packet.shares.filter(taker=crew.agents[1]).count() == 1
    assert packet.shares.filter(taker=crew.agent).count() == 0


def test_a_leader_confirms_or_waives_but_not_the_own(crew):
    packet = RedPacket.objects.get(employee=crew.agent)
    leader = browser(crew, crew.leader)
    assert leader.post(url("packet-waive", packet.pk), {"reason": ""}).status_code == 422
    assert leader.post(url("packet-confirm", packet.pk)).status_code == 302
    assert leader.post(url("packet-confirm", packet.pk)).status_code == 409
    own = RedPacket.objects.create(
        employee=crew.leader, date=april(8), side="in", reason="late", clause="K5", amount=10,
        parts=5, owed=10, since=SUNDAY, due_at=MONDAY,
    )  # fmt: skip
    assert leader.post(url("packet-confirm", own.pk)).status_code == 404
    assert leader.post(url("packet-waive", own.pk), {"reason": "x"}).status_code == 404


@pytest.mark.requirement("K8")
def test_k8_names_to_the_own_team_amounts_to_the_person_and_those_above(crew):
    other = make_crew()
    other_team = other.team
    other_team.site = crew.team.site
    other_team.save()
    made = actions.publish_week(site=crew.agent.site, monday=april(6), at=MONDAY)
    page = url("week", made.pk)
    mine = browser(crew, crew.agent).get(page).content.decode()
    assert "07" in mine
    assert "40.00" in mine, "one's own amount, doubled"
    mate = browser(crew, crew.agents[1]).get(page).content.decode()
    assert crew.agent.name in mate
    assert "40.00" not in mate
    assert "40.00" in browser(crew, crew.leader).get(page).content.decode()
    outsider = browser(other, other.agent).get(page).content.decode()
    assert crew.agent.name not in outsider
    assert "2026-04-06" in browser(crew, crew.agent).get(url("weeks")).content.decode()


def test_days_are_exported_with_a_reason(crew):
    hr = client_for(make_account("hr"))
    assert hr.get(url("days") + "?export=csv").status_code in (200, 302, 422)
    assert browser(crew, crew.agent).get(url("days") + "?export=csv").status_code == 400, (
        "not offered"
    )


@pytest.mark.requirement("K24")
def test_k24_a_leader_notes_what_was_seen_and_the_person_says_something_to_it(crew):
    leader, own = browser(crew, crew.leader), browser(crew, crew.agent)
    now = timezone.localtime()
    form = {"employee": crew.agent.pk, "kind": "left", "from_at": f"{now:%Y-%m-%d %H:%M}",
            "seen": "工位空着十分钟", "proof": picture()}  # fmt: skip
    assert own.get(url("post-new")).status_code == 403
    assert leader.post(url("post-new"), form | {"seen": ""}).status_code == 422
    ahead = f"{now + dt.timedelta(hours=1):%Y-%m-%d %H:%M}"
    assert leader.post(url("post-new"), form | {"from_at": ahead}).status_code == 422
    assert not PostRecord.objects.exists()
    assert leader.post(url("post-new"), form | {"proof": picture()}).status_code == 302
    made = PostRecord.objects.get()
    assert Notice.objects.filter(account=crew.agent.account_id, kind="attendance.post").exists()
    page = url("post", made.pk)
    assert "工位空着" in own.get(page).content.decode()
    assert leader.post(page, {"statement": "x"}).status_code == 403
    assert own.post(page, {"statement": ""}).status_code == 422
    assert own.post(page, {"statement": "去取快递"}).status_code == 302
    assert own.post(page, {"statement": "改口"}).status_code in (409, 422)
    made.refresh_from_db()
    assert made.statement == "去取快递"
    assert browser(crew, crew.agents[1]).get(page).status_code == 404


@pytest.mark.requirement("X21")
def test_personnel_makes_a_day_a_working_day_and_the_roster_shows_it(crew):
    hr = client_for(make_account("hr"))
    page = reverse("attendance:calendar")
    day = reverse("attendance:calendar-day")
    assert hr.post(f"{reverse('attendance:calendar-load')}?region=CN&year=2026").status_code == 302
    text = hr.get(page, {"region": "CN", "year": "2026"}).content.decode()
    assert "10-01" in text
    given = {"date": "2026-04-11", "kind": "workday", "name": "公司调休"}
    assert hr.post(f"{day}?region=CN&year=2026", given).status_code == 302
    assert "公司调休" in hr.get(page, {"region": "CN", "year": "2026"}).content.decode()
    days = {each.date: each for each in day_list(april(10), april(12), region="CN")}
    assert not days[april(11)].is_free
    assert days[april(12)].is_free
    assert hr.post(f"{day}?region=CN", {"date": "x", "kind": "workday"}).status_code == 422
    assert hr.get(page, {"region": "XX", "year": "99999"}).status_code == 200
    agent = client_for(crew.account(crew.agent))
    assert agent.get(page).status_code == 200
    assert agent.post(day, given).status_code == 403


@pytest.mark.parametrize("key", ["employee_id", "employee", "id", "account"])
def test_ones_own_month_is_ones_own_whoever_is_named_in_the_address(crew, key):
    """Design security 2: another's number in the address of an own page is not looked at."""
    other = crew.agents[1]
    browser = client_for(crew.account(crew.agent))
    for name in ("attendance:mine", "payroll:mine"):
        for value in (other.pk, other.account_id):
            page = browser.get(reverse(name), {key: value, "month": "2026-04"})
            assert page.status_code == 200, name
            assert other.name not in page.content.decode(), name
