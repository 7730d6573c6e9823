"""The walk-in register and letters (A1, A3)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cangke.customers.models import Customer
from cangke.desk import public as desk
from cangke.desk.models import Conversation, Message, Visit
from cangke.foundation.refusal import Refusal
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    handling_result,
    later,
    make_channel,
    make_company,
    question_type,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(company):
    make_channel(company.shop, kind="walk_in", name="来访")
    return company.agent()


def sign_in(agent, **values):
    complete = {
        "site": agent.site,
        "visitor_name": "王建国",
        "company": "顺达货运",
        "phone": "13800001111",
        "purpose_kind": "inquiry",
        "purpose": "问托盘为什么没有入库",
    }
    return desk.sign_in_visitor(by=account_of(agent), at=AT, **{**complete, **values})


@pytest.mark.requirement("A3")
def test_a3_a_visitor_is_38_minutes_on_site_and_then_no_longer_inside(agent):
    page = client_for(account_of(agent))
    visit = sign_in(agent, came_at=AT + dt.timedelta(minutes=-58), asks=True)
    assert "顺达货运" in page.get("/desk/visits/?inside=true").content.decode()
    assert visit.conversation is not None
    assert visit.conversation.assignee == agent
    out = desk.sign_out_visitor(
        visit_id=visit.pk,
        left_at=AT + dt.timedelta(minutes=-20),
        result="已查明，下午上架",
        by=account_of(agent),
        at=AT,
    )
    assert out.minutes(at=later(9000)) == 38
    assert "顺达货运" not in page.get("/desk/visits/?inside=true").content.decode()
    assert "38" in page.get(f"/desk/visits/{visit.pk}/").content.decode()
    said = list(Message.objects.filter(direction__in=["in", "out"]).values_list("body", flat=True))
    assert said == ["问托盘为什么没有入库", "已查明，下午上架"]
    assert not Conversation.objects.get().turn_count


def test_what_a_visitor_asked_is_closed_with_type_and_result(agent):
    visit = sign_in(agent, asks=True)
    desk.sign_out_visitor(
        visit_id=visit.pk,
        result="已解释",
        question_type=question_type(),
        handling_result=handling_result(),
        by=account_of(agent),
        at=later(60),
    )
    assert Conversation.objects.get().state == "closed"


def test_a_delivery_is_no_conversation_and_may_become_one(agent):
    visit = sign_in(agent, purpose_kind="delivery", purpose="送 3 托")
    assert visit.conversation is None
    page = client_for(account_of(agent))
    assert page.post(f"/desk/visits/{visit.pk}/talk/").status_code == 302
    assert page.post(f"/desk/visits/{visit.pk}/talk/").status_code == 302
    assert Conversation.objects.get().channel.kind == "walk_in"
    assert Customer.objects.get().display_name == "王建国"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"visitor_name": " "}, "visitor_name"),
        ({"company": ""}, "company"),
        ({"purpose": "\n"}, "purpose"),
        ({"came_at": later(1)}, "came_at"),
        ({"phone": "", "asks": True}, "phone"),
    ],
)
def test_what_is_missing_is_said_at_its_field(agent, values, field):
    with pytest.raises(Refusal) as refused:
        sign_in(agent, **values)
    assert refused.value.field == field


def test_nobody_leaves_twice_before_coming_or_in_the_future(agent):
    visit = sign_in(agent)
    by = account_of(agent)
    for left in (AT - dt.timedelta(seconds=1), later(61)):
        with pytest.raises(Refusal):
            desk.sign_out_visitor(visit_id=visit.pk, left_at=left, by=by, at=later(60))
    desk.sign_out_visitor(visit_id=visit.pk, by=by, at=later(60))
    with pytest.raises(Refusal):
        desk.sign_out_visitor(visit_id=visit.pk, by=by, at=later(61))
    assert Visit.objects.get().left_at == later(60)


def test_visits_are_registered_on_the_page_and_kept_from_other_sites(agent):
    page = client_for(account_of(agent))
    form = {
        "site": agent.site_id,
        "visitor_name": "李四",
        "company": "个人",
        "phone": "13900002222",
        "people": 2,
        "purpose_kind": "pick_up",
        "purpose": "提货 3 箱",
        "asks": "on",
    }
    assert page.post("/desk/visits/new/", {**form, "company": ""}).status_code == 422
    made = page.post("/desk/visits/new/", form)
    visit = Visit.objects.get()
    assert made.headers["Location"] == f"/desk/visits/{visit.pk}/"
    assert visit.conversation is not None
    stranger = make_company().agent()
    assert stranger.site_id != agent.site_id
    assert client_for(account_of(stranger)).get(f"/desk/visits/{visit.pk}/").status_code == 404
    assert page.post(f"/desk/visits/{visit.pk}/out/", {"result": "已提走"}).status_code == 302


def test_the_list_asks_a_fixed_number_of_times(agent, django_assert_max_num_queries):
    page = client_for(account_of(agent))
    for n in range(6):
        sign_in(agent, phone=f"1380000{n:04}", asks=n % 2 == 0)
    page.get("/desk/visits/")
    with django_assert_max_num_queries(14):
        page.get("/desk/visits/")


@pytest.mark.requirement("A1")
def test_a1_a_letter_waits_for_its_answer_and_is_answered_by_post(company, agent):
    make_channel(company.shop, kind="letter", name="来信")
    page = client_for(account_of(agent))
    form = {
        "sender": "赵六",
        "contact": "13700003333",
        "received_date": "2026-11-20",
        "registered_no": "RA123456785CN",
        "subject": "货损索赔",
        "body": "随信附照片",
        "scans": SimpleUploadedFile("scan.txt", b"scan", content_type="text/plain"),
    }
    made = page.post("/desk/letters/new/", form)
    talk = Conversation.objects.get()
    assert made.headers["Location"] == f"/desk/c/{talk.pk}/"
    assert talk.waiting_since is not None
    assert talk.messages.get(direction="in").attachments.count() == 1
    again = page.post("/desk/letters/new/", {**form, "scans": ""})
    assert again.status_code == 302
    assert Message.objects.filter(direction="in").count() == 1
    answered = desk.reply(
        conversation_id=talk.pk, body="已受理", by=account_of(agent), at=talk.opened_at
    )
    assert "已受理" in page.get(f"/desk/letters/{answered.pk}/print/").content.decode()
    assert page.post(
        f"/desk/letters/{answered.pk}/posted/", {"tracking_no": "XB1"}
    ).status_code in (200, 302)
    answered.refresh_from_db()
    assert (answered.delivery, answered.delivery_note) == ("sent", "XB1")


def test_a_letter_from_tomorrow_is_refused(company, agent):
    make_channel(company.shop, kind="letter", name="来信")
    with pytest.raises(Refusal) as refused:
        desk.log_letter(
            sender="赵六",
            contact="13700003333",
            received_date=dt.date(2026, 11, 24),
            subject="x",
            body="y",
            by=account_of(agent),
            at=AT,
        )
    assert refused.value.field == "received_date"
    assert not Conversation.objects.exists()


@pytest.mark.requirement("A1")
def test_a1_six_channels_of_one_customer_stand_in_one_inbox(company, agent):
    customer = company.writes().conversation.customer
    for kind in ("email", "phone", "walk_in", "letter", "marketplace_im"):
        channel = make_channel(company.shop, kind=kind, name=kind)
        desk.receive_message(channel=channel, customer=customer, body=kind, at=later(len(kind)))
    talks = Conversation.objects.filter(customer=customer)
    assert talks.count() == 6
    leader = client_for(account_of(company.agent("cs-leader", online=False)))
    for talk in talks:
        page = leader.get(f"/desk/inbox/?scope=team&channel={talk.channel_id}").content.decode()
        assert [page.count(f"/desk/c/{each.pk}/") > 0 for each in talks] == [
            each.pk == talk.pk for each in talks
        ]
